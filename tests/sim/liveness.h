/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_LIVENESS_H
#define REPOINTD_SIM_LIVENESS_H

/*
 * Where: the simulator; looks at the truth every few seconds, and at each change of a zone.
 * What:  the liveness checkers L1 … L9 of docs/simulator.md: how long something may stay wrong while nothing keeps it
 *        so.
 * Why:   each is a premise and the instant since when all of it has been true; nothing is remembered that the truth
 *        does not say.
 */

#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

struct liveness {
    mono_ms
        *unknown_since; /* L3, by record: a message of unknown outcome waits to be resolved; MONO_NEVER: none does */
};

void liveness_init(struct world *world);
void liveness_done(struct liveness *liveness);
void liveness_restart(struct world *world);

void liveness_tick(struct world *world);
void liveness_on_calm_end(struct world *world);                /* L2 */
void liveness_on_change(struct world *world, uint32_t record); /* L1: just before addresses change */
void liveness_on_unknown(struct world *world, uint32_t record);
void liveness_on_read(struct world *world, uint32_t record);
void liveness_on_probe(struct world *world, uint32_t watch, mono_ms former); /* L6 */

#endif
