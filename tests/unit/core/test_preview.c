/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/preview.
 * What:  the message that would be sent, in each state that a record can be in, and what should be served; and that
 *        nothing follows from the look. CLI-8.
 */

#include "core/preview.h"
#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE 60000

static struct plan plan;
static struct rrset wanted[2];

static bool looks(const struct door *door)
{
    return preview_message(door->engine, 0, 7, door->now, &plan);
}

/* The last octet of the one address that should be served; 0: nothing should. */
static uint8_t wants(const struct door *door)
{
    struct rdata data;
    uint16_t offset = 0;
    if (!preview_wanted(door->engine, 0, wanted) || !rrset_next(&wanted[0], &offset, &data.bytes, &data.length))
        return 0;
    return data.bytes[3];
}

static uint8_t first_octet(const struct rrset *set)
{
    struct rdata data;
    uint16_t offset = 0;
    assert_true(rrset_next(set, &offset, &data.bytes, &data.length));
    return data.bytes[0];
}

static struct door *quiet_minute(struct site *site)
{
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    return door;
}

static void test_nothing_is_to_be_sent(void **state)
{
    (void)state;
    struct door *door = door_open(site_new(), true);
    assert_false(looks(door)); /* not read yet */
    assert_int_equal(wants(door), 0);
    door_close(door);
    door = quiet_minute(site_new());
    uint32_t sent = door->send_count, read = door->read_count;
    assert_false(looks(door));
    assert_int_equal(wants(door), 1);
    assert_int_equal(first_octet(&wanted[0]), 192);
    door_run(door, door->now + 1);
    assert_int_equal(door->send_count, sent);
    assert_int_equal(door->read_count, read);
    door_close(door);
}

static void test_a_dry_run_shows_what_it_does_not_send(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->settings.safety.dry_run = true;
    struct door *door = quiet_minute(site);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    assert_int_equal(door->send_count, 0);
    assert_true(looks(door));
    assert_int_equal(plan.kind, PLAN_SWITCH);
    assert_int_equal(first_octet(&plan.expect[0]), 192);
    assert_int_equal(first_octet(&plan.publish[0]), 198);
    assert_int_equal(plan.fresh.nonce, 7);
    assert_int_equal(first_octet((wants(door), &wanted[0])), 198);
    door->verdicts[0] = 0;
    door_run(door, 9 * MINUTE);
    assert_false(looks(door));
    door_close(door);
}

static void test_one_on_its_way_is_that_one(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    door->sends = OUTCOME_UNKNOWN;
    door->verdicts[0] = VERDICT_FAIL;
    while (door->send_count == 0 && door->now < 3 * MINUTE)
        door_run(door, door->now + 100);
    assert_true(looks(door));
    assert_int_equal(plan.kind, PLAN_SWITCH);
    assert_int_not_equal(plan.fresh.nonce, 7);
    assert_true(marker_equal(&plan.fresh, &door->sent[0].plan.fresh));
    door_close(door);
}

static void test_what_is_held_or_off_is_not_sent(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    const struct override hold = {.id = 1, .kind = OVERRIDE_HOLD, .record = 0, .until = MONO_NEVER};
    door_event(door, &(struct event){.kind = EVENT_OVERRIDE, .is.override = &hold});
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    assert_false(looks(door));
    assert_int_equal(first_octet((wants(door), &wanted[0])), 192);
    door_close(door);
    struct site *site = site_new();
    site->records[0].enabled = false;
    door = door_open(site, true);
    door_run(door, MINUTE);
    assert_false(looks(door));
    assert_int_equal(wants(door), 0);
    door_close(door);
}

static void test_what_is_not_ours_is_nobodys_to_want(void **state)
{
    (void)state;
    struct door *door = quiet_minute(site_new());
    const struct marker theirs = {.owner = 99, .epoch = 5, .nonce = 5};
    door_hold(door, 0, "192.0.2.1", &theirs);
    door_run(door, 30 * MINUTE);
    assert_int_not_equal(door_record(door, 0)->txn.condition, CONDITION_OK);
    assert_false(looks(door));
    assert_int_equal(wants(door), 0);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_to_be_sent),
        cmocka_unit_test(test_a_dry_run_shows_what_it_does_not_send),
        cmocka_unit_test(test_one_on_its_way_is_that_one),
        cmocka_unit_test(test_what_is_held_or_off_is_not_sent),
        cmocka_unit_test(test_what_is_not_ours_is_nobodys_to_want),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
