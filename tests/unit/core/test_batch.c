/* SPDX-License-Identifier: MIT */
/*
 * The queue of a zone: order, one message at a time, a server's few, and what each outcome does to the zone.
 */

#include "base/attributes.h"
#include "core/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define ZONES   7
#define RECORDS 8

/* Seven zones on one server; records 0 … 7 may join any of them. */
struct office {
    struct server_settings settings;
    struct batch_member members[ZONES][RECORDS];
    struct batch_server server;
    struct batch zones[ZONES];
    struct batch_link links[RECORDS];
    struct random random;
    struct plan plan;
};

static int setup(void **state)
{
    struct office *o = calloc(1, sizeof(*o));
    o->settings = (struct server_settings){.retry_first_ms = 1000, .retry_most_ms = 30000, .batch = 1};
    o->random = random_from_seed(3);
    batch_server_init(&o->server);
    for (uint32_t i = 0; i < ZONES; i++)
        batch_init(&o->zones[i], i, &o->settings, &o->server, o->links, o->members[i], RECORDS);
    *state = o;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

/* Sends what is next in the zone; returns its first record. */
static uint32_t send_next(struct office *o, uint32_t zone, mono_ms now)
{
    struct batch *batch = &o->zones[zone];
    uint32_t record, first = ID_NONE;
    while ((record = batch_next(batch, now)) != ID_NONE && batch_take(batch, record, &o->plan, 100))
        first = first == ID_NONE ? record : first;
    if (first != ID_NONE)
        batch_seal(batch, 9);
    return first;
}

/* All are told; the record of the last one is returned. */
static uint32_t answer(struct office *o, uint32_t zone, enum outcome outcome, mono_ms now)
{
    const struct dns_report report = {.outcome = outcome};
    struct batch_share share = {.record = ID_NONE};
    batch_answered(&o->zones[zone], &report, &o->random, now);
    while (batch_deal(&o->zones[zone], &share))
        assert_false(share.again);
    return share.record;
}

static void test_batch_sends_in_the_order_of_classes(void **state)
{
    struct office *o = *state;
    static const enum batch_class joins[] = {BATCH_REHEARSE, BATCH_TTL,        BATCH_OWN,       BATCH_FAIL_BACK,
                                             BATCH_COMMAND,  BATCH_LEAVE_DEAD, BATCH_LEAVE_DEAD};
    static const uint32_t order[] = {5, 6, 4, 3, 2, 1, 0, ID_NONE};
    for (uint32_t i = 0; i < ARRAY_COUNT(joins); i++)
        batch_join(&o->zones[0], i, joins[i]);
    for (uint32_t i = 0; i < ARRAY_COUNT(order); i++) {
        assert_int_equal(send_next(o, 0, 0), order[i]);
        if (order[i] != ID_NONE)
            answer(o, 0, OUTCOME_ACCEPTED, 0);
    }
    assert_int_equal(batch_deadline(&o->zones[0]), MONO_NEVER);
}

static void test_batch_keeps_places_within_a_class(void **state)
{
    struct office *o = *state;
    for (uint32_t i = 0; i < 4; i++)
        batch_join(&o->zones[0], i, BATCH_TTL);
    batch_join(&o->zones[0], 0, BATCH_TTL);
    assert_int_equal(batch_next(&o->zones[0], 0), 0);
    batch_leave(&o->zones[0], 0);
    batch_leave(&o->zones[0], 0);
    batch_leave(&o->zones[0], 2);
    batch_leave(&o->zones[0], 3);
    assert_int_equal(batch_next(&o->zones[0], 0), 1);
    assert_int_equal(o->zones[0].queued, 1);
    batch_join(&o->zones[0], 0, BATCH_TTL);
    batch_join(&o->zones[0], 1, BATCH_LEAVE_DEAD);
    assert_int_equal(send_next(o, 0, 0), 1);
    answer(o, 0, OUTCOME_ACCEPTED, 0);
    assert_int_equal(send_next(o, 0, 0), 0);
}

static void test_batch_has_one_message_in_flight(void **state)
{
    struct office *o = *state;
    batch_join(&o->zones[0], 0, BATCH_TTL);
    batch_join(&o->zones[0], 1, BATCH_TTL);
    assert_int_equal(send_next(o, 0, 0), 0);
    assert_int_equal(o->zones[0].view.count, 1);
    assert_int_equal(o->zones[0].view.members[0].record, 0);
    assert_ptr_equal(o->zones[0].view.members[0].plan, &o->plan);
    assert_int_equal(batch_next(&o->zones[0], 0), ID_NONE);
    assert_int_equal(batch_deadline(&o->zones[0]), MONO_NEVER);
    assert_int_equal(answer(o, 0, OUTCOME_ACCEPTED, 5), 0);
    assert_int_equal(batch_deadline(&o->zones[0]), 5);
    assert_int_equal(send_next(o, 0, 5), 1);
}

static void test_batch_keeps_a_server_at_four(void **state)
{
    struct office *o = *state;
    for (uint32_t i = 0; i < ZONES; i++)
        batch_join(&o->zones[i], i, BATCH_TTL);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(send_next(o, i, 0), i);
    for (uint32_t i = 4; i < 7; i++) {
        assert_int_equal(send_next(o, i, 0), ID_NONE);
        assert_int_equal(batch_deadline(&o->zones[i]), MONO_NEVER);
    }
    assert_int_equal(batch_next(&o->zones[5], 0), ID_NONE); /* waits once, whoever asks */
    assert_int_equal(batch_server_next(&o->server, o->zones), ID_NONE);
    answer(o, 2, OUTCOME_ACCEPTED, 0);
    assert_int_equal(batch_server_next(&o->server, o->zones), 4);
    assert_int_equal(send_next(o, 4, 0), 4);
    answer(o, 0, OUTCOME_ACCEPTED, 0);
    answer(o, 1, OUTCOME_ACCEPTED, 0);
    assert_int_equal(batch_server_next(&o->server, o->zones), 5);
    assert_int_equal(batch_server_next(&o->server, o->zones), 6);
    assert_int_equal(batch_server_next(&o->server, o->zones), ID_NONE);
    assert_int_equal(send_next(o, 6, 0), 6);
    assert_int_equal(send_next(o, 5, 0), 5);
}

static void test_batch_goes_on_after_what_is_the_records_own(void **state)
{
    static const enum outcome outcomes[] = {OUTCOME_ACCEPTED, OUTCOME_PREREQ, OUTCOME_DENIED, OUTCOME_BUG,
                                            OUTCOME_UNKNOWN};
    struct office *o = *state;
    for (uint32_t i = 0; i < ARRAY_COUNT(outcomes); i++) {
        batch_join(&o->zones[0], 0, BATCH_TTL);
        batch_join(&o->zones[0], 1, BATCH_TTL);
        assert_int_equal(send_next(o, 0, 100), 0);
        assert_int_equal(answer(o, 0, outcomes[i], 100), 0);
        assert_int_equal(send_next(o, 0, 100), 1);
        answer(o, 0, OUTCOME_ACCEPTED, 100);
        o->links[0].most = 0;
    }
}

static void test_batch_pauses_with_a_growing_back_off(void **state)
{
    struct office *o = *state;
    mono_ms now = 0;
    int64_t bound = 1000, longest = 0;
    batch_join(&o->zones[0], 1, BATCH_TTL);
    for (int round = 0; round < 100; round++) {
        batch_join(&o->zones[0], 0, BATCH_LEAVE_DEAD);
        assert_int_equal(send_next(o, 0, now), 0);
        answer(o, 0, round % 2 == 0 ? OUTCOME_NOT_SENT : OUTCOME_SERVER_FAILURE, now);
        int64_t wait = batch_deadline(&o->zones[0]) - now;
        assert_in_range(wait, 1, bound);
        longest = wait > longest ? wait : longest;
        assert_int_equal(batch_next(&o->zones[0], now + wait - 1), ID_NONE);
        now += wait;
        bound = bound * 2 > 30000 ? 30000 : bound * 2;
    }
    assert_true(longest > 20000);
    assert_int_equal(send_next(o, 0, now), 1);
    answer(o, 0, OUTCOME_ACCEPTED, now);
    batch_join(&o->zones[0], 1, BATCH_TTL);
    send_next(o, 0, now);
    answer(o, 0, OUTCOME_NOT_SENT, now);
    batch_join(&o->zones[0], 1, BATCH_TTL);
    assert_in_range(batch_deadline(&o->zones[0]) - now, 1, 1000); /* the slate is clean */
}

static void test_batch_back_off_keeps_within_an_odd_maximum(void **state)
{
    struct office *o = *state;
    o->settings.retry_first_ms = 5000;
    o->settings.retry_most_ms = 3000;
    for (int round = 0; round < 50; round++) {
        batch_join(&o->zones[0], 0, BATCH_TTL);
        send_next(o, 0, 1000000 * round);
        answer(o, 0, OUTCOME_NOT_SENT, 1000000 * round);
        assert_in_range(o->zones[0].open_at - 1000000 * round, 1, 3000);
    }
}

static void test_batch_closes_to_one_message_a_tick(void **state)
{
    static const enum outcome outcomes[] = {OUTCOME_NOT_SERVED, OUTCOME_CLOCK, OUTCOME_CONFIG};
    struct office *o = *state;
    mono_ms now = 0;
    for (uint32_t i = 0; i < ARRAY_COUNT(outcomes); i++) {
        batch_join(&o->zones[0], 0, BATCH_TTL);
        batch_join(&o->zones[0], 1, BATCH_TTL);
        batch_join(&o->zones[0], 2, BATCH_TTL);
        assert_int_equal(send_next(o, 0, now), 0);
        answer(o, 0, outcomes[i], now);
        assert_int_equal(o->zones[0].closed, BATCH_SHUT);
        assert_int_equal(batch_deadline(&o->zones[0]), now + 30000);
        assert_int_equal(send_next(o, 0, now + 29999), ID_NONE);
        now += 30000;
        assert_int_equal(send_next(o, 0, now), 1);
        answer(o, 0, OUTCOME_UNKNOWN, now); /* no other answer yet */
        assert_int_equal(o->zones[0].closed, BATCH_SHUT);
        assert_int_equal(batch_deadline(&o->zones[0]), now + 30000);
        now += 30000;
        assert_int_equal(send_next(o, 0, now), 2);
        answer(o, 0, OUTCOME_DENIED, now);
        assert_int_equal(o->zones[0].closed, BATCH_OPEN);
        o->links[1].most = o->links[2].most = 0;
    }
}

static void test_outcomes_have_words(void **state)
{
    (void)state;
    static const char *const words[] = {"none",   "accepted",       "prereq", "denied",  "not-served", "clock",
                                        "config", "server-failure", "bug",    "unknown", "not-sent"};
    for (uint32_t i = 0; i < ARRAY_COUNT(words); i++)
        assert_string_equal(outcome_name((enum outcome)i), words[i]);
}

#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OFFICE(test_batch_sends_in_the_order_of_classes),
        WITH_OFFICE(test_batch_keeps_places_within_a_class),
        WITH_OFFICE(test_batch_has_one_message_in_flight),
        WITH_OFFICE(test_batch_keeps_a_server_at_four),
        WITH_OFFICE(test_batch_goes_on_after_what_is_the_records_own),
        WITH_OFFICE(test_batch_pauses_with_a_growing_back_off),
        WITH_OFFICE(test_batch_back_off_keeps_within_an_odd_maximum),
        WITH_OFFICE(test_batch_closes_to_one_message_a_tick),
        cmocka_unit_test(test_outcomes_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
