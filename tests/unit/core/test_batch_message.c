/* SPDX-License-Identifier: MIT */
/*
 * Messages of many records: who goes with whom, and nothing else meanwhile.
 */

#include "base/attributes.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- who goes with whom ---- */

static void test_a_message_carries_up_to_batch_records(void **state)
{
    struct office *o = *state;
    static const uint16_t batches[] = {1, 2, 64, 999, 1000};
    for (uint32_t i = 0; i < ARRAY_COUNT(batches); i++) {
        o->settings.batch = batches[i];
        office_join(o, 0, OFFICE_RECORDS);
        assert_int_equal(office_make(o), batches[i]);
        office_tell(o, OUTCOME_ACCEPTED);
        office_run(o);
    }
}

static void test_a_message_takes_all_classes_in_their_order(void **state)
{
    struct office *o = *state;
    for (uint32_t class = 0; class < BATCH_CLASS_COUNT; class ++)
        batch_join(&o->zone, class, (enum batch_class)(BATCH_CLASS_COUNT - 1 - class));
    assert_int_equal(office_make(o), BATCH_CLASS_COUNT - 1);
    for (uint32_t i = 0; i < BATCH_CLASS_COUNT - 1; i++)
        assert_int_equal(o->members[i].record, BATCH_CLASS_COUNT - 1 - i);
    office_tell(o, OUTCOME_ACCEPTED);
    assert_int_equal(office_make(o), 0); /* they wait for each other */
    o->now += 1000;
    assert_int_equal(office_make(o), 1); /* rehearsals go alone: they may hold up nobody */
    assert_int_equal(o->members[0].record, 0);
}

static void test_a_message_ends_where_the_octets_end(void **state)
{
    struct office *o = *state;
    office_join(o, 0, 3);
    assert_true(batch_take(&o->zone, batch_next(&o->zone, 0), &o->plan, BATCH_OCTETS_MAX - 10));
    assert_true(batch_take(&o->zone, batch_next(&o->zone, 0), &o->plan, 10));
    assert_false(batch_take(&o->zone, batch_next(&o->zone, 0), &o->plan, 1));
    assert_int_equal(batch_next(&o->zone, 0), ID_NONE);
    batch_seal(&o->zone, 1);
    assert_int_equal(o->zone.view.count, 2);
    assert_int_equal(o->zone.queued, 1);
}

static void test_a_record_too_large_goes_alone(void **state)
{
    struct office *o = *state;
    office_join(o, 0, 2);
    assert_true(batch_take(&o->zone, batch_next(&o->zone, 0), &o->plan, BATCH_OCTETS_MAX + 1));
    assert_false(batch_take(&o->zone, batch_next(&o->zone, 0), &o->plan, 1));
}

static void test_nothing_else_is_made_while_one_is_sealed_sent_or_dealt_out(void **state)
{
    struct office *o = *state;
    const struct dns_report report = {.outcome = OUTCOME_ACCEPTED};
    struct batch_share share;
    office_join(o, 0, 3);
    o->settings.batch = 2;
    assert_true(batch_take(&o->zone, 0, &o->plan, 1));
    assert_int_equal(o->server.in_flight, 1);
    assert_int_equal(batch_deadline(&o->zone), INT64_MIN);
    assert_int_equal(batch_next(&o->zone, 0), 1);
    assert_true(batch_take(&o->zone, 1, &o->plan, 1));
    batch_seal(&o->zone, 5);
    assert_int_equal(batch_next(&o->zone, 0), ID_NONE);
    assert_int_equal(batch_deadline(&o->zone), MONO_NEVER);
    batch_answered(&o->zone, &report, &o->random, 10);
    assert_int_equal(o->server.in_flight, 0);
    assert_true(batch_deal(&o->zone, &share));
    assert_int_equal(batch_next(&o->zone, 10), ID_NONE);
    assert_int_equal(batch_deadline(&o->zone), INT64_MIN);
    assert_true(batch_deal(&o->zone, &share));
    assert_false(batch_deal(&o->zone, &share));
    assert_int_equal(batch_next(&o->zone, 10), 2);
}

static void test_what_has_not_left_can_be_given_back(void **state)
{
    struct office *o = *state;
    office_join(o, 0, 2);
    assert_int_equal(batch_give_back(&o->zone), ID_NONE);
    assert_true(batch_take(&o->zone, 0, &o->plan, 1));
    assert_true(batch_take(&o->zone, 1, &o->plan, 1));
    assert_int_equal(batch_give_back(&o->zone), 1);
    assert_int_equal(batch_give_back(&o->zone), 0);
    assert_int_equal(o->server.in_flight, 0);
    assert_int_equal(batch_give_back(&o->zone), ID_NONE);
    office_join(o, 0, 1);
    assert_int_equal(office_make(o), 1);
    assert_int_equal(batch_give_back(&o->zone), ID_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OFFICE(test_a_message_carries_up_to_batch_records),
        WITH_OFFICE(test_a_message_takes_all_classes_in_their_order),
        WITH_OFFICE(test_a_message_ends_where_the_octets_end),
        WITH_OFFICE(test_a_record_too_large_goes_alone),
        WITH_OFFICE(test_nothing_else_is_made_while_one_is_sealed_sent_or_dealt_out),
        WITH_OFFICE(test_what_has_not_left_can_be_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
