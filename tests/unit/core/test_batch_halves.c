/* SPDX-License-Identifier: MIT */
/*
 * Messages that were refused: how few it takes to find the bad ones among the good, and when to stop looking.
 */

#include "base/attributes.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* ---- refusals ---- */

static uint32_t log2_up(uint32_t n)
{
    uint32_t log = 0;
    while ((1u << log) < n)
        log++;
    return log;
}

static void test_bad_records_are_found_in_few_messages(void **state)
{
    struct office *o = *state;
    static const enum outcome refusals[] = {OUTCOME_PREREQ, OUTCOME_DENIED, OUTCOME_BUG};
    static const uint32_t places[] = {0, 63, 31, 1, 62, 17, 32};
    for (uint32_t r = 0; r < ARRAY_COUNT(refusals); r++)
        for (uint32_t bad = 1; bad <= 3; bad++)
            for (uint32_t shift = 0; shift + bad <= ARRAY_COUNT(places); shift++) {
                office_renew(o);
                for (uint32_t i = 0; i < bad; i++)
                    o->bad[places[shift + i]] = refusals[r];
                office_join(o, 0, 64);
                office_run(o);
                office_check_all_done(o, 64);
                assert_in_range(o->messages, 1 + 2 * 6, 1 + 2 * bad * 6);
            }
}

static void test_odd_sizes_are_halved_as_well(void **state)
{
    struct office *o = *state;
    for (uint32_t n = 2; n < 70; n++)
        for (uint32_t bad = 0; bad < n; bad += 5) {
            office_renew(o);
            o->bad[bad] = OUTCOME_DENIED;
            office_join(o, 0, n);
            office_run(o);
            office_check_all_done(o, n);
            assert_in_range(o->messages, 1, 1 + 2 * log2_up(n));
        }
}

static void test_all_bad_stand_alone_in_the_end(void **state)
{
    struct office *o = *state;
    for (uint32_t i = 0; i < 64; i++)
        o->bad[i] = OUTCOME_PREREQ;
    office_join(o, 0, 64);
    office_run(o);
    office_check_all_done(o, 64);
    assert_int_equal(o->messages, 127);
    assert_int_equal(o->alone, 64);
    assert_int_equal(o->zone.closed, BATCH_OPEN);
}

static void test_halves_go_breadth_first_and_before_newcomers(void **state)
{
    struct office *o = *state;
    static const struct {
        uint32_t first, count;
    } order[] = {{0, 8}, {0, 4}, {4, 4}, {0, 2}, {2, 2}, {4, 2}, {6, 2}, {0, 1}, {1, 1}};
    office_join(o, 0, 8);
    for (uint32_t i = 0; i < ARRAY_COUNT(order); i++) {
        assert_int_equal(office_make(o), order[i].count);
        assert_int_equal(o->members[0].record, order[i].first);
        office_tell(o, OUTCOME_PREREQ);
        office_join(o, 20 + i, 21 + i);
    }
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(office_make(o), 1);
        office_tell(o, OUTCOME_ACCEPTED);
    }
    assert_int_equal(office_make(o), ARRAY_COUNT(order));
    assert_int_equal(o->members[0].record, 20);
}

static void test_a_member_of_a_half_may_leave_or_move(void **state)
{
    struct office *o = *state;
    office_join(o, 0, 4);
    office_make(o);
    office_tell(o, OUTCOME_BUG);
    batch_join(&o->zone, 1, BATCH_TTL); /* its wish changed: it keeps its place */
    assert_int_equal(office_make(o), 2);
    assert_int_equal(o->members[1].record, 1);
    office_tell(o, OUTCOME_ACCEPTED);
    batch_leave(&o->zone, 2);
    assert_int_equal(office_make(o), 1);
    assert_int_equal(o->members[0].record, 3);
}

/* With a slow server what was read grows old on the way: each reads again, and the search goes on where it was. */
static void test_who_leaves_its_half_goes_on_with_as_few(void **state)
{
    struct office *o = *state;
    office_join(o, 0, 64);
    for (uint32_t most = 64; most >= 1; most = most / 2) {
        assert_int_equal(office_make(o), most);
        office_tell(o, OUTCOME_DENIED);
        for (uint32_t i = 0; i < 64; i++)
            batch_leave(&o->zone, i);
        office_join(o, 0, 64);
    }
    office_make(o);
    office_tell(o, OUTCOME_ACCEPTED);
    assert_int_equal(o->links[o->members[0].record].most, 0);
}

static void test_who_was_refused_alone_goes_alone_and_last(void **state)
{
    struct office *o = *state;
    o->bad[1] = OUTCOME_DENIED;
    office_join(o, 0, 2);
    office_run(o);
    batch_join(&o->zone, 1, BATCH_LEAVE_DEAD);
    batch_join(&o->zone, 0, BATCH_REHEARSE);
    batch_join(&o->zone, 2, BATCH_REHEARSE);
    assert_int_equal(office_make(o), 2);
    assert_int_equal(o->members[0].record, 0);
    office_tell(o, OUTCOME_ACCEPTED);
    assert_int_equal(office_make(o), 1);
    assert_int_equal(o->members[0].record, 1);
    office_tell(o, OUTCOME_ACCEPTED); /* the right was given */
    office_join(o, 0, 3);
    assert_int_equal(office_make(o), 3);
}

static void test_an_accepted_assertion_does_not_clear_a_record(void **state)
{
    struct office *o = *state;
    office_join(o, 0, 1);
    office_make(o);
    office_tell(o, OUTCOME_PREREQ);
    office_join(o, 0, 1);
    o->plan.kind = PLAN_ASSERT;
    office_make(o);
    office_tell(o, OUTCOME_ACCEPTED);
    o->plan.kind = PLAN_SWITCH;
    assert_int_equal(o->links[0].most, 1);
}

/* ---- denied to the last ---- */

static void deny_all(struct office *o, uint32_t count)
{
    for (uint32_t i = 0; i < OFFICE_RECORDS; i++)
        o->bad[i] = OUTCOME_DENIED;
    office_join(o, 0, count);
    office_run(o);
}

static void test_a_batch_denied_to_the_last_closes_the_zone(void **state)
{
    struct office *o = *state;
    deny_all(o, 5);
    assert_int_equal(o->messages, 9);
    assert_int_equal(o->zone.closed, BATCH_DENIED);
    office_join(o, 0, 10); /* five of them were never tried: these go first */
    for (uint32_t i = 0; i < 7; i++) {
        assert_int_equal(batch_deadline(&o->zone), o->now + 30000);
        assert_int_equal(office_make(o), 0);
        o->now += 30000;
        assert_int_equal(office_make(o), 1);
        assert_int_equal(o->members[0].record, i < 5 ? 5 + i : i - 5);
        office_tell(o, i == 3 ? OUTCOME_UNKNOWN : OUTCOME_DENIED);
        assert_int_equal(o->zone.closed, BATCH_DENIED);
    }
}

static void test_another_answer_opens_it_to_batches(void **state)
{
    struct office *o = *state;
    deny_all(o, 9);
    memset(o->bad, 0, sizeof(o->bad));
    office_join(o, 0, 40);
    o->now += 30000;
    assert_int_equal(office_make(o), 1);
    office_tell(o, OUTCOME_ACCEPTED);
    assert_int_equal(o->zone.closed, BATCH_OPEN);
    assert_int_equal(office_make(o), 30); /* the other ones that were never tried */
    office_tell(o, OUTCOME_ACCEPTED);
    static const uint32_t growing[] = {1, 1, 1, 1, 2, 2, 1}; /* twice as many after four that are accepted */
    for (uint32_t i = 0; i < ARRAY_COUNT(growing); i++) {
        assert_int_equal(office_make(o), growing[i]);
        office_tell(o, OUTCOME_ACCEPTED);
    }
    office_check_all_done(o, 40);
}

static void test_one_that_is_not_denied_keeps_the_zone_open(void **state)
{
    static const enum outcome others[] = {0, OUTCOME_PREREQ, OUTCOME_BUG};
    struct office *o = *state;
    for (uint32_t i = 0; i < ARRAY_COUNT(others); i++) {
        office_renew(o);
        for (uint32_t r = 0; r < 4; r++)
            o->bad[r] = OUTCOME_DENIED;
        o->bad[2] = others[i];
        office_join(o, 0, 4);
        office_run(o);
        assert_int_equal(o->zone.closed, BATCH_OPEN);
    }
}

static void test_one_record_denied_closes_nothing(void **state)
{
    struct office *o = *state;
    deny_all(o, 1);
    assert_int_equal(o->zone.closed, BATCH_OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OFFICE(test_bad_records_are_found_in_few_messages),
        WITH_OFFICE(test_odd_sizes_are_halved_as_well),
        WITH_OFFICE(test_all_bad_stand_alone_in_the_end),
        WITH_OFFICE(test_halves_go_breadth_first_and_before_newcomers),
        WITH_OFFICE(test_a_member_of_a_half_may_leave_or_move),
        WITH_OFFICE(test_who_leaves_its_half_goes_on_with_as_few),
        WITH_OFFICE(test_who_was_refused_alone_goes_alone_and_last),
        WITH_OFFICE(test_an_accepted_assertion_does_not_clear_a_record),
        WITH_OFFICE(test_a_batch_denied_to_the_last_closes_the_zone),
        WITH_OFFICE(test_another_answer_opens_it_to_batches),
        WITH_OFFICE(test_one_that_is_not_denied_keeps_the_zone_open),
        WITH_OFFICE(test_one_record_denied_closes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
