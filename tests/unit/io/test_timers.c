/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/timers, in made-up time.
 * What:  when each timer comes, what is the next instant, and what callbacks may do to each other.
 */

#include "io/timers.h"

#include "base/attributes.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#define START 1000003

struct probe_timer {
    struct timer timer;
    uint32_t fired;
    struct timers *timers;
    struct timer *stops, *sets;
    mono_ms sets_at;
};

static void on_fire(struct timer *timer)
{
    struct probe_timer *self = CONTAINER_OF(timer, struct probe_timer, timer);
    self->fired++;
    if (self->stops)
        timer_stop(self->timers, self->stops);
    if (self->sets)
        timer_set(self->timers, self->sets, self->sets_at, self->sets_at);
}

static struct probe_timer make(struct timers *timers)
{
    return (struct probe_timer){.timer = {.fire = on_fire}, .timers = timers};
}

static void turn(struct timers *timers, mono_ms now)
{
    timers_begin_turn(timers);
    timers_fire(timers, now);
}

static void test_timer_comes_at_its_instant_or_a_grain_later(void **state)
{
    (void)state;
    for (mono_ms delay = 1; delay < 40; delay++) {
        struct timers timers;
        timers_init(&timers, START);
        struct probe_timer t = make(&timers);
        timer_set(&timers, &t.timer, START + delay, START);
        mono_ms next = timers_next(&timers);
        assert_true(next >= START + delay);
        assert_true(next < START + delay + TIMER_GRAIN_MS);
        turn(&timers, next - 1);
        assert_int_equal(t.fired, 0);
        turn(&timers, next);
        assert_int_equal(t.fired, 1);
        turn(&timers, next + 100000);
        assert_int_equal(t.fired, 1);
        assert_int_equal(timers_next(&timers), MONO_NEVER);
    }
}

static void test_timer_of_a_later_round_waits(void **state)
{
    (void)state;
    struct timers timers;
    timers_init(&timers, START);
    const mono_ms round = (mono_ms)TIMER_SLOTS * TIMER_GRAIN_MS;
    struct probe_timer near = make(&timers), far = make(&timers), farthest = make(&timers);
    timer_set(&timers, &far.timer, START + 100 + round, START);
    timer_set(&timers, &near.timer, START + 100, START);
    timer_set(&timers, &farthest.timer, START + 100 + 7 * round, START);
    turn(&timers, START + 100 + TIMER_GRAIN_MS);
    assert_int_equal(near.fired, 1);
    assert_int_equal(far.fired, 0);
    turn(&timers, START + 99 + round);
    assert_int_equal(far.fired, 0);
    turn(&timers, START + 100 + round + TIMER_GRAIN_MS);
    assert_int_equal(far.fired, 1);
    assert_int_equal(farthest.fired, 0);
    turn(&timers, START + 50 * round);
    assert_int_equal(farthest.fired, 1);
}

static void test_timer_of_the_past_waits_for_the_next_turn(void **state)
{
    (void)state;
    struct timers timers;
    timers_init(&timers, START);
    struct probe_timer t = make(&timers);
    timers_begin_turn(&timers);
    timer_set(&timers, &t.timer, START, START);
    timers_fire(&timers, START);
    assert_int_equal(t.fired, 0);
    assert_true(timers_next(&timers) <= START);
    turn(&timers, START);
    assert_int_equal(t.fired, 1);
}

static void test_timer_that_sets_itself_does_not_starve_the_turn(void **state)
{
    (void)state;
    struct timers timers;
    timers_init(&timers, START);
    struct probe_timer t = make(&timers);
    t.sets = &t.timer;
    t.sets_at = START;
    timer_set(&timers, &t.timer, START, START);
    for (uint32_t i = 1; i <= 3; i++) {
        turn(&timers, START);
        assert_int_equal(t.fired, i);
    }
}

static void test_timer_stopped_does_not_come(void **state)
{
    (void)state;
    struct timers timers;
    timers_init(&timers, START);
    struct probe_timer a = make(&timers), b = make(&timers), c = make(&timers);
    timer_stop(&timers, &a.timer);
    timer_set(&timers, &a.timer, START + 10, START);
    timer_stop(&timers, &a.timer);
    assert_int_equal(timers_next(&timers), MONO_NEVER);
    timer_set(&timers, &a.timer, START + 10, START);
    timer_set(&timers, &a.timer, MONO_NEVER, START);
    assert_int_equal(timers_next(&timers), MONO_NEVER);

    /* Two that are due in one turn stop each other: exactly one comes. */
    b.stops = &c.timer;
    c.stops = &b.timer;
    timer_set(&timers, &b.timer, START + 10, START);
    timer_set(&timers, &c.timer, START + 10, START);
    turn(&timers, START + 1000);
    assert_int_equal(b.fired + c.fired, 1);
}

static void test_timer_set_again_moves(void **state)
{
    (void)state;
    struct timers timers;
    timers_init(&timers, START);
    struct probe_timer t = make(&timers);
    timer_set(&timers, &t.timer, START + 10, START);
    timer_set(&timers, &t.timer, START + 1000, START);
    turn(&timers, START + 500);
    assert_int_equal(t.fired, 0);
    timer_set(&timers, &t.timer, START + 510, START + 500);
    turn(&timers, START + 520);
    assert_int_equal(t.fired, 1);
}

/* Many at random, against a plain array. */
static void test_timers_agree_with_a_list(void **state)
{
    (void)state;
    struct timers timers;
    timers_init(&timers, START);
    struct random random = random_from_seed(7);
    static struct probe_timer list[200];
    mono_ms at[200];
    for (uint32_t i = 0; i < 200; i++) {
        list[i] = make(&timers);
        at[i] = MONO_NEVER;
    }
    mono_ms now = START;
    for (uint32_t step = 0; step < 20000; step++) {
        uint32_t i = (uint32_t)random_below(&random, 200);
        at[i] = random_below(&random, 4) == 0 ? MONO_NEVER : now + 1 + (mono_ms)random_below(&random, 30000);
        timer_set(&timers, &list[i].timer, at[i], now);
        now += (mono_ms)random_below(&random, random_below(&random, 100) == 0 ? 12000 : 20);
        mono_ms next = timers_next(&timers);
        turn(&timers, now);
        for (uint32_t k = 0; k < 200; k++) {
            if (at[k] != MONO_NEVER)
                assert_true(next < at[k] + TIMER_GRAIN_MS);
            bool must = at[k] != MONO_NEVER && now >= at[k] + TIMER_GRAIN_MS;
            bool may = at[k] != MONO_NEVER && now >= at[k];
            assert_true(must <= list[k].fired && list[k].fired <= may);
            if (list[k].fired)
                at[k] = MONO_NEVER;
            list[k].fired = 0;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timer_comes_at_its_instant_or_a_grain_later),
        cmocka_unit_test(test_timer_of_a_later_round_waits),
        cmocka_unit_test(test_timer_of_the_past_waits_for_the_next_turn),
        cmocka_unit_test(test_timer_that_sets_itself_does_not_starve_the_turn),
        cmocka_unit_test(test_timer_stopped_does_not_come),
        cmocka_unit_test(test_timer_set_again_moves),
        cmocka_unit_test(test_timers_agree_with_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
