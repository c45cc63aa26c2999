/* SPDX-License-Identifier: MIT */
/*
 * What becomes of an operator's word when something goes wrong: it is answered all the same, once and in time.
 */

#include "command_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_command_fails_where_the_server_cannot_be_asked(void **state)
{
    struct door *door = *state;
    command_begin(door, "203.0.113.5", NULL);
    door->reads = OUTCOME_NOT_SENT;
    command_adopt(door, "203.0.113.5");
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_FAILED, NULL, 0);
    assert_int_equal(door->reply.dns.outcome, OUTCOME_NOT_SENT);
}

static void test_command_fails_where_the_server_denies_it(void **state)
{
    struct door *door = *state;
    command_begin(door, "203.0.113.5", NULL);
    door->sends = OUTCOME_DENIED;
    command_adopt(door, "203.0.113.5");
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_FAILED, NULL, 1);
    assert_int_equal(door->reply.dns.outcome, OUTCOME_DENIED);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_FOREIGN);
}

static void test_command_fails_where_nothing_shows(void **state)
{
    struct door *door = *state;
    command_begin(door, "203.0.113.5", NULL);
    door->does_nothing = true;
    command_adopt(door, "203.0.113.5");
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_FAILED, "does not show", 1);
}

static void test_command_whose_answer_is_lost_is_found(void **state)
{
    struct door *door = *state;
    command_begin(door, "203.0.113.5", NULL);
    door->loses_answers = true;
    command_adopt(door, "203.0.113.5");
    door_run(door, 50100);
    assert_int_equal(door->reply.result, COMMAND_DONE);
    assert_int_equal(door->reply_count, 1);
    assert_true(door_last(door, NOTICE_OWNED)->answer_was_lost);
}

static void test_command_is_given_up_in_time_and_resolves_all_the_same(void **state)
{
    struct door *door = *state;
    command_begin(door, "203.0.113.5", NULL);
    door->loses_answers = true;
    command_adopt(door, "203.0.113.5");
    door_run(door, 50006); /* read, sent */
    door->reads = OUTCOME_UNKNOWN;
    door_run(door, 90000);
    command_assert_replied(door, COMMAND_FAILED, "not known", 1);
    door->reads = 0;
    door->loses_answers = false;
    door_run(door, 130000);
    assert_int_equal(door->reply_count, 1);
    assert_int_equal(door_last(door, NOTICE_OWNED)->plan, PLAN_ADOPT);
    assert_int_equal(door_record(door, 0)->current, 0);
}

/* Nothing of ours is believed here, so there is nothing that a pause could lead back to. */
static void test_command_given_up_before_its_message_is_refused(void **state)
{
    static const enum outcome refusals[] = {OUTCOME_NOT_SENT, OUTCOME_DENIED, OUTCOME_SERVER_FAILURE, OUTCOME_PREREQ};
    for (uint32_t i = 0; i < ARRAY_COUNT(refusals); i++) {
        command_teardown(state);
        command_setup(state);
        struct door *door = *state;
        command_begin(door, "203.0.113.5", NULL);
        door->sends = refusals[i];
        command_adopt(door, "203.0.113.5");
        door_run(door, 50006); /* read, sent */
        door_gap(door, 60000);
        door_run(door, 200000);
        command_assert_replied(door, COMMAND_FAILED, "not known", 1);
        assert_int_equal(door_record(door, 0)->txn.state, TXN_STOPPED);
        assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_FOREIGN);
    }
}

/* To be adopted by itself once all is known: until then nothing of ours stands there, and the word is carried out. */
static void test_command_adopts_what_waits_to_be_adopted(void **state)
{
    struct door *door = *state;
    door->site->settings.safety.start_grace_ms = 200000;
    door->site->records[0].adopt = true;
    door->verdicts[1] = VERDICT_LOCAL;
    command_begin(door, "198.51.100.1", NULL);
    assert_int_equal(door_record(door, 0)->txn.state, TXN_IDLE);
    assert_false(door_record(door, 0)->txn.belief.marked);
    command_adopt(door, "198.51.100.1");
    door_run(door, 50100);
    command_assert_replied(door, COMMAND_DONE, NULL, 1);
    assert_true(door_record(door, 0)->txn.belief.marked);
}

/* A switch of the former life, whose answer nobody heard: from the primary under epoch 12 to the secondary. */
static void restore_switch(struct door *door)
{
    struct plan plan = {.kind = PLAN_SWITCH,
                        .has_old = true,
                        .old = command_marker(COMMAND_OWNER, 12),
                        .fresh = command_marker(COMMAND_OWNER, 13)};
    plan.expect[0] = site_set(door->site, RRTYPE_A, 30, "192.0.2.1");
    plan.publish[0] = site_set(door->site, RRTYPE_A, 30, "198.51.100.1");
    const struct restore what = {.record = 0, .plan = &plan, .target = 1};
    const struct event event = {.kind = EVENT_RESTORE, .is.restore = &what};
    door_event(door, &event);
    door->site->used = 0;
}

/* What came true before the word was said is learnt first, and answers nobody. */
static void test_command_is_not_answered_by_what_came_true_before(void **state)
{
    struct door *door = *state;
    const struct marker after = command_marker(COMMAND_OWNER, 13);
    door_hold(door, 0, "198.51.100.1", &after);
    restore_switch(door);
    door->does_nothing = door->loses_answers = true;
    command_disown(door);
    door_run(door, 60000);
    assert_int_equal(door->reply_count, 1);
    assert_int_equal(door->reply.result, COMMAND_FAILED);
    assert_int_equal(door_last(door, NOTICE_FAILOVER)->to, 1);
    assert_int_equal(door_told(door, NOTICE_OWNED), 0);
}

/* … and is told, though the word takes away the marker by which it could be known. */
static void test_command_hides_nothing_that_came_true_before(void **state)
{
    struct door *door = *state;
    const struct marker after = command_marker(COMMAND_OWNER, 13);
    door_hold(door, 0, "198.51.100.1", &after);
    restore_switch(door);
    command_disown(door);
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_DONE, NULL, 1);
    assert_int_equal(door_last(door, NOTICE_FAILOVER)->to, 1);
}

/* … nor is it by what comes true while the word's own message is on its way. */
static void test_command_is_not_answered_by_what_comes_true_beside_it(void **state)
{
    struct door *door = *state;
    const struct marker before = command_marker(COMMAND_OWNER, 12), after = command_marker(COMMAND_OWNER, 13);
    door_hold(door, 0, "192.0.2.1", &before);
    restore_switch(door);
    door->does_nothing = door->loses_answers = true;
    command_disown(door);
    door_run(door, 1006); /* read, sent */
    assert_int_equal(door_sent_kind(door, PLAN_DISOWN), 1);
    assert_int_equal(door->reply_count, 0);
    door_hold(door, 0, "198.51.100.1", &after);
    door_run(door, 60000);
    assert_int_equal(door->reply_count, 1);
    assert_int_equal(door->reply.result, COMMAND_FAILED);
    assert_int_equal(door_last(door, NOTICE_FAILOVER)->to, 1);
}

static void test_command_waits_for_no_other(void **state)
{
    struct door *door = *state;
    command_begin(door, "203.0.113.5", NULL);
    command_adopt(door, "203.0.113.5");
    const struct command second = {.kind = COMMAND_DISOWN, .number = 99};
    const struct event event = {.kind = EVENT_COMMAND, .is.command = &second};
    door_event(door, &event);
    assert_int_equal(door->reply_count, 1);
    assert_int_equal(door->reply.number, 99);
    assert_int_equal(door->reply.result, COMMAND_REFUSED);
    door_run(door, 50100);
    assert_int_equal(door->reply_count, 2);
    assert_int_equal(door->reply.number, 40);
    assert_int_equal(door->reply.result, COMMAND_DONE);
}

static void test_command_refused_in_a_dry_run_and_off(void **state)
{
    struct door *door = *state;
    command_begin(door, "203.0.113.5", NULL);
    door->site->settings.safety.dry_run = true;
    command_adopt(door, "203.0.113.5");
    command_assert_replied(door, COMMAND_REFUSED, "dry run", 0);
    door->site->settings.safety.dry_run = false;
    door->site->records[0].enabled = false;
    door->reply_count = 0;
    command_adopt(door, "203.0.113.5");
    command_assert_replied(door, COMMAND_REFUSED, "off", 0);
    assert_int_equal(door->reply.condition, CONDITION_OFF);
}

/* Without a marker there is none to take over, and none to take away; not even a read is asked for. */
static void test_command_about_a_marker_refused_where_there_is_to_be_none(void **state)
{
    for (uint32_t i = 0; i < 2; i++) {
        struct door *door = *state;
        door->site->records[0].ownership = OWNERSHIP_NONE;
        command_begin(door, "192.0.2.1", NULL);
        uint32_t reads = door->read_count;
        if (i == 0)
            command_take_over(door, COMMAND_STRANGER, 1);
        else
            command_disown(door);
        command_assert_replied(door, COMMAND_REFUSED, "no marker (ownership: none)", 0);
        assert_int_equal(door->read_count, reads);
        command_teardown(state);
        command_setup(state);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, command_setup, command_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_command_fails_where_the_server_cannot_be_asked),
        CASE(test_command_fails_where_the_server_denies_it),
        CASE(test_command_fails_where_nothing_shows),
        CASE(test_command_whose_answer_is_lost_is_found),
        CASE(test_command_is_given_up_in_time_and_resolves_all_the_same),
        CASE(test_command_given_up_before_its_message_is_refused),
        CASE(test_command_adopts_what_waits_to_be_adopted),
        CASE(test_command_is_not_answered_by_what_came_true_before),
        CASE(test_command_hides_nothing_that_came_true_before),
        CASE(test_command_is_not_answered_by_what_comes_true_beside_it),
        CASE(test_command_waits_for_no_other),
        CASE(test_command_refused_in_a_dry_run_and_off),
        CASE(test_command_about_a_marker_refused_where_there_is_to_be_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
