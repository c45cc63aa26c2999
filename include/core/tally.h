/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_TALLY_H
#define REPOINTD_CORE_TALLY_H

/*
 * Where: core, between health (one watch each) and policy (which target).
 * What:  how many of several are up, in three-valued logic, and since when that is proved.
 */

#include "core/health.h"

#include <stdbool.h>
#include <stdint.h>

struct tally {
    enum health_state state;
    uint16_t up, down, unknown, left_out; /* left_out: members that cannot be judged from this host */
    mono_ms passed_start;  /* of the N-th newest pass among the up ones; MONO_NEVER: it needs no check; 0: not up */
    mono_ms failed_start;  /* of the oldest of the newest last failures that make it down; 0: not down */
    mono_ms failing_start; /* start of the newest first failure among the down ones; 0 where none is down */
    mono_ms up_since;      /* since when it is up without a break, MONO_NEVER if it is not; see tally_of */
};

/*
 * At least `least` of `count` members. A NULL member has no check: it is up, and its pass is always new enough.
 * Members with local_only are left out while another member has counted results; `least` is then at most the number
 * that remain. If no member can be judged the state is unknown. `former` is the result of the call before (zeroed at
 * first): it carries up_since on.
 */
struct tally tally_of(const struct health *const *members, uint32_t count, uint32_t least, const struct tally *former,
                      mono_ms now);

/* Whether tally_of leaves this member out: it cannot be judged from this host while another one can. */
bool tally_leaves_out(const struct health *const *members, uint32_t count, uint32_t place);

#endif
