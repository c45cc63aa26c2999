/* SPDX-License-Identifier: MIT */
/*
 * Where: units of model/probe_load; fault 46.
 * What:  the sum is rounded up once and not for each watch; the reserve, and both sides of where it is halved instead.
 */
#include "model/probe_load.h"

#include "base/attributes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_wanted_is_the_sum_rounded_up(void **state)
{
    (void)state;
    static const struct {
        uint32_t total_ms, interval_ms, watches, wanted;
    } rows[] = {{4000, 10000, 0, 0},     {4000, 10000, 1, 1}, {4000, 10000, 2, 1}, {4000, 10000, 3, 2},
                {9000, 10000, 4, 5},     {8000, 10000, 1, 1}, {8001, 10000, 1, 2}, {50, 86400000, 5, 1},
                {4000, 10000, 200, 100}, {4000, 0, 3, 0}};
    static struct watch_settings watches[200];
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct check_settings check = {.total_ms = rows[i].total_ms, .interval_ms = rows[i].interval_ms};
        const struct settings settings = {
            .checks = &check, .check_count = 1, .watches = watches, .watch_count = rows[i].watches};
        assert_int_equal(probe_load_wanted(&settings), rows[i].wanted);
    }
}

/* Programs are counted apart, and bounded on both sides. */
static void test_programs_are_bounded(void **state)
{
    (void)state;
    static const struct {
        uint32_t watches, wanted, programs;
    } rows[] = {{0, 0, 8}, {1, 1, 8}, {16, 8, 8}, {17, 9, 9}, {128, 64, 64}, {129, 65, 64}, {200, 100, 64}};
    static struct watch_settings watches[400];
    static const struct check_settings checks[] = {
        {.kind = CHECK_EXEC, .total_ms = 4000, .interval_ms = 10000},
        {.kind = CHECK_TCP, .total_ms = 4000, .interval_ms = 10000},
    };
    for (uint32_t i = 200; i < ARRAY_COUNT(watches); i++)
        watches[i].check = 1;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct settings settings = {.checks = checks,
                                          .check_count = 2,
                                          .watches = watches + 200 - rows[i].watches,
                                          .watch_count = 200 + rows[i].watches};
        assert_int_equal(probe_load_programs_wanted(&settings), rows[i].wanted);
        assert_int_equal(probe_load_programs(&settings), rows[i].programs);
        assert_int_equal(probe_load_wanted(&settings), 100 + rows[i].wanted);
    }
}

static void test_room_leaves_a_reserve(void **state)
{
    (void)state;
    static const struct {
        uint32_t files, room;
    } rows[] = {{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 2}, {256, 128}, {257, 129}, {1024, 896}, {65536, 65408}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        assert_int_equal(probe_load_room(rows[i].files), rows[i].room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wanted_is_the_sum_rounded_up),
        cmocka_unit_test(test_programs_are_bounded),
        cmocka_unit_test(test_room_leaves_a_reserve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
