/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_POLICY_H
#define REPOINTD_CORE_POLICY_H

/*
 * Where: core, between tally (opinions) and plan (what to send).
 * What:  from opinions and facts to a decision with a reason. The table stands over policy_decide.
 */

#include "core/tally.h"
#include "model/reason.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* `current` of a record whose published set was ours but is no target's of this configuration. */
#define TARGET_RETIRED (ID_NONE - 1)

struct policy_input {
    const struct tally *targets;    /* one per target, the fallback's is unused */
    const uint8_t *drained;         /* one per target, not 0: drained; NULL: none is */
    uint32_t target_count, fallback; /* fallback: place or ID_NONE */
    uint32_t current;               /* place, TARGET_RETIRED, or ID_NONE: nothing of ours is published */
    bool held, gate_open, grace;    /* grace: start-grace runs */
    mono_ms hold_until, forced_until, grace_until;
    uint32_t forced;                /* place or ID_NONE */
    bool has_gate;                  /* there is a connectivity block */
    mono_ms gate_passed_start;
    uint32_t fail_back_delay_ms;    /* the delay now due */
    mono_ms fail_back_from;         /* it is not counted from before this: the record's last switch; 0: none */
    bool fail_back_now, latched;    /* fail_back_now: an operator wants it, past manual, the latch and the delay */
};

struct decision {
    uint32_t target; /* place, or ID_NONE: keep what is published */
    enum decision_reason reason;
    mono_ms review_at; /* when time alone may change it; MONO_NEVER: only events do */
};

/* Keep is `target == input->current`, and ID_NONE where nothing of ours is published. */
struct decision policy_decide(const struct record_settings *settings, const struct policy_input *input, mono_ms now);

/*
 * Which values of the chosen target are to be published. `members` and `drained` (one per value, not 0: drained;
 * NULL: none is) are those of the target, `count` at least 1; `ret_wanted` gets 1 or 0 for each. Returns how many are
 * wanted, never 0.
 */
uint32_t policy_values(const struct record_settings *settings, const struct health *const *members,
                       const uint8_t *drained, uint32_t count, uint8_t *ret_wanted);

#endif
