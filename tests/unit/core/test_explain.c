/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/explain and core/trail.
 * What:  what comes next, in each state that a record can be in; how long it takes by the configuration; the ring.
 */

#include "core/explain.h"
#include "core/trail.h"
#include "group_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE 60000

static struct door *quiet_minute(struct site *site)
{
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    return door;
}

static struct outlook next_of(const struct door *door)
{
    return explain_outlook(door->engine, 0);
}

static void test_all_is_well(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    assert_int_equal(next_of(door).kind, OUTLOOK_WATCHED);
    assert_int_equal(next_of(door).target, 1);
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    assert_int_equal(next_of(door).kind, OUTLOOK_ALONE);
    door_close(door);
}

static void test_it_returns_some_time_after_its_first_target_came_up(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    struct outlook next = next_of(door);
    assert_int_equal(next.kind, OUTLOOK_RETURNS_AFTER);
    assert_int_equal(next.target, 0);
    assert_int_equal(next.passes, door->site->check.rise);
    assert_int_equal(next.wait_ms, 60000 + (door->site->check.rise - 1) * (int64_t)door->site->check.interval_ms);

    door->verdicts[0] = 0;
    while (next_of(door).kind != OUTLOOK_RETURNS_AT && door->now < 6 * MINUTE)
        door_run(door, door->now + 100);
    next = next_of(door);
    assert_int_equal(next.kind, OUTLOOK_RETURNS_AT);
    door_run(door, next.at - 1);
    assert_int_equal(door_record(door, 0)->current, 1);
    door_run(door, next.at + 1000);
    assert_int_equal(door_record(door, 0)->current, 0); /* as was said */
    door_close(door);
}

static void test_what_only_a_person_ends(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].fail_back = FAIL_BACK_MANUAL;
    struct door *door = quiet_minute(site);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    door->verdicts[0] = 0;
    door_run(door, 5 * MINUTE);
    assert_int_equal(next_of(door).kind, OUTLOOK_MANUAL);
    assert_int_equal(next_of(door).target, 0);
    door_close(door);

    site = site_new();
    site->records[0].switches_most = 1;
    door = quiet_minute(site);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    door->verdicts[0] = 0;
    door_run(door, 9 * MINUTE);
    assert_int_equal(next_of(door).kind, OUTLOOK_LATCHED);
    door_close(door);
}

static void test_overrides_are_what_comes_next(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    const struct override hold = {.id = 1, .kind = OVERRIDE_HOLD, .until = 9 * MINUTE};
    const struct event event = {.kind = EVENT_OVERRIDE, .is.override = &hold};
    door_event(door, &event);
    assert_int_equal(next_of(door).kind, OUTLOOK_OVERRIDE);
    assert_true(next_of(door).at == 9 * MINUTE);
    door_close(door);
}

static void test_a_forced_target_stays_until_then(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    const struct override forced = {.id = 1, .kind = OVERRIDE_FAILOVER, .record = 0, .target = 1, .until = 9 * MINUTE};
    const struct event event = {.kind = EVENT_OVERRIDE, .is.override = &forced};
    door_event(door, &event);
    door_run(door, 2 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_int_equal(next_of(door).kind, OUTLOOK_OVERRIDE);
    assert_int_equal(next_of(door).target, 1);
    assert_true(next_of(door).at == 9 * MINUTE);
    door_close(door);
}

static void test_nothing_is_decided_in_ignorance(void **state)
{
    (void)state;
    struct site *site = site_new();
    site_add_references(site, 2);
    struct door *door = quiet_minute(site);
    for (uint32_t watch = 0; watch < 4; watch++)
        door->verdicts[watch] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 0);
    assert_int_equal(next_of(door).kind, OUTLOOK_CUT_OFF);
    door_close(door);

    site = site_new();
    site->settings.safety.start_grace_ms = 2 * MINUTE;
    door = door_open(site, true);
    door->verdicts[0] = VERDICT_FAIL;
    while (door_told(door, NOTICE_TARGET_DOWN) + door_told(door, NOTICE_TARGET_UP) == 0)
        door_run(door, door->now + 1); /* the other one is not known */
    assert_int_equal(next_of(door).kind, OUTLOOK_GRACE);
    assert_true(next_of(door).at > door->now);
    door_close(door);
}

static void drain(struct door *door, uint32_t id, const char *address)
{
    struct override override = {.id = id, .kind = OVERRIDE_DRAIN, .record = ID_NONE, .until = MONO_NEVER};
    const struct event event = {.kind = EVENT_OVERRIDE, .is.override = &override};
    assert_true(address_parse(address, &override.address, NULL));
    door_event(door, &event);
}

static void test_what_is_drained_is_no_outlook(void **state)
{
    (void)state;
    struct site *site = site_new();
    site_add_target(site, "tertiary", "203.0.113.1");
    struct door *door = quiet_minute(site);
    drain(door, 1, "198.51.100.1");
    assert_int_equal(next_of(door).kind, OUTLOOK_WATCHED);
    assert_int_equal(next_of(door).target, 2);
    drain(door, 2, "203.0.113.1");
    assert_int_equal(next_of(door).kind, OUTLOOK_ALONE);
    const struct event released = {.kind = EVENT_RELEASE, .is.released = 2};
    door_event(door, &released);

    drain(door, 3, "192.0.2.1");
    door_run(door, 3 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 2);
    assert_int_equal(next_of(door).kind, OUTLOOK_ALONE);
    const struct event again = {.kind = EVENT_RELEASE, .is.released = 1};
    door_event(door, &again);
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 4 * MINUTE);
    assert_int_equal(next_of(door).kind, OUTLOOK_RETURNS_AFTER);
    assert_int_equal(next_of(door).target, 1); /* the first one is drained */
    door_close(door);
}

static void test_trouble_comes_first(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->names[0].refused = OUTCOME_DENIED;
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    assert_int_equal(next_of(door).kind, OUTLOOK_MOVES);
    assert_int_equal(next_of(door).target, 1);
    assert_true(next_of(door).at > door->now && next_of(door).at < MONO_NEVER);
    door_close(door);

    door = door_open(site_new(), true);
    assert_int_equal(next_of(door).kind, OUTLOOK_READ);
    door_hold(door, 0, "203.0.113.5", NULL);
    door_run(door, MINUTE);
    assert_int_equal(next_of(door).kind, OUTLOOK_OPERATOR);
    assert_true(next_of(door).at > door->now);
    door_close(door);

    struct site *site = site_new();
    site->records[0].enabled = false;
    door = door_open(site, true);
    assert_int_equal(next_of(door).kind, OUTLOOK_OFF);
    door_close(door);
}

static void test_a_dry_run_moves_nothing(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->settings.safety.dry_run = true;
    struct door *door = quiet_minute(site);
    assert_int_equal(next_of(door).kind, OUTLOOK_WATCHED);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    assert_int_equal(next_of(door).kind, OUTLOOK_WOULD_MOVE);
    assert_int_equal(next_of(door).target, 1);
    assert_true(next_of(door).at == MONO_NEVER);
    door_close(door);
}

static void test_a_rehearsal_moves_nothing(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->sends = OUTCOME_UNKNOWN;
    door_rehearse(door, door->now);
    while (door->send_count == 0 && door->now < 20 * MINUTE)
        door_run(door, door->now + 1);
    assert_int_equal(door->sent[0].plan.kind, PLAN_REHEARSE);
    assert_true(record_is_pending(door_record(door, 0)));
    assert_int_equal(next_of(door).kind, OUTLOOK_WATCHED);
    door_close(door);
}

static void test_no_target_is_up(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->verdicts[0] = door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 4 * MINUTE);
    assert_int_equal(next_of(door).kind, OUTLOOK_FIRST_UP);
    door_close(door);
}

/* Built-in values, faults.md 1: 10 + 20 + 1 + 4 s to the decision at worst, 3 + 2 s more to the answer: 40 s. */
static void test_timing_is_that_of_the_promise(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->check.interval_ms = site->check.interval_changing_ms = 10000;
    site->check.fall = site->check.rise = 3;
    site->check.jitter_permille = 100;
    site->check.total_ms = 4000;
    site->servers[0].timeout_ms = 3000;
    struct timing timing = explain_timing(&site->settings, 0);
    assert_true(timing.detects);
    assert_int_equal(timing.detect_least_ms, 20000);
    assert_int_equal(timing.detect_most_ms, 35000);
    assert_int_equal(timing.update_most_ms, 5000);
    assert_int_equal(timing.return_least_ms, 80000);
    assert_int_equal(timing.caches_ms, site->records[0].ttl_s * 1000);

    site->check.fall = 1; /* the standby's own proof has no time to come meanwhile */
    assert_int_equal(explain_timing(&site->settings, 0).detect_most_ms, 15000 + 14000);
    site->records[0].verify_failover = false;
    assert_int_equal(explain_timing(&site->settings, 0).detect_most_ms, 15000);
    site->records[0].fail_back = FAIL_BACK_MANUAL;
    assert_int_equal(explain_timing(&site->settings, 0).return_least_ms, -1);
    site->values[0].watch = ID_NONE;
    assert_false(explain_timing(&site->settings, 0).detects);
    site_free(site);
}

/* Of a group it is the slowest that it rests on, which the settings know. */
static void test_a_group_is_as_quick_as_its_slowest(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_probe("smtp"), group_of("site", 2, 2)};
    row[1].check.interval_ms = 60000;
    struct site *site = group_site(row, 3);
    void *rows = (void *)site->settings.checks;
    site->watches[2].slowest = 1;
    assert_int_equal(explain_timing(&site->settings, 0).detect_most_ms, 60000 + 2 * 10000 + 4000);
    site_free(site);
    free(rows);
}

static void test_the_ring_keeps_the_newest(void **state)
{
    (void)state;
    struct trail trail = {.next = 0};
    assert_null(trail_at(&trail, 0));
    for (uint32_t i = 0; i < TRAIL_ROOM + 3; i++)
        trail_add(&trail, i % 2 ? VERDICT_FAIL : VERDICT_PASS, i % 2 ? REASON_STATUS : REASON_OK, i * 100, (int32_t)i);
    for (uint32_t back = 0; back < TRAIL_ROOM; back++)
        assert_true(trail_at(&trail, back)->started == (TRAIL_ROOM + 2 - back) * 100);
    assert_int_equal(trail_at(&trail, 0)->verdict, VERDICT_PASS);
    assert_int_equal(trail_at(&trail, 1)->reason, REASON_STATUS);
    assert_null(trail_at(&trail, TRAIL_ROOM));
}

static void test_a_watch_leaves_a_trail(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    const struct watch *watch = engine_watch(door->engine, 0);
    assert_int_equal(trail_at(&watch->trail, 0)->verdict, VERDICT_PASS);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    assert_int_equal(trail_at(&watch->trail, 0)->reason, REASON_REFUSED);
    assert_true(trail_at(&watch->trail, 0)->started == watch->last.started);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_is_well),
        cmocka_unit_test(test_it_returns_some_time_after_its_first_target_came_up),
        cmocka_unit_test(test_what_only_a_person_ends),
        cmocka_unit_test(test_overrides_are_what_comes_next),
        cmocka_unit_test(test_a_forced_target_stays_until_then),
        cmocka_unit_test(test_nothing_is_decided_in_ignorance),
        cmocka_unit_test(test_what_is_drained_is_no_outlook),
        cmocka_unit_test(test_trouble_comes_first),
        cmocka_unit_test(test_a_dry_run_moves_nothing),
        cmocka_unit_test(test_a_rehearsal_moves_nothing),
        cmocka_unit_test(test_no_target_is_up),
        cmocka_unit_test(test_timing_is_that_of_the_promise),
        cmocka_unit_test(test_a_group_is_as_quick_as_its_slowest),
        cmocka_unit_test(test_the_ring_keeps_the_newest),
        cmocka_unit_test(test_a_watch_leaves_a_trail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
