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
struct sent;

/* Something fails again and again; MONO_NEVER: it does not. */
struct trouble {
    mono_ms sends_since, sent_last; /* messages: since the last one that was accepted */
    mono_ms halved_since, alone_by; /* refused in company: since when, and when it has an answer of its own */
    mono_ms reads_since;            /* reads: since the last trustworthy one */
};

#define NO_TROUBLE ((struct trouble){MONO_NEVER, MONO_NEVER, MONO_NEVER, MONO_NEVER, MONO_NEVER})

struct liveness {
    mono_ms *unknown_since;   /* L3, by record: since when a message waits to be resolved; MONO_NEVER: none does */
    mono_ms *unsettled_since; /* … and since when it may still come: neither it nor a later one is in the zone */
    struct trouble *troubles; /* L4, by record */
};

void liveness_init(struct world *world);
void liveness_done(struct liveness *liveness);
void liveness_restart(struct world *world);

void liveness_tick(struct world *world);
void liveness_on_calm_end(struct world *world);                /* L2 */
void liveness_on_change(struct world *world, uint32_t record); /* L1: just before addresses change */
void liveness_on_unknown(struct world *world, const struct sent *sent);
void liveness_on_applied(struct world *world, uint32_t record);
void liveness_on_outcome(struct world *world, uint32_t record, bool is_good); /* of a message */
void liveness_on_halved(struct world *world, uint32_t record, uint32_t members); /* … refused with others in it */
void liveness_on_published(struct world *world, uint32_t record); /* … told, whatever became of the answer */
void liveness_on_lost_read(struct world *world, uint32_t record);
void liveness_on_read(struct world *world, uint32_t record);
void liveness_judge_doubt(struct world *world, uint32_t record); /* L3, L4 */

/*
 * Since when nothing outside has kept a record from being right: host, process, name server, our own pauses after its
 * troubles, an operator who holds it; and (settled) the record itself is as we wrote it, and nothing was told that an
 * operator has to look at; and (ready) it is health that decides where it points. MONO_NEVER: something does, or it is
 * not.
 */
mono_ms liveness_free_since(const struct world *world, uint32_t record);
mono_ms liveness_settled_since(const struct world *world, uint32_t record);
mono_ms liveness_ready_since(const struct world *world, uint32_t record);

#define TOLD_AGAIN_MS (65 * 60000) /* what has to be told each hour was told longer ago than this: it was not */
void liveness_on_probe(struct world *world, uint32_t watch, mono_ms former); /* L6 */

#endif
