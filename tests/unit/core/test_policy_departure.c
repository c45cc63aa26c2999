/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/policy.
 * What:  rows 8 to 11 of the table over policy_decide: leaving what is published, and the proof it takes.
 *        r53 64 to 66, 76.
 */

#include "policy_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* r53 64. */
static void test_row_8_a_down_one_gives_way_to_the_first_up(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", FIRST);
    assert_takes(&c, SECOND, DECISION_CURRENT_DOWN);
    c = policy_case("UUD", THIRD);
    assert_takes(&c, FIRST, DECISION_CURRENT_DOWN);
    c = policy_case("DDU", FIRST);
    assert_takes(&c, THIRD, DECISION_CURRENT_DOWN);
    c = policy_case("D?U", FIRST);
    assert_takes(&c, THIRD, DECISION_CURRENT_DOWN);
}

/* Leaving a dead target is never delayed or latched, nor a matter of manual fail-back. */
static void test_row_8_leaving_a_down_one_never_waits(void **state)
{
    (void)state;
    struct policy_case c = policy_case("UDD", SECOND);
    c.input.latched = true;
    c.record.fail_back = FAIL_BACK_MANUAL;
    c.input.fail_back_delay_ms = 3600000;
    c.targets[FIRST].up_since = NOW;
    assert_takes(&c, FIRST, DECISION_CURRENT_DOWN);
}

static void test_row_8_a_drained_one_gives_way_without_proof(void **state)
{
    (void)state;
    struct policy_case c = policy_case("UUU", FIRST);
    c.drained[FIRST] = 1;
    c.targets[SECOND].passed_start = 1;
    assert_takes(&c, SECOND, DECISION_DRAINED);
}

/* Drained and down: the proof is asked for, as from any that is down. */
static void test_row_8_a_drained_one_that_is_down_needs_proof(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUD", FIRST);
    c.drained[FIRST] = 1;
    assert_takes(&c, SECOND, DECISION_CURRENT_DOWN);
    c.targets[SECOND].passed_start = seconds(90);
    assert_keeps(&c, DECISION_PROOF_AWAITED, MONO_NEVER);
}

static void test_row_8_the_fallback_gives_way_without_proof(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", FALLBACK);
    c.targets[SECOND].passed_start = 1;
    c.targets[FALLBACK].state = HEALTH_DOWN; /* must not matter */
    assert_takes(&c, SECOND, DECISION_RECOVERED);
}

static void test_row_8_a_drained_one_is_never_chosen(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", FIRST);
    c.drained[SECOND] = 1;
    assert_takes(&c, THIRD, DECISION_CURRENT_DOWN);
}

static void test_row_8_the_fallback_is_never_chosen_for_its_health(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DDD", FIRST);
    c.targets[FALLBACK].passed_start = MONO_NEVER;
    assert_keeps(&c, DECISION_NO_HEALTHY_TARGET, MONO_NEVER);
}

static void test_row_8_proof_is_later_than_the_first_failure(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUD", FIRST);
    c.targets[SECOND].passed_start = seconds(90) + 1;
    assert_takes(&c, SECOND, DECISION_CURRENT_DOWN);
    c.targets[SECOND].passed_start = seconds(90);
    assert_keeps(&c, DECISION_PROOF_AWAITED, MONO_NEVER);
}

static void test_row_8_the_first_proved_one_is_taken(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", FIRST);
    c.targets[SECOND].passed_start = seconds(89);
    assert_takes(&c, THIRD, DECISION_CURRENT_DOWN);
}

static void test_row_8_the_gate_has_to_prove_itself_too(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", FIRST);
    c.input.has_gate = c.input.gate_open = true;
    c.input.gate_passed_start = seconds(90) + 1;
    assert_takes(&c, SECOND, DECISION_CURRENT_DOWN);
    c.input.gate_passed_start = seconds(90);
    assert_keeps(&c, DECISION_PROOF_AWAITED, MONO_NEVER);
}

/* r53 66. */
static void test_row_8_no_check_is_proof_but_not_of_the_gate(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUD", FIRST);
    c.targets[SECOND].passed_start = MONO_NEVER;
    assert_takes(&c, SECOND, DECISION_CURRENT_DOWN);
    c.input.has_gate = c.input.gate_open = true;
    c.input.gate_passed_start = seconds(89);
    assert_keeps(&c, DECISION_PROOF_AWAITED, MONO_NEVER);
}

static void test_row_8_proof_may_be_waived(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUD", FIRST);
    c.record.verify_failover = false;
    c.input.has_gate = c.input.gate_open = true;
    c.targets[SECOND].passed_start = 0;
    assert_takes(&c, SECOND, DECISION_CURRENT_DOWN);
}

static void test_row_9_waits_while_no_one_up_has_proof(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DU?", FIRST);
    c.targets[SECOND].passed_start = seconds(80);
    c.record.all_down = ALL_DOWN_FALLBACK;
    assert_keeps(&c, DECISION_PROOF_AWAITED, MONO_NEVER);
}

static void test_row_10_waits_while_one_may_turn_out_up(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DD?", FIRST);
    c.record.all_down = ALL_DOWN_FALLBACK;
    assert_keeps(&c, DECISION_NONE_KNOWN_UP, MONO_NEVER);
    c = policy_case("D?D", FALLBACK);
    assert_keeps(&c, DECISION_NONE_KNOWN_UP, MONO_NEVER);
    c = policy_case("UD?", FIRST);
    c.drained[FIRST] = 1;
    assert_keeps(&c, DECISION_NONE_KNOWN_UP, MONO_NEVER);
}

static void test_row_10_does_not_wait_for_a_drained_one(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DD?", FIRST);
    c.drained[THIRD] = 1;
    assert_keeps(&c, DECISION_NO_HEALTHY_TARGET, MONO_NEVER);
}

static void test_row_11_keep(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DDD", SECOND);
    assert_keeps(&c, DECISION_NO_HEALTHY_TARGET, MONO_NEVER);
    c = policy_case("DDD", FALLBACK);
    assert_keeps(&c, DECISION_NO_HEALTHY_TARGET, MONO_NEVER);
}

/* r53 65. */
static void test_row_11_primary(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DDD", SECOND);
    c.record.all_down = ALL_DOWN_PRIMARY;
    assert_takes(&c, FIRST, DECISION_NO_HEALTHY_TARGET);
    c.input.current = FIRST; /* and there it stays */
    assert_takes(&c, FIRST, DECISION_NO_HEALTHY_TARGET);
    c.input.current = SECOND;
    c.drained[FIRST] = 1;
    assert_keeps(&c, DECISION_NO_HEALTHY_TARGET, MONO_NEVER);
}

/* r53 76. */
static void test_row_11_fallback(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DDD", SECOND);
    c.record.all_down = ALL_DOWN_FALLBACK;
    assert_takes(&c, FALLBACK, DECISION_NO_HEALTHY_TARGET);
    c.input.current = FALLBACK;
    assert_takes(&c, FALLBACK, DECISION_NO_HEALTHY_TARGET);
    c.input.current = SECOND;
    c.drained[FALLBACK] = 1;
    assert_keeps(&c, DECISION_NO_HEALTHY_TARGET, MONO_NEVER);
    c.input.fallback = ID_NONE;
    c.input.target_count = FALLBACK;
    assert_keeps(&c, DECISION_NO_HEALTHY_TARGET, MONO_NEVER);
}

/* Fault 131: the only one up is drained. */
static void test_row_11_a_drained_one_that_is_up_does_not_help(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUD", FIRST);
    c.drained[SECOND] = 1;
    assert_keeps(&c, DECISION_NO_HEALTHY_TARGET, MONO_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_8_a_down_one_gives_way_to_the_first_up),
        cmocka_unit_test(test_row_8_leaving_a_down_one_never_waits),
        cmocka_unit_test(test_row_8_a_drained_one_gives_way_without_proof),
        cmocka_unit_test(test_row_8_a_drained_one_that_is_down_needs_proof),
        cmocka_unit_test(test_row_8_the_fallback_gives_way_without_proof),
        cmocka_unit_test(test_row_8_a_drained_one_is_never_chosen),
        cmocka_unit_test(test_row_8_the_fallback_is_never_chosen_for_its_health),
        cmocka_unit_test(test_row_8_proof_is_later_than_the_first_failure),
        cmocka_unit_test(test_row_8_the_first_proved_one_is_taken),
        cmocka_unit_test(test_row_8_the_gate_has_to_prove_itself_too),
        cmocka_unit_test(test_row_8_no_check_is_proof_but_not_of_the_gate),
        cmocka_unit_test(test_row_8_proof_may_be_waived),
        cmocka_unit_test(test_row_9_waits_while_no_one_up_has_proof),
        cmocka_unit_test(test_row_10_waits_while_one_may_turn_out_up),
        cmocka_unit_test(test_row_10_does_not_wait_for_a_drained_one),
        cmocka_unit_test(test_row_11_keep),
        cmocka_unit_test(test_row_11_primary),
        cmocka_unit_test(test_row_11_fallback),
        cmocka_unit_test(test_row_11_a_drained_one_that_is_up_does_not_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
