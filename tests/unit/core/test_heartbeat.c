/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/watch and the engine: results that are pushed, and results that are turned round.
 * What:  heartbeats (r53 58), their silence to the millisecond; `invert` of each kind (r53 41, 42).
 */

#include "group_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LIMIT 90000

static struct door *beat_door(uint16_t fall)
{
    struct group_check row[] = {group_heartbeat("batch", LIMIT)};
    row[0].check.fall = fall;
    return group_door(row, 1);
}

static void test_unknown_before_the_first(void **state)
{
    (void)state;
    struct door *door = beat_door(1);
    door_run(door, 10 * LIMIT);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_UNKNOWN);
    assert_int_equal(door->probe_count, 0);
    assert_int_equal(door_told(door, NOTICE_TARGET_DOWN), 0);
    group_close(door);
}

static void test_each_push_is_a_result(void **state)
{
    (void)state;
    struct door *door = beat_door(1);
    group_push(door, 1, 0, VERDICT_PASS);
    group_push(door, 0, 0, VERDICT_PASS);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_UP);
    door_run(door, door->now + 10);
    group_push(door, 0, 0, VERDICT_FAIL);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_DOWN);
    door_run(door, door->now + 1000);
    assert_int_equal(door_last(door, NOTICE_TARGET_DOWN)->reason, REASON_HEARTBEAT_DOWN);
    assert_string_equal(door_last(door, NOTICE_TARGET_DOWN)->detail, "disk full");
    group_push(door, 1, 0, VERDICT_PASS); /* the proof */
    door_run(door, door->now + 1000);
    assert_int_equal(door_record(door, 0)->current, 1);
    group_close(door);
}

static void test_silence_is_a_failure_at_the_limit(void **state)
{
    (void)state;
    struct door *door = beat_door(1);
    group_push(door, 0, 0, VERDICT_PASS);
    mono_ms pushed = door->now;
    door_run(door, pushed + LIMIT - 1);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_UP);
    door_run(door, pushed + LIMIT);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_DOWN);
    assert_int_equal(door_last(door, NOTICE_TARGET_DOWN)->reason, REASON_HEARTBEAT_MISSED);
    group_push(door, 0, 0, VERDICT_PASS);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_UP);
    group_close(door);
}

static void test_each_limit_is_one_failure(void **state)
{
    (void)state;
    struct door *door = beat_door(3);
    group_push(door, 0, 0, VERDICT_PASS);
    mono_ms pushed = door->now;
    door_run(door, pushed + 3 * LIMIT - 1);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_UP);
    assert_int_equal(group_health(door, 0, 0)->fails, 2);
    door_run(door, pushed + 3 * LIMIT);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_DOWN);
    door_run(door, pushed + 100 * LIMIT); /* down it stays, and never gets too old */
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_DOWN);
    assert_int_equal(group_health(door, 0, 0)->streak, 100);
    group_close(door);
}

/* What was pushed while this process stood still may be lost: the silence begins anew. */
static void test_a_gap_is_no_silence(void **state)
{
    (void)state;
    struct door *door = beat_door(1);
    group_push(door, 0, 0, VERDICT_PASS);
    door_run(door, door->now + LIMIT - 1);
    door_gap(door, 5000);
    mono_ms after = door->now;
    door_run(door, after + LIMIT - 1);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_UP);
    door_run(door, after + LIMIT);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_DOWN);
    door_gap(door, LIMIT + 2001); /* longer than an opinion lasts */
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_UNKNOWN);
    door_run(door, door->now + LIMIT);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_DOWN);
    group_close(door);
}

static void test_a_push_to_nobody_is_dropped(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_heartbeat("batch", LIMIT), group_of("site", 2, 2)};
    struct door *door = group_door(row, 3);
    uint64_t dropped = engine_stats(door->engine)->answers_dropped;
    mono_ms counted = group_health(door, 0, 0)->counted_at;
    group_push(door, 0, 0, VERDICT_FAIL); /* looks go out for it */
    group_push(door, 0, 2, VERDICT_FAIL);
    group_push(door, 7, 0, VERDICT_FAIL); /* no such watch */
    assert_int_equal(engine_stats(door->engine)->answers_dropped, dropped + 3);
    assert_true(group_health(door, 0, 0)->counted_at == counted);
    group_push(door, 0, 1, VERDICT_PASS);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_UP); /* those above follow */
    door_run(door, door->now + LIMIT);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_DOWN);
    assert_string_equal(door_last(door, NOTICE_TARGET_DOWN)->detail, "batch");
    group_close(door);
}

/* ---- invert ---- */

static void test_an_inverted_look(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("maintenance")};
    row[0].check.invert = true;
    struct door *door = door_quiet(group_site(row, 1));
    door->verdicts[0] = door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 61000);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_UP);
    door->verdicts[0] = VERDICT_LOCAL; /* stays LOCAL */
    door_run(door, 72000);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_UP);
    door->verdicts[0] = VERDICT_PASS;
    door_run(door, 120000);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_DOWN);
    assert_int_equal(door_last(door, NOTICE_TARGET_DOWN)->reason, REASON_INVERTED);
    assert_int_equal(door_record(door, 0)->current, 1);
    group_close(door);
}

/* r53 41: unknown until enough is known, inverted or not. */
static void test_inverted_unknown_is_unknown(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_of("not-web", 1, 1)};
    row[1].check.invert = true;
    struct door *door = door_quiet(group_site(row, 2));
    door->verdicts[0] = VERDICT_LOCAL;
    door_run(door, 61000);
    assert_int_equal(group_health(door, 0, 1)->state, HEALTH_UNKNOWN);
    group_close(door);
}

/* Down while two of three are up; each side is proved by the children that make it so. */
static void test_an_inverted_group(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("a"), group_probe("b"), group_probe("c"), group_of("few", 2, 3)};
    row[3].check.invert = true;
    struct door *door = door_quiet(group_site(row, 4));
    for (uint32_t i = 0; i < 8; i++)
        door->verdicts[i] = VERDICT_FAIL;
    door_run(door, 61000);
    assert_int_equal(group_health(door, 0, 3)->state, HEALTH_UP);
    assert_true(group_health(door, 0, 3)->passed_start == group_health(door, 0, 1)->failed_start); /* 2nd newest of 3 */

    door->verdicts[0] = door->verdicts[1] = VERDICT_PASS;
    door_run(door, 120000);
    mono_ms turned = group_health(door, 0, 3)->since;
    assert_int_equal(group_health(door, 0, 3)->state, HEALTH_DOWN);
    assert_int_equal(door_last(door, NOTICE_TARGET_DOWN)->reason, REASON_INVERTED);
    mono_ms failing = group_health(door, 0, 3)->failing_start;
    assert_true(failing > turned - 30000 && failing <= turned);
    assert_int_equal(door_record(door, 0)->current, 1); /* the other one is up by its failures, and that is proof */
    door_run(door, 180000);
    assert_true(group_health(door, 0, 3)->failing_start == failing);

    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 240000);
    assert_int_equal(group_health(door, 0, 3)->state, HEALTH_UP);
    group_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_before_the_first),
        cmocka_unit_test(test_each_push_is_a_result),
        cmocka_unit_test(test_silence_is_a_failure_at_the_limit),
        cmocka_unit_test(test_each_limit_is_one_failure),
        cmocka_unit_test(test_a_gap_is_no_silence),
        cmocka_unit_test(test_a_push_to_nobody_is_dropped),
        cmocka_unit_test(test_an_inverted_look),
        cmocka_unit_test(test_inverted_unknown_is_unknown),
        cmocka_unit_test(test_an_inverted_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
