/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/adopt.
 * What:  a second engine takes over from the first: what is kept, what begins anew, what is retired.
 * Names: faults 120 to 124, 130; ARCHITECTURE's table of reloads.
 */

#include "core/adopt.h"
#include "core/policy.h"
#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE 60000

static const uint32_t same[4] = {0, 1, 2, 3};
static const uint32_t none[4] = {ID_NONE, ID_NONE, ID_NONE, ID_NONE};

static struct door *quiet_minute(struct site *site)
{
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    return door;
}

static void reload(struct door *door, struct site *site, const uint32_t *watches, const uint32_t *records)
{
    const struct adoption adoption = {.watches = watches, .records = records};
    door_reload(door, site, &adoption);
}

static void test_health_streaks_results_and_cadence_go_on(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->verdicts[0] = VERDICT_FAIL;
    while (engine_watch(door->engine, 0)->health.fails < 2)
        door_run(door, door->now + 10);
    const struct watch before = *engine_watch(door->engine, 0);
    reload(door, site_new(), same, same);

    const struct watch *after = engine_watch(door->engine, 0);
    assert_int_equal(after->health.state, HEALTH_UP);
    assert_int_equal(after->health.fails, 2);
    assert_int_equal(after->last.reason, REASON_REFUSED);
    assert_int_equal(after->trail.count, before.trail.count);
    assert_true(after->planned == before.planned);
    door_run(door, 3 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1); /* the third failure is the third */
    assert_int_equal(door_told(door, NOTICE_PROBE_FAILING), 1);
    door_close(door);
}

static void test_nothing_is_sent_because_of_a_reload(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    uint32_t told = door->notice_count;
    reload(door, site_new(), same, same);
    door_run(door, 10 * MINUTE);
    assert_int_equal(door->send_count, 0);
    assert_int_equal(door->notice_count, told);
    assert_int_equal(door_record(door, 0)->current, 0);
    assert_int_equal(record_condition(door_record(door, 0)), CONDITION_OK);
    door_close(door);
}

/* fault 124 */
static void test_thresholds_change_and_health_stays(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->verdicts[0] = VERDICT_FAIL;
    while (engine_watch(door->engine, 0)->health.fails < 2)
        door_run(door, door->now + 10);
    struct site *site = site_new();
    site->check.fall = 1;
    reload(door, site, same, same);
    assert_int_equal(engine_watch(door->engine, 0)->health.fails, 1);
    assert_int_equal(engine_watch(door->engine, 0)->health.state, HEALTH_UP);
    door_run(door, 2 * MINUTE);
    assert_int_equal(engine_watch(door->engine, 0)->health.state, HEALTH_DOWN);
    door_close(door);
}

static void test_a_changed_look_begins_at_unknown(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    reload(door, site_new(), none, same);
    assert_int_equal(engine_watch(door->engine, 0)->health.state, HEALTH_UNKNOWN);
    assert_int_equal(door_record(door, 0)->current, 0);
    door_run(door, 2 * MINUTE);
    assert_int_equal(engine_watch(door->engine, 0)->health.state, HEALTH_UP);
    assert_int_equal(door->send_count, 0);
    door_close(door);
}

/* fault 122: the published address is no target's any more: the new file is the operator's word. */
static void test_what_is_published_may_be_retired(void **state)
{
    (void)state;
    static const uint32_t secondary[4] = {ID_NONE, 1, ID_NONE, ID_NONE};
    struct door *door = quiet_minute(site_new());
    struct site *site = site_new();
    assert_true(address_parse("192.0.2.77", &site->values[0].address, NULL));
    site->watches[0].address = site->values[0].address;
    door->verdicts[0] = VERDICT_FAIL; /* a slip of the pen: nobody is there */
    reload(door, site, secondary, same);
    assert_int_equal(door_record(door, 0)->current, TARGET_RETIRED);
    door_run(door, 3 * MINUTE);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door_record(door, 0)->current, 1); /* the first one that is up */
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE), 0);
    door->verdicts[0] = 0;
    door_run(door, 10 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 0);
    door_close(door);
}

static void test_roles_change_places(void **state)
{
    (void)state;
    static const uint32_t swapped[4] = {1, 0, ID_NONE, ID_NONE};
    struct door *door = quiet_minute(site_new());
    struct site *site = site_new();
    struct address first = site->values[0].address;
    site->values[0].address = site->watches[0].address = site->values[1].address;
    site->values[1].address = site->watches[1].address = first;
    reload(door, site, swapped, same);
    assert_int_equal(door_record(door, 0)->current, 1);
    door_run(door, 5 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 0); /* after the delay of a fail-back */
    assert_int_equal(door->send_count, 1);
    door_close(door);
}

/* fault 120: a message of unknown outcome is carried over, and read before anything else. */
static void test_a_message_in_doubt_is_carried_over(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->loses_answers = true;
    door->verdicts[0] = VERDICT_FAIL;
    while (door->send_count == 0)
        door_run(door, door->now + 1);
    door->reads = OUTCOME_UNKNOWN;
    door_run(door, door->now + 1000);
    reload(door, site_new(), same, same);
    assert_int_equal(door_record(door, 0)->txn.belief.stray_count, 1);
    door->loses_answers = false;
    door->reads = 0;
    door_run(door, 5 * MINUTE);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 1);
    assert_int_equal(door_told(door, NOTICE_CONFLICT), 0);
    door_close(door);
}

/* What a message brings whose target the file has no more fits no other one: under its marker that is not ours. */
static void test_a_message_whose_target_is_gone_brings_no_other(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->loses_answers = true;
    door->verdicts[0] = VERDICT_FAIL;
    while (door->send_count == 0)
        door_run(door, door->now + 1);
    door->reads = OUTCOME_UNKNOWN;
    door_run(door, door->now + 1000);
    struct site *site = site_new();
    static const uint32_t first[4] = {0, ID_NONE, ID_NONE, ID_NONE};
    assert_true(address_parse("198.51.100.77", &site->values[1].address, NULL));
    site->watches[1].address = site->values[1].address;
    reload(door, site, first, same);
    const struct marker marker = door->names[0].marker;
    door_hold(door, 0, "192.0.2.1", &marker); /* by a person, who left the marker alone */
    door->loses_answers = false;
    door->reads = 0;
    door_run(door, 5 * MINUTE);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door_record(door, 0)->txn.condition, CONDITION_PARTIAL);
    door_close(door);
}

/* The same of one whose answer would have come a moment later. */
static void test_a_message_under_way_is_in_doubt(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    const struct adoption adoption = {.watches = same, .records = same};
    door->verdicts[0] = VERDICT_FAIL;
    while (door->send_count == 0)
        door_run(door, door->now + 1);
    assert_false(engine_is_idle(door->engine));
    door_reload_at_once(door, site_new(), &adoption);
    assert_true(engine_is_idle(door->engine));
    door_run(door, door->now + 1000);
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_true(door_last(door, NOTICE_FAILOVER)->answer_was_lost);
    door_run(door, door->now + 5 * MINUTE);
    assert_int_equal(door->send_count, 1);
    assert_int_equal(door_told(door, NOTICE_CONFLICT) + door_told(door, NOTICE_NOT_OURS), 0);
    door_close(door);
}

static void test_a_stop_stays_and_is_not_told_again(void **state)
{
    (void)state;
    struct door *door = door_open(site_new(), true);
    door_hold(door, 0, "203.0.113.5", NULL);
    door_run(door, MINUTE);
    assert_int_equal(door_told(door, NOTICE_NOT_OURS), 1);
    reload(door, site_new(), same, same);
    assert_int_equal(record_condition(door_record(door, 0)), CONDITION_FOREIGN);
    door_run(door, 3 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_NOT_OURS), 1);
    assert_int_equal(door->send_count, 0);
    door_close(door);
}

static void test_switches_are_remembered(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->records[0].switches_most = 2;
    struct door *door = quiet_minute(site);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    door->verdicts[0] = 0;
    door_run(door, 6 * MINUTE);
    assert_true(flap_is_latched(&door_record(door, 0)->flap));
    site = site_new();
    site->records[0].switches_most = 1;
    reload(door, site, same, same);
    assert_true(flap_is_latched(&door_record(door, 0)->flap));
    assert_int_equal(flap_count(&door_record(door, 0)->flap, &site->records[0], door->now), 1);
    door_close(door);
}

/* fault 83: that reads and updates go to different data is not forgotten, and nothing but the question is sent. */
static void test_a_contradiction_of_the_server_stays(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->verdicts[0] = VERDICT_FAIL;
    door->sends = OUTCOME_PREREQ; /* while it reads as ever */
    door_run(door, 3 * MINUTE);
    assert_int_equal(record_condition(door_record(door, 0)), CONDITION_INCONSISTENT);
    uint32_t sent = door->send_count, told = door->notice_count;
    reload(door, site_new(), same, same);
    door_run(door, door->now + 10 * MINUTE);
    assert_true(door->send_count > sent);
    for (uint32_t i = sent; i < door->send_count; i++)
        assert_int_equal(door->sent[i].plan.kind, PLAN_ASSERT);
    assert_int_equal(record_condition(door_record(door, 0)), CONDITION_INCONSISTENT);
    for (uint32_t i = told; i < door->notice_count; i++)
        assert_true(door->notices[i].kind != NOTICE_CONFLICT || door->notices[i].repeated);
    door->sends = 0;
    door_run(door, door->now + 10 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1); /* … and ends as it does without a reload */
    door_close(door);
}

static void test_a_new_record_begins_as_after_a_start(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    reload(door, site_new(), same, none);
    assert_int_equal(record_condition(door_record(door, 0)), CONDITION_UNREAD);
    door_run(door, 2 * MINUTE);
    assert_int_equal(record_condition(door_record(door, 0)), CONDITION_OK);
    assert_int_equal(door->send_count, 0);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_health_streaks_results_and_cadence_go_on),
        cmocka_unit_test(test_nothing_is_sent_because_of_a_reload),
        cmocka_unit_test(test_thresholds_change_and_health_stays),
        cmocka_unit_test(test_a_changed_look_begins_at_unknown),
        cmocka_unit_test(test_what_is_published_may_be_retired),
        cmocka_unit_test(test_roles_change_places),
        cmocka_unit_test(test_a_message_in_doubt_is_carried_over),
        cmocka_unit_test(test_a_message_whose_target_is_gone_brings_no_other),
        cmocka_unit_test(test_a_message_under_way_is_in_doubt),
        cmocka_unit_test(test_a_stop_stays_and_is_not_told_again),
        cmocka_unit_test(test_switches_are_remembered),
        cmocka_unit_test(test_a_contradiction_of_the_server_stays),
        cmocka_unit_test(test_a_new_record_begins_as_after_a_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
