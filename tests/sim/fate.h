/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_FATE_H
#define REPOINTD_SIM_FATE_H

/*
 * Where: the simulator, under liveness.
 * What:  the truth about a target, whatever anybody believes of it.
 */

#include "base/time.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

struct target_truth {
    uint32_t alive, dead, other, least;
    mono_ms alive_since, dead_since;
    bool has_check;
    /* Of all that look at it the longest; `watched_ms`: how long a failing one is watched at least. */
    int64_t detection_ms, recovery_ms, round_ms, watched_ms;
};

struct target_truth truth_of(const struct world *world, uint32_t index);

bool is_really_dead(const struct target_truth *truth);
bool is_really_alive(const struct target_truth *truth);

/* From the start of one look to the end of the next, at the longest. */
int64_t round_ms(const struct check_settings *check);

#endif
