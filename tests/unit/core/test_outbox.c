/* SPDX-License-Identifier: MIT */
/*
 * Where: units of core/outbox; NOT-3, NOT-5, NOT-9.
 * What:  order, one at a time, back-off, a day and no longer, what becomes a digest.
 */
#include "core/outbox.h"

#include "base/attributes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static char names[2 * OUTBOX_MOST]; /* letters are their addresses */

struct fixture {
    struct outbox box;
    struct outbox_item items[OUTBOX_MOST];
    struct random chance;
};

static struct fixture *fixture(void)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof(fixture));
    fixture.chance = random_from_seed(1);
    outbox_init(&fixture.box, fixture.items);
    return &fixture;
}

static void *put(struct fixture *f, uint32_t letter, bool is_many, mono_ms now)
{
    const struct outbox_item item = {.letter = &names[letter], .born = now, .subject = is_many ? letter : ID_NONE};
    return outbox_put(&f->box, &item, now);
}

static uint32_t first(const struct fixture *f)
{
    return (uint32_t)((const char *)outbox_first(&f->box) - names);
}

static void test_messages_leave_in_order_and_one_at_a_time(void **state)
{
    (void)state;
    struct fixture *f = fixture();
    assert_int_equal(outbox_step(&f->box, 0), OUTBOX_WAITS);
    assert_true(outbox_deadline(&f->box) == MONO_NEVER);
    for (uint32_t i = 0; i < 3; i++)
        assert_null(put(f, i, false, 10));
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(outbox_deadline(&f->box) <= 10);
        assert_int_equal(outbox_step(&f->box, 10), OUTBOX_SEND);
        assert_int_equal(first(f), i);
        outbox_sent(&f->box);
        assert_int_equal(outbox_step(&f->box, 10), OUTBOX_WAITS);
        assert_true(outbox_deadline(&f->box) == MONO_NEVER);
        assert_ptr_equal(outbox_take(&f->box), &names[i]);
    }
    assert_null(outbox_first(&f->box));
}

/* What failed stays the first; the pauses double, none is shorter than half, and the longest is a minute. */
static void test_a_failure_is_tried_again_with_back_off(void **state)
{
    (void)state;
    struct fixture *f = fixture();
    mono_ms now = 1000;
    uint32_t whole_ms = OUTBOX_FIRST_MS;
    put(f, 0, false, now);
    put(f, 1, false, now);
    for (uint32_t i = 0; i < 12; i++) {
        assert_int_equal(outbox_step(&f->box, now), OUTBOX_SEND);
        assert_int_equal(first(f), 0);
        outbox_sent(&f->box);
        uint32_t pause_ms = outbox_failed(&f->box, &f->chance, now);
        assert_in_range(pause_ms, whole_ms / 2, whole_ms);
        assert_true(outbox_deadline(&f->box) == now + pause_ms);
        assert_int_equal(outbox_step(&f->box, now + pause_ms - 1), OUTBOX_WAITS);
        now += pause_ms;
        whole_ms = whole_ms * 2 < OUTBOX_LONGEST_MS ? whole_ms * 2 : OUTBOX_LONGEST_MS;
    }
    outbox_sent(&f->box);
    (void)outbox_failed(&f->box, &f->chance, now);
    outbox_again(&f->box);
    assert_int_equal(outbox_step(&f->box, now), OUTBOX_SEND);
    outbox_sent(&f->box);
    (void)outbox_take(&f->box);
    assert_int_equal(outbox_step(&f->box, now), OUTBOX_SEND); /* the next one begins anew */
    outbox_sent(&f->box);
    assert_in_range(outbox_failed(&f->box, &f->chance, now), OUTBOX_FIRST_MS / 2, OUTBOX_FIRST_MS);
}

static void test_a_message_is_given_up_after_a_day(void **state)
{
    (void)state;
    struct fixture *f = fixture();
    put(f, 0, false, 0);
    outbox_sent(&f->box);
    (void)outbox_failed(&f->box, &f->chance, OUTBOX_KEPT_MS - 10);
    assert_true(outbox_deadline(&f->box) == OUTBOX_KEPT_MS);
    assert_int_equal(outbox_step(&f->box, OUTBOX_KEPT_MS - 1), OUTBOX_WAITS);
    assert_int_equal(outbox_step(&f->box, OUTBOX_KEPT_MS), OUTBOX_EXPIRED);
    assert_ptr_equal(outbox_take(&f->box), &names[0]);
}

/* How long it had waited before the start counts as well. */
static void test_a_restored_message_has_its_age(void **state)
{
    (void)state;
    struct fixture *f = fixture();
    const struct outbox_item item = {.letter = &names[7], .born = 5 - OUTBOX_KEPT_MS, .subject = 7};
    assert_true(outbox_restore(&f->box, &item));
    assert_int_equal(outbox_step(&f->box, 4), OUTBOX_SEND);
    assert_int_equal(outbox_step(&f->box, 5), OUTBOX_EXPIRED);
}

static void test_the_oldest_goes_where_too_many_wait(void **state)
{
    (void)state;
    struct fixture *f = fixture();
    for (uint32_t i = 0; i < OUTBOX_MOST; i++)
        assert_null(put(f, i, false, 0));
    outbox_sent(&f->box);
    assert_ptr_equal(put(f, OUTBOX_MOST, false, 0), &names[1]); /* the first is on its way */
    (void)outbox_take(&f->box);
    assert_int_equal(first(f), 2);
    assert_null(put(f, OUTBOX_MOST + 1, false, 0));
    assert_ptr_equal(put(f, OUTBOX_MOST + 2, false, 0), &names[2]);
    assert_int_equal(f->box.count, OUTBOX_MOST);
}

/* Ten are told one by one, when it has been quiet for a second. */
static void test_a_few_are_told_singly(void **state)
{
    (void)state;
    struct fixture *f = fixture();
    for (uint32_t i = 0; i < OUTBOX_SINGLY_MOST; i++)
        put(f, i, true, 100 * i);
    mono_ms quiet = 100 * (OUTBOX_SINGLY_MOST - 1) + OUTBOX_QUIET_MS;
    assert_true(outbox_deadline(&f->box) == quiet);
    assert_int_equal(outbox_step(&f->box, quiet - 1), OUTBOX_WAITS);
    assert_int_equal(outbox_step(&f->box, quiet), OUTBOX_SEND);
    assert_int_equal(f->box.count, OUTBOX_SINGLY_MOST);
}

/* One record that goes to and fro: its last word has to be the last. */
static void test_every_step_of_a_few_records_is_told(void **state)
{
    (void)state;
    struct fixture *f = fixture();
    for (uint32_t i = 0; i < 50; i++) {
        const struct outbox_item item = {.letter = &names[i], .subject = i % OUTBOX_SINGLY_MOST};
        assert_null(outbox_put(&f->box, &item, 0));
    }
    assert_int_equal(outbox_step(&f->box, OUTBOX_QUIET_MS), OUTBOX_SEND);
    assert_int_equal(f->box.count, 50);
}

static void test_many_become_one_in_their_place(void **state)
{
    (void)state;
    struct fixture *f = fixture();
    void *gathered[OUTBOX_LISTED_MOST];
    put(f, 100, false, 0);
    for (uint32_t i = 0; i <= OUTBOX_SINGLY_MOST; i++) {
        put(f, i, true, 0);
        if (i == 5)
            put(f, 101, false, 0);
    }
    assert_int_equal(outbox_step(&f->box, 0), OUTBOX_SEND); /* what does not gather does not wait */
    assert_int_equal(first(f), 100);
    outbox_sent(&f->box);
    assert_int_equal(outbox_step(&f->box, OUTBOX_QUIET_MS), OUTBOX_DIGEST);
    assert_int_equal(f->box.gathered, OUTBOX_SINGLY_MOST + 1);
    outbox_gathered(&f->box, gathered);
    for (uint32_t i = 0; i <= OUTBOX_SINGLY_MOST; i++)
        assert_ptr_equal(gathered[i], &names[i]);
    outbox_digest(&f->box, &names[200], OUTBOX_QUIET_MS);
    static const uint32_t left[] = {100, 200, 101};
    assert_int_equal(f->box.count, ARRAY_COUNT(left));
    for (uint32_t i = 0; i < ARRAY_COUNT(left); i++) {
        assert_ptr_equal(outbox_take(&f->box), &names[left[i]]);
    }
}

/* A storm that goes on is told every five seconds, and beyond a hundred it is only counted. */
static void test_a_storm_is_bounded(void **state)
{
    (void)state;
    struct fixture *f = fixture();
    mono_ms now = 0;
    uint32_t counted = 0;
    for (; now < OUTBOX_WINDOW_MS; now += 10) {
        assert_int_equal(outbox_step(&f->box, now), OUTBOX_WAITS);
        if (outbox_counts(&f->box, now))
            counted++;
        else
            put(f, f->box.count, true, now);
    }
    assert_int_equal(outbox_step(&f->box, now), OUTBOX_DIGEST);
    assert_int_equal(f->box.gathered, OUTBOX_LISTED_MOST);
    assert_int_equal(f->box.beyond, counted);
    assert_int_equal(counted + OUTBOX_LISTED_MOST, OUTBOX_WINDOW_MS / 10);
    outbox_digest(&f->box, &names[0], now);
    assert_int_equal(f->box.count, 1);
    assert_int_equal(f->box.beyond, 0);
    assert_int_equal(outbox_step(&f->box, now), OUTBOX_SEND);
}

static void test_whoever_stops_does_not_gather(void **state)
{
    (void)state;
    struct fixture *f = fixture();
    put(f, 0, true, 0);
    assert_int_equal(outbox_step(&f->box, 0), OUTBOX_WAITS);
    outbox_hurry(&f->box);
    assert_true(outbox_deadline(&f->box) <= 0);
    assert_int_equal(outbox_step(&f->box, 0), OUTBOX_SEND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_leave_in_order_and_one_at_a_time),
        cmocka_unit_test(test_a_failure_is_tried_again_with_back_off),
        cmocka_unit_test(test_a_message_is_given_up_after_a_day),
        cmocka_unit_test(test_a_restored_message_has_its_age),
        cmocka_unit_test(test_the_oldest_goes_where_too_many_wait),
        cmocka_unit_test(test_a_few_are_told_singly),
        cmocka_unit_test(test_every_step_of_a_few_records_is_told),
        cmocka_unit_test(test_many_become_one_in_their_place),
        cmocka_unit_test(test_a_storm_is_bounded),
        cmocka_unit_test(test_whoever_stops_does_not_gather),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
