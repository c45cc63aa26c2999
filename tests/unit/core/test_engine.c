/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/engine.
 * What:  the door itself: tickets, bounds, lateness, the clock, views, and that one seed gives one life. Gaps and
 *        stopping are in test_engine_pause.c.
 */

#include "door.h"

#include "base/attributes.h"
#include "core/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE 60000

static struct door *quiet(struct site *site)
{
    struct door *door = door_open(site, true);
    for (uint32_t i = 0; i < site->settings.record_count; i++) {
        door->names[i].form = MARKER_FORM_ONE;
        door->names[i].marker = (struct marker){.owner = UINT64_C(0x4be1c0de77aa0912), .epoch = 1};
    }
    return door;
}

static const struct engine_stats *stats(const struct door *door)
{
    return engine_stats(door->engine);
}

/* ---- tickets ---- */

static void test_engine_drops_what_it_did_not_ask(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, MINUTE);
    const struct probe_report probe = {.verdict = VERDICT_FAIL};
    const struct dns_report dns = {.outcome = OUTCOME_ACCEPTED};
    struct event events[] = {
        {.kind = EVENT_PROBE_DONE, .op = {0, 999}, .is.probe = &probe},
        {.kind = EVENT_PROBE_DONE, .op = {2, 1}, .is.probe = &probe},
        {.kind = EVENT_READ_DONE, .op = {0, 1}, .is.read = {&dns, NULL}},
        {.kind = EVENT_READ_DONE, .op = {0, 0}, .is.read = {&dns, NULL}},
        {.kind = EVENT_READ_DONE, .op = {1, 1}, .is.read = {&dns, NULL}},
        {.kind = EVENT_SEND_DONE, .op = {0, 1}, .is.send = &dns},
        {.kind = EVENT_SEND_DONE, .op = {0, 0}, .is.send = &dns},
        {.kind = EVENT_SEND_DONE, .op = {1, 1}, .is.send = &dns},
    };
    door->notice_count = 0;
    for (uint32_t i = 0; i < ARRAY_COUNT(events); i++) {
        door_event(door, &events[i]);
        assert_int_equal(stats(door)->answers_dropped, i + 1);
        assert_int_equal(door->notice_count, 0);
    }
    door_close(door);
}

static void test_engine_takes_an_answer_once(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, MINUTE);
    door->verdicts[0] = VERDICT_FAIL;
    while (door->in_flight == 0)
        door_run(door, door->now + 1);
    struct op op = door->mail[door->mail_count - 1].op;
    const struct dns_report dns = {.outcome = OUTCOME_DENIED};
    const struct event event = {.kind = EVENT_SEND_DONE, .op = op, .is.send = &dns};
    door_event(door, &event);
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 1);
    door_run(door, door->now + 1000); /* the real one comes late: whatever it says */
    assert_int_equal(stats(door)->answers_dropped, 1);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 0);
    door_close(door);
}

static void test_engine_takes_no_answer_to_another_message(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, MINUTE);
    door->verdicts[0] = VERDICT_FAIL;
    while (door->in_flight == 0)
        door_run(door, door->now + 1);
    struct op op = door->mail[door->mail_count - 1].op;
    const struct dns_report dns = {.outcome = OUTCOME_DENIED};
    for (uint32_t i = 0; i < 2; i++) {
        const struct op former = {.subject = op.subject, .ticket = op.ticket + (i == 0 ? UINT32_MAX : 1)};
        door_event(door, &(struct event){.kind = EVENT_SEND_DONE, .op = former, .is.send = &dns});
        assert_int_equal(stats(door)->answers_dropped, i + 1);
    }
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 0);
    door_run(door, door->now + 1000); /* its own is taken */
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 1);
    door_close(door);
}

static void test_tickets_are_never_zero(void **state)
{
    (void)state;
    struct context ctx = {.tickets = UINT32_MAX - 1};
    assert_int_equal(context_ticket(&ctx), UINT32_MAX);
    assert_int_equal(context_ticket(&ctx), 1);
}

/* ---- bounds ---- */

static void test_engine_keeps_one_message_a_zone_and_four_a_server(void **state)
{
    (void)state;
    struct door *door = quiet(site_of(160, 8, true));
    door_run(door, MINUTE);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 2 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 160);
    assert_int_equal(door->send_count, 160);
    assert_int_equal(door->most_in_flight, 4);
    assert_true(door->most_effects <= EFFECTS_ROOM);
    door_close(door);
}

static void test_engine_comes_straight_back_for_what_did_not_fit(void **state)
{
    (void)state;
    struct door *door = quiet(site_of(500, 1, true));
    door_run(door, MINUTE);
    door->verdicts[0] = VERDICT_FAIL;
    while (door_told(door, NOTICE_TARGET_DOWN) < 100)
        door_run(door, door->now + 1);
    assert_int_equal(door_told(door, NOTICE_TARGET_DOWN), 500); /* in the same instant, by several wake-ups */
    mono_ms first = 0, last = 0;
    for (uint32_t i = 0; i < door->notice_count; i++)
        if (door->notices[i].kind == NOTICE_TARGET_DOWN) {
            first = first == 0 ? door->told_at[i] : first;
            last = door->told_at[i];
        }
    assert_int_equal(first, last);
    door_close(door);
}

static void test_engine_takes_a_breath_among_many_that_are_due(void **state)
{
    (void)state;
    struct door *door = quiet(site_of(600, 1, true));
    for (uint32_t i = 0; i < 601; i++)
        door->verdicts[i] = VERDICT_FAIL; /* all unknown, all at the same instant waiting for the grace to end */
    door_run(door, 20000);
    struct context *ctx = (struct context *)(void *)door->engine;
    for (uint32_t i = 0; i < 600; i++)
        schedule_set(&ctx->records_due, i, door->now);
    const struct event wake = {.kind = EVENT_WAKE};
    door_event(door, &wake);
    assert_true(effects_left(&door->effects) > 200); /* there was room, and yet it came back between */
    assert_int_equal(engine_deadline(door->engine), door->now);
    door_event(door, &wake);
    assert_true(engine_deadline(door->engine) > door->now);
    door_close(door);
}

static void test_engine_reads_what_has_queued_too_long(void **state)
{
    (void)state;
    struct site *site = site_of(2, 1, true);
    site->servers[0].retry_first_ms = site->servers[0].retry_most_ms = 600000;
    site->servers[0].batch = 1;
    struct door *door = quiet(site);
    door_run(door, MINUTE);
    door->sends = OUTCOME_NOT_SENT; /* the zone pauses after the first; the second one waits in the queue */
    door->verdicts[0] = VERDICT_FAIL;
    while (door->send_count == 0)
        door_run(door, door->now + 1);
    door_run(door, door->now + 10);
    assert_int_equal(door_record(door, 1)->txn.state, TXN_QUEUED);
    mono_ms open_at = schedule_next(&((const struct context *)(const void *)door->engine)->zones_due);
    assert_true(open_at > door->now + 2000);
    door->sends = 0;
    door_gap(door, 2000);
    uint32_t reads = door->read_count;
    door_run(door, open_at);
    assert_int_equal(door->send_count, 1); /* its turn came, and it reads first */
    assert_int_equal(door->read_count, reads + 1);
    door_run(door, open_at + 100);
    assert_int_equal(door->sent[1].record, 1);
    door_close(door);
}

static void test_engine_spreads_its_first_reads(void **state)
{
    (void)state;
    struct door *door = quiet(site_of(600, 8, false));
    door_run(door, 1000);
    assert_in_range(door->read_count, 1, 8);
    door_run(door, 1000 + 600 / 4 + 10);
    assert_int_equal(door->read_count, 600);
    door_close(door);
}

static void test_engine_wakes_only_when_something_is_due(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, MINUTE);
    mono_ms at = engine_deadline(door->engine);
    assert_true(at > door->now && at < door->now + 11000);
    const struct event wake = {.kind = EVENT_WAKE};
    door_event(door, &wake); /* a needless one does no harm */
    assert_int_equal(door->effects.count, 0);
    assert_int_equal(engine_deadline(door->engine), at);
    door_close(door);
}

/* ---- lateness and clock ---- */

static void test_late_probes_are_counted_by_their_real_start(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door->probe_starts_late_ms = 20;
    door_run(door, MINUTE);
    assert_int_equal(stats(door)->probes_tardy, 0);
    door->probe_starts_late_ms = 900;
    door_run(door, 5 * MINUTE);
    assert_true(stats(door)->probes_tardy > 20);
    assert_int_equal(door_told(door, NOTICE_PROBES_LATE), 0);
    assert_int_equal(stats(door)->probes_late, 0);
    assert_in_range(stats(door)->worst_late_ms, 900, 1000);
    door->probe_starts_late_ms = 2000;
    door_run(door, 10 * MINUTE);
    assert_true(stats(door)->probes_late > 50);
    assert_in_range(door_told(door, NOTICE_PROBES_LATE), 4, 6); /* once a minute */
    const struct notice *notice = door_last(door, NOTICE_PROBES_LATE);
    assert_in_range(notice->count, 8, 14);
    assert_in_range(notice->span_ms, 2000, 2200);
    door_close(door);
}

/* What nobody has signed does not say that the clock is right again. */
static void test_a_refused_clock_is_not_mended_by_what_is_not_signed(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, MINUTE);
    door->reads = OUTCOME_CLOCK;
    door_run(door, 10 * MINUTE);
    uint32_t told = door_told(door, NOTICE_CLOCK_SKEW);
    assert_int_equal(told, 2); /* and each hour from now on */
    door->reads = 0;
    door->reads_unsigned = true;
    door_run(door, 16 * MINUTE);
    door->reads = OUTCOME_CLOCK;
    door_run(door, 22 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_CLOCK_SKEW), told);
    door_close(door);
}

static void test_a_refused_clock_is_told_once_for_the_server(void **state)
{
    (void)state;
    struct door *door = quiet(site_of(40, 8, true));
    door_run(door, MINUTE);
    door->sends = door->reads = OUTCOME_CLOCK; /* fault 62 */
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 4 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_CLOCK_SKEW), 1);
    assert_int_equal(door_last(door, NOTICE_CLOCK_SKEW)->dns.skew_s, 400);
    assert_false(door_last(door, NOTICE_CLOCK_SKEW)->repeated);
    assert_true(door_last(door, NOTICE_CLOCK_SKEW)->record < 40);
    door_run(door, 10 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_CLOCK_SKEW), 2);
    assert_true(door_last(door, NOTICE_CLOCK_SKEW)->repeated);
    door->sends = door->reads = 0;
    door_run(door, 15 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 40);
    door->reads = OUTCOME_CLOCK;
    door_run(door, 19 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_CLOCK_SKEW), 3); /* it was right meanwhile: told at once */
    assert_false(door_last(door, NOTICE_CLOCK_SKEW)->repeated);
    door_close(door);
}

/* ---- views ---- */

static void test_summary_counts_what_is_where(void **state)
{
    (void)state;
    struct site *site = site_of(6, 1, false);
    site->records[5].enabled = false;
    struct door *door = quiet(site);
    struct engine_summary sum;
    engine_summarise(door->engine, &sum);
    assert_int_equal(sum.records, 5);
    assert_int_equal(sum.unread, 5);
    assert_int_equal(sum.failed_over_record, ID_NONE);
    assert_int_equal(sum.stopped_record, ID_NONE);
    assert_int_equal(sum.changed_at, MONO_NEVER);
    door_hold(door, 3, "203.0.113.5", NULL);
    door_hold(door, 4, "203.0.113.5", NULL);
    door_run(door, MINUTE);
    door->verdicts[2] = door->verdicts[4] = VERDICT_FAIL; /* primaries of 1 and 2 */
    door_run(door, 2 * MINUTE);
    engine_summarise(door->engine, &sum);
    assert_int_equal(sum.unread, 0);
    assert_int_equal(sum.on_first, 1);
    assert_int_equal(sum.failed_over, 2);
    assert_int_equal(sum.failed_over_record, 1);
    assert_int_equal(sum.stopped, 2);
    assert_int_equal(sum.stopped_record, 3);
    assert_int_equal(sum.pending, 0);
    assert_true(sum.changed_at > MINUTE && sum.changed_at < 2 * MINUTE);
    door_close(door);
}

/* ---- life ---- */

static void test_engine_of_nothing_sleeps_for_ever(void **state)
{
    (void)state;
    struct site *site = site_of(0, 1, false);
    site->settings.zone_count = site->settings.server_count = 0;
    struct door *door = door_open(site, true);
    assert_int_equal(engine_deadline(door->engine), MONO_NEVER);
    assert_true(engine_is_idle(door->engine));
    door_close(door);
    engine_free(NULL);
}

static void test_engine_lives_the_same_life_for_one_seed(void **state)
{
    (void)state;
    struct door *lives[2];
    for (uint32_t i = 0; i < 2; i++) {
        lives[i] = door_open(site_of(20, 2, false), true);
        door_run(lives[i], MINUTE);
        for (uint32_t watch = 0; watch < 20; watch += 3)
            lives[i]->verdicts[watch] = VERDICT_FAIL;
        lives[i]->loses_answers = true;
        door_run(lives[i], 20 * MINUTE);
    }
    assert_true(lives[0]->send_count > 20);
    assert_int_equal(lives[0]->send_count, lives[1]->send_count);
    assert_int_equal(lives[0]->probe_count, lives[1]->probe_count);
    for (uint32_t i = 0; i < lives[0]->send_count; i++) {
        assert_int_equal(lives[0]->sent[i].at, lives[1]->sent[i].at);
        assert_true(marker_equal(&lives[0]->sent[i].plan.fresh, &lives[1]->sent[i].plan.fresh));
    }
    door_close(lives[0]);
    door_close(lives[1]);
}

static void test_checks_of_two_intervals_have_their_own_rhythm(void **state)
{
    (void)state;
    struct site *site = site_of(40, 1, false);
    struct check_settings checks[2] = {site->check, site->check};
    checks[1].interval_ms = checks[1].interval_changing_ms = 20000;
    site->settings.checks = checks;
    site->settings.check_count = 2;
    for (uint32_t i = 0; i < 80; i++)
        site->watches[i].check = i % 2;
    struct door *door = quiet(site);
    door_run(door, 5 * MINUTE);
    assert_in_range(door->probe_count, 40 * 29 + 40 * 14, 40 * 32 + 40 * 17);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engine_drops_what_it_did_not_ask),
        cmocka_unit_test(test_engine_takes_an_answer_once),
        cmocka_unit_test(test_engine_takes_no_answer_to_another_message),
        cmocka_unit_test(test_tickets_are_never_zero),
        cmocka_unit_test(test_engine_keeps_one_message_a_zone_and_four_a_server),
        cmocka_unit_test(test_engine_comes_straight_back_for_what_did_not_fit),
        cmocka_unit_test(test_engine_takes_a_breath_among_many_that_are_due),
        cmocka_unit_test(test_engine_reads_what_has_queued_too_long),
        cmocka_unit_test(test_engine_spreads_its_first_reads),
        cmocka_unit_test(test_engine_wakes_only_when_something_is_due),
        cmocka_unit_test(test_late_probes_are_counted_by_their_real_start),
        cmocka_unit_test(test_a_refused_clock_is_not_mended_by_what_is_not_signed),
        cmocka_unit_test(test_a_refused_clock_is_told_once_for_the_server),
        cmocka_unit_test(test_summary_counts_what_is_where),
        cmocka_unit_test(test_engine_of_nothing_sleeps_for_ever),
        cmocka_unit_test(test_engine_lives_the_same_life_for_one_seed),
        cmocka_unit_test(test_checks_of_two_intervals_have_their_own_rhythm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
