/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/watch; the other half is test_watch_cadence.c.
 * What:  tickets, what becomes of results, and what a gap does. r53 86.
 */

#include "watch_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FRESH_MS (3 * 10000 + 4000 + 2000)

static void test_it_is_due_at_its_instant_and_while_nothing_is_in_flight(void **state)
{
    (void)state;
    struct world world = world_of(2);
    struct watch watch = watch_at(&world, 1, 1, 1000);

    assert_false(watch_is_due(&watch, 1499));
    assert_true(watch_is_due(&watch, 1500));
    assert_int_equal(watch_deadline(&watch), 1500);
    struct op op = watch_start(&watch, 1500);
    assert_int_equal(op.subject, 1);
    assert_int_equal(watch.due, 1500);
    assert_false(watch_is_due(&watch, 1500));
    assert_true(watch_deadline(&watch) == MONO_NEVER);
    world_free(&world);
}

static void test_a_ticket_answers_once(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);
    struct probe_report pass = report_of(VERDICT_PASS, 0), fail = report_of(VERDICT_FAIL, 0);

    struct op op = watch_start(&watch, 0);
    assert_int_not_equal(op.ticket, 0);
    assert_int_equal(watch_done(&watch, op.ticket, &pass, 100), WATCH_CHANGED);
    struct watch before = watch;
    assert_int_equal(watch_done(&watch, op.ticket, &fail, 200), WATCH_STALE);
    assert_memory_equal(&watch, &before, sizeof watch);
    world_free(&world);
}

static void test_a_wrong_ticket_changes_nothing(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);
    struct probe_report fail = report_of(VERDICT_FAIL, 0);

    struct op first = watch_start(&watch, 0);
    watch_cancel(&watch, 100);
    struct op second = watch_start(&watch, 10000);
    assert_int_not_equal(first.ticket, second.ticket);
    struct watch before = watch;
    assert_int_equal(watch_done(&watch, first.ticket, &fail, 10100), WATCH_STALE);
    assert_int_equal(watch_done(&watch, 0, &fail, 10100), WATCH_STALE);
    assert_int_equal(watch_done(&watch, second.ticket + 1, &fail, 10100), WATCH_STALE);
    assert_memory_equal(&watch, &before, sizeof watch);
    assert_int_equal(watch_done(&watch, second.ticket, &fail, 10100), WATCH_SAME);
    world_free(&world);
}

static void test_zero_is_no_ticket(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);

    watch.tickets = UINT32_MAX;
    assert_int_equal(watch_start(&watch, 0).ticket, 1);
    world_free(&world);
}

/* r53 86. */
static void test_it_keeps_the_last_result_and_the_last_failure(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);
    assert_int_equal(watch.last.verdict, 0);

    probe(&watch, VERDICT_FAIL, 100);
    probe(&watch, VERDICT_PASS, 100);
    assert_int_equal(watch.last.verdict, VERDICT_PASS);
    assert_int_equal(watch.last.started, 10000);
    assert_int_equal(watch.last_failure.reason, REASON_REFUSED);
    assert_int_equal(watch.last_failure.started, 0);
    assert_string_equal(watch.last_failure.detail, "as asked");
    probe(&watch, VERDICT_LOCAL, 100);
    assert_int_equal(watch.last.reason, REASON_LOCAL_ERROR);
    assert_int_equal(watch.last_failure.started, 0);
    assert_int_equal(watch.health.state, HEALTH_UP);
    world_free(&world);
}

/* Proof must not lie in the future, whatever clock the shell read. */
static void test_a_start_in_the_future_counts_as_now(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);
    struct probe_report pass = report_of(VERDICT_PASS, 101);

    struct op op = watch_start(&watch, 0);
    watch_done(&watch, op.ticket, &pass, 100);
    assert_int_equal(watch.health.passed_start, 100);
    assert_int_equal(watch.last.started, 100);
    world_free(&world);
}

static void test_results_reach_health(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);
    const enum verdict verdicts[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_LOCAL, VERDICT_FAIL, VERDICT_FAIL};
    const enum watch_answer answers[] = {WATCH_CHANGED, WATCH_SAME, WATCH_SAME, WATCH_SAME, WATCH_SAME};

    world.check.fall = 4; /* so that failures 30 s apart are fresh enough */
    for (int n = 0; n < 5; n++) {
        mono_ms now = watch.due;
        struct op op = watch_start(&watch, now);
        struct probe_report report = report_of(verdicts[n], now);
        assert_int_equal(watch_done(&watch, op.ticket, &report, now + 100), answers[n]);
    }
    mono_ms now = watch.due;
    struct op op = watch_start(&watch, now);
    struct probe_report report = report_of(VERDICT_FAIL, now);
    assert_int_equal(watch_done(&watch, op.ticket, &report, now + 100), WATCH_CHANGED);
    assert_int_equal(watch.health.state, HEALTH_DOWN);
    assert_int_equal(watch.health.failing_start, 10000);
    world_free(&world);
}

static void test_cancelling_voids_the_probe_and_keeps_the_grid(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);

    assert_int_equal(watch_cancel(&watch, 0).ticket, 0);
    assert_int_equal(watch.due, 0);
    struct op op = watch_start(&watch, 0);
    struct op cancelled = watch_cancel(&watch, 500);
    assert_int_equal(cancelled.ticket, op.ticket);
    assert_int_equal(cancelled.subject, 0);
    assert_int_equal(watch.due, 10000);
    struct probe_report pass = report_of(VERDICT_PASS, 0);
    assert_int_equal(watch_done(&watch, op.ticket, &pass, 600), WATCH_STALE);
    world_free(&world);
}

/* ---- age and gaps ------------------------------------------------------------------------------------------------ */

static void test_it_expires_and_says_when(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);

    probe(&watch, VERDICT_PASS, 100);
    watch_start(&watch, 10000);
    assert_int_equal(watch_deadline(&watch), 100 + FRESH_MS);
    assert_false(watch_expire(&watch, 100 + FRESH_MS - 1));
    assert_true(watch_expire(&watch, 100 + FRESH_MS));
    assert_int_equal(watch.health.state, HEALTH_UNKNOWN);
    assert_true(watch_deadline(&watch) == MONO_NEVER);
    world_free(&world);
}

/* Row "a gap longer than `interval`": one that is not keeps the streak. */
static void test_a_short_gap_voids_the_probe_in_flight_alone(void **state)
{
    (void)state;
    struct world world = world_of(2);
    struct watch watch = watch_at(&world, 1, 1, 0);
    probe(&watch, VERDICT_PASS, 100);
    probe(&watch, VERDICT_FAIL, 100);

    mono_ms now = watch.due;
    struct op op = watch_start(&watch, now), cancelled;
    assert_false(watch_gap(&watch, 10000, now + 10000, &cancelled));
    assert_int_equal(cancelled.ticket, op.ticket);
    struct probe_report fail = report_of(VERDICT_FAIL, now);
    assert_int_equal(watch_done(&watch, op.ticket, &fail, now + 10000), WATCH_STALE);
    assert_int_equal(watch.health.fails, 1);
    assert_int_equal(watch.health.state, HEALTH_UP);
    assert_int_equal(watch.due, now + 10000 + 500); /* anew, at its place in the round of first starts */
    world_free(&world);
}

static void test_a_gap_longer_than_the_interval_clears_the_streak(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);
    probe(&watch, VERDICT_PASS, 100);
    probe(&watch, VERDICT_FAIL, 100);

    struct op cancelled;
    assert_false(watch_gap(&watch, 10001, watch.due + 1, &cancelled));
    assert_int_equal(cancelled.ticket, 0);
    assert_int_equal(watch.health.fails, 0);
    assert_int_equal(watch.health.state, HEALTH_UP);
    world_free(&world);
}

static void test_a_gap_longer_than_the_freshness_limit_makes_it_unknown(void **state)
{
    (void)state;
    struct world world = world_of(1);
    for (uint32_t more = 0; more < 2; more++) {
        struct watch watch = watch_alone(&world);
        struct op cancelled;
        probe(&watch, VERDICT_PASS, 100);
        assert_int_equal(watch_gap(&watch, FRESH_MS + more, 20000, &cancelled), more);
        assert_int_equal(watch.health.state, more ? HEALTH_UNKNOWN : HEALTH_UP);
    }
    struct watch watch = watch_alone(&world);
    struct op cancelled;
    assert_false(watch_gap(&watch, FRESH_MS + 1, 20000, &cancelled)); /* was unknown before */
    world_free(&world);
}

/* Results that lost ones hold apart are no row: the first of three failures is older than a row of three may be. */
static void test_what_a_gap_voids_interrupts_a_streak(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);
    probe(&watch, VERDICT_PASS, 100);
    mono_ms first = probe(&watch, VERDICT_FAIL, 100);

    struct op cancelled;
    for (mono_ms now = first + 10000; now < first + FRESH_MS - 10000; now += 10000) {
        watch_start(&watch, now);
        watch_gap(&watch, 9000, now + 9000, &cancelled);
        assert_int_not_equal(cancelled.ticket, 0);
    }
    probe(&watch, VERDICT_FAIL, 100);
    mono_ms third = probe(&watch, VERDICT_FAIL, 100);
    assert_true(third + 100 - first >= FRESH_MS);
    assert_int_equal(watch.health.state, HEALTH_UP);
    probe(&watch, VERDICT_FAIL, 100);
    assert_int_equal(watch.health.state, HEALTH_DOWN);
    world_free(&world);
}

/* What was not missed keeps its place: a gap of all must not make all start at once. */
static void test_a_gap_moves_only_what_was_missed(void **state)
{
    (void)state;
    struct world world = world_of(10);
    for (uint32_t n = 0; n < 10; n++) {
        struct watch watch = watch_at(&world, n, 1, 0);
        struct op cancelled;
        while (watch.due < 100000)
            probe(&watch, VERDICT_PASS, 100);
        assert_int_equal(watch.due, 100000 + n * 1000);
        watch_gap(&watch, 4500, 104000, &cancelled); /* the fifth is due right now */
        assert_int_equal(watch.due, n <= 4 ? 104000 + n * 100 : 100000 + n * 1000);
    }
    world_free(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_due_at_its_instant_and_while_nothing_is_in_flight),
        cmocka_unit_test(test_a_ticket_answers_once),
        cmocka_unit_test(test_a_wrong_ticket_changes_nothing),
        cmocka_unit_test(test_zero_is_no_ticket),
        cmocka_unit_test(test_it_keeps_the_last_result_and_the_last_failure),
        cmocka_unit_test(test_a_start_in_the_future_counts_as_now),
        cmocka_unit_test(test_results_reach_health),
        cmocka_unit_test(test_cancelling_voids_the_probe_and_keeps_the_grid),
        cmocka_unit_test(test_it_expires_and_says_when),
        cmocka_unit_test(test_a_short_gap_voids_the_probe_in_flight_alone),
        cmocka_unit_test(test_a_gap_longer_than_the_interval_clears_the_streak),
        cmocka_unit_test(test_a_gap_longer_than_the_freshness_limit_makes_it_unknown),
        cmocka_unit_test(test_what_a_gap_voids_interrupts_a_streak),
        cmocka_unit_test(test_a_gap_moves_only_what_was_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
