/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/watch; the other half is test_watch.c.
 * What:  the cadence: tick, first round, grid, jitter, quick cadence, overrun. r53 6, 47.
 */

#include "watch_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- the tick ---------------------------------------------------------------------------------------------------- */

static uint32_t tick_of(uint32_t watch_count, uint32_t interval_ms)
{
    struct world world = world_of(watch_count);
    world.check.interval_ms = interval_ms;
    world.settings.checks = &world.check;
    uint32_t tick_ms = watch_tick_ms(&world.settings);
    world_free(&world);
    return tick_ms;
}

static void test_tick_gathers_ten_probes(void **state)
{
    (void)state;
    assert_int_equal(tick_of(1000, 1000), 10);
    assert_int_equal(tick_of(500, 1000), 20);
    assert_int_equal(tick_of(10000, 30000), 30);
}

static void test_tick_has_bounds(void **state)
{
    (void)state;
    assert_int_equal(tick_of(0, 1000), 100);
    assert_int_equal(tick_of(1, 86400000), 100);
    assert_int_equal(tick_of(100, 1000), 100);
    assert_int_equal(tick_of(102, 1000), 98);
    assert_int_equal(tick_of(1666, 1000), 6);
    assert_int_equal(tick_of(2000, 1000), 5);
    assert_int_equal(tick_of(10000, 1000), 5);
}

static void test_tick_adds_up_different_intervals(void **state)
{
    (void)state;
    const struct check_settings checks[2] = {{.interval_ms = 1000}, {.interval_ms = 500}};
    struct watch_settings *watches = calloc(300, sizeof *watches);
    for (int n = 0; n < 100; n++)
        watches[n].check = 1;
    struct settings settings = {.checks = checks, .check_count = 2, .watches = watches, .watch_count = 300};

    assert_int_equal(watch_tick_ms(&settings), 25); /* 200 + 200 a second */
    free(watches);
}

/* ---- the first round --------------------------------------------------------------------------------------------- */

static void test_first_starts_take_a_second(void **state)
{
    (void)state;
    struct world world = world_of(4);
    for (uint32_t n = 0; n < 4; n++) {
        struct watch watch = watch_at(&world, n, 1, 70000);
        assert_int_equal(watch.due, 70000 + n * 250);
        assert_int_equal(watch.health.since, 70000);
    }
    world_free(&world);
}

static void test_first_starts_are_a_thousand_a_second_at_most(void **state)
{
    (void)state;
    struct world world = world_of(8000);
    uint32_t *starts = calloc(10, sizeof *starts);
    for (uint32_t n = 0; n < 8000; n++) {
        struct watch watch = watch_at(&world, n, 5, 0);
        assert_in_range(watch.due, 0, 8000);
        starts[watch.due / 1000]++;
    }
    for (int second = 0; second < 8; second++)
        assert_in_range(starts[second], 990, 1000 + 5);
    free(starts);
    world_free(&world);
}

/* Where the interval is shorter than that round, the first starts stand on the grid. */
static void test_first_starts_of_a_short_interval_are_on_the_grid(void **state)
{
    (void)state;
    struct world world = world_of(8000);
    world.check.interval_ms = world.check.interval_changing_ms = 8000;
    struct watch watch = watch_at(&world, 5000, 1, 0);
    assert_int_equal(watch.due, 5000);
    probe(&watch, VERDICT_PASS, 100);
    assert_int_equal(watch.due, 13000);

    world.check.interval_ms = world.check.interval_changing_ms = 500;
    watch = watch_at(&world, 4000, 1, 0);
    assert_int_equal(watch.due, 250);
    world_free(&world);
}

/* From the first round each watch walks to its place: never faster than 7/8 of the interval, never slower than it. */
static void test_after_the_first_round_all_walk_to_the_grid(void **state)
{
    (void)state;
    struct world world = world_of(100);
    for (uint32_t n = 0; n < 100; n++) {
        struct watch watch = watch_at(&world, n, 1, 0);
        mono_ms last = probe(&watch, VERDICT_PASS, 100);
        for (int round = 0; round < 10; round++) {
            mono_ms start = probe(&watch, VERDICT_PASS, 100);
            assert_in_range(start - last, 8750, 10000);
            last = start;
        }
        assert_int_equal(last % 10000, n * 100);
    }
    world_free(&world);
}

/* ---- the grid ---------------------------------------------------------------------------------------------------- */

/* r53 6: from start to start. */
static void test_starts_stand_on_a_grid_and_do_not_drift(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_at(&world, 0, 7, 1234);
    for (int k = 0; k < 10000; k++) {
        mono_ms start = probe(&watch, VERDICT_PASS, k % 4000);
        mono_ms slot = 1234 + (mono_ms)k * 10000;
        assert_in_range(start - slot, 0, 6);
        assert_int_equal(start % 7, 0);
    }
    world_free(&world);
}

static void test_late_starts_do_not_move_the_grid(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);
    for (int k = 0; k < 100; k++) {
        assert_int_equal(watch.due, k * 10000);
        mono_ms now = watch.due + k * 10; /* up to a second late */
        struct op op = watch_start(&watch, now);
        struct probe_report report = report_of(VERDICT_PASS, now);
        watch_done(&watch, op.ticket, &report, now + 50);
    }
    world_free(&world);
}

static void test_jitter_moves_forward_only_and_within_its_part(void **state)
{
    (void)state;
    struct world world = world_of(1);
    world.check.jitter_permille = 100;
    struct watch watch = watch_alone(&world);
    probe(&watch, VERDICT_PASS, 100);
    mono_ms least = 1000, most = 0;
    for (int k = 1; k < 2000; k++) {
        mono_ms jitter = probe(&watch, VERDICT_PASS, 100) - (mono_ms)k * 10000;
        assert_in_range(jitter, 0, 1000);
        least = mono_earlier(least, jitter);
        most = mono_later(most, jitter);
    }
    assert_in_range(least, 0, 20);
    assert_in_range(most, 980, 1000);
    world_free(&world);
}

static void test_jitter_replays_with_its_seed_alone(void **state)
{
    (void)state;
    struct world world = world_of(2);
    world.check.jitter_permille = 500;
    world.settings.checks = &world.check;
    struct watch a, b, other_seed, other_index;
    watch_init(&a, &world.settings, 0, 0, 1, 1, 7, 0);
    watch_init(&b, &world.settings, 0, 0, 1, 1, 7, 0);
    watch_init(&other_seed, &world.settings, 0, 0, 1, 1, 8, 0);
    watch_init(&other_index, &world.settings, 1, 0, 1, 1, 7, 0);
    int same_seed = 0, same_index = 0;
    for (int k = 0; k < 100; k++) {
        mono_ms start = probe(&a, VERDICT_PASS, 10);
        assert_int_equal(probe(&b, VERDICT_PASS, 999), start);
        same_seed += probe(&other_seed, VERDICT_PASS, 10) == start;
        same_index += probe(&other_index, VERDICT_PASS, 10) == start;
    }
    assert_in_range(same_seed, 0, 10);
    assert_in_range(same_index, 0, 10);
    world_free(&world);
}

/* S9, evenness: at the steady pace no tenth of a second has more than its share. */
/* r53 47. */
static void test_phases_are_spread_evenly(void **state)
{
    (void)state;
    struct world world = world_of(1000);
    uint32_t *starts = calloc(100, sizeof *starts);
    for (uint32_t n = 0; n < 1000; n++) {
        struct watch watch = watch_at(&world, n, 10, 0);
        while (watch.due < 200000)
            probe(&watch, VERDICT_PASS, 100);
        starts[watch.due % 10000 / 100]++;
    }
    for (int tenth = 0; tenth < 100; tenth++)
        assert_int_equal(starts[tenth], 10);
    free(starts);
    world_free(&world);
}

/* ---- the quick cadence ------------------------------------------------------------------------------------------- */

static void test_a_streak_quickens_and_the_grid_stays(void **state)
{
    (void)state;
    struct world world = world_of(1);
    world.check.interval_changing_ms = 3000;
    struct watch watch = watch_alone(&world);

    assert_int_equal(probe(&watch, VERDICT_PASS, 100), 0);
    assert_int_equal(probe(&watch, VERDICT_FAIL, 2900), 10000);
    assert_int_equal(probe(&watch, VERDICT_FAIL, 2900), 13000);
    assert_int_equal(probe(&watch, VERDICT_FAIL, 2900), 16000);
    assert_int_equal(watch.health.state, HEALTH_DOWN);
    assert_int_equal(probe(&watch, VERDICT_FAIL, 100), 20000); /* decided: the grid again */
    assert_int_equal(probe(&watch, VERDICT_PASS, 100), 30000);
    assert_int_equal(probe(&watch, VERDICT_PASS, 100), 33000);
    assert_int_equal(probe(&watch, VERDICT_FAIL, 100), 36000); /* broken: the grid again */
    assert_int_equal(watch.due, 40000);
    world_free(&world);
}

/* interval-changing follows interval unless it is set: then a streak changes nothing. */
static void test_a_streak_stays_on_the_grid_where_nothing_quickens_it(void **state)
{
    (void)state;
    struct world world = world_of(1);
    world.check.jitter_permille = 100;
    world.check.fall = 1000;
    struct watch watch = watch_alone(&world);
    probe(&watch, VERDICT_PASS, 100);
    mono_ms first = probe(&watch, VERDICT_FAIL, 100) - 10000;
    int like_the_first = 0;
    for (int k = 2; k < 1000; k++) {
        mono_ms jitter = probe(&watch, VERDICT_FAIL, 100) - (mono_ms)k * 10000;
        assert_in_range(jitter, 0, 1000);
        like_the_first += jitter == first;
    }
    assert_in_range(like_the_first, 0, 20); /* each slot has a jitter of its own */
    world_free(&world);
}

/* N1: jitter counts once, and ticks do not add up. */
static void test_the_quick_cadence_does_not_add_up_jitter_and_ticks(void **state)
{
    (void)state;
    struct world world = world_of(1);
    world.check.interval_changing_ms = 1011;
    world.check.jitter_permille = 100;
    world.check.fall = 1000;
    struct watch watch = watch_at(&world, 0, 100, 0);

    mono_ms first = probe(&watch, VERDICT_PASS, 100);
    first = probe(&watch, VERDICT_FAIL, 100);
    mono_ms last = first;
    for (int n = 1; n < 1000; n++)
        last = probe(&watch, VERDICT_FAIL, 100);
    assert_in_range(last - first, 999 * 1011 - 100, 999 * 1011 + 100);
    world_free(&world);
}

static void test_the_next_slot_waits_when_the_quick_cadence_ended_right_before(void **state)
{
    (void)state;
    struct world world = world_of(1);
    world.check.interval_changing_ms = 4800;
    struct watch watch = watch_alone(&world);

    probe(&watch, VERDICT_PASS, 100);
    probe(&watch, VERDICT_FAIL, 100);                          /* 10000 */
    probe(&watch, VERDICT_FAIL, 100);                          /* 14800 */
    assert_int_equal(probe(&watch, VERDICT_PASS, 100), 19600); /* the next slot is 400 ms away */
    assert_int_equal(probe(&watch, VERDICT_PASS, 100), 19600 + 4200);
    assert_int_equal(probe(&watch, VERDICT_PASS, 100), 30000);
    world_free(&world);
}

/* ---- overrun ----------------------------------------------------------------------------------------------------- */

static void test_a_probe_still_running_delays_the_next_start_and_never_doubles_it(void **state)
{
    (void)state;
    struct world world = world_of(1);
    struct watch watch = watch_alone(&world);

    assert_int_equal(probe(&watch, VERDICT_PASS, 36000), 0); /* slots 10, 20 and 30 s have passed */
    assert_int_equal(watch.due, 30000);
    assert_true(watch_is_due(&watch, 36000));
    struct op op = watch_start(&watch, 36000);
    struct probe_report report = report_of(VERDICT_PASS, 36000);
    watch_done(&watch, op.ticket, &report, 36100);
    assert_int_equal(watch.due, 44750); /* 40 s would be too close */
    assert_int_equal(probe(&watch, VERDICT_PASS, 100), 44750);
    assert_int_equal(probe(&watch, VERDICT_PASS, 100), 53500);
    assert_int_equal(probe(&watch, VERDICT_PASS, 100), 62250);
    assert_int_equal(probe(&watch, VERDICT_PASS, 100), 71000);
    assert_int_equal(probe(&watch, VERDICT_PASS, 100), 80000);
    world_free(&world);
}

/* A run of everything at once: no two starts are closer than 7/8 of the quick cadence, none comes later than it may. */
static void test_starts_keep_their_distance_whatever_comes(void **state)
{
    (void)state;
    struct world world = world_of(7);
    world.check.jitter_permille = 500;
    world.check.interval_changing_ms = 4100;
    uint32_t chance = 1;
    for (uint32_t n = 0; n < 7; n++) {
        struct watch watch = watch_at(&world, n, 93, 55555);
        mono_ms last = -100000;
        for (int k = 0; k < 3000; k++) {
            chance = chance * 1664525U + 1013904223U;
            mono_ms start = probe(&watch, (enum verdict)(1 + (chance >> 8) % 3), chance % 4000);
            assert_true(start - last >= 4100 - 4100 / 8);
            if (k > 0)
                assert_true(start - last <= 15000 + 93);
            last = start;
        }
    }
    world_free(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tick_gathers_ten_probes),
        cmocka_unit_test(test_tick_has_bounds),
        cmocka_unit_test(test_tick_adds_up_different_intervals),
        cmocka_unit_test(test_first_starts_take_a_second),
        cmocka_unit_test(test_first_starts_are_a_thousand_a_second_at_most),
        cmocka_unit_test(test_first_starts_of_a_short_interval_are_on_the_grid),
        cmocka_unit_test(test_after_the_first_round_all_walk_to_the_grid),
        cmocka_unit_test(test_starts_stand_on_a_grid_and_do_not_drift),
        cmocka_unit_test(test_late_starts_do_not_move_the_grid),
        cmocka_unit_test(test_jitter_moves_forward_only_and_within_its_part),
        cmocka_unit_test(test_jitter_replays_with_its_seed_alone),
        cmocka_unit_test(test_phases_are_spread_evenly),
        cmocka_unit_test(test_a_streak_quickens_and_the_grid_stays),
        cmocka_unit_test(test_a_streak_stays_on_the_grid_where_nothing_quickens_it),
        cmocka_unit_test(test_the_quick_cadence_does_not_add_up_jitter_and_ticks),
        cmocka_unit_test(test_the_next_slot_waits_when_the_quick_cadence_ended_right_before),
        cmocka_unit_test(test_a_probe_still_running_delays_the_next_start_and_never_doubles_it),
        cmocka_unit_test(test_starts_keep_their_distance_whatever_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
