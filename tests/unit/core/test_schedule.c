/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/schedule.
 * What:  what comes out, in which order, and that it stays a heap under thousands of random moves beside a plain list.
 */

#include "core/schedule.h"

#include "model/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define IDS 37

static void test_an_empty_one_has_nothing(void **state)
{
    (void)state;
    struct schedule schedule;
    schedule_init(&schedule, NULL, 0);

    assert_int_equal(schedule_size(0), 0);
    assert_true(schedule_next(&schedule) == MONO_NEVER);
    assert_true(schedule_pop_due(&schedule, MONO_NEVER) == ID_NONE);
}

static void test_a_fresh_one_has_no_deadlines(void **state)
{
    (void)state;
    struct schedule schedule;
    mono_ms storage[2 * IDS];
    assert_int_equal(schedule_size(IDS), sizeof storage);
    schedule_init(&schedule, storage, IDS);

    assert_true(schedule_at(&schedule, 0) == MONO_NEVER);
    assert_true(schedule_at(&schedule, IDS - 1) == MONO_NEVER);
    assert_true(schedule_next(&schedule) == MONO_NEVER);
}

static void test_due_is_at_its_instant_and_not_before(void **state)
{
    (void)state;
    struct schedule schedule;
    mono_ms storage[2 * 3];
    schedule_init(&schedule, storage, 3);

    schedule_set(&schedule, 1, 1000);
    assert_true(schedule_pop_due(&schedule, 999) == ID_NONE);
    assert_int_equal(schedule_next(&schedule), 1000);
    assert_int_equal(schedule_pop_due(&schedule, 1000), 1);
    assert_true(schedule_at(&schedule, 1) == MONO_NEVER);
    assert_true(schedule_pop_due(&schedule, 1000) == ID_NONE);
}

static void test_a_single_id_has_its_heap_too(void **state)
{
    (void)state;
    struct schedule schedule;
    mono_ms storage[2];
    schedule_init(&schedule, storage, 1);

    schedule_set(&schedule, 0, 7);
    assert_int_equal(schedule_next(&schedule), 7);
    assert_int_equal(schedule_pop_due(&schedule, 7), 0);
    assert_true(schedule_next(&schedule) == MONO_NEVER);
}

static void test_equal_instants_come_in_the_order_of_ids(void **state)
{
    (void)state;
    static const uint32_t order[IDS] = {30, 4, 17, 0, 36, 9, 22, 1, 35, 12, 28, 5, 19, 33, 2, 26, 14, 8, 31,
                                        6, 24, 11, 20, 3, 34, 16, 27, 10, 23, 7, 32, 13, 29, 18, 21, 15, 25};
    struct schedule schedule;
    mono_ms storage[2 * IDS];
    schedule_init(&schedule, storage, IDS);

    for (uint32_t n = 0; n < IDS; n++)
        schedule_set(&schedule, order[n], 500);
    for (uint32_t id = 0; id < IDS; id++)
        assert_int_equal(schedule_pop_due(&schedule, 500), id);
}

static void test_a_deadline_moves_both_ways_and_away(void **state)
{
    (void)state;
    struct schedule schedule;
    mono_ms storage[2 * 3];
    schedule_init(&schedule, storage, 3);

    schedule_set(&schedule, 0, 100);
    schedule_set(&schedule, 1, 200);
    schedule_set(&schedule, 2, 300);
    schedule_set(&schedule, 2, 50);
    assert_int_equal(schedule_next(&schedule), 50);
    schedule_set(&schedule, 2, 50);
    schedule_set(&schedule, 2, 400);
    assert_int_equal(schedule_next(&schedule), 100);
    schedule_set(&schedule, 0, MONO_NEVER);
    schedule_set(&schedule, 0, MONO_NEVER);
    assert_int_equal(schedule_next(&schedule), 200);
    assert_int_equal(schedule_pop_due(&schedule, 1000), 1);
    assert_int_equal(schedule_pop_due(&schedule, 1000), 2);
    assert_true(schedule_pop_due(&schedule, 1000) == ID_NONE);
}

/* A step of a generator of our own: the test shall not depend on base/random. */
static uint32_t next_chance(uint32_t *chance)
{
    *chance = *chance * 1664525U + 1013904223U;
    return *chance >> 8;
}

static uint32_t first_of(const mono_ms at[IDS])
{
    uint32_t first = 0;
    for (uint32_t id = 1; id < IDS; id++)
        if (at[id] < at[first])
            first = id;
    return first;
}

static void test_it_agrees_with_a_plain_list(void **state)
{
    (void)state;
    struct schedule schedule;
    mono_ms storage[2 * IDS], list[IDS];
    uint32_t chance = 1;
    schedule_init(&schedule, storage, IDS);
    for (uint32_t id = 0; id < IDS; id++)
        list[id] = MONO_NEVER;

    for (int step = 0; step < 20000; step++) {
        uint32_t id = next_chance(&chance) % IDS, what = next_chance(&chance) % 8;
        if (what == 0) {
            mono_ms now = (mono_ms)(next_chance(&chance) % 60);
            uint32_t due = first_of(list);
            assert_true(schedule_pop_due(&schedule, now) == (list[due] <= now ? due : ID_NONE));
            if (list[due] <= now)
                list[due] = MONO_NEVER;
            continue;
        }
        list[id] = what == 1 ? MONO_NEVER : (mono_ms)(next_chance(&chance) % 100);
        schedule_set(&schedule, id, list[id]);
        assert_true(schedule_next(&schedule) == list[first_of(list)]);
        assert_true(schedule_at(&schedule, id) == list[id]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_one_has_nothing),
        cmocka_unit_test(test_a_fresh_one_has_no_deadlines),
        cmocka_unit_test(test_due_is_at_its_instant_and_not_before),
        cmocka_unit_test(test_a_single_id_has_its_heap_too),
        cmocka_unit_test(test_equal_instants_come_in_the_order_of_ids),
        cmocka_unit_test(test_a_deadline_moves_both_ways_and_away),
        cmocka_unit_test(test_it_agrees_with_a_plain_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
