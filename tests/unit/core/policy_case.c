/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/policy.
 * What:  see policy_case.h.
 */

#include "policy_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct tally tally_of_letter(char letter)
{
    if (letter == 'U')
        return (struct tally){.state = HEALTH_UP, .up = 1, .passed_start = seconds(95), .up_since = 0};
    if (letter == 'D')
        return (struct tally){
            .state = HEALTH_DOWN, .down = 1, .failing_start = seconds(90), .up_since = MONO_NEVER};
    return (struct tally){.state = HEALTH_UNKNOWN, .unknown = 1, .up_since = MONO_NEVER};
}

struct policy_case policy_case(const char *states, uint32_t current)
{
    struct policy_case the_case = {
        .record = {.enabled = true,
                   .verify_failover = true,
                   .fail_back = FAIL_BACK_AUTO,
                   .all_down = ALL_DOWN_KEEP,
                   .publish = PUBLISH_ALL},
        .input = {.target_count = TARGETS,
                  .fallback = FALLBACK,
                  .current = current,
                  .forced = ID_NONE,
                  .hold_until = MONO_NEVER,
                  .forced_until = MONO_NEVER,
                  .grace_until = MONO_NEVER,
                  .fail_back_delay_ms = 60000},
    };
    for (int n = 0; n < FALLBACK; n++)
        the_case.targets[n] = tally_of_letter(states[n]);
    the_case.targets[FALLBACK] = tally_of_letter('U'); /* must not matter */
    return the_case;
}

struct decision decide(struct policy_case *the_case)
{
    the_case->input.targets = the_case->targets;
    the_case->input.drained = the_case->drained;
    return policy_decide(&the_case->record, &the_case->input, NOW);
}

void assert_keeps(struct policy_case *the_case, enum decision_reason reason, mono_ms review_at)
{
    struct decision decision = decide(the_case);
    assert_int_equal(decision.target, the_case->input.current);
    assert_int_equal(decision.reason, reason);
    assert_int_equal(decision.review_at, review_at);
}

void assert_takes(struct policy_case *the_case, uint32_t target, enum decision_reason reason)
{
    struct decision decision = decide(the_case);
    assert_int_equal(decision.target, target);
    assert_int_equal(decision.reason, reason);
    assert_true(decision.review_at == MONO_NEVER);
}
