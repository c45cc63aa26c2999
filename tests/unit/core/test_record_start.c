/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/record.
 * What:  how the life of one name begins: adoption, grace, creation, and quiet after a restart.
 */

#include "core/policy.h"
#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE 60000
#define HOUR   3600000

static void test_record_adopts_and_says_so(void **state)
{
    (void)state;
    struct door *door = door_open(site_new(), true);
    door_run(door, MINUTE);
    assert_int_equal(door_sent_kind(door, PLAN_ADOPT), 1);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door->notice_count, 3); /* and each target came up */
    const struct notice *notice = door_last(door, NOTICE_OWNED);
    assert_int_equal(notice->plan, PLAN_ADOPT);
    assert_int_equal(notice->epoch, 1);
    assert_int_equal(notice->to, 0);
    assert_int_equal(notice->from, 0);
    assert_int_equal(notice->duration_ms, -1);
    assert_int_equal(door_record(door, 0)->current, 0);
    assert_false(door_record(door, 0)->published); /* the answer is not ours, only the marker */
    door_close(door);
}

static void test_record_is_quiet_after_a_restart(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    door_run(door, MINUTE);
    assert_int_equal(door_told(door, NOTICE_TARGET_UP), 2);
    assert_int_equal(door->notice_count, 2);
    door_run(door, HOUR);
    assert_int_equal(door->send_count, 0);
    assert_int_equal(door->notice_count, 2);
    assert_in_range(door->read_count, 12, 15); /* at start and at each audit */
    door_close(door);
}

static void test_record_sends_nothing_before_its_targets_are_known(void **state)
{
    (void)state;
    struct door *door = door_open(site_new(), true);
    door->verdicts[1] = VERDICT_FAIL; /* unknown until the third failure, at some 21 s */
    door_run(door, 15000);
    assert_int_equal(door->send_count, 0);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_START_GRACE);
    door_run(door, 31000);
    assert_int_equal(door->send_count, 1);
    door_close(door);
}

static void test_record_goes_on_when_the_grace_is_over(void **state)
{
    (void)state;
    struct door *door = door_open(site_new(), true);
    door->verdicts[1] = VERDICT_LOCAL;
    door_run(door, 30999);
    assert_int_equal(door->send_count, 0);
    door_run(door, 31000);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door->sent[0].at, 31000);
    door_close(door);
}

static void test_record_does_not_wait_for_what_has_no_check(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->values[1].watch = ID_NONE;
    site->watches[1].user_count = 0;
    struct door *door = door_open(site, true);
    door_run(door, 10000);
    assert_int_equal(door->send_count, 1);
    door_close(door);
}

static void test_record_creates_what_is_missing(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].create = true;
    struct door *door = door_open(site, false);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, MINUTE);
    assert_int_equal(door_sent_kind(door, PLAN_CREATE), 1);
    assert_int_equal(door->sent[0].plan.fresh.epoch, 1);
    const struct notice *notice = door_last(door, NOTICE_OWNED);
    assert_int_equal(notice->plan, PLAN_CREATE);
    assert_int_equal(notice->to, 1);
    assert_int_equal(notice->from, ID_NONE);
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_int_equal(door_told(door, NOTICE_NOT_OURS), 0);
    door_close(door);
}

static void test_record_tells_that_the_place_of_the_marker_is_taken(void **state)
{
    (void)state;
    struct door *door = door_open(site_new(), true);
    door->names[0].form = MARKER_FORM_FOREIGN;
    door_run(door, MINUTE);
    const struct notice *notice = door_last(door, NOTICE_NOT_OURS);
    assert_int_equal(notice->condition, CONDITION_FOREIGN);
    assert_true(notice->marker_is_foreign);
    assert_int_equal(door->send_count, 0);
    door_close(door);
}

static void test_record_says_that_it_waits_to_be_created(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].create = true;
    struct door *door = door_open(site, false);
    door->verdicts[0] = door->verdicts[1] = VERDICT_FAIL;
    site->servers[0].audit_ms = 10000;
    door_run(door, 5 * MINUTE);
    assert_int_equal(door->send_count, 0);
    assert_int_equal(door_told(door, NOTICE_NOT_OURS), 1); /* whatever the audits */
    assert_int_equal(door_last(door, NOTICE_NOT_OURS)->condition, CONDITION_MISSING);
    door_run(door, 7 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_NOT_OURS), 2);
    assert_true(door_last(door, NOTICE_NOT_OURS)->repeated);
    door->verdicts[1] = 0;
    door_run(door, 9 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_OWNED), 1);
    door_run(door, 3 * HOUR);
    assert_int_equal(door_told(door, NOTICE_NOT_OURS), 2);
    door_close(door);
}

static void test_record_fills_what_was_emptied(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].create = true;
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    struct marker marker = door_marker(12);
    door_hold(door, 0, "", &marker);
    door_run(door, 7 * MINUTE);
    assert_int_equal(door_sent_kind(door, PLAN_SWITCH), 1);
    assert_int_equal(door_last(door, NOTICE_OWNED)->plan, PLAN_SWITCH);
    assert_int_equal(door_record(door, 0)->flap.count, 0);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_adopts_and_says_so),
        cmocka_unit_test(test_record_is_quiet_after_a_restart),
        cmocka_unit_test(test_record_sends_nothing_before_its_targets_are_known),
        cmocka_unit_test(test_record_goes_on_when_the_grace_is_over),
        cmocka_unit_test(test_record_does_not_wait_for_what_has_no_check),
        cmocka_unit_test(test_record_creates_what_is_missing),
        cmocka_unit_test(test_record_tells_that_the_place_of_the_marker_is_taken),
        cmocka_unit_test(test_record_says_that_it_waits_to_be_created),
        cmocka_unit_test(test_record_fills_what_was_emptied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
