/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/engine.
 * What:  many records of one zone that move at once: in few messages, within the room for effects, and whatever one of
 *        them has done to the server.
 */

#include "door.h"

#include "core/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE  60000
#define RECORDS 500

static struct door *crowd(uint16_t batch)
{
    struct site *site = site_of(RECORDS, 1, true);
    site->servers[0].batch = batch;
    struct door *door = door_open(site, true);
    for (uint32_t i = 0; i < RECORDS; i++) {
        door->names[i].form = MARKER_FORM_ONE;
        door->names[i].marker = (struct marker){.owner = UINT64_C(0x4be1c0de77aa0912), .epoch = 1};
    }
    door_run(door, MINUTE);
    door->message_count = door->send_count = door->notice_count = door->read_count = 0;
    door->verdicts[0] = VERDICT_FAIL;
    return door;
}

static uint32_t on_secondary(const struct door *door)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < RECORDS; i++)
        count += door->names[i].sets[0].packed[2] == 198 ? 1 : 0;
    return count;
}

static void test_many_records_move_in_few_messages(void **state)
{
    (void)state;
    static const uint16_t batches[] = {1, 64, 256, 1000};
    static const uint32_t messages[] = {RECORDS, 8, 2, 1};
    for (uint32_t i = 0; i < 4; i++) {
        struct door *door = crowd(batches[i]);
        door_run(door, 2 * MINUTE);
        assert_int_equal(on_secondary(door), RECORDS);
        assert_int_equal(door_told(door, NOTICE_FAILOVER), RECORDS);
        assert_in_range(door->message_count, messages[i], messages[i] + 3); /* the first ones leave at once */
        assert_int_equal(door->send_count, RECORDS);
        assert_int_equal(door->read_count, RECORDS);
        assert_int_equal(door->most_in_flight, 1);
        assert_true(door->most_effects <= EFFECTS_ROOM);
        door_close(door);
    }
}

static void check_only_told(const struct door *door, uint32_t record)
{
    assert_true(door_told(door, NOTICE_UPDATE_FAILED) > 0);
    for (uint32_t i = 0; i < door->notice_count; i++)
        if (door->notices[i].kind == NOTICE_UPDATE_FAILED)
            assert_int_equal(door->notices[i].record, record);
}

static void test_one_denied_record_stops_nobody_else(void **state)
{
    (void)state;
    struct door *door = crowd(256);
    door->names[77].refused = OUTCOME_DENIED;
    door_run(door, 2 * MINUTE);
    assert_int_equal(on_secondary(door), RECORDS - 1);
    check_only_told(door, 77);
    assert_in_range(door->message_count, 2 + 2 * 8, 2 + 2 * 8 + 4); /* and a few tries of its own */
    for (uint32_t i = 2 + 2 * 8; i < door->send_count; i++)
        assert_true(i + 10 < door->send_count || door->sent[i].record == 77 || door->sent[i].message < 2 + 2 * 8);
    door->names[77].refused = 0;
    door_run(door, 4 * MINUTE);
    assert_int_equal(on_secondary(door), RECORDS);
    door_close(door);
}

/* Of what was lost all look at the zone at once and try again without waiting, in smaller company. */
static void test_one_record_that_loses_messages_stops_nobody_else(void **state)
{
    (void)state;
    struct door *door = crowd(256);
    door->names[77].refused = OUTCOME_UNKNOWN;
    while (door->message_count == 0)
        door_run(door, door->now + 1);
    door_run(door, door->now + 1000);
    assert_int_equal(on_secondary(door), RECORDS - 1);
    assert_in_range(door_told(door, NOTICE_UPDATE_FAILED), 1, 9); /* one a message */
    assert_in_range(door->message_count, 2 + 8, 2 * (1 + 2 * 8) + 2);
    door_close(door);
}

static void test_a_server_that_fails_gets_all_in_the_end(void **state)
{
    (void)state;
    struct door *door = crowd(64);
    door->sends = OUTCOME_SERVER_FAILURE;
    door_run(door, 10 * MINUTE);
    assert_int_equal(on_secondary(door), 0);
    door->sends = 0;
    door_run(door, door->now + 2 * MINUTE);
    assert_int_equal(on_secondary(door), RECORDS);
    door_close(door);
}

static void test_all_denied_is_one_message_a_tick(void **state)
{
    (void)state;
    struct door *door = crowd(64);
    door->sends = OUTCOME_DENIED;
    door_run(door, 3 * MINUTE);
    uint32_t before = door->message_count;
    door_run(door, 13 * MINUTE);
    assert_in_range(door->message_count - before, 18, 21);
    door->sends = 0;
    door_run(door, 15 * MINUTE);
    assert_int_equal(on_secondary(door), RECORDS);
    door_close(door);
}

static void test_the_members_of_a_lost_message_look_first(void **state)
{
    (void)state;
    struct door *door = crowd(1000);
    door->loses_answers = true;
    door_run(door, 2 * MINUTE);
    assert_int_equal(on_secondary(door), RECORDS);
    assert_int_equal(door->send_count, RECORDS);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), RECORDS);
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), door->message_count);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_records_move_in_few_messages),
        cmocka_unit_test(test_one_denied_record_stops_nobody_else),
        cmocka_unit_test(test_one_record_that_loses_messages_stops_nobody_else),
        cmocka_unit_test(test_a_server_that_fails_gets_all_in_the_end),
        cmocka_unit_test(test_all_denied_is_one_message_a_tick),
        cmocka_unit_test(test_the_members_of_a_lost_message_look_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
