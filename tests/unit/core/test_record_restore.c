/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/record.
 * What:  foreign-change: restore. What others put beside our marker is put back, and what is more than that is not.
 */

#include "core/policy.h"
#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define PRIMARY   "192.0.2.1"
#define SECONDARY "198.51.100.1"
#define STRANGER  "203.0.113.5"
#define AUDIT     300000
#define SETTLED   60000 /* it is ours, both targets are up */

static struct marker ours(uint64_t epoch)
{
    return (struct marker){.owner = UINT64_C(0x4be1c0de77aa0912), .epoch = epoch, .nonce = epoch};
}

static struct door *restoring(const char *addresses)
{
    struct site *site = site_new();
    site->settings.safety.foreign_change = FOREIGN_CHANGE_RESTORE;
    struct door *door = door_open(site, true);
    struct marker marker = ours(12);
    door_hold(door, 0, addresses, &marker);
    return door;
}

/* Somebody else puts these there, beside whatever marker there is. */
static void edit(struct door *door, const char *addresses)
{
    struct marker marker = door->names[0].marker;
    door_hold(door, 0, addresses, &marker);
}

static void assert_holds(struct door *door, const char *addresses)
{
    struct rrset set = site_set(door->site, RRTYPE_A, 30, addresses);
    assert_true(rrset_same_data(&set, &door->names[0].sets[0]));
    door->site->used = 0;
}

static void test_restore_puts_back_what_was_written(void **state)
{
    (void)state;
    struct door *door = restoring(PRIMARY);
    door_run(door, SETTLED);
    edit(door, STRANGER);
    door_run(door, SETTLED + AUDIT);
    assert_holds(door, PRIMARY);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door->sent[0].plan.kind, PLAN_SWITCH);
    assert_true(door->sent[0].plan.has_old);
    assert_int_equal(door->names[0].marker.epoch, 13);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 1);
    const struct notice *notice = door_last(door, NOTICE_FOREIGN_CHANGE);
    assert_int_equal(notice->plan, PLAN_SWITCH);
    assert_string_equal(notice->detail, "A " STRANGER);
    assert_int_equal(notice->to, 0);
    assert_false(notice->repeated);
    assert_int_equal(door_told(door, NOTICE_PUBLISHED) + door_told(door, NOTICE_FAILOVER), 0);
    assert_int_equal(door_told(door, NOTICE_OWNED), 0);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_OK);
    assert_int_equal(door_record(door, 0)->current, 0);
    door_close(door);
}

static void test_restore_puts_back_another_target_of_ours(void **state)
{
    (void)state;
    struct door *door = restoring(PRIMARY);
    door_run(door, SETTLED);
    edit(door, SECONDARY); /* fault 84 */
    door_run(door, SETTLED + AUDIT);
    assert_holds(door, PRIMARY);
    edit(door, PRIMARY " " STRANGER); /* fault 86 */
    door_run(door, SETTLED + 3 * AUDIT);
    assert_holds(door, PRIMARY);
    assert_int_equal(door->send_count, 2);
    door_close(door);
}

static void test_restore_is_done_once_an_audit(void **state)
{
    (void)state;
    struct door *door = restoring(PRIMARY);
    door_run(door, SETTLED);
    uint32_t seen = 0;
    while (door->now < SETTLED + 4 * AUDIT) { /* somebody who insists */
        edit(door, STRANGER);
        door_run(door, door->now + 10000);
        if (door->send_count > seen + 1)
            fail_msg("%u messages at once", door->send_count - seen);
        seen = door->send_count;
    }
    assert_in_range(door->send_count, 3, 4);
    for (uint32_t i = 1; i < door->send_count; i++)
        assert_true(door->sent[i].at - door->sent[i - 1].at >= AUDIT);
    door_close(door);
}

/* A switch that is refused because of a change is no leave to put that back before its time. */
static void test_restore_waits_though_a_switch_was_refused(void **state)
{
    (void)state;
    struct door *door = restoring(PRIMARY);
    door_run(door, SETTLED);
    edit(door, STRANGER);
    door_run(door, SETTLED + AUDIT);
    assert_int_equal(door->send_count, 1);
    mono_ms restored = door->sent[0].at;
    edit(door, STRANGER);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, restored + AUDIT - 1);
    assert_int_equal(door->send_count, 2);
    assert_false(door->sent[1].plan.restores);
    assert_holds(door, STRANGER);
    door_run(door, restored + 3 * AUDIT);
    assert_holds(door, SECONDARY);
    door_close(door);
}

static void test_restore_goes_where_it_is_wanted(void **state)
{
    (void)state;
    struct door *door = restoring(PRIMARY);
    door_run(door, SETTLED);
    edit(door, STRANGER);
    door->reads = OUTCOME_NOT_SENT; /* nobody sees it yet */
    door->verdicts[0] = VERDICT_FAIL;
    door->sends = OUTCOME_NOT_SENT;
    door_run(door, SETTLED + 2 * AUDIT);
    assert_holds(door, STRANGER);
    door->reads = door->sends = 0;
    door_run(door, SETTLED + 4 * AUDIT);
    assert_holds(door, SECONDARY);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 1);
    assert_int_equal(door_last(door, NOTICE_FOREIGN_CHANGE)->to, 1);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 1);
    door_close(door);
}

static void test_restore_at_a_start_waits_for_a_target_that_is_up(void **state)
{
    (void)state;
    struct door *door = restoring(STRANGER);
    door->verdicts[0] = VERDICT_FAIL;
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, AUDIT);
    assert_int_equal(door->send_count, 0);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 1);
    assert_int_equal(door_last(door, NOTICE_FOREIGN_CHANGE)->plan, 0);
    door->verdicts[1] = 0;
    door_run(door, 2 * AUDIT);
    assert_holds(door, SECONDARY);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door_last(door, NOTICE_FOREIGN_CHANGE)->plan, PLAN_SWITCH);
    assert_int_equal(door_told(door, NOTICE_FAILOVER) + door_told(door, NOTICE_FAIL_BACK), 0);
    door_close(door);
}

static void test_restore_leaves_what_it_cannot_expect(void **state)
{
    (void)state;
    struct door *door = restoring(PRIMARY);
    door_run(door, SETTLED);
    edit(door, "203.0.113.1 203.0.113.2 203.0.113.3 203.0.113.4 203.0.113.5 203.0.113.6 203.0.113.7 203.0.113.8");
    door_run(door, SETTLED + AUDIT);
    assert_holds(door, PRIMARY); /* eight fit */
    edit(door, "203.0.113.1 203.0.113.2 203.0.113.3 203.0.113.4 203.0.113.5 203.0.113.6 203.0.113.7 203.0.113.8 "
               "203.0.113.9 203.0.113.10 203.0.113.11");
    door_run(door, SETTLED + 5 * AUDIT);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_FOREIGN_CHANGE);
    assert_int_equal(door_last(door, NOTICE_FOREIGN_CHANGE)->plan, 0);
    door_close(door);
}

static void test_restore_is_for_addresses_under_our_marker(void **state)
{
    (void)state;
    static const struct marker theirs = {.owner = 1, .epoch = 57};
    struct door *door = restoring(PRIMARY);
    struct marker known = ours(12), twin = ours(14);
    door_run(door, SETTLED);
    door_hold(door, 0, STRANGER, NULL);
    door_run(door, SETTLED + 2 * AUDIT);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_FOREIGN);
    door_hold(door, 0, STRANGER, &theirs);
    door_run(door, SETTLED + 4 * AUDIT);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_OTHER_OWNER);
    door_hold(door, 0, STRANGER, &twin);
    door_run(door, SETTLED + 6 * AUDIT);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_CLONE);
    door_hold(door, 0, "", &known);
    door_run(door, SETTLED + 8 * AUDIT);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_MISSING);
    door->names[0].cname = true;
    door_run(door, SETTLED + 10 * AUDIT);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_OCCLUDED);
    assert_int_equal(door->send_count, 0);
    door_close(door);
}

static void test_restore_whose_answer_is_lost_is_found(void **state)
{
    (void)state;
    struct door *door = restoring(PRIMARY);
    door_run(door, SETTLED);
    edit(door, STRANGER);
    door->loses_answers = true;
    door_run(door, SETTLED + AUDIT);
    assert_holds(door, PRIMARY);
    assert_int_equal(door->send_count, 1);
    assert_true(door_last(door, NOTICE_FOREIGN_CHANGE)->answer_was_lost);
    assert_string_equal(door_last(door, NOTICE_FOREIGN_CHANGE)->detail, "A " STRANGER);
    door_close(door);
}

static void test_restore_that_does_nothing_is_tried_with_the_same_bytes(void **state)
{
    (void)state;
    struct door *door = restoring(PRIMARY);
    door_run(door, SETTLED);
    edit(door, STRANGER);
    door->does_nothing = true;
    door_run(door, SETTLED + 2 * AUDIT);
    assert_true(door->send_count > 1);
    for (uint32_t i = 1; i < door->send_count; i++)
        assert_true(marker_equal(&door->sent[i].plan.fresh, &door->sent[0].plan.fresh));
    assert_int_equal(door_last(door, NOTICE_UPDATE_FAILED)->plan, PLAN_SWITCH);
    door->does_nothing = false;
    door_run(door, SETTLED + 3 * AUDIT);
    assert_holds(door, PRIMARY);
    door_close(door);
}

static void test_restore_in_a_dry_run_is_only_told(void **state)
{
    (void)state;
    struct door *door = restoring(PRIMARY);
    door->site->settings.safety.dry_run = true;
    door_run(door, SETTLED);
    edit(door, STRANGER);
    door_run(door, SETTLED + 2 * AUDIT);
    assert_int_equal(door->send_count, 0);
    assert_int_equal(door_last(door, NOTICE_WOULD_SEND)->plan, PLAN_SWITCH);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restore_puts_back_what_was_written),
        cmocka_unit_test(test_restore_puts_back_another_target_of_ours),
        cmocka_unit_test(test_restore_is_done_once_an_audit),
        cmocka_unit_test(test_restore_waits_though_a_switch_was_refused),
        cmocka_unit_test(test_restore_goes_where_it_is_wanted),
        cmocka_unit_test(test_restore_at_a_start_waits_for_a_target_that_is_up),
        cmocka_unit_test(test_restore_leaves_what_it_cannot_expect),
        cmocka_unit_test(test_restore_is_for_addresses_under_our_marker),
        cmocka_unit_test(test_restore_whose_answer_is_lost_is_found),
        cmocka_unit_test(test_restore_that_does_nothing_is_tried_with_the_same_bytes),
        cmocka_unit_test(test_restore_in_a_dry_run_is_only_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
