/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/policy.
 * What:  rows 1 to 7 and 12 to 16 of the table over policy_decide, and which row comes before which;
 *        rows 8 to 11 are in test_policy_departure.c. r53 40, 63.
 */

#include "policy_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_row_1_nothing_of_ours_is_published(void **state)
{
    (void)state;
    struct policy_case c = policy_case("UUU", ID_NONE);
    assert_keeps(&c, DECISION_CONDITION, MONO_NEVER);
    c.input.held = true;
    c.input.forced = SECOND;
    assert_keeps(&c, DECISION_CONDITION, MONO_NEVER);
}

static void test_row_1_the_record_is_off(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", FIRST);
    c.record.enabled = false;
    assert_keeps(&c, DECISION_CONDITION, MONO_NEVER);
}

static void test_row_2_held_until_its_end(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", FIRST);
    c.input.held = true;
    c.input.hold_until = seconds(500);
    assert_keeps(&c, DECISION_HELD, seconds(500));
    c.input.forced = SECOND; /* a hold stands above a failover */
    assert_keeps(&c, DECISION_HELD, seconds(500));
}

static void test_row_3_forced_whatever_health_says(void **state)
{
    (void)state;
    struct policy_case c = policy_case("UDU", FIRST);
    c.input.forced = SECOND;
    assert_takes(&c, SECOND, DECISION_FORCED);
    c.input.forced_until = seconds(500);
    struct decision decision = decide(&c);
    assert_int_equal(decision.target, SECOND);
    assert_int_equal(decision.review_at, seconds(500));
}

static void test_row_3_forced_with_the_gate_closed(void **state)
{
    (void)state;
    struct policy_case c = policy_case("???", FIRST);
    c.input.has_gate = true;
    c.input.grace = true;
    c.input.forced = FALLBACK;
    assert_takes(&c, FALLBACK, DECISION_FORCED);
}

static void test_row_4_cut_off_while_the_gate_is_closed(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", FIRST);
    c.input.has_gate = true;
    c.input.grace = true;
    assert_keeps(&c, DECISION_CUT_OFF, MONO_NEVER);
    c.input.gate_open = true;
    c.input.gate_passed_start = seconds(99);
    assert_takes(&c, SECOND, DECISION_CURRENT_DOWN);
}

static void test_row_4_without_a_gate_nothing_is_closed(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", FIRST);
    c.input.gate_open = false;
    assert_takes(&c, SECOND, DECISION_CURRENT_DOWN);
}

static void test_row_5_start_grace_while_a_target_is_unknown(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DU?", FIRST);
    c.input.grace = true;
    c.input.grace_until = seconds(130);
    assert_keeps(&c, DECISION_START_GRACE, seconds(130));
    c.input.current = TARGET_RETIRED;
    assert_keeps(&c, DECISION_START_GRACE, seconds(130));

    c = policy_case("?UD", SECOND);
    c.input.grace = true;
    assert_keeps(&c, DECISION_START_GRACE, MONO_NEVER);

    c = policy_case("DUD", FIRST);
    c.input.grace = true;
    assert_takes(&c, SECOND, DECISION_CURRENT_DOWN);

    c = policy_case("DU?", FIRST); /* over */
    assert_takes(&c, SECOND, DECISION_CURRENT_DOWN);
}

/* Nobody asks the fallback, so nobody waits for it. */
static void test_row_5_start_grace_does_not_wait_for_the_fallback(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", FIRST);
    c.input.grace = true;
    c.targets[FALLBACK].state = HEALTH_UNKNOWN;
    assert_takes(&c, SECOND, DECISION_CURRENT_DOWN);
}

static void test_row_6_a_retired_one_gives_way_to_the_first_up(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", TARGET_RETIRED);
    assert_takes(&c, SECOND, DECISION_RETIRED);
    c.drained[SECOND] = 1;
    assert_takes(&c, THIRD, DECISION_RETIRED);
    c.input.latched = true; /* no fail-back: neither latch nor delay nor proof is asked for */
    c.targets[THIRD].passed_start = 0;
    assert_takes(&c, THIRD, DECISION_RETIRED);
}

static void test_row_6b_a_retired_one_stays_while_none_is_up(void **state)
{
    (void)state;
    struct policy_case c = policy_case("D?D", TARGET_RETIRED);
    assert_keeps(&c, DECISION_RETIRED, MONO_NEVER);
    c = policy_case("DDD", TARGET_RETIRED);
    c.record.all_down = ALL_DOWN_FALLBACK;
    assert_keeps(&c, DECISION_RETIRED, MONO_NEVER);
}

/* r53 40. */
static void test_row_7_an_unknown_one_is_not_left(void **state)
{
    (void)state;
    struct policy_case c = policy_case("?UU", FIRST);
    assert_keeps(&c, DECISION_CURRENT_UNKNOWN, MONO_NEVER);
    c = policy_case("U?U", SECOND); /* not for a better one either */
    assert_keeps(&c, DECISION_CURRENT_UNKNOWN, MONO_NEVER);
}

static void test_row_7_an_unknown_one_that_is_drained_is_left(void **state)
{
    (void)state;
    struct policy_case c = policy_case("?UU", FIRST);
    c.drained[FIRST] = 1;
    assert_takes(&c, SECOND, DECISION_DRAINED);
}

/* r53 63: whoever else is up. */
static void test_row_12_nothing_better_is_up(void **state)
{
    (void)state;
    struct policy_case c = policy_case("UUU", FIRST);
    assert_keeps(&c, DECISION_CURRENT_UP, MONO_NEVER);
    c = policy_case("D?U", THIRD);
    assert_keeps(&c, DECISION_CURRENT_UP, MONO_NEVER);
    c = policy_case("UDU", THIRD);
    c.drained[FIRST] = 1;
    assert_keeps(&c, DECISION_CURRENT_UP, MONO_NEVER);
    c.input.fail_back_now = true;
    assert_keeps(&c, DECISION_CURRENT_UP, MONO_NEVER);
}

static void test_row_13_manual_waits_for_the_command(void **state)
{
    (void)state;
    struct policy_case c = policy_case("UUD", SECOND);
    c.record.fail_back = FAIL_BACK_MANUAL;
    c.input.latched = true;
    assert_keeps(&c, DECISION_FAIL_BACK_MANUAL, MONO_NEVER);
    c.input.fail_back_now = true;
    assert_takes(&c, FIRST, DECISION_PREFERRED_UP);
}

static void test_row_14_a_latched_one_waits_for_the_release(void **state)
{
    (void)state;
    struct policy_case c = policy_case("UUD", SECOND);
    c.input.latched = true;
    assert_keeps(&c, DECISION_FLAPPING, MONO_NEVER);
    c.input.fail_back_now = true;
    assert_takes(&c, FIRST, DECISION_PREFERRED_UP);
}

static void test_row_15_waits_until_the_delay_is_over(void **state)
{
    (void)state;
    struct policy_case c = policy_case("UUD", SECOND);
    c.targets[FIRST].up_since = seconds(40) + 1;
    assert_keeps(&c, DECISION_FAIL_BACK_WAIT, seconds(100) + 1);
    c.targets[FIRST].up_since = seconds(40);
    assert_takes(&c, FIRST, DECISION_PREFERRED_UP);
    c.targets[FIRST].up_since = NOW;
    assert_keeps(&c, DECISION_FAIL_BACK_WAIT, seconds(160));
    c.input.fail_back_now = true;
    assert_takes(&c, FIRST, DECISION_PREFERRED_UP);
}

/* S8: a better one that was up all along, but lacked the proof, is not taken right after the switch past it. */
static void test_row_15_counts_from_the_last_switch(void **state)
{
    (void)state;
    struct policy_case c = policy_case("UUD", SECOND);
    c.input.fail_back_from = seconds(40) + 1;
    assert_keeps(&c, DECISION_FAIL_BACK_WAIT, seconds(100) + 1);
    c.input.fail_back_from = seconds(40);
    assert_takes(&c, FIRST, DECISION_PREFERRED_UP);
}

/* The best one up is waited for; the record does not go back step by step. */
static void test_row_15_waits_for_the_first_better_one(void **state)
{
    (void)state;
    struct policy_case c = policy_case("UUU", THIRD);
    c.targets[FIRST].up_since = seconds(90);
    assert_keeps(&c, DECISION_FAIL_BACK_WAIT, seconds(150));
    c.targets[FIRST].state = HEALTH_DOWN;
    assert_takes(&c, SECOND, DECISION_PREFERRED_UP);
}

static void test_row_16_goes_back_to_the_first_better_one(void **state)
{
    (void)state;
    struct policy_case c = policy_case("UUU", THIRD);
    assert_takes(&c, FIRST, DECISION_PREFERRED_UP);
    c.drained[FIRST] = 1;
    assert_takes(&c, SECOND, DECISION_PREFERRED_UP);
    c.input.fail_back_delay_ms = 0;
    c.targets[SECOND].up_since = NOW;
    assert_takes(&c, SECOND, DECISION_PREFERRED_UP);
}

static void test_without_a_list_none_is_drained(void **state)
{
    (void)state;
    struct policy_case c = policy_case("DUU", FIRST);
    c.input.targets = c.targets;
    assert_int_equal(policy_decide(&c.record, &c.input, NOW).target, SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_1_nothing_of_ours_is_published),
        cmocka_unit_test(test_row_1_the_record_is_off),
        cmocka_unit_test(test_row_2_held_until_its_end),
        cmocka_unit_test(test_row_3_forced_whatever_health_says),
        cmocka_unit_test(test_row_3_forced_with_the_gate_closed),
        cmocka_unit_test(test_row_4_cut_off_while_the_gate_is_closed),
        cmocka_unit_test(test_row_4_without_a_gate_nothing_is_closed),
        cmocka_unit_test(test_row_5_start_grace_while_a_target_is_unknown),
        cmocka_unit_test(test_row_5_start_grace_does_not_wait_for_the_fallback),
        cmocka_unit_test(test_row_6_a_retired_one_gives_way_to_the_first_up),
        cmocka_unit_test(test_row_6b_a_retired_one_stays_while_none_is_up),
        cmocka_unit_test(test_row_7_an_unknown_one_is_not_left),
        cmocka_unit_test(test_row_7_an_unknown_one_that_is_drained_is_left),
        cmocka_unit_test(test_row_12_nothing_better_is_up),
        cmocka_unit_test(test_row_13_manual_waits_for_the_command),
        cmocka_unit_test(test_row_14_a_latched_one_waits_for_the_release),
        cmocka_unit_test(test_row_15_waits_until_the_delay_is_over),
        cmocka_unit_test(test_row_15_counts_from_the_last_switch),
        cmocka_unit_test(test_row_15_waits_for_the_first_better_one),
        cmocka_unit_test(test_row_16_goes_back_to_the_first_better_one),
        cmocka_unit_test(test_without_a_list_none_is_drained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
