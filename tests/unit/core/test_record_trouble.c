/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/record.
 * What:  what is told when messages and reads fail, when the zone holds what is not ours, and when nothing may be sent.
 */

#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE 60000
#define HOUR   3600000

/* ---- trouble ---- */

static void test_record_tells_a_lost_answer(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    door_run(door, MINUTE);
    door->loses_answers = true;
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 2 * MINUTE);
    assert_int_equal(door->send_count, 1); /* fault 66 */
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 1);
    assert_int_equal(door_last(door, NOTICE_UPDATE_FAILED)->change, 1);
    assert_int_equal(door_last(door, NOTICE_UPDATE_FAILED)->plan, PLAN_SWITCH);
    assert_true(door_last(door, NOTICE_FAILOVER)->answer_was_lost);
    assert_int_equal(door_last(door, NOTICE_FAILOVER)->change, 1);
    assert_int_equal(door_last(door, NOTICE_FAILOVER)->dns.outcome, OUTCOME_UNKNOWN);
    door_close(door);
}

static void test_record_counts_a_switch_that_it_finds_after_a_stop(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    door_run(door, MINUTE);
    door->verdicts[0] = VERDICT_FAIL;
    while (door->in_flight == 0)
        door_run(door, door->now + 1);
    door->names[0].cname = true; /* something hides what was applied */
    door_run(door, 2 * MINUTE);
    assert_int_equal(door_last(door, NOTICE_NOT_OURS)->condition, CONDITION_OCCLUDED);
    door->names[0].cname = false;
    door_run(door, 8 * MINUTE);
    const struct notice *notice = door_last(door, NOTICE_FAILOVER);
    assert_int_equal(notice->from, 0);
    assert_int_equal(notice->to, 1);
    assert_int_equal(notice->change, 1);
    assert_int_equal(engine_stats(door->engine)->switches, 1);
    assert_int_equal(door_record(door, 0)->flap.count, 1);
    door_close(door);
}

static void test_record_finds_its_adoption_after_a_stop(void **state)
{
    (void)state;
    struct door *door = door_open(site_new(), true);
    while (door->in_flight == 0)
        door_run(door, door->now + 1);
    door->names[0].cname = true;
    door_run(door, MINUTE);
    door->names[0].cname = false;
    door_run(door, 8 * MINUTE);
    assert_int_equal(door_last(door, NOTICE_OWNED)->from, ID_NONE);
    assert_int_equal(door_last(door, NOTICE_OWNED)->to, 0);
    door_close(door);
}

static void test_record_tells_trouble_at_once_after_5_min_and_hourly(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    door_run(door, MINUTE);
    door->sends = OUTCOME_DENIED;
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * HOUR);
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 4);
    mono_ms at[8];
    uint32_t count = 0;
    for (uint32_t i = 0; i < door->notice_count; i++)
        if (door->notices[i].kind == NOTICE_UPDATE_FAILED) {
            assert_int_equal(door->notices[i].repeated, count > 0);
            assert_int_equal(door->notices[i].change, 1);
            assert_int_equal(door->notices[i].from, 0);
            assert_int_equal(door->notices[i].to, 1);
            assert_int_equal(door->notices[i].dns.outcome, OUTCOME_DENIED);
            assert_in_range(door->notices[i].next_ms, count == 0 ? 30000 : 0, 30000);
            at[count++] = door->told_at[i];
        }
    assert_in_range(at[1] - at[0], 5 * MINUTE, 5 * MINUTE + 100);
    assert_in_range(at[2] - at[1], HOUR, HOUR + 100);
    assert_in_range(at[3] - at[2], HOUR, HOUR + 100);
    assert_true(door->send_count > 300 && door->send_count <= 360); /* fault 51: at retry.max */
    door->sends = 0;
    door_run(door, 3 * HOUR + MINUTE);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 1);
    door_run(door, 6 * HOUR);
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 4);
    assert_false(door_record(door, 0)->failed.active);
    door_close(door);
}

static void test_record_that_cannot_be_read_tells_no_message(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    door->reads = OUTCOME_NOT_SENT;
    door_run(door, MINUTE);
    const struct notice *notice = door_last(door, NOTICE_UPDATE_FAILED);
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 1);
    assert_int_equal(notice->plan, 0);
    assert_int_equal(notice->condition, CONDITION_UNREAD);
    assert_int_equal(notice->from, ID_NONE);
    assert_int_equal(notice->to, ID_NONE);
    assert_true(notice->next_ms >= 0);
    door->reads = 0;
    door_run(door, 2 * MINUTE);
    door->reads = OUTCOME_UNKNOWN;
    door_run(door, 8 * MINUTE); /* an audit fails: nothing was to move */
    notice = door_last(door, NOTICE_UPDATE_FAILED);
    assert_int_equal(notice->dns.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(notice->condition, CONDITION_OK);
    assert_int_equal(notice->from, ID_NONE);
    assert_int_equal(notice->to, ID_NONE);
    door_close(door);
}

static void test_record_is_not_told_for_every_audit_that_fails(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->servers[0].audit_ms = 10000;
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    for (uint32_t i = 0; i < 24; i++) { /* every second read, for four minutes */
        door->reads = i % 2 == 0 ? OUTCOME_UNKNOWN : 0;
        door_run(door, door->now + 10000);
    }
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 1);
    door->reads = 0;
    door_run(door, door->now + 10000);
    door->sends = OUTCOME_DENIED; /* but a message that fails is told at once */
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, door->now + 40000);
    assert_true(door->send_count > 0);
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 2);
    assert_false(door_last(door, NOTICE_UPDATE_FAILED)->repeated);
    assert_int_equal(door_last(door, NOTICE_UPDATE_FAILED)->plan, PLAN_SWITCH);
    door->reads = OUTCOME_UNKNOWN; /* and what follows from it is the same trouble */
    door_run(door, door->now + 2 * MINUTE);
    door->reads = 0;
    door_run(door, door->now + 2 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 2);
    door_close(door);
}

/* N3: a switch that does not happen is told at once, whatever else did not work before. */
static void test_record_tells_a_switch_that_fails_after_smaller_trouble(void **state)
{
    (void)state;
    for (uint32_t reads = 0; reads < 2; reads++) {
        struct site *site = site_new();
        site->servers[0].audit_ms = 10000;
        struct door *door = reads ? door_quiet(site) : door_open(site, true);
        door->sends = OUTCOME_DENIED; /* the adoption, where there is no marker yet */
        door_run(door, MINUTE);
        door->reads = reads ? OUTCOME_NOT_SENT : 0;
        door_run(door, 2 * MINUTE);
        assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 1);
        assert_int_equal(door_last(door, NOTICE_UPDATE_FAILED)->to, ID_NONE);
        door->verdicts[0] = VERDICT_FAIL;
        door_run(door, 4 * MINUTE);
        assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 2);
        assert_int_equal(door_last(door, NOTICE_UPDATE_FAILED)->from, 0);
        assert_int_equal(door_last(door, NOTICE_UPDATE_FAILED)->to, 1);
        assert_false(door_last(door, NOTICE_UPDATE_FAILED)->repeated);
        door_close(door);
    }
}

static void test_record_tells_the_kind_of_a_stop(void **state)
{
    static const struct {
        const char *holds;
        uint64_t owner, epoch;
        enum notice_kind kind;
        enum condition condition;
    } rows[] = {
        {"203.0.113.5", UINT64_C(0x4be1c0de77aa0912), 12, NOTICE_FOREIGN_CHANGE, CONDITION_FOREIGN_CHANGE},
        {"192.0.2.1", UINT64_C(0x4be1c0de77aa0912), 13, NOTICE_CONFLICT, CONDITION_CLONE},
        {"192.0.2.1", UINT64_C(0x4be1c0de77aa0912), 11, NOTICE_CONFLICT, CONDITION_ROLLBACK},
        {"192.0.2.1", 99, 57, NOTICE_NOT_OURS, CONDITION_OTHER_OWNER},
        {"192.0.2.1", 0, 0, NOTICE_NOT_OURS, CONDITION_UNOWNED},
        {"203.0.113.5", 0, 0, NOTICE_NOT_OURS, CONDITION_FOREIGN},
        {"", 0, 0, NOTICE_NOT_OURS, CONDITION_MISSING},
    };
    (void)state;
    struct door *door = door_quiet(site_new());
    door_run(door, MINUTE);
    for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct marker marker = {.owner = rows[i].owner, .epoch = rows[i].epoch, .nonce = rows[i].epoch};
        uint32_t before = door->notice_count;
        door_hold(door, 0, rows[i].holds, rows[i].owner == 0 ? NULL : &marker);
        door_run(door, door->now + 5 * MINUTE + 1000);
        assert_int_equal(door->notice_count, before + 1);
        const struct notice *notice = door_last(door, rows[i].kind);
        assert_int_equal(notice->condition, rows[i].condition);
        assert_int_equal(notice->owner, rows[i].owner);
        assert_int_equal(notice->epoch, rows[i].epoch);
        assert_int_equal(notice->epoch_known, 12);
        assert_false(notice->repeated);
        assert_int_equal(strncmp(notice->detail, rows[i].holds[0] == 0 ? "no A" : "A ", 2), 0);
    }
    assert_int_equal(door->send_count, 0);
    door_close(door);
}

static void test_record_repeats_a_stop_and_forgets_it_when_it_ends(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    struct marker marker = door_marker(12);
    door_run(door, MINUTE);
    door_hold(door, 0, "203.0.113.5", &marker);
    door_run(door, 6 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 1);
    door_run(door, 12 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 2);
    assert_true(door_last(door, NOTICE_FOREIGN_CHANGE)->repeated);
    assert_string_equal(door_last(door, NOTICE_FOREIGN_CHANGE)->detail, "A 203.0.113.5");
    door_run(door, 2 * HOUR);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 3);
    door_hold(door, 0, "192.0.2.1", &marker);
    door_run(door, 5 * HOUR);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 3);
    door_hold(door, 0, "203.0.113.6", &marker);
    door_run(door, 5 * HOUR + 6 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 4);
    assert_false(door_last(door, NOTICE_FOREIGN_CHANGE)->repeated);
    door_close(door);
}

static void test_record_repeats_a_stop_without_detail_while_reads_fail(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    struct marker marker = door_marker(12);
    door_run(door, MINUTE);
    door_hold(door, 0, "203.0.113.5", &marker);
    door_run(door, 6 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 1);
    door->reads = OUTCOME_NOT_SENT;
    door_run(door, 2 * HOUR);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 3);
    assert_string_equal(door_last(door, NOTICE_FOREIGN_CHANGE)->detail, "");
    assert_true(door_told(door, NOTICE_UPDATE_FAILED) >= 2);
    door_close(door);
}

/* ---- not for real ---- */

static void test_record_in_a_dry_run_tells_each_wish_once(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->settings.safety.dry_run = true;
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    assert_int_equal(door_told(door, NOTICE_WOULD_SEND), 0);
    for (uint32_t round = 1; round <= 2; round++) {
        door->verdicts[0] = VERDICT_FAIL;
        door_run(door, door->now + 20 * MINUTE);
        assert_int_equal(door_told(door, NOTICE_WOULD_SEND), round);
        assert_int_equal(door_last(door, NOTICE_WOULD_SEND)->plan, PLAN_SWITCH);
        assert_int_equal(door_last(door, NOTICE_WOULD_SEND)->from, 0);
        assert_int_equal(door_last(door, NOTICE_WOULD_SEND)->to, 1);
        door->verdicts[0] = 0;
        door_run(door, door->now + 20 * MINUTE);
    }
    assert_int_equal(door->send_count, 0);
    door_close(door);
}

static void test_record_in_a_dry_run_would_adopt_and_switch(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->settings.safety.dry_run = true;
    struct door *door = door_open(site, true);
    door_run(door, 20 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_WOULD_SEND), 1);
    assert_int_equal(door_last(door, NOTICE_WOULD_SEND)->plan, PLAN_ADOPT);
    assert_int_equal(door_last(door, NOTICE_WOULD_SEND)->to, 0);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 40 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_WOULD_SEND), 2);
    assert_int_equal(door_last(door, NOTICE_WOULD_SEND)->plan, PLAN_SWITCH);
    assert_int_equal(door_last(door, NOTICE_WOULD_SEND)->to, 1);
    assert_int_equal(door->send_count, 0);
    door_close(door);
}

static void test_record_that_is_off_is_probed_and_read_but_left_alone(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].enabled = false;
    struct door *door = door_open(site, true);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, HOUR);
    assert_int_equal(door->send_count, 0);
    assert_true(door->read_count > 10);
    assert_int_equal(door_told(door, NOTICE_TARGET_DOWN), 1);
    assert_int_equal(door_record(door, 0)->current, 0);
    assert_int_equal(record_condition(door_record(door, 0)), CONDITION_OFF);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_CONDITION);
    uint32_t before = door->notice_count;
    door_hold(door, 0, "203.0.113.5", NULL);
    door_run(door, 2 * HOUR);
    door->reads = OUTCOME_UNKNOWN;
    door_run(door, 3 * HOUR);
    assert_int_equal(door->notice_count, before);
    door_close(door);
}

static void test_record_is_pending_from_the_wish_to_the_proof(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    assert_false(record_is_pending(door_record(door, 0)));
    door_run(door, MINUTE);
    assert_false(record_is_pending(door_record(door, 0)));
    door->sends = OUTCOME_SERVER_FAILURE;
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 2 * MINUTE);
    assert_true(record_is_pending(door_record(door, 0)));
    door->sends = 0;
    bool seen[TXN_STOPPED + 1] = {false};
    while (record_is_pending(door_record(door, 0))) {
        seen[door_record(door, 0)->txn.state] = true;
        door_run(door, door->now + 1);
    }
    assert_true(seen[TXN_PAUSED] && seen[TXN_SENT] && seen[TXN_CHECKING]);
    assert_false(record_is_pending(door_record(door, 0)));
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_tells_a_lost_answer),
        cmocka_unit_test(test_record_counts_a_switch_that_it_finds_after_a_stop),
        cmocka_unit_test(test_record_finds_its_adoption_after_a_stop),
        cmocka_unit_test(test_record_tells_trouble_at_once_after_5_min_and_hourly),
        cmocka_unit_test(test_record_that_cannot_be_read_tells_no_message),
        cmocka_unit_test(test_record_is_not_told_for_every_audit_that_fails),
        cmocka_unit_test(test_record_tells_a_switch_that_fails_after_smaller_trouble),
        cmocka_unit_test(test_record_tells_the_kind_of_a_stop),
        cmocka_unit_test(test_record_repeats_a_stop_and_forgets_it_when_it_ends),
        cmocka_unit_test(test_record_repeats_a_stop_without_detail_while_reads_fail),
        cmocka_unit_test(test_record_in_a_dry_run_tells_each_wish_once),
        cmocka_unit_test(test_record_in_a_dry_run_would_adopt_and_switch),
        cmocka_unit_test(test_record_that_is_off_is_probed_and_read_but_left_alone),
        cmocka_unit_test(test_record_is_pending_from_the_wish_to_the_proof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
