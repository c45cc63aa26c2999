/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/record with core/engine_override.
 * What:  what operators' overrides do to a record, how they end, and when whoever asked hears of it.
 * Names: fault 130; S22 is the simulator's.
 */

#include "operator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE 60000

static void test_a_forced_target_is_published_and_whoever_waits_hears_of_it(void **state)
{
    (void)state;
    struct door *door = operator_door(site_new());
    operator_force(door, 1, 0);
    operator_ask(door, COMMAND_SETTLE);
    assert_int_equal(door->reply_count, 0);
    door_run(door, 2 * MINUTE);

    operator_check_reply(door, 1, COMMAND_DONE, "");
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
    struct door *door = operator_door(site_new());
    operator_force(door, 1, 20 * MINUTE);
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
    struct door *door = operator_door(site_new());
    operator_force(door, 1, 0);
    door_run(door, 2 * MINUTE);
    operator_release(door, 1);
    operator_release(door, 77);
    door_run(door, 5 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 0); /* after the delay */
    assert_int_equal(door_last(door, NOTICE_FAIL_BACK)->cause, DECISION_PREFERRED_UP);
    door_close(door);
}

static void test_a_hold_keeps_everything_as_it_is(void **state)
{
    (void)state;
    for (uint32_t all = 0; all < 2; all++) {
        struct door *door = operator_door(site_new());
        operator_hold(door, all ? ID_NONE : 0, 10 * MINUTE);
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
    operator_hold(door, ID_NONE, 0);
    door_run(door, 10 * MINUTE);
    assert_int_equal(door->send_count, 0);
    operator_release(door, 2);
    door_run(door, 20 * MINUTE);
    assert_int_equal(door_sent_kind(door, PLAN_ADOPT), 1);
    door_close(door);
}

static void test_who_waits_for_a_held_record_is_told_so(void **state)
{
    (void)state;
    struct door *door = operator_door(site_new());
    operator_force(door, 1, 0);
    operator_hold(door, 0, 0);
    operator_ask(door, COMMAND_SETTLE);
    door_run(door, 2 * MINUTE);
    operator_check_reply(door, 1, COMMAND_REFUSED, decision_reason_sentence(DECISION_HELD));
    door_close(door);
}

/* On its last target by health, the first one up again, and only an operator brings it back. */
static struct door *waiting_for_a_word(struct site *site)
{
    for (uint32_t i = 0; i < site->settings.record_count; i++)
        site->records[i].fail_back = FAIL_BACK_MANUAL;
    struct door *door = operator_door(site);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    door->verdicts[0] = 0;
    door_run(door, 6 * MINUTE);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_FAIL_BACK_MANUAL);
    return door;
}

static void test_a_failback_of_what_is_held_is_refused(void **state)
{
    (void)state;
    struct door *door = waiting_for_a_word(site_new());
    operator_hold(door, 0, 0);
    operator_ask(door, COMMAND_FAIL_BACK);
    door_run(door, 7 * MINUTE);
    operator_check_reply(door, 1, COMMAND_REFUSED, decision_reason_sentence(DECISION_HELD));
    operator_release(door, 2);
    door_run(door, 9 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1); /* the word is not kept for later */
    door_close(door);
}

/* It waits for the zone's message under way, and meanwhile the target that it goes to is taken away. */
static void test_a_failback_that_is_overtaken_is_not_said_to_be_done(void **state)
{
    (void)state;
    struct door *door = waiting_for_a_word(site_of(2, 1, false));
    operator_lay(door, (struct override){.id = 8, .kind = OVERRIDE_FAILOVER, .record = 1, .target = 1});
    assert_int_equal(door_record(door, 1)->txn.state, TXN_SENT);
    operator_ask(door, COMMAND_FAIL_BACK);
    assert_int_equal(door_record(door, 0)->txn.state, TXN_QUEUED);
    operator_drain(door, "192.0.2.1");
    operator_check_reply(door, 1, COMMAND_REFUSED, decision_reason_sentence(DECISION_CURRENT_UP));
    door_run(door, 7 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1);
    door_close(door);
}

static void test_a_failback_goes_past_the_delay_and_manual(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].fail_back = FAIL_BACK_MANUAL;
    struct door *door = operator_door(site);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    operator_ask(door, COMMAND_FAIL_BACK);
    operator_check_reply(door, 1, COMMAND_REFUSED,
                         decision_reason_sentence(DECISION_CURRENT_UP)); /* nothing better is up */
    door->verdicts[0] = 0;
    door_run(door, 10 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1);

    operator_ask(door, COMMAND_FAIL_BACK);
    door_run(door, 11 * MINUTE);
    operator_check_reply(door, 2, COMMAND_DONE, "");
    assert_int_equal(door->reply.to, 0);
    assert_true(door_last(door, NOTICE_FAIL_BACK)->manual);
    assert_false(door_record(door, 0)->fail_back_now);
    operator_ask(door, COMMAND_FAIL_BACK);
    operator_check_reply(door, 3, COMMAND_REFUSED, "it is on its first target");
    door_close(door);
}

/* Health sends it there already, since what was forced is dead. */
static void test_a_failback_from_a_dead_target_needs_no_word(void **state)
{
    (void)state;
    struct door *door = operator_door(site_new());
    operator_force(door, 1, 0);
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    operator_release(door, 1);
    operator_ask(door, COMMAND_FAIL_BACK);
    door_run(door, 4 * MINUTE);
    operator_check_reply(door, 1, COMMAND_DONE, "");
    assert_int_equal(door->reply.to, 0);
    door_close(door);
}

static void test_a_release_opens_the_latch(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].switches_most = 1;
    struct door *door = operator_door(site);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    door->verdicts[0] = 0;
    door_run(door, 30 * MINUTE);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_FLAPPING);

    operator_ask(door, COMMAND_UNLATCH);
    door_run(door, 31 * MINUTE);
    operator_check_reply(door, 1, COMMAND_DONE, "");
    assert_int_equal(door_record(door, 0)->current, 0);
    door_close(door);
}

static void test_who_waits_hears_what_the_server_says(void **state)
{
    (void)state;
    struct door *door = operator_door(site_new());
    door->names[0].refused = OUTCOME_DENIED;
    operator_force(door, 1, 0);
    operator_ask(door, COMMAND_SETTLE);
    door_run(door, 2 * MINUTE);
    operator_check_reply(door, 1, COMMAND_FAILED, "");
    assert_int_equal(door->reply.dns.outcome, OUTCOME_DENIED);
    door_close(door);
}

static void test_who_waits_for_a_record_that_is_not_ours_is_told_so(void **state)
{
    (void)state;
    struct door *door = door_open(site_new(), true);
    door_hold(door, 0, "203.0.113.5", NULL);
    door_run(door, MINUTE);
    operator_force(door, 1, 0);
    operator_ask(door, COMMAND_SETTLE);
    operator_check_reply(door, 1, COMMAND_REFUSED, condition_sentence(CONDITION_FOREIGN));
    assert_int_equal(door->send_count, 0);
    door_close(door);
}

/* What others put there is seen, and the hold keeps it from being put back: that is not what was decided. */
static void test_who_waits_for_a_held_record_that_others_changed_is_told_so(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->settings.safety.foreign_change = FOREIGN_CHANGE_RESTORE;
    struct door *door = operator_door(site);
    operator_hold(door, 0, 0);
    const struct marker marker = door->names[0].marker;
    door_hold(door, 0, "203.0.113.5", &marker);
    door_run(door, 10 * MINUTE);
    operator_ask(door, COMMAND_SETTLE);
    operator_check_reply(door, 1, COMMAND_REFUSED, condition_sentence(CONDITION_FOREIGN_CHANGE));
    assert_int_equal(door->send_count, 0);
    door_close(door);
}

/* Whoever speaks last waits; who waited hears that he was overtaken, once. */
static void test_one_waits_at_a_time(void **state)
{
    (void)state;
    struct door *door = operator_door(site_new());
    door->reads = OUTCOME_UNKNOWN;
    operator_force(door, 1, 0);
    operator_ask(door, COMMAND_SETTLE);
    const struct command second = {.kind = COMMAND_UNLATCH, .number = 90};
    const struct event event = {.kind = EVENT_COMMAND, .is.command = &second};
    operator_release(door, 1);
    door_event(door, &event);
    assert_int_equal(door->replies[0].number, 50);
    assert_int_equal(door->replies[0].result, COMMAND_FAILED);
    assert_true(door->replies[0].overtaken);
    door->reads = 0;
    door_run(door, 10 * MINUTE);
    assert_int_equal(door->reply_count, 2);
    assert_int_equal(door->reply.number, 90);
    assert_false(door->reply.overtaken);
    door_close(door);
}

/* … but not by what is refused itself. */
static void test_what_is_refused_overtakes_nobody(void **state)
{
    (void)state;
    struct door *door = operator_door(site_new());
    door->reads = OUTCOME_UNKNOWN;
    operator_force(door, 1, 0);
    operator_ask(door, COMMAND_SETTLE);
    const struct command second = {.kind = COMMAND_FAIL_BACK, .number = 90};
    const struct event event = {.kind = EVENT_COMMAND, .is.command = &second};
    door_event(door, &event);
    assert_int_equal(door->reply_count, 1);
    assert_int_equal(door->reply.number, 90);
    assert_int_equal(door->reply.result, COMMAND_REFUSED);
    assert_int_equal(door_record(door, 0)->settle, 50);
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
        cmocka_unit_test(test_a_failback_of_what_is_held_is_refused),
        cmocka_unit_test(test_a_failback_that_is_overtaken_is_not_said_to_be_done),
        cmocka_unit_test(test_a_failback_goes_past_the_delay_and_manual),
        cmocka_unit_test(test_a_failback_from_a_dead_target_needs_no_word),
        cmocka_unit_test(test_a_release_opens_the_latch),
        cmocka_unit_test(test_who_waits_hears_what_the_server_says),
        cmocka_unit_test(test_who_waits_for_a_record_that_is_not_ours_is_told_so),
        cmocka_unit_test(test_who_waits_for_a_held_record_that_others_changed_is_told_so),
        cmocka_unit_test(test_one_waits_at_a_time),
        cmocka_unit_test(test_what_is_refused_overtakes_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
