/* SPDX-License-Identifier: MIT */
/*
 * What the engine asks to be kept of a record's messages, and what it makes of that after a restart. The door itself
 * demands that each message is kept before it leaves. docs/faults.md 69, 102.
 */

#include "core/record.h"
#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define OWNER UINT64_C(0x4be1c0de77aa0912)

static int setup(void **state)
{
    *state = door_open(site_of(1, 1, false), true);
    return 0;
}

static int teardown(void **state)
{
    door_close(*state);
    return 0;
}

static struct marker marker_of(uint64_t epoch)
{
    return (struct marker){.owner = OWNER, .epoch = epoch, .nonce = 7000 + epoch};
}

/* A switch of the former life, from the primary under epoch 12 to the secondary. */
static void restore(struct door *door, uint32_t record)
{
    struct plan plan = {.kind = PLAN_SWITCH, .has_old = true, .old = marker_of(12), .fresh = marker_of(13)};
    plan.expect[0] = site_set(door->site, RRTYPE_A, 30, "192.0.2.1");
    plan.publish[0] = site_set(door->site, RRTYPE_A, 30, "198.51.100.1");
    const struct restore what = {.record = record, .plan = &plan, .target = 1};
    const struct event event = {.kind = EVENT_RESTORE, .is.restore = &what};
    door_event(door, &event);
    door->site->used = 0;
}

static void test_kept_message_is_forgotten_when_it_is_seen(void **state)
{
    struct door *door = *state;
    door_run(door, 5000);
    assert_int_equal(door_sent_kind(door, PLAN_ADOPT), 1);
    assert_int_equal(door->save_count, 2); /* kept, forgotten */
    assert_int_equal(door->kept[0], 0);
}

static void test_kept_message_stays_kept_while_its_answer_is_lost(void **state)
{
    struct door *door = *state;
    door->does_nothing = door->loses_answers = true;
    door_run(door, 5000);
    assert_true(door_sent_kind(door, PLAN_ADOPT) > 0);
    assert_int_equal(door->save_count, 1); /* the same one again is kept already */
    assert_int_equal(door->kept[0], 1);
}

static void test_restored_switch_is_told_when_it_is_found(void **state)
{
    struct door *door = *state;
    struct marker marker = marker_of(13);
    door_hold(door, 0, "198.51.100.1", &marker);
    restore(door, 0);
    door_run(door, 5000);
    const struct notice *notice = door_last(door, NOTICE_FAILOVER);
    assert_int_equal(notice->from, 0);
    assert_int_equal(notice->to, 1);
    assert_true(notice->answer_was_lost);
    assert_int_equal(door->send_count, 0);
    assert_int_equal(door->save_count, 1); /* to forget it */
    assert_int_equal(door->kept[0], 0);
}

static void test_restored_switch_is_fenced_before_it_comes(void **state)
{
    struct door *door = *state;
    struct marker marker = marker_of(12);
    door_hold(door, 0, "192.0.2.1", &marker);
    restore(door, 0);
    door_run(door, 100000);
    assert_int_equal(door_sent_kind(door, PLAN_FENCE), 1);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door->kept[0], 0);
}

static void test_restored_message_of_nobody_is_dropped(void **state)
{
    struct door *door = *state;
    uint64_t dropped = engine_stats(door->engine)->answers_dropped;
    restore(door, 7);
    assert_int_equal(engine_stats(door->engine)->answers_dropped, dropped + 1);
    struct plan none = {.kind = 0};
    const struct restore what = {.record = 0, .plan = &none, .target = 1};
    const struct event event = {.kind = EVENT_RESTORE, .is.restore = &what};
    door_event(door, &event);
    assert_int_equal(engine_stats(door->engine)->answers_dropped, dropped + 2);
}

static void switched(struct door *door, uint32_t record, int64_t age_ms)
{
    const struct event event = {.kind = EVENT_SWITCHED, .op.subject = record, .is.age_ms = age_ms};
    door_event(door, &event);
}

static void test_switches_of_a_former_life_count(void **state)
{
    struct door *door = *state;
    const struct record *record = engine_record(door->engine, 0);
    for (int64_t age_ms = 2900000; age_ms > 1; age_ms -= 700000)
        switched(door, 0, age_ms);
    assert_int_equal(flap_count(&record->flap, record->settings, door->now), 5);
    assert_false(flap_is_latched(&record->flap));
    switched(door, 0, 0);
    assert_int_equal(flap_count(&record->flap, record->settings, door->now), 6);
    assert_true(flap_is_latched(&record->flap));
    uint64_t dropped = engine_stats(door->engine)->answers_dropped;
    switched(door, 7, 0);
    assert_int_equal(engine_stats(door->engine)->answers_dropped, dropped + 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_kept_message_is_forgotten_when_it_is_seen),
        CASE(test_kept_message_stays_kept_while_its_answer_is_lost),
        CASE(test_restored_switch_is_told_when_it_is_found),
        CASE(test_restored_switch_is_fenced_before_it_comes),
        CASE(test_restored_message_of_nobody_is_dropped),
        CASE(test_switches_of_a_former_life_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
