/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/engine.
 * What:  the process stood still, or is to stop.
 */

#include "door.h"

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

/* ---- gaps ---- */

static void test_gap_voids_probes_and_beliefs(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, MINUTE);
    while (stats(door)->probes_in_flight == 0)
        door_run(door, door->now + 1);
    door->verdicts[0] = door->verdicts[1] = VERDICT_FAIL;
    door_gap(door, 2000); /* fault 11 */
    assert_int_equal(door->cancel_count, 1);
    door_run(door, door->now + 4);
    assert_int_equal(stats(door)->answers_dropped, 1);
    uint32_t reads = door->read_count;
    door->verdicts[1] = 0;
    door_run(door, door->now + MINUTE);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 1);
    assert_int_equal(door->read_count, reads + 2); /* before the message and after it */
    door_close(door);
}

static void test_gap_longer_than_the_interval_asks_again_before_deciding(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].fail_back_ms = 0;
    struct door *door = quiet(site);
    door_run(door, MINUTE);
    door->verdicts[0] = VERDICT_FAIL;
    door->sends = OUTCOME_NOT_SENT; /* the switch is wanted and waits */
    door_run(door, 2 * MINUTE);
    assert_true(door->send_count > 0);
    uint32_t sends = door->send_count;
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_CURRENT_DOWN);
    door->sends = 0;
    door->mail_count = 0;
    door_gap(door, 15000);
    mono_ms back = door->now;
    assert_int_equal(engine_watch(door->engine, 0)->health.state, HEALTH_DOWN); /* kept, but nothing rests on it */
    while (door->send_count == sends && door->now < back + MINUTE)
        door_run(door, door->now + 1);
    assert_int_equal(door->send_count, sends + 1);
    assert_true(engine_watch(door->engine, 0)->health.counted_at > back);
    assert_true(engine_watch(door->engine, 1)->health.counted_at > back);
    door_close(door);
}

static void test_gap_takes_no_target_that_only_failed_since(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].verify_failover = false;
    struct door *door = quiet(site);
    door_run(door, MINUTE);
    door->reads = OUTCOME_NOT_SENT; /* the switch is held up by the name server */
    door->sends = OUTCOME_NOT_SENT;
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 2 * MINUTE);
    uint32_t sends = door->send_count;
    door->reads = door->sends = 0;
    door->mail_count = 0;
    door_gap(door, 15000);
    door->verdicts[1] = VERDICT_FAIL; /* still up, by what was seen before; but no longer so */
    door_run(door, door->now + MINUTE);
    assert_int_equal(door->send_count, sends);
    assert_int_equal(door_told(door, NOTICE_NO_HEALTHY_TARGET), 1);
    door_close(door);
}

static void test_gap_leaves_no_target_that_passed_since(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, MINUTE);
    door->reads = door->sends = OUTCOME_NOT_SENT;
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 2 * MINUTE);
    uint32_t sends = door->send_count;
    door->reads = door->sends = 0;
    door->mail_count = 0;
    door_gap(door, 15000);
    door->verdicts[0] = 0; /* still down, for it has not passed three times yet */
    door_run(door, door->now + 15000);
    assert_int_equal(engine_watch(door->engine, 0)->health.state, HEALTH_DOWN);
    assert_int_equal(door->send_count, sends);
    door_run(door, door->now + MINUTE);
    assert_int_equal(door->send_count, sends);
    door_close(door);
}

static void test_gap_does_not_stop_the_clock_of_a_fail_back(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, MINUTE);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    door->verdicts[0] = 0;
    while (engine_watch(door->engine, 0)->health.state != HEALTH_UP)
        door_run(door, door->now + 1);
    mono_ms up = door->now;
    door_run(door, up + 30000);
    door->mail_count = 0;
    door_gap(door, 15000);
    door_run(door, up + 60000 + 100);
    assert_int_equal(door_told(door, NOTICE_FAIL_BACK),
                     1); /* it is up again by what came since, and was never seen down */
    door_close(door);
}

static void test_gap_cancels_as_much_as_fits(void **state)
{
    (void)state;
    struct door *door = quiet(site_of(600, 1, false));
    door_run(door, 1000);
    while (stats(door)->probes_in_flight < 5)
        door_run(door, door->now + 1);
    door->probe_starts_late_ms = 100000; /* none is answered */
    door_run(door, door->now + 1500);
    assert_true(stats(door)->probes_in_flight > 300);
    door_gap(door, 2000);
    assert_in_range(door->cancel_count, 200, EFFECTS_ROOM);
    assert_true(door->most_effects <= EFFECTS_ROOM);
    assert_true(stats(door)->probes_in_flight < 20);
    door_close(door);
}

/* ---- stopping ---- */

static void test_stopping_begins_nothing_more(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    const struct event stopping = {.kind = EVENT_STOPPING};
    door_run(door, MINUTE);
    door->verdicts[0] = VERDICT_FAIL;
    while (door->in_flight == 0)
        door_run(door, door->now + 1);
    assert_false(engine_is_idle(door->engine));
    door_event(door, &stopping);
    assert_int_equal(engine_deadline(door->engine), MONO_NEVER);
    uint32_t probes = door->probe_count, reads = door->read_count;
    door_run(door, door->now + 10 * MINUTE);
    assert_true(engine_is_idle(door->engine)); /* the answer came, and was not read back */
    assert_int_equal(door->probe_count, probes);
    assert_int_equal(door->read_count, reads);
    assert_int_equal(door->send_count, 1);
    door_close(door);
}

static void test_stopping_waits_for_reads(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    const struct event stopping = {.kind = EVENT_STOPPING};
    door_run(door, 1001);
    assert_int_equal(door->read_count, 1);
    assert_false(engine_is_idle(door->engine));
    door_event(door, &stopping);
    door_run(door, 1010);
    assert_true(engine_is_idle(door->engine));
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gap_voids_probes_and_beliefs),
        cmocka_unit_test(test_gap_longer_than_the_interval_asks_again_before_deciding),
        cmocka_unit_test(test_gap_takes_no_target_that_only_failed_since),
        cmocka_unit_test(test_gap_leaves_no_target_that_passed_since),
        cmocka_unit_test(test_gap_does_not_stop_the_clock_of_a_fail_back),
        cmocka_unit_test(test_gap_cancels_as_much_as_fits),
        cmocka_unit_test(test_stopping_begins_nothing_more),
        cmocka_unit_test(test_stopping_waits_for_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
