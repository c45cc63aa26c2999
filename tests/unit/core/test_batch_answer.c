/* SPDX-License-Identifier: MIT */
/*
 * Messages that got lost, or made the server fail: who goes out again goes in smaller company.
 */

#include "base/attributes.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* ---- lost, and failing ---- */

static void test_a_lost_message_is_everybodys_own_to_resolve(void **state)
{
    struct office *o = *state;
    const struct dns_report report = {.outcome = OUTCOME_UNKNOWN};
    struct batch_share share;
    office_join(o, 0, 3);
    office_make(o);
    batch_answered(&o->zone, &report, &o->random, 0);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(batch_deal(&o->zone, &share));
        assert_int_equal(share.record, i);
        assert_false(share.again);
        assert_int_equal(share.speaks, i == 0);
    }
    assert_int_equal(o->zone.queued, 0);
    assert_int_equal(batch_deadline(&o->zone), MONO_NEVER);
}

/* As Knot answers where one right is missing: nothing that may be believed, and nothing is applied. */
static void test_who_goes_out_again_after_a_loss_goes_with_half(void **state)
{
    struct office *o = *state;
    for (uint32_t bad = 0; bad < 64; bad += 7) {
        office_renew(o);
        o->bad[bad] = OUTCOME_UNKNOWN;
        office_join(o, 0, 64);
        office_run(o);
        office_check_all_done(o, 64);
        assert_in_range(o->messages, 1 + 6, 1 + 2 * (1 + 2 * 6));
        assert_int_equal(o->links[bad].most, 1);
        assert_int_equal(o->links[(bad + 1) % 64].most, 0);
    }
}

static void test_several_that_lose_messages_are_found_as_well(void **state)
{
    struct office *o = *state;
    for (uint32_t step = 9; step < 32; step++) {
        office_renew(o);
        uint32_t bad = 0;
        for (uint32_t i = 3; i < 64; i += step, bad++)
            o->bad[i] = OUTCOME_UNKNOWN;
        office_join(o, 0, 64);
        office_run(o);
        office_check_all_done(o, 64);
        assert_in_range(o->messages, 1, 2 * (1 + 2 * bad * 6));
    }
}

static void test_newcomers_go_before_those_who_go_with_few(void **state)
{
    struct office *o = *state;
    office_join(o, 0, 4);
    office_make(o);
    office_tell(o, OUTCOME_UNKNOWN);
    batch_join(&o->zone, 9, BATCH_REHEARSE);
    assert_int_equal(office_make(o), 1);
    assert_int_equal(o->members[0].record, 9);
    office_tell(o, OUTCOME_ACCEPTED);
    assert_int_equal(office_make(o), 2);
}

static void test_a_server_that_failed_gets_larger_messages_again(void **state)
{
    struct office *o = *state;
    office_join(o, 0, 64);
    for (uint32_t i = 0; i < 8; i++) {
        assert_true(office_make(o) > 0);
        office_tell(o, OUTCOME_SERVER_FAILURE);
        assert_true(batch_deadline(&o->zone) > o->now);
        o->now = batch_deadline(&o->zone);
    }
    uint32_t before = o->messages;
    office_run(o);
    office_check_all_done(o, 64);
    assert_in_range(o->messages - before, 1, 20);
}

static void test_outcomes_that_blame_nobody_leave_the_size(void **state)
{
    static const enum outcome outcomes[] = {OUTCOME_NOT_SENT, OUTCOME_NOT_SERVED, OUTCOME_CLOCK, OUTCOME_CONFIG};
    struct office *o = *state;
    for (uint32_t i = 0; i < ARRAY_COUNT(outcomes); i++) {
        office_renew(o);
        office_join(o, 0, 4);
        office_make(o);
        office_tell(o, outcomes[i]);
        assert_int_equal(o->zone.queued, 4);
        assert_int_equal(o->links[0].most, 0);
        o->now = batch_deadline(&o->zone);
        assert_int_equal(office_make(o), i == 0 ? 4 : 1); /* closed: one */
    }
}

/* ---- no rights, as Knot says it ---- */

/* All of them come again after each answer, as after reads that show no change. */
static void deny_as_knot(struct office *o, uint32_t count)
{
    o->hints = true;
    for (uint32_t i = 0; i < count; i++)
        o->bad[i] = OUTCOME_UNKNOWN;
    office_join(o, 0, count);
    office_run(o);
    for (uint32_t i = 0; i < count; i++)
        batch_join(&o->zone, i, BATCH_LEAVE_DEAD);
}

static void test_many_without_rights_are_one_message_a_tick(void **state)
{
    struct office *o = *state;
    deny_as_knot(o, 200);
    assert_in_range(o->messages, 1, 2 * 200 + 8);
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(batch_deadline(&o->zone), o->now + 30000);
        assert_int_equal(office_make(o), 0);
        o->now += 30000;
        assert_int_equal(office_make(o), 1);
        office_tell(o, OUTCOME_UNKNOWN);
        batch_join(&o->zone, o->members[0].record, BATCH_LEAVE_DEAD);
    }
    assert_int_equal(o->zone.closed, BATCH_OPEN);
}

/* Nobody else waits for them, and an answer to one of the others says nothing about them. */
static void test_those_without_rights_keep_nobody_waiting(void **state)
{
    struct office *o = *state;
    deny_as_knot(o, 64);
    mono_ms before = o->now;
    office_join(o, 100, 120);
    assert_int_equal(office_make(o), 20);
    office_tell(o, OUTCOME_ACCEPTED);
    assert_int_equal(o->now, before);
    assert_int_equal(office_make(o), 0);
    assert_int_equal(batch_deadline(&o->zone), o->now + 30000);
}

static void test_rights_that_are_given_open_the_way(void **state)
{
    struct office *o = *state;
    deny_as_knot(o, 64);
    memset(o->bad, 0, sizeof(o->bad));
    o->now += 30000;
    office_run(o);
    office_check_all_done(o, 64);
}

/* A lone one comes again at its own pace, and is no reason for anybody. */
static void test_a_lone_one_without_rights_paces_itself_alone(void **state)
{
    struct office *o = *state;
    deny_as_knot(o, 1);
    assert_int_equal(o->links[0].most, 1);
    assert_int_equal(office_make(o), 1);
    office_tell(o, OUTCOME_UNKNOWN);
    office_join(o, 5, 6);
    assert_int_equal(office_make(o), 1);
    assert_int_equal(o->members[0].record, 5);
}

/* Rehearsals come one by one from reads, and go together; whoever is in a hurry does not wait for them. */
static void test_rehearsals_gather(void **state)
{
    struct office *o = *state;
    o->settings.batch = 64;
    for (uint32_t i = 0; i < 10; i++) {
        batch_join(&o->zone, i, BATCH_REHEARSE);
        assert_int_equal(office_make(o), 0);
        assert_int_equal(batch_deadline(&o->zone), 1000);
        o->now += 10;
    }
    office_join(o, 100, 102);
    assert_int_equal(office_make(o), 2);
    office_tell(o, OUTCOME_ACCEPTED);
    assert_int_equal(office_make(o), 0);
    o->now = 1000;
    assert_int_equal(office_make(o), 10);
    office_tell(o, OUTCOME_ACCEPTED);

    for (uint32_t i = 200; i < 200 + 63; i++) {
        batch_join(&o->zone, i, BATCH_REHEARSE);
        assert_int_equal(office_make(o), 0);
    }
    batch_join(&o->zone, 300, BATCH_REHEARSE);
    assert_int_equal(office_make(o), 64); /* full: at once */
    office_tell(o, OUTCOME_ACCEPTED);
    batch_join(&o->zone, 301, BATCH_REHEARSE);
    assert_int_equal(office_make(o), 0);
    assert_int_equal(batch_deadline(&o->zone), 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OFFICE(test_a_lost_message_is_everybodys_own_to_resolve),
        WITH_OFFICE(test_who_goes_out_again_after_a_loss_goes_with_half),
        WITH_OFFICE(test_several_that_lose_messages_are_found_as_well),
        WITH_OFFICE(test_newcomers_go_before_those_who_go_with_few),
        WITH_OFFICE(test_a_server_that_failed_gets_larger_messages_again),
        WITH_OFFICE(test_outcomes_that_blame_nobody_leave_the_size),
        WITH_OFFICE(test_rehearsals_gather),
        WITH_OFFICE(test_many_without_rights_are_one_message_a_tick),
        WITH_OFFICE(test_those_without_rights_keep_nobody_waiting),
        WITH_OFFICE(test_rights_that_are_given_open_the_way),
        WITH_OFFICE(test_a_lone_one_without_rights_paces_itself_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
