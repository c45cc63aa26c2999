/* SPDX-License-Identifier: MIT */
/*
 * Notices of a record's values: down, up, failing, unknown; per use, by level and not by edge.
 */

#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE 60000
#define HOUR   3600000

static struct door *quiet(struct site *site)
{
    struct door *door = door_open(site, true);
    for (uint32_t i = 0; i < site->settings.record_count; i++) {
        door->names[i].form = MARKER_FORM_ONE;
        door->names[i].marker = (struct marker){.owner = UINT64_C(0x4be1c0de77aa0912), .epoch = 1};
    }
    return door;
}

static void test_value_is_told_failing_down_and_up(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, 5 * MINUTE);
    assert_int_equal(door->notice_count, 2); /* each comes up once */
    const struct notice *first = door_last(door, NOTICE_TARGET_UP);
    assert_int_equal(first->duration_ms, -1);
    assert_int_equal(first->streak, 1);
    assert_int_equal(first->threshold, 1);
    assert_int_equal(first->span_ms, 5);
    door->notice_count = 0;
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 65 * MINUTE);
    assert_int_equal(door->notice_count, 2); /* a standby down for an hour: two lines */
    const struct notice *failing = door_last(door, NOTICE_PROBE_FAILING), *down = door_last(door, NOTICE_TARGET_DOWN);
    assert_int_equal(failing->record, 0);
    assert_int_equal(failing->target, 1);
    assert_int_equal(failing->value, 1);
    assert_int_equal(failing->watch, 1);
    assert_int_equal(failing->streak, 1);
    assert_int_equal(failing->threshold, 3);
    assert_int_equal(failing->reason, REASON_REFUSED);
    assert_int_equal(down->streak, 3);
    assert_int_equal(down->threshold, 3);
    assert_in_range(down->span_ms, 19000, 21100);
    assert_in_range(down->duration_ms, 5 * MINUTE, 6 * MINUTE);
    assert_string_equal(down->detail, "Connection refused");
    door->verdicts[1] = 0;
    door_run(door, 70 * MINUTE);
    assert_int_equal(door->notice_count, 3);
    const struct notice *up = door_last(door, NOTICE_TARGET_UP);
    assert_int_equal(up->streak, 3);
    assert_int_equal(up->threshold, 3);
    assert_int_equal(up->reason, REASON_OK);
    assert_int_equal(up->latency_us, 5000);
    assert_in_range(up->span_ms, 19000, 21100);
    assert_in_range(up->duration_ms, HOUR - MINUTE, HOUR + MINUTE);
    door_close(door);
}

static void test_value_that_is_down_at_start_is_told(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, MINUTE);
    assert_int_equal(door_told(door, NOTICE_PROBE_FAILING), 1);
    assert_int_equal(door_told(door, NOTICE_TARGET_DOWN), 1);
    assert_int_equal(door_last(door, NOTICE_TARGET_DOWN)->duration_ms, -1);
    door_close(door);
}

static void test_each_streak_is_told_once(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, MINUTE);
    for (uint32_t round = 1; round <= 3; round++) {
        door->verdicts[1] = VERDICT_FAIL;
        door_run(door, door->now + 15000);
        door->verdicts[1] = 0;
        door_run(door, door->now + MINUTE);
        assert_int_equal(door_told(door, NOTICE_PROBE_FAILING), round);
    }
    assert_int_equal(door_told(door, NOTICE_TARGET_DOWN), 0);
    door_close(door);
}

static void test_a_shared_watch_is_told_for_each_use(void **state)
{
    (void)state;
    struct door *door = quiet(site_of(500, 1, true));
    door_run(door, MINUTE);
    assert_int_equal(door->notice_count, 1000);
    door->notice_count = 0;
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 2 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_PROBE_FAILING), 500);
    assert_int_equal(door_told(door, NOTICE_TARGET_DOWN), 500);
    assert_true(door->most_effects <= EFFECTS_ROOM);
    uint32_t seen[500] = {0};
    for (uint32_t i = 0; i < door->notice_count; i++)
        if (door->notices[i].kind == NOTICE_TARGET_DOWN)
            seen[door->notices[i].record]++;
    for (uint32_t i = 0; i < 500; i++)
        assert_int_equal(seen[i], 1);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 500);
    door_close(door);
}

static void test_many_values_of_one_record_are_told_in_turns(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].room[0] = 4096;
    for (uint32_t i = 0; i < 300; i++) {
        char address[ADDRESS_TEXT_MAX];
        struct address of = {.family = ADDRESS_V4, .bytes = {203, 0, (uint8_t)(i / 200), (uint8_t)(1 + i % 200)}};
        address_format(&of, address);
        site_add_value(site, 0, 1, address, false);
        site->values[site->targets[1].value_first + i + 1].watch = 1; /* all by one watch: they turn at one event */
    }
    site->watches[1].user_first = 1;
    site->watches[1].user_count = 301;
    site->settings.user_count = 302;
    for (uint32_t i = 0; i < 302; i++)
        site->users[i] = i;
    struct door *door = quiet(site);
    door_run(door, MINUTE);
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 2 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_TARGET_DOWN), 301);
    assert_int_equal(door_told(door, NOTICE_PROBE_FAILING), 301);
    assert_true(door->most_effects <= EFFECTS_ROOM);
    door_close(door);
}

/* A target of both families. */
static struct site *dual(void)
{
    struct site *site = site_new();
    site_add_value(site, 0, 0, "2001:db8::1", true);
    return site;
}

static struct door *dual_door(struct site *site)
{
    struct door *door = quiet(site);
    struct rrset six = site_set(site, RRTYPE_AAAA, 30, "2001:db8::1");
    assert_true(rrset_copy(&six, door->names[0].bytes[1], sizeof(door->names[0].bytes[1]), &door->names[0].sets[1]));
    return door;
}

static void test_an_address_that_cannot_be_judged_is_told_once(void **state)
{
    (void)state;
    struct door *door = dual_door(dual());
    door->verdicts[2] = VERDICT_LOCAL; /* fault 34: no IPv6 here */
    door_run(door, HOUR);
    assert_int_equal(door->notice_count, 3);
    const struct notice *notice = door_last(door, NOTICE_TARGET_UNKNOWN);
    assert_int_equal(notice->watch, 2);
    assert_int_equal(notice->target, 0);
    assert_int_equal(notice->reason, REASON_LOCAL_ERROR);
    for (uint32_t i = 0; i < door->notice_count; i++)
        assert_true(door->told_at[i] < 5000); /* its neighbour is judged: no need to wait */
    door->notice_count = 0;
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, HOUR + 2 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 1);
    door->verdicts[2] = 0; /* the line is mended */
    door_run(door, HOUR + 3 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_TARGET_UP), 1);
    assert_int_equal(door_last(door, NOTICE_TARGET_UP)->watch, 2);
    assert_int_equal(door_last(door, NOTICE_TARGET_UP)->duration_ms, -1);
    door_close(door);
}

static void test_an_address_alone_is_not_told_before_the_grace_is_over(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door->verdicts[1] = VERDICT_LOCAL;
    door_run(door, 30900);
    assert_int_equal(door->notice_count, 1); /* the other one is up */
    door_run(door, MINUTE);
    assert_int_equal(door_told(door, NOTICE_TARGET_UNKNOWN), 1);
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 2 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_TARGET_DOWN), 1);
    assert_int_equal(door_told(door, NOTICE_PROBE_FAILING), 1);
    door_close(door);
}

static void test_health_too_old_is_told(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, MINUTE);
    door->verdicts[1] = VERDICT_LOCAL; /* nothing counts any more */
    door->notice_count = 0;
    door_run(door, 3 * MINUTE);
    assert_int_equal(door->notice_count, 1);
    assert_int_equal(door_last(door, NOTICE_TARGET_UNKNOWN)->target, 1);
    door->verdicts[1] = 0;
    door_run(door, 4 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_TARGET_UP), 1);
    door_close(door);
}

static void test_a_gap_is_told_for_all(void **state)
{
    (void)state;
    struct door *door = quiet(site_new());
    door_run(door, MINUTE);
    door->mail_count = 0; /* what was under way is lost */
    door->notice_count = 0;
    door_gap(door, 10 * MINUTE);
    assert_int_equal(engine_watch(door->engine, 1)->health.state, HEALTH_UNKNOWN);
    door_run(door, door->now + MINUTE);
    assert_int_equal(door->notice_count, 1);
    assert_int_equal(door_last(door, NOTICE_GAP)->span_ms, 10 * MINUTE);
    assert_int_equal(engine_watch(door->engine, 1)->health.state, HEALTH_UP);
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, door->now + MINUTE);
    assert_int_equal(door_told(door, NOTICE_TARGET_DOWN), 1);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_value_is_told_failing_down_and_up),
        cmocka_unit_test(test_value_that_is_down_at_start_is_told),
        cmocka_unit_test(test_each_streak_is_told_once),
        cmocka_unit_test(test_a_shared_watch_is_told_for_each_use),
        cmocka_unit_test(test_many_values_of_one_record_are_told_in_turns),
        cmocka_unit_test(test_an_address_that_cannot_be_judged_is_told_once),
        cmocka_unit_test(test_an_address_alone_is_not_told_before_the_grace_is_over),
        cmocka_unit_test(test_health_too_old_is_told),
        cmocka_unit_test(test_a_gap_is_told_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
