/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/record.
 * What:  the life of one name behind the door: what is published, when, and how it is told. Its beginning is in
 *        test_record_start.c, trouble in test_record_trouble.c, notices of its values in test_record_values.c.
 */

#include "core/policy.h"
#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE 60000
#define HOUR   3600000

static void test_record_fails_over_and_back(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    door_run(door, 5 * MINUTE);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 6 * MINUTE);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 1);
    const struct notice *notice = door_last(door, NOTICE_FAILOVER);
    assert_int_equal(notice->from, 0);
    assert_int_equal(notice->to, 1);
    assert_int_equal(notice->cause, DECISION_CURRENT_DOWN);
    assert_int_equal(notice->reason, REASON_REFUSED);
    assert_string_equal(notice->detail, "Connection refused");
    assert_int_equal(notice->watch, 0);
    assert_int_equal(notice->change, 1);
    assert_int_equal(notice->serial, 101);
    assert_true(notice->has_serial);
    assert_int_equal(notice->epoch, 13);
    assert_int_equal(notice->dns.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(notice->duration_ms, -1); /* it stood longer than we know */
    mono_ms published = door->told_at[door->notice_count - 1];

    door->verdicts[0] = 0;
    door_run(door, 7 * MINUTE - 1000);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_FAIL_BACK_WAIT);
    door_run(door, 8 * MINUTE);
    assert_int_equal(door->send_count, 2);
    notice = door_last(door, NOTICE_FAIL_BACK);
    assert_int_equal(notice->from, 1);
    assert_int_equal(notice->to, 0);
    assert_int_equal(notice->cause, DECISION_PREFERRED_UP);
    assert_int_equal(notice->watch, ID_NONE);
    assert_int_equal(notice->change, 2);
    assert_int_equal(notice->duration_ms, door->told_at[door->notice_count - 1] - published);
    assert_int_equal(engine_stats(door->engine)->switches, 2);
    door_close(door);
}

static void test_record_tells_by_the_way_it_goes(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].fallback = 1; /* nobody probes it */
    site->records[0].all_down = ALL_DOWN_FALLBACK;
    site->targets[1].fallback = true;
    site->values[1].watch = ID_NONE;
    site->watches[1].user_count = 0;
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_NO_HEALTHY_TARGET), 1);
    assert_int_equal(door_last(door, NOTICE_NO_HEALTHY_TARGET)->to, 1);
    assert_int_equal(door_last(door, NOTICE_NO_HEALTHY_TARGET)->reason, REASON_REFUSED);
    assert_int_equal(door_last(door, NOTICE_FAILOVER)->to, 1); /* to a later one */
    door->verdicts[0] = 0;
    door_run(door, 5 * MINUTE);
    assert_int_equal(door_last(door, NOTICE_FAIL_BACK)->cause, DECISION_RECOVERED);
    assert_int_equal(door_told(door, NOTICE_NO_HEALTHY_TARGET), 1);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 7 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_NO_HEALTHY_TARGET), 2);
    door_close(door);
}

static void test_record_waits_for_proof_and_takes_it_at_the_next_pass(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->check.fall = 1;
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    uint32_t probes = door->probe_count;
    while (door->probe_count == probes || door_record(door, 0)->txn.state != TXN_IDLE)
        door_run(door, door->now + 1);
    door->verdicts[0] = VERDICT_FAIL;
    mono_ms awaited = 0;
    while (door->send_count == 0 && door->now < 3 * MINUTE) {
        door_run(door, door->now + 1);
        if (awaited == 0 && door_record(door, 0)->decision.reason == DECISION_PROOF_AWAITED)
            awaited = door->now;
    }
    assert_true(awaited > 0);
    assert_true(door->sent[0].at > awaited && door->sent[0].at - awaited < 11100);
    door_close(door);
}

static void test_record_stays_where_flapping_is_latched(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].switches_most = 3;
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    for (int round = 0; round < 3; round++) {
        door->verdicts[0] = VERDICT_FAIL;
        door_run(door, door->now + 2 * MINUTE);
        door->verdicts[0] = 0;
        door_run(door, door->now + 10 * MINUTE);
    }
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_FLAPPING);
    assert_int_equal(door_told(door, NOTICE_FLAPPING), 1);
    assert_int_equal(door_last(door, NOTICE_FLAPPING)->count, 3);
    assert_int_equal(door_last(door, NOTICE_FLAPPING)->span_ms, HOUR);
    door->verdicts[0] = VERDICT_FAIL; /* and once more: the latch is the same */
    door_run(door, door->now + 5 * MINUTE);
    door->verdicts[0] = 0;
    door_run(door, 3 * HOUR);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_FLAPPING);
    assert_int_equal(door_told(door, NOTICE_FLAPPING), 1);
    assert_int_equal(door_record(door, 0)->current, 1);
    door_close(door);
}

static void test_record_tells_once_that_nothing_is_healthy(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    door_run(door, MINUTE);
    door->verdicts[0] = door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_NO_HEALTHY_TARGET), 1);
    assert_int_equal(door_last(door, NOTICE_NO_HEALTHY_TARGET)->to, 0); /* it stays */
    door->verdicts[1] = VERDICT_LOCAL; /* unknown for a while, and down again: nothing new */
    door_run(door, 6 * MINUTE);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_NONE_KNOWN_UP);
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 9 * MINUTE);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_NO_HEALTHY_TARGET);
    assert_int_equal(door_told(door, NOTICE_NO_HEALTHY_TARGET), 1);
    assert_int_equal(door->send_count, 0); /* fault 44 */
    door_close(door);
}

static void test_record_changes_its_mind_for_a_third(void **state)
{
    (void)state;
    struct site *site = site_new();
    site_add_target(site, "tertiary", "203.0.113.1");
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    door->sends = OUTCOME_DENIED;
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 2 * MINUTE);
    assert_int_equal(door_record(door, 0)->change, 1);
    assert_int_equal(door_record(door, 0)->change_target, 1);
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 4 * MINUTE);
    assert_int_equal(door_record(door, 0)->change, 2); /* superseded */
    door->sends = 0;
    door_run(door, 5 * MINUTE);
    assert_int_equal(door_last(door, NOTICE_FAILOVER)->to, 2);
    assert_int_equal(door_last(door, NOTICE_FAILOVER)->change, 2);
    door_close(door);
}

static void test_record_repairs_a_ttl_and_says_nothing(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    door_run(door, MINUTE);
    door->notice_count = 0;
    door->names[0].sets[0].ttl_s = 3600; /* fault 91 */
    door_run(door, 7 * MINUTE);
    assert_int_equal(door_sent_kind(door, PLAN_TTL), 1);
    assert_int_equal(door->names[0].sets[0].ttl_s, 30);
    assert_int_equal(door->notice_count, 0);
    assert_false(door_record(door, 0)->published);
    door_close(door);
}

static void test_record_publishes_what_is_healthy(void **state)
{
    (void)state;
    struct site *site = site_new();
    site_add_value(site, 0, 0, "192.0.2.99", true);
    site->records[0].publish = PUBLISH_HEALTHY;
    struct door *door = door_open(site, true);
    struct marker marker = door_marker(12);
    door_hold(door, 0, "192.0.2.1 192.0.2.99", &marker);
    door_run(door, MINUTE);
    assert_int_equal(door->send_count, 0);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 2 * MINUTE);
    assert_int_equal(door_sent_kind(door, PLAN_SWITCH), 1);
    assert_int_equal(door->names[0].sets[0].count, 1);
    assert_int_equal(door->names[0].sets[0].packed[5], 99);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 0); /* the target is the same */
    assert_int_equal(door_told(door, NOTICE_PUBLISHED), 1);
    const struct notice *notice = door_last(door, NOTICE_PUBLISHED);
    assert_int_equal(notice->from, 0);
    assert_int_equal(notice->to, 0);
    assert_int_equal(notice->change, 1);
    assert_int_equal(notice->epoch, 13);
    assert_int_equal(notice->serial, 101);
    assert_int_equal(notice->dns.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(notice->duration_ms, -1);
    assert_int_equal(door_record(door, 0)->current, 0);
    assert_int_equal(engine_stats(door->engine)->switches, 0);
    door_run(door, 10 * MINUTE);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_OK);
    door->verdicts[0] = 0;
    door_run(door, 12 * MINUTE);
    assert_int_equal(door->names[0].sets[0].count, 2);
    assert_int_equal(door->send_count, 2);
    assert_int_equal(door_told(door, NOTICE_PUBLISHED), 2);
    assert_int_equal(door_last(door, NOTICE_PUBLISHED)->change, 2);
    assert_int_equal(door_told(door, NOTICE_FAIL_BACK), 0);
    door_close(door);
}

static void test_record_leaves_out_no_address_that_is_not_known(void **state)
{
    (void)state;
    struct site *site = site_new();
    site_add_value(site, 0, 0, "192.0.2.99", true);
    site->records[0].publish = PUBLISH_HEALTHY;
    struct door *door = door_open(site, true);
    struct marker marker = door_marker(12);
    door_hold(door, 0, "192.0.2.1 192.0.2.99", &marker);
    door->verdicts[2] = VERDICT_FAIL; /* unknown for the first two rounds */
    door_run(door, 15000);
    assert_int_equal(door->send_count, 0);
    assert_int_equal(door_record(door, 0)->targets[0].state, HEALTH_UP);
    door_run(door, MINUTE);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door->names[0].sets[0].count, 1);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_fails_over_and_back),
        cmocka_unit_test(test_record_tells_by_the_way_it_goes),
        cmocka_unit_test(test_record_waits_for_proof_and_takes_it_at_the_next_pass),
        cmocka_unit_test(test_record_stays_where_flapping_is_latched),
        cmocka_unit_test(test_record_tells_once_that_nothing_is_healthy),
        cmocka_unit_test(test_record_changes_its_mind_for_a_third),
        cmocka_unit_test(test_record_repairs_a_ttl_and_says_nothing),
        cmocka_unit_test(test_record_publishes_what_is_healthy),
        cmocka_unit_test(test_record_leaves_out_no_address_that_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
