/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_ADOPT_H
#define REPOINTD_CORE_ADOPT_H

/*
 * Where: core; called by app between two configurations.
 * What:  a new engine takes over from an old one what stays true.
 * Why:   a reload must not forget in a moment what was learned in days: streaks, health, the markers we wrote, how
 *        often a record switched. And it must believe nothing that the new file has made untrue: whatever it takes over
 *        about the zone is read once before anything is built on it.
 *
 *   what is the same                                keeps
 *   watch: the look and the place                   health and streak (clipped to the new thresholds), the results;
 *                                                   the cadence where the interval is the same, too
 *   record: owner name, server, types, ownership    what the zone holds by our word, messages in doubt, switch times,
 *                                                   that reads and updates disagree, when something was put back last,
 *                                                   what was told
 *   target of such a record: its values, its looks  since when it is up: the clock of a fail-back
 *   a calculated watch                              says at once what those below it say together
 *   a published set that is no target's any more    is `retired`: the first target that is up takes its place
 */

#include "core/engine.h"

#include <stdint.h>

/* By number in the new settings: the number in the old ones, or ID_NONE. */
struct adoption {
    const uint32_t *watches, *records;
};

/*
 * Before the first event of `fresh`; the old one is only good for engine_free afterwards. It should have nothing under
 * way with any name server (engine_is_idle): a message is in doubt from here on, since its answer comes to nobody.
 */
void engine_adopt(struct engine *fresh, const struct engine *old, const struct adoption *adoption, mono_ms now);

#endif
