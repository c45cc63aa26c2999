/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_POLICY_CASE_H
#define REPOINTD_TESTS_POLICY_CASE_H

/*
 * Where: unit tests of core/policy.
 * What:  a record with four targets, the last of them the fallback, and the facts around it.
 * Why:   each test sets what its row is about and all else is quiet: what is up is so since 0 s and passed at 95 s, no
 *        override, no gate, no grace, and it is 100 s o'clock.
 */

#include "core/policy.h"

enum { FIRST, SECOND, THIRD, FALLBACK, TARGETS };

#define NOW seconds(100)

struct policy_case {
    struct record_settings record;
    struct policy_input input; /* targets and drained are set by decide() */
    struct tally targets[TARGETS];
    uint8_t drained[TARGETS];
};

static inline mono_ms seconds(int64_t s)
{
    return s * 1000;
}

/* States of the three targets that are probed: U, D or ? each, as in "DU?". Those that are down fail since 90 s. */
struct policy_case policy_case(const char *states, uint32_t current);

struct decision decide(struct policy_case *the_case);

/* That it keeps what is published, with this reason and review. */
void assert_keeps(struct policy_case *the_case, enum decision_reason reason, mono_ms review_at);

/* That it takes this target, with this reason, and looks at it again only when something happens. */
void assert_takes(struct policy_case *the_case, uint32_t target, enum decision_reason reason);

#endif
