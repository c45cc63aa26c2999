/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/record with core/engine_override.
 * What:  what operators' overrides do to a record, how they end, and when whoever asked hears of it.
 * Names: faults 130, 131; S22 is the simulator's.
 */

#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE 60000

static void lay(struct door *door, struct override override)
{
    if (override.until == 0)
        override.until = MONO_NEVER;
    const struct event event = {.kind = EVENT_OVERRIDE, .is.override = &override};
    door_event(door, &event);
}

static void force(struct door *door, uint32_t target, mono_ms until)
{
    lay(door, (struct override){.id = 1, .kind = OVERRIDE_FAILOVER, .target = target, .until = until});
}

static void hold(struct door *door, uint32_t record, mono_ms until)
{
    lay(door, (struct override){.id = 2, .kind = OVERRIDE_HOLD, .record = record, .until = until});
}

static void drain(struct door *door, const char *address)
{
    struct override override = {.id = 3, .kind = OVERRIDE_DRAIN, .record = ID_NONE};
    assert_true(address_parse(address, &override.address, NULL));
    lay(door, override);
}

static void release(struct door *door, uint32_t id)
{
    const struct event event = {.kind = EVENT_RELEASE, .is.released = id};
    door_event(door, &event);
}

static void ask(struct door *door, enum command_kind kind)
{
    const struct command command = {.kind = kind, .number = 50 + door->reply_count};
    const struct event event = {.kind = EVENT_COMMAND, .is.command = &command};
    door_event(door, &event);
}

static struct door *quiet_minute(struct site *site)
{
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    assert_int_equal(door->send_count, 0);
    return door;
}

static void assert_replied(const struct door *door, uint32_t count, enum command_result result, const char *detail)
{
    assert_int_equal(door->reply_count, count);
    assert_int_equal(door->reply.number, 49 + count);
    assert_int_equal(door->reply.result, result);
    if (strstr(door->reply.detail, detail) == NULL)
        fail_msg("\"%s\" says nothing of \"%s\"", door->reply.detail, detail);
}

static void test_a_forced_target_is_published_and_whoever_waits_hears_of_it(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    force(door, 1, 0);
    ask(door, COMMAND_SETTLE);
    assert_int_equal(door->reply_count, 0);
    door_run(door, 2 * MINUTE);

    assert_replied(door, 1, COMMAND_DONE, "");
    assert_int_equal(door->reply.from, 0);
    assert_int_equal(door->reply.to, 1);
    assert_int_equal(door->reply.dns.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(door->send_count, 1);
    const struct notice *notice = door_last(door, NOTICE_FAILOVER);
    assert_int_equal(notice->cause, DECISION_FORCED);
    assert_true(notice->manual);
    assert_int_equal(door_record(door, 0)->flap.count, 0); /* what operators do is no flapping */
    door_close(door);
}

static void test_it_stays_though_it_dies_and_ends_at_its_time(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    force(door, 1, 20 * MINUTE);
    door_run(door, 2 * MINUTE);
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 20 * MINUTE - 1);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door_told(door, NOTICE_OVERRIDE_ENDED), 0);

    door_run(door, 21 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_OVERRIDE_ENDED), 1);
    assert_int_equal(door_last(door, NOTICE_OVERRIDE_ENDED)->override, 1);
    assert_int_equal(door->send_count, 2);
    assert_false(door_last(door, NOTICE_FAILOVER)->manual); /* to leave a dead target is health's */
    assert_int_equal(door_record(door, 0)->current, 0);
    door_close(door);
}

static void test_a_released_one_lets_health_decide_again(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    force(door, 1, 0);
    door_run(door, 2 * MINUTE);
    release(door, 1);
    release(door, 77);
    door_run(door, 5 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 0); /* after the delay */
    assert_int_equal(door_last(door, NOTICE_FAIL_BACK)->cause, DECISION_PREFERRED_UP);
    door_close(door);
}

static void test_a_hold_keeps_everything_as_it_is(void **state)
{
    (void)state;
    for (uint32_t all = 0; all < 2; all++) {
        struct door *door = quiet_minute(site_new());
        hold(door, all ? ID_NONE : 0, 10 * MINUTE);
        door->verdicts[0] = VERDICT_FAIL;
        door_run(door, 10 * MINUTE - 1);
        assert_int_equal(door->send_count, 0);
        assert_int_equal(door_told(door, NOTICE_TARGET_DOWN), 1); /* probing goes on */
        assert_int_equal(door_record(door, 0)->decision.reason, DECISION_HELD);
        door_run(door, 11 * MINUTE);
        assert_int_equal(door_record(door, 0)->current, 1);
        door_close(door);
    }
}

static void test_nothing_is_adopted_while_it_is_held(void **state)
{
    (void)state;
    struct door *door = door_open(site_new(), true);
    hold(door, ID_NONE, 0);
    door_run(door, 10 * MINUTE);
    assert_int_equal(door->send_count, 0);
    release(door, 2);
    door_run(door, 20 * MINUTE);
    assert_int_equal(door_sent_kind(door, PLAN_ADOPT), 1);
    door_close(door);
}

static void test_who_waits_for_a_held_record_is_told_so(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    force(door, 1, 0);
    hold(door, 0, 0);
    ask(door, COMMAND_SETTLE);
    door_run(door, 2 * MINUTE);
    assert_replied(door, 1, COMMAND_REFUSED, decision_reason_sentence(DECISION_HELD));
    door_close(door);
}

/* fault 131 */
static void test_a_drained_target_is_left_and_never_taken(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    drain(door, "192.0.2.1");
    ask(door, COMMAND_SETTLE);
    door_run(door, 2 * MINUTE);
    assert_replied(door, 1, COMMAND_DONE, "");
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_int_equal(door_last(door, NOTICE_FAILOVER)->cause, DECISION_DRAINED);

    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 10 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_int_equal(door_told(door, NOTICE_NO_HEALTHY_TARGET), 1);
    release(door, 3);
    door_run(door, 12 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 0);
    door_close(door);
}

static struct site *two_addresses(enum publish publish, uint16_t least)
{
    struct site *site = site_new();
    site_add_value(site, 0, 1, "198.51.100.9", true); /* of the last target, by its name the secondary */
    site->records[0].publish = publish;
    site->targets[1].least_healthy = least;
    return site;
}

/*
 *   publish    min-healthy    one of two addresses drained
 *   healthy    1              it alone is left out
 *   healthy    2              too few are left: the target is
 *   all        1              all are published or none: the target is
 */
static void test_a_drained_address_is_published_by_no_decision(void **state)
{
    (void)state;
    static const struct {
        enum publish publish;
        uint16_t least;
        bool left_out;
    } rows[] = {{PUBLISH_HEALTHY, 1, true}, {PUBLISH_HEALTHY, 2, false}, {PUBLISH_ALL, 1, false}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct door *door = quiet_minute(two_addresses(rows[i].publish, rows[i].least));
        drain(door, "198.51.100.9");
        door->verdicts[0] = VERDICT_FAIL;
        door_run(door, 3 * MINUTE);
        assert_int_equal(door_record(door, 0)->current, rows[i].left_out ? 1 : 0);
        if (rows[i].left_out)
            assert_int_equal(door->names[0].sets[0].count, 1);
        door_close(door);
    }
}

static void test_a_failback_goes_past_the_delay_and_manual(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].fail_back = FAIL_BACK_MANUAL;
    struct door *door = quiet_minute(site);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    ask(door, COMMAND_FAIL_BACK);
    assert_replied(door, 1, COMMAND_REFUSED, decision_reason_sentence(DECISION_CURRENT_UP)); /* nothing better is up */
    door->verdicts[0] = 0;
    door_run(door, 10 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1);

    ask(door, COMMAND_FAIL_BACK);
    door_run(door, 11 * MINUTE);
    assert_replied(door, 2, COMMAND_DONE, "");
    assert_int_equal(door->reply.to, 0);
    assert_true(door_last(door, NOTICE_FAIL_BACK)->manual);
    assert_false(door_record(door, 0)->fail_back_now);
    ask(door, COMMAND_FAIL_BACK);
    assert_replied(door, 3, COMMAND_REFUSED, "it is on its first target");
    door_close(door);
}

/* Health sends it there already, since what was forced is dead. */
static void test_a_failback_from_a_dead_target_needs_no_word(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    force(door, 1, 0);
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    release(door, 1);
    ask(door, COMMAND_FAIL_BACK);
    door_run(door, 4 * MINUTE);
    assert_replied(door, 1, COMMAND_DONE, "");
    assert_int_equal(door->reply.to, 0);
    door_close(door);
}

static void test_a_release_opens_the_latch(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].switches_most = 1;
    struct door *door = quiet_minute(site);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    door->verdicts[0] = 0;
    door_run(door, 30 * MINUTE);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_FLAPPING);

    ask(door, COMMAND_UNLATCH);
    door_run(door, 31 * MINUTE);
    assert_replied(door, 1, COMMAND_DONE, "");
    assert_int_equal(door_record(door, 0)->current, 0);
    door_close(door);
}

static void test_who_waits_hears_what_the_server_says(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->names[0].refused = OUTCOME_DENIED;
    force(door, 1, 0);
    ask(door, COMMAND_SETTLE);
    door_run(door, 2 * MINUTE);
    assert_replied(door, 1, COMMAND_FAILED, "");
    assert_int_equal(door->reply.dns.outcome, OUTCOME_DENIED);
    door_close(door);
}

static void test_who_waits_for_a_record_that_is_not_ours_is_told_so(void **state)
{
    (void)state;
    struct door *door = door_open(site_new(), true);
    door_hold(door, 0, "203.0.113.5", NULL);
    door_run(door, MINUTE);
    force(door, 1, 0);
    ask(door, COMMAND_SETTLE);
    assert_replied(door, 1, COMMAND_REFUSED, condition_sentence(CONDITION_FOREIGN));
    assert_int_equal(door->send_count, 0);
    door_close(door);
}

static void test_one_waits_at_a_time(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->reads = OUTCOME_UNKNOWN;
    force(door, 1, 0);
    ask(door, COMMAND_SETTLE);
    const struct command second = {.kind = COMMAND_SETTLE, .number = 90};
    const struct event event = {.kind = EVENT_COMMAND, .is.command = &second};
    door_event(door, &event);
    assert_int_equal(door->reply_count, 1);
    assert_int_equal(door->reply.number, 90);
    assert_int_equal(door->reply.result, COMMAND_REFUSED);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_forced_target_is_published_and_whoever_waits_hears_of_it),
        cmocka_unit_test(test_it_stays_though_it_dies_and_ends_at_its_time),
        cmocka_unit_test(test_a_released_one_lets_health_decide_again),
        cmocka_unit_test(test_a_hold_keeps_everything_as_it_is),
        cmocka_unit_test(test_nothing_is_adopted_while_it_is_held),
        cmocka_unit_test(test_who_waits_for_a_held_record_is_told_so),
        cmocka_unit_test(test_a_drained_target_is_left_and_never_taken),
        cmocka_unit_test(test_a_drained_address_is_published_by_no_decision),
        cmocka_unit_test(test_a_failback_goes_past_the_delay_and_manual),
        cmocka_unit_test(test_a_failback_from_a_dead_target_needs_no_word),
        cmocka_unit_test(test_a_release_opens_the_latch),
        cmocka_unit_test(test_who_waits_hears_what_the_server_says),
        cmocka_unit_test(test_who_waits_for_a_record_that_is_not_ours_is_told_so),
        cmocka_unit_test(test_one_waits_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
