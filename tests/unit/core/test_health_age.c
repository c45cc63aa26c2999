/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/health; the other half is test_health.c.
 * What:  results that grow old, streaks that were interrupted, and what is void after a gap.
 */

#include "health_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FRESH_MS (3 * 11000 + 4000 + 2000)

static void test_freshness_follows_the_check(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    assert_int_equal(health_freshness_ms(&check), FRESH_MS);

    check = check_of(1, 1000); /* the slowest that can be configured */
    check.interval_ms = 86400000;
    check.total_ms = 3600000;
    check.jitter_permille = 500;
    assert_true(health_freshness_ms(&check) == 1000 * INT64_C(129600000) + 3600000 + 2000);
}

/* any | no counted result for that long: unknown; a millisecond earlier it still stands. */
static void test_it_expires_when_nothing_counted(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_up(&check, 1000);
    mono_ms at = 1100 + FRESH_MS;

    observe(&health, &check, VERDICT_LOCAL, 20000); /* is no result */
    assert_true(health_expires_at(&health, &check) == at);
    assert_false(health_expire(&health, &check, at - 1));
    assert_int_equal(health.state, HEALTH_UP);
    assert_true(health_expire(&health, &check, at));
    assert_int_equal(health.state, HEALTH_UNKNOWN);
    assert_int_equal(health.since, at);
    assert_int_equal(health.streak, 0);
    assert_false(health.local_only);
    assert_false(health_expire(&health, &check, at + 1));
    assert_true(health_expires_at(&health, &check) == MONO_NEVER);
}

static void test_down_expires_too(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_down(&check, 1000);

    assert_true(health_expire(&health, &check, 21100 + FRESH_MS));
    assert_int_equal(health.state, HEALTH_UNKNOWN);
    assert_false(health_is_changing(&health));
}

/* A result that comes when the opinion is too old meets an unknown one, even if nobody woke us between. */
static void test_a_late_result_meets_an_unknown_one(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_down(&check, 1000), other = health_up(&check, 1000);

    assert_true(observe(&health, &check, VERDICT_PASS, 21000 + FRESH_MS));
    assert_int_equal(health.state, HEALTH_UP);

    assert_true(observe(&other, &check, VERDICT_PASS, 1000 + FRESH_MS));
    assert_int_equal(other.state, HEALTH_UP);
    assert_int_equal(other.since, 1100 + FRESH_MS);
}

/* The streak of an unknown one grows as old. */
static void test_an_old_streak_of_an_unknown_one_is_void(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = {0};

    observe(&health, &check, VERDICT_FAIL, 1000);
    observe(&health, &check, VERDICT_FAIL, 11000);
    assert_false(observe(&health, &check, VERDICT_FAIL, 11000 + FRESH_MS));
    assert_int_equal(health.state, HEALTH_UNKNOWN);
    assert_int_equal(health.fails, 1);
}

/* S1: failures that ignorance holds apart decide only while the first of them is fresh. */
static void test_an_interrupted_streak_decides_while_it_is_fresh(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    for (int late = 0; late < 2; late++) {
        struct health health = health_up(&check, 1000);
        observe(&health, &check, VERDICT_FAIL, 11000);
        observe(&health, &check, VERDICT_LOCAL, 21000);
        observe(&health, &check, VERDICT_FAIL, 31000);
        mono_ms now = 11000 + FRESH_MS - 1 + late;
        assert_int_equal(health_observe(&health, &check, VERDICT_FAIL, now - 100, now), !late);
        assert_int_equal(health.state, late ? HEALTH_UP : HEALTH_DOWN);
        assert_int_equal(health.fails, late ? 2 : 3);
        assert_int_equal(health.failing_start, late ? 31000 : 11000);
    }
}

/* … and what came after the interruption is not lost with the rest: three calm failures are enough. */
static void test_what_came_after_the_interruption_counts_on(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_up(&check, 1000);

    observe(&health, &check, VERDICT_FAIL, 11000);
    observe(&health, &check, VERDICT_LOCAL, 21000);
    observe(&health, &check, VERDICT_LOCAL, 31000);
    assert_false(observe(&health, &check, VERDICT_FAIL, 41000));
    assert_int_equal(health.fails, 2);
    assert_false(observe(&health, &check, VERDICT_FAIL, 51000));
    assert_int_equal(health.fails, 2);
    assert_int_equal(health.streak, 2);
    assert_true(observe(&health, &check, VERDICT_FAIL, 61000));
    assert_int_equal(health.failing_start, 41000);
}

static void test_an_interruption_right_before_counts_from_the_new_one(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = {0};

    observe(&health, &check, VERDICT_FAIL, 1000);
    observe(&health, &check, VERDICT_FAIL, 11000);
    observe(&health, &check, VERDICT_LOCAL, 21000);
    observe(&health, &check, VERDICT_LOCAL, 31000);
    assert_false(observe(&health, &check, VERDICT_FAIL, 41000));
    assert_int_equal(health.fails, 1);
    assert_int_equal(health.failing_start, 41000);
}

/* The same with passes, by the time that `rise` of them take: 2 × 11 + 4 + 2 = 28 s. */
static void test_an_interrupted_passing_streak_grows_old_too(void **state)
{
    (void)state;
    struct check_settings check = check_of(2, 3);
    for (int late = 0; late < 2; late++) {
        struct health health = health_down(&check, 1000);
        observe(&health, &check, VERDICT_PASS, 31000);
        health_interrupt(&health);
        mono_ms now = 31000 + 28000 - 1 + late;
        assert_int_equal(health_observe(&health, &check, VERDICT_PASS, now - 100, now), !late);
        assert_int_equal(health.state, late ? HEALTH_DOWN : HEALTH_UP);
    }
}

/* Slow probes are no ignorance: a streak without interruptions decides at any pace at which results stay fresh. */
static void test_a_slow_streak_decides(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_up(&check, 1000);

    observe(&health, &check, VERDICT_FAIL, 30000);
    observe(&health, &check, VERDICT_FAIL, 60000);
    assert_true(observe(&health, &check, VERDICT_FAIL, 90000));
    assert_int_equal(health.failing_start, 30000);
}

/* any | the gate opens again, or a gap longer than the limit. */
static void test_forgetting_makes_it_as_if_never_asked(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 3);
    struct health health = health_up(&check, 1000);

    observe(&health, &check, VERDICT_FAIL, 11000);
    health_forget(&health, 20000);
    struct health fresh = {.since = 20000};
    assert_memory_equal(&health, &fresh, sizeof health);

    observe(&health, &check, VERDICT_LOCAL, 21000);
    assert_true(health.local_only);
}

/* any | a gap longer than the interval: the state stays, the streak does not. */
static void test_clearing_the_streak_keeps_the_state(void **state)
{
    (void)state;
    struct check_settings check = check_of(2, 3);
    struct health up = health_up(&check, 1000), down = health_down(&check, 1000);

    observe(&up, &check, VERDICT_FAIL, 11000);
    observe(&up, &check, VERDICT_FAIL, 21000);
    health_clear_streak(&up);
    assert_int_equal(up.state, HEALTH_UP);
    assert_false(observe(&up, &check, VERDICT_FAIL, 31000));

    observe(&down, &check, VERDICT_PASS, 31000);
    health_clear_streak(&down);
    assert_int_equal(down.state, HEALTH_DOWN);
    assert_int_equal(down.passes + down.fails + down.resumed, 0);
    assert_int_equal(down.streak, 0);
    assert_false(health_is_changing(&down));
    assert_false(observe(&down, &check, VERDICT_PASS, 41000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_freshness_follows_the_check),
        cmocka_unit_test(test_it_expires_when_nothing_counted),
        cmocka_unit_test(test_down_expires_too),
        cmocka_unit_test(test_a_late_result_meets_an_unknown_one),
        cmocka_unit_test(test_an_old_streak_of_an_unknown_one_is_void),
        cmocka_unit_test(test_an_interrupted_streak_decides_while_it_is_fresh),
        cmocka_unit_test(test_what_came_after_the_interruption_counts_on),
        cmocka_unit_test(test_an_interruption_right_before_counts_from_the_new_one),
        cmocka_unit_test(test_an_interrupted_passing_streak_grows_old_too),
        cmocka_unit_test(test_a_slow_streak_decides),
        cmocka_unit_test(test_forgetting_makes_it_as_if_never_asked),
        cmocka_unit_test(test_clearing_the_streak_keeps_the_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
