/* SPDX-License-Identifier: MIT */
/*
 * Whether we could write is tried before the outage: docs/faults.md 51, and the rights of the key.
 */

#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define OWNER UINT64_C(0x4be1c0de77aa0912)

static int setup(void **state)
{
    struct door *door = door_open(site_of(1, 1, false), true);
    const struct marker marker = {.owner = OWNER, .epoch = 12, .nonce = 7};
    door_hold(door, 0, "192.0.2.1", &marker);
    door_rehearse(door, 0);
    *state = door;
    return 0;
}

static int teardown(void **state)
{
    door_close(*state);
    return 0;
}

static void test_rehearsal_comes_at_start_and_hourly(void **state)
{
    struct door *door = *state;
    door_run(door, 40000);
    assert_int_equal(door_sent_kind(door, PLAN_REHEARSE), 1);
    assert_int_equal(door->save_count, 0); /* nothing of it is in doubt, ever */
    assert_true(door->sent[0].plan.has_old);
    assert_int_equal(door->sent[0].plan.old.epoch, 12);
    door_run(door, 40000 + 3200000);
    assert_int_equal(door_sent_kind(door, PLAN_REHEARSE), 1);
    door_run(door, 40000 + 4000000);
    assert_int_equal(door_sent_kind(door, PLAN_REHEARSE), 2);
    assert_int_equal(door->send_count, 2);
    assert_int_equal(door->serial, 100);
    assert_int_equal(door_told(door, NOTICE_RIGHTS), 0);
}

static void test_rehearsal_that_is_denied_is_told(void **state)
{
    struct door *door = *state;
    door->sends = OUTCOME_DENIED;
    door_run(door, 40000);
    assert_int_equal(door_told(door, NOTICE_RIGHTS), 1);
    assert_int_equal(door_last(door, NOTICE_RIGHTS)->dns.outcome, OUTCOME_DENIED);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_OK);
    door_run(door, 1300000);
    assert_int_equal(door_told(door, NOTICE_RIGHTS), 2); /* after 5 min, and then hourly */
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 0);
    door->sends = 0; /* granted */
    door_run(door, 2000000);
    uint32_t tried = door_sent_kind(door, PLAN_REHEARSE);
    door_run(door, 4500000);
    assert_int_equal(door_told(door, NOTICE_RIGHTS), 2);
    assert_int_equal(door_sent_kind(door, PLAN_REHEARSE), tried);
}

static void test_rehearsal_whose_answer_is_lost_leaves_no_doubt(void **state)
{
    struct door *door = *state;
    door->sends = OUTCOME_UNKNOWN;
    door_run(door, 400000);
    assert_true(door_sent_kind(door, PLAN_REHEARSE) >= 1);
    assert_int_equal(door_sent_kind(door, PLAN_FENCE), 0);
    assert_int_equal(door_told(door, NOTICE_RIGHTS), 0);
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 0);
    assert_int_equal(door_record(door, 0)->txn.state, TXN_IDLE);
}

static void test_rehearsal_that_finds_a_change_reads(void **state)
{
    struct door *door = *state;
    const struct marker other = {.owner = 9, .epoch = 1, .nonce = 7};
    door->sends = OUTCOME_PREREQ;
    while (door->send_count == 0)
        door_run(door, door->now + 1);
    door_hold(door, 0, "192.0.2.1", &other);
    door_run(door, 40000);
    assert_int_equal(door_sent_kind(door, PLAN_REHEARSE), 1);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door->read_count, 2);
    assert_int_equal(door_told(door, NOTICE_CONFLICT), 0);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_OTHER_OWNER);
}

/* Reads go one way and updates another (docs/faults.md 83): said at the start, not in the night of the outage. */
static void test_rehearsal_finds_a_server_that_contradicts_itself(void **state)
{
    struct door *door = *state;
    door->sends = OUTCOME_PREREQ;
    door_run(door, 40000);
    assert_int_equal(door_sent_kind(door, PLAN_REHEARSE), 1);
    assert_int_equal(door_sent_kind(door, PLAN_ASSERT), 1);
    assert_int_equal(door_told(door, NOTICE_CONFLICT), 1);
    assert_int_equal(door_last(door, NOTICE_CONFLICT)->condition, CONDITION_INCONSISTENT);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 1300000); /* an assertion at each audit, and nothing else; told after 5 min, then hourly */
    assert_int_equal(door_sent_kind(door, PLAN_SWITCH), 0);
    assert_in_range(door_sent_kind(door, PLAN_ASSERT), 3, 6);
    assert_int_equal(door_told(door, NOTICE_CONFLICT), 2);
    door->sends = 0; /* mended */
    door_run(door, 1700000);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_OK);
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_int_equal(door_told(door, NOTICE_CONFLICT), 2);
}

static void test_rehearsal_never_in_a_dry_run_nor_stopped(void **state)
{
    struct door *door = *state;
    door->site->settings.safety.dry_run = true;
    door_run(door, 400000);
    assert_int_equal(door->send_count, 0);
    door->site->settings.safety.dry_run = false;
    door_hold(door, 0, "203.0.113.5", NULL);
    door->site->records[0].adopt = false;
    door_run(door, 400001);
    uint32_t sent = door->send_count;
    door_run(door, 9000000);
    assert_in_range(door->send_count, sent, sent + 1); /* stopped by the next audit */
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_rehearsal_comes_at_start_and_hourly),
        CASE(test_rehearsal_that_is_denied_is_told),
        CASE(test_rehearsal_whose_answer_is_lost_leaves_no_doubt),
        CASE(test_rehearsal_that_finds_a_change_reads),
        CASE(test_rehearsal_finds_a_server_that_contradicts_itself),
        CASE(test_rehearsal_never_in_a_dry_run_nor_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
