/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/adopt.
 * What:  what waits for its time goes on to wait, over any number of reloads: the delay of a fail-back, the pause
 *        between two repairs.
 */

#include "core/adopt.h"
#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE 60000

static const uint32_t same[4] = {0, 1, 2, 3};

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

static struct site *restoring(uint32_t audit_ms)
{
    struct site *site = site_new();
    site->settings.safety.foreign_change = FOREIGN_CHANGE_RESTORE;
    site->servers[0].audit_ms = audit_ms;
    return site;
}

static void edit(struct door *door)
{
    struct marker marker = door->names[0].marker;
    door_hold(door, 0, "203.0.113.5", &marker);
}

/* Once an audit, however often somebody reloads; and never later than an audit of the new file. */
static void test_what_was_put_back_is_not_again_before_its_time(void **state)
{
    (void)state;
    struct door *door = quiet_minute(restoring(5 * MINUTE));
    edit(door);
    while (door->send_count == 0)
        door_run(door, door->now + 1000);
    mono_ms sent_at = door->sent[0].at;
    door_run(door, door->now + 3000);
    edit(door);
    for (uint32_t i = 0; i < 4; i++) {
        reload(door, restoring(5 * MINUTE), same, same);
        door_run(door, door->now + 20000);
        assert_int_equal(door->send_count, 1);
    }
    mono_ms reloaded_at = door->now;
    reload(door, restoring(MINUTE), same, same);
    door_run(door, reloaded_at + 3 * MINUTE);
    assert_int_equal(door->send_count, 2);
    assert_true(door->sent[1].at < sent_at + 5 * MINUTE);
    door_close(door);
}

/* The clock of a fail-back runs on, or whoever reloads every minute would never see one. */
static void test_the_clock_of_a_fail_back_runs_on(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    door->verdicts[0] = 0;
    while (door_record(door, 0)->decision.reason != DECISION_FAIL_BACK_WAIT)
        door_run(door, door->now + 100);
    mono_ms returns_at = door_record(door, 0)->decision.review_at;
    for (uint32_t i = 0; i < 3; i++) {
        door_run(door, door->now + 10000);
        reload(door, site_new(), same, same);
    }
    door_run(door, returns_at - 1);
    assert_int_equal(door_record(door, 0)->current, 1);
    door_run(door, returns_at + 1000);
    assert_int_equal(door_record(door, 0)->current, 0);
    door_close(door);
}

/* … but not where the target is looked at in another way from now on. */
static void test_a_changed_look_begins_that_clock_anew(void **state)
{
    (void)state;
    static const uint32_t second[4] = {ID_NONE, 1, ID_NONE, ID_NONE};
    struct door *door = quiet_minute(site_new());
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    door->verdicts[0] = 0;
    while (door_record(door, 0)->decision.reason != DECISION_FAIL_BACK_WAIT)
        door_run(door, door->now + 100);
    mono_ms returns_at = door_record(door, 0)->decision.review_at;
    door_run(door, returns_at - 5000);
    reload(door, site_new(), second, same);
    door_run(door, returns_at + 5000);
    assert_int_equal(door_record(door, 0)->current, 1);
    door_run(door, returns_at + 2 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 0);
    door_close(door);
}

/* … nor of a record that has not had its turn yet when the first result of such a look is there. */
static void test_a_changed_look_of_many_begins_their_clocks_anew(void **state)
{
    (void)state;
    static uint32_t watches[SITE_VALUES], records[SITE_RECORDS_MAX];
    struct door *door = quiet_minute(site_of(SITE_RECORDS_MAX, 1, true));
    const uint32_t last = SITE_RECORDS_MAX - 1, shared = door->site->values[0].watch;
    for (uint32_t i = 0; i < SITE_VALUES; i++)
        watches[i] = i == shared ? ID_NONE : i;
    for (uint32_t i = 0; i < SITE_RECORDS_MAX; i++)
        records[i] = i;
    assert_int_equal(door_record(door, last)->targets[0].state, HEALTH_UP);
    mono_ms reloaded_at = door->now;
    reload(door, site_of(SITE_RECORDS_MAX, 1, true), watches, records);
    door_run(door, door->now + 2000);
    assert_int_equal(door_record(door, last)->targets[0].state, HEALTH_UP);
    assert_true(door_record(door, last)->targets[0].up_since >= reloaded_at);
    assert_true(door_record(door, last)->targets[1].up_since < reloaded_at);
    door_close(door);
}

/* max-switches lowered below what lies in the window: nobody fails back any more until somebody has looked. */
static void test_a_smaller_budget_latches_at_once(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_false(flap_is_latched(&door_record(door, 0)->flap));
    struct site *site = site_new();
    site->records[0].switches_most = 1;
    reload(door, site, same, same);
    assert_true(flap_is_latched(&door_record(door, 0)->flap));
    door->verdicts[0] = 0;
    door_run(door, 10 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1);
    door_close(door);
}

/* A record that was switched off has nothing to tell, and no instant at which it would have to. */
static void test_who_is_off_now_wakes_nobody(void **state)
{
    (void)state;
    struct door *door = door_open(site_new(), true);
    door_hold(door, 0, "203.0.113.5", NULL);
    door_run(door, MINUTE);
    struct site *site = site_new();
    site->records[0].enabled = false;
    reload(door, site, same, same);
    door_run(door, 20 * MINUTE); /* does not come back where a deadline stays in the past */
    assert_true(engine_deadline(door->engine) > door->now);
    assert_int_equal(door_told(door, NOTICE_NOT_OURS), 1);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_put_back_is_not_again_before_its_time),
        cmocka_unit_test(test_the_clock_of_a_fail_back_runs_on),
        cmocka_unit_test(test_a_changed_look_begins_that_clock_anew),
        cmocka_unit_test(test_a_changed_look_of_many_begins_their_clocks_anew),
        cmocka_unit_test(test_a_smaller_budget_latches_at_once),
        cmocka_unit_test(test_who_is_off_now_wakes_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
