/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/health; the other half is test_health_age.c.
 * What:  results in a row: each row of its table that is about states and streaks, and both sides of rise and fall.
 *        r53 8 to 10, 40, 89.
 */

#include "health_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* r53 40, 89. */
static void test_zeroed_is_unknown_and_never_asked(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = {0};

    assert_int_equal(health.state, HEALTH_UNKNOWN);
    assert_false(health.local_only);
    assert_false(health_is_changing(&health));
    assert_true(health_expires_at(&health, &check) == MONO_NEVER);
    assert_false(health_expire(&health, &check, MONO_NEVER - 1));
}

/* any | LOCAL: before anything counted it only says that this host cannot judge. */
static void test_local_marks_what_was_never_judged(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = {0};

    assert_false(observe(&health, &check, VERDICT_LOCAL, 1000));
    assert_true(health.local_only);
    assert_false(health.counted);
    assert_int_equal(health.state, HEALTH_UNKNOWN);

    assert_false(observe(&health, &check, VERDICT_FAIL, 11000));
    assert_false(health.local_only);
    assert_true(health.counted);

    assert_false(observe(&health, &check, VERDICT_LOCAL, 21000));
    assert_false(health.local_only);
}

/* any | LOCAL: changes nothing, in each state. */
static void test_local_leaves_each_state_alone(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health up = health_up(&check, 1000), down = health_down(&check, 1000);

    observe(&up, &check, VERDICT_FAIL, 11000);
    struct health before = up;
    assert_false(observe(&up, &check, VERDICT_LOCAL, 21000));
    before.resumed = 0;
    assert_memory_equal(&up, &before, sizeof up);

    observe(&down, &check, VERDICT_PASS, 31000);
    before = down;
    assert_false(observe(&down, &check, VERDICT_LOCAL, 41000));
    before.resumed = 0;
    assert_memory_equal(&down, &before, sizeof down);
}

/* any | LOCAL: not even the streak is broken. */
static void test_local_leaves_the_streak_alone(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_up(&check, 1000);

    observe(&health, &check, VERDICT_FAIL, 11000);
    observe(&health, &check, VERDICT_FAIL, 21000);
    observe(&health, &check, VERDICT_LOCAL, 31000);
    assert_true(observe(&health, &check, VERDICT_FAIL, 41000));
    assert_int_equal(health.state, HEALTH_DOWN);
    assert_int_equal(health.failing_start, 11000);
}

static void test_unknown_is_up_at_once(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = {0};

    assert_true(health_observe(&health, &check, VERDICT_PASS, 1000, 1041));
    assert_int_equal(health.state, HEALTH_UP);
    assert_int_equal(health.since, 1041);
    assert_int_equal(health.counted_at, 1041);
    assert_int_equal(health.passed_start, 1000);
    assert_int_equal(health.streak, 1);
}

static void test_unknown_is_down_after_fall_failures(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = {0};

    assert_false(observe(&health, &check, VERDICT_FAIL, 1000));
    assert_true(health_is_changing(&health));
    assert_false(observe(&health, &check, VERDICT_FAIL, 11000));
    assert_int_equal(health.state, HEALTH_UNKNOWN);
    assert_true(observe(&health, &check, VERDICT_FAIL, 21000));
    assert_int_equal(health.state, HEALTH_DOWN);
    assert_int_equal(health.since, 21100);
    assert_int_equal(health.failing_start, 1000);
    assert_false(health_is_changing(&health));
}

/* fall 1: the first failure decides, and there is never a streak under way. */
static void test_fall_of_one_decides_at_once(void **state)
{
    (void)state;
    struct check_settings check = check_of(1, 1);
    struct health health = health_up(&check, 1000);

    assert_true(observe(&health, &check, VERDICT_FAIL, 11000));
    assert_int_equal(health.state, HEALTH_DOWN);
    assert_true(observe(&health, &check, VERDICT_PASS, 21000));
    assert_int_equal(health.state, HEALTH_UP);
}

static void test_up_is_down_after_fall_failures(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_up(&check, 1000);

    assert_false(observe(&health, &check, VERDICT_FAIL, 11000));
    assert_true(health_is_changing(&health));
    assert_int_equal(health.fails, 1);
    assert_false(observe(&health, &check, VERDICT_FAIL, 21000));
    assert_int_equal(health.state, HEALTH_UP);
    assert_true(observe(&health, &check, VERDICT_FAIL, 31000));
    assert_int_equal(health.state, HEALTH_DOWN);
    assert_int_equal(health.fails, 3);
    assert_int_equal(health.streak, 3);
    assert_int_equal(health.failing_start, 11000);
    assert_int_equal(health.passed_start, 1000);
}

/* r53 9: F F P F F F is down at the sixth. */
static void test_a_pass_clears_the_failing_streak(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_up(&check, 1000);

    observe(&health, &check, VERDICT_FAIL, 11000);
    observe(&health, &check, VERDICT_FAIL, 21000);
    assert_false(observe(&health, &check, VERDICT_PASS, 31000));
    assert_int_equal(health.fails, 0);
    assert_int_equal(health.streak, 1);
    assert_false(health_is_changing(&health));

    observe(&health, &check, VERDICT_FAIL, 41000);
    assert_false(observe(&health, &check, VERDICT_FAIL, 51000));
    assert_int_equal(health.state, HEALTH_UP);
    assert_true(observe(&health, &check, VERDICT_FAIL, 61000));
    assert_int_equal(health.failing_start, 41000);
}

static void test_a_pass_clears_a_single_failure(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_up(&check, 1000);

    observe(&health, &check, VERDICT_FAIL, 11000);
    observe(&health, &check, VERDICT_PASS, 21000);
    assert_int_equal(health.fails, 0);
    assert_false(health_is_changing(&health));
}

static void test_down_is_up_after_rise_passes(void **state)
{
    (void)state;
    struct check_settings check = check_of(2, 3);
    struct health health = health_down(&check, 1000);

    assert_false(observe(&health, &check, VERDICT_PASS, 31000));
    assert_true(health_is_changing(&health));
    assert_int_equal(health.state, HEALTH_DOWN);
    assert_true(observe(&health, &check, VERDICT_PASS, 41000));
    assert_int_equal(health.state, HEALTH_UP);
    assert_int_equal(health.since, 41100);
    assert_int_equal(health.passed_start, 41000);
}

/* r53 10. */
static void test_a_failure_clears_the_passing_streak(void **state)
{
    (void)state;
    struct check_settings check = check_of(2, 3);
    struct health health = health_down(&check, 1000);

    observe(&health, &check, VERDICT_PASS, 31000);
    assert_false(observe(&health, &check, VERDICT_FAIL, 41000));
    assert_int_equal(health.passes, 0);
    assert_int_equal(health.fails, 1);
    assert_false(health_is_changing(&health));
    assert_false(observe(&health, &check, VERDICT_PASS, 51000));
    assert_int_equal(health.state, HEALTH_DOWN);
    assert_true(observe(&health, &check, VERDICT_PASS, 61000));
}

/* The proof is measured against the run that brought it down; failures after it, or between passes, do not move it. */
static void test_failures_while_down_keep_the_start_of_the_run(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_down(&check, 1000);

    observe(&health, &check, VERDICT_FAIL, 31000);
    observe(&health, &check, VERDICT_PASS, 41000);
    observe(&health, &check, VERDICT_FAIL, 51000);
    assert_int_equal(health.failing_start, 1000);
    assert_int_equal(health.streak, 1);
}

static void test_counters_are_capped_and_the_streak_is_not(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_up(&check, 1000);

    for (int n = 1; n < 10; n++)
        observe(&health, &check, VERDICT_PASS, 1000 + n * 10000);
    assert_int_equal(health.passes, 3);
    assert_int_equal(health.streak, 10);

    health.streak = UINT32_MAX;
    observe(&health, &check, VERDICT_PASS, 101000);
    assert_true(health.streak == UINT32_MAX);
}

/* A long row of failures is told whole, although ignorance interrupted it once. */
static void test_a_streak_that_decided_outlives_interruptions(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_down(&check, 1000);

    observe(&health, &check, VERDICT_LOCAL, 31000);
    for (int n = 4; n < 14; n++)
        observe(&health, &check, VERDICT_FAIL, 1000 + n * 10000);
    assert_int_equal(health.streak, 13);
    assert_int_equal(health.fails, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zeroed_is_unknown_and_never_asked),
        cmocka_unit_test(test_local_marks_what_was_never_judged),
        cmocka_unit_test(test_local_leaves_each_state_alone),
        cmocka_unit_test(test_local_leaves_the_streak_alone),
        cmocka_unit_test(test_unknown_is_up_at_once),
        cmocka_unit_test(test_unknown_is_down_after_fall_failures),
        cmocka_unit_test(test_fall_of_one_decides_at_once),
        cmocka_unit_test(test_up_is_down_after_fall_failures),
        cmocka_unit_test(test_a_pass_clears_the_failing_streak),
        cmocka_unit_test(test_a_pass_clears_a_single_failure),
        cmocka_unit_test(test_down_is_up_after_rise_passes),
        cmocka_unit_test(test_a_failure_clears_the_passing_streak),
        cmocka_unit_test(test_failures_while_down_keep_the_start_of_the_run),
        cmocka_unit_test(test_counters_are_capped_and_the_streak_is_not),
        cmocka_unit_test(test_a_streak_that_decided_outlives_interruptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
