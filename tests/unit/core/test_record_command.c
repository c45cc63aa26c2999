/* SPDX-License-Identifier: MIT */
/*
 * What an operator may say about a record: adopt, take over, disown. Every word is answered once.
 */

#include "command_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- adopt ---- */

static void test_adopt_takes_exactly_what_was_named(void **state)
{
    struct door *door = *state;
    command_begin(door, "203.0.113.5", NULL);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_FOREIGN);
    command_adopt(door, "203.0.113.5");
    assert_int_equal(door->reply_count, 0); /* read first */
    door_run(door, 50100);
    assert_int_equal(door->reply.result, COMMAND_DONE);
    assert_int_equal(door->reply_count, 1);
    assert_int_equal(door->sent[0].plan.kind, PLAN_ADOPT);
    assert_false(door->sent[0].plan.has_old);
    assert_int_equal(door_last(door, NOTICE_OWNED)->record, 0);
    /* and moves to the first target that is up, which was the wish all along */
    door_run(door, 60000);
    assert_int_equal(door->send_count, 2);
    assert_int_equal(door->sent[1].plan.kind, PLAN_SWITCH);
    assert_int_equal(door->sent[1].first, 1);
    assert_int_equal(door_record(door, 0)->current, 0);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_OK);
}

static void test_adopt_refuses_other_than_named(void **state)
{
    struct door *door = *state;
    command_begin(door, "203.0.113.5", NULL);
    command_adopt(door, "203.0.113.6");
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_REFUSED, "203.0.113.5", 0);
    assert_int_equal(door->reply.condition, CONDITION_FOREIGN);
}

static void test_adopt_ends_a_foreign_change(void **state)
{
    struct door *door = *state;
    struct marker marker = command_marker(COMMAND_OWNER, 12);
    command_begin(door, "203.0.113.5", &marker);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_FOREIGN_CHANGE);
    command_adopt(door, "203.0.113.5");
    door_run(door, 50100);
    assert_int_equal(door->reply.result, COMMAND_DONE);
    assert_true(door->sent[0].plan.has_old);
    assert_int_equal(door->sent[0].plan.fresh.epoch, 13);
}

static void test_adopt_of_a_targets_set_leaves_it(void **state)
{
    struct door *door = *state;
    door->site->records[0].adopt = false;
    command_begin(door, "198.51.100.1", NULL);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_UNOWNED);
    command_adopt(door, "198.51.100.1");
    door_run(door, 50100);
    assert_int_equal(door->reply.result, COMMAND_DONE);
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_int_equal(door_last(door, NOTICE_OWNED)->to, 1);
    assert_int_equal(door_last(door, NOTICE_OWNED)->command, 40);
}

static void test_adopt_refuses_another_owners(void **state)
{
    struct door *door = *state;
    struct marker marker = command_marker(COMMAND_STRANGER, 9);
    command_begin(door, "192.0.2.1", &marker);
    command_adopt(door, "192.0.2.1");
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_REFUSED, "take-over", 0);
    assert_non_null(strstr(door->reply.detail, "--owner 00000000000000aa --epoch 9"));
}

static void test_adopt_refuses_a_place_that_is_taken(void **state)
{
    struct door *door = *state;
    door->names[0].form = MARKER_FORM_FOREIGN;
    door_run(door, 50000);
    command_adopt(door, "192.0.2.1");
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_REFUSED, "remove", 0);
}

static void test_adopt_refuses_what_is_hidden_or_missing(void **state)
{
    struct door *door = *state;
    command_begin(door, "", NULL);
    command_adopt(door, "192.0.2.1");
    door_run(door, 50100);
    command_assert_replied(door, COMMAND_REFUSED, "nothing to adopt", 0);
    door->names[0].cname = true;
    door->reply_count = 0;
    command_adopt(door, "192.0.2.1");
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_REFUSED, "CNAME", 0);
}

static void test_adopt_refuses_more_than_there_is_room_for(void **state)
{
    struct door *door = *state;
    command_begin(door, "203.0.113.5", NULL);
    char many[400] = "";
    for (uint32_t i = 1; i <= 22; i++)
        snprintf(many + strlen(many), sizeof(many) - strlen(many), "203.0.113.%u ", i);
    many[strlen(many) - 1] = '\0';
    command_adopt(door, many);
    command_assert_replied(door, COMMAND_REFUSED, "more addresses", 0);
}

static void test_adopt_of_what_is_ours_is_done(void **state)
{
    struct door *door = *state;
    struct marker marker = command_marker(COMMAND_OWNER, 12);
    command_begin(door, "192.0.2.1", &marker);
    command_adopt(door, "192.0.2.1");
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_DONE, NULL, 0);
}

/* ---- take over ---- */

static void test_take_over_replaces_the_marker_that_was_named(void **state)
{
    struct door *door = *state;
    struct marker marker = command_marker(COMMAND_STRANGER, 9);
    command_begin(door, "192.0.2.1", &marker);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_OTHER_OWNER);
    command_take_over(door, COMMAND_STRANGER, 9);
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_DONE, NULL, 1);
    assert_int_equal(door->sent[0].plan.kind, PLAN_TAKE_OVER);
    assert_int_equal(door->sent[0].plan.fresh.epoch, 10);
    assert_int_equal(door_record(door, 0)->current, 0);
    assert_int_equal(door_last(door, NOTICE_OWNED)->epoch, 10);
}

static void test_take_over_refuses_another_marker(void **state)
{
    struct door *door = *state;
    struct marker marker = command_marker(COMMAND_STRANGER, 9);
    command_begin(door, "192.0.2.1", &marker);
    command_take_over(door, COMMAND_STRANGER, 8);
    door_run(door, 50100);
    command_assert_replied(door, COMMAND_REFUSED, "epoch 9", 0);
    door->reply_count = 0;
    command_take_over(door, COMMAND_STRANGER + 1, 9);
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_REFUSED, "00000000000000aa", 0);
}

static void test_take_over_refuses_ours_and_none(void **state)
{
    struct door *door = *state;
    struct marker marker = command_marker(COMMAND_OWNER, 12);
    command_begin(door, "192.0.2.1", &marker);
    command_take_over(door, COMMAND_OWNER, 12);
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_REFUSED, "ours already", 0);
    door_hold(door, 0, "192.0.2.1", NULL);
    door->reply_count = 0;
    command_take_over(door, COMMAND_STRANGER, 9);
    door_run(door, 70000);
    command_assert_replied(door, COMMAND_REFUSED, "no marker", 0);
}

/* The owner was named, the addresses were not: they are left alone. */
static void test_take_over_of_strange_addresses_holds(void **state)
{
    struct door *door = *state;
    struct marker marker = command_marker(COMMAND_STRANGER, 9);
    command_begin(door, "203.0.113.5", &marker);
    command_take_over(door, COMMAND_STRANGER, 9);
    door_run(door, 500000);
    command_assert_replied(door, COMMAND_DONE, NULL, 1);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_FOREIGN_CHANGE);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 1); /* at the next audit */
    command_adopt(door, "203.0.113.5");
    door_run(door, 600000);
    assert_int_equal(door->reply.result, COMMAND_DONE);
    assert_int_equal(door_record(door, 0)->current, 0);
}

/* ---- disown ---- */

static void test_disown_takes_our_marker_away(void **state)
{
    struct door *door = *state;
    struct marker marker = command_marker(COMMAND_OWNER, 12);
    command_begin(door, "192.0.2.1", &marker);
    command_disown(door);
    door_run(door, 51000);
    command_assert_replied(door, COMMAND_DONE, NULL, 1);
    assert_int_equal(door->sent[0].plan.kind, PLAN_DISOWN);
    assert_int_equal(door->names[0].form, MARKER_FORM_NONE);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_UNOWNED);
    assert_int_equal(door_last(door, NOTICE_OWNED)->plan, PLAN_DISOWN);
    assert_int_equal(door->kept[0], 0);
    door_run(door, 2000000); /* and not adopted again, whatever the file says */
    assert_int_equal(door->send_count, 1);
}

static void test_disown_refuses_what_is_not_ours(void **state)
{
    struct door *door = *state;
    struct marker marker = command_marker(COMMAND_STRANGER, 9);
    command_begin(door, "192.0.2.1", &marker);
    command_disown(door);
    door_run(door, 60000);
    command_assert_replied(door, COMMAND_REFUSED, "00000000000000aa", 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, command_setup, command_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_adopt_takes_exactly_what_was_named),
        CASE(test_adopt_refuses_other_than_named),
        CASE(test_adopt_ends_a_foreign_change),
        CASE(test_adopt_of_a_targets_set_leaves_it),
        CASE(test_adopt_refuses_another_owners),
        CASE(test_adopt_refuses_a_place_that_is_taken),
        CASE(test_adopt_refuses_what_is_hidden_or_missing),
        CASE(test_adopt_refuses_more_than_there_is_room_for),
        CASE(test_adopt_of_what_is_ours_is_done),
        CASE(test_take_over_replaces_the_marker_that_was_named),
        CASE(test_take_over_refuses_another_marker),
        CASE(test_take_over_refuses_ours_and_none),
        CASE(test_take_over_of_strange_addresses_holds),
        CASE(test_disown_takes_our_marker_away),
        CASE(test_disown_refuses_what_is_not_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
