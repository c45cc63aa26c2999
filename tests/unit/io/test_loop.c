/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/loop, on the real clock.
 * What:  the order of a turn, the wake-up, timers, signals, and gaps (faults 11 and 13).
 */

#include "io/loop.h"

#include <ev.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum moment {
    MOMENT_GAP = 'g',
    MOMENT_IO = 'i',
    MOMENT_TIMER = 't',
    MOMENT_WAKE = 'w',
    MOMENT_END = 'e',
    MOMENT_SIGNAL = 's'
};

struct world {
    struct loop *loop;
    struct timer timer;
    ev_io io;
    char story[64];
    uint32_t length;
    uint32_t turns, stop_after_turns;
    uint32_t wakes, gaps, gap_ms;
    int signal;
    mono_ms woke_at, fired_at;
    bool stop_on_wake, stop_on_signal, stop_on_io, again;
    int tells; /* written to at the end of the first turn; 0: nowhere */
};

static void note(struct world *world, enum moment moment)
{
    if (world->length < sizeof world->story - 1)
        world->story[world->length++] = (char)moment;
}

static void on_wake(void *ctx)
{
    struct world *world = ctx;
    note(world, MOMENT_WAKE);
    world->woke_at = loop_now(world->loop);
    world->wakes++;
    if (world->again) {
        loop_wake_at(world->loop, world->woke_at - 5);
        world->again = false;
    } else if (world->stop_on_wake) {
        loop_stop(world->loop);
    }
}

static void on_signal(int number, void *ctx)
{
    struct world *world = ctx;
    note(world, MOMENT_SIGNAL);
    world->signal = number;
    if (world->stop_on_signal)
        loop_stop(world->loop);
}

static void on_gap(uint32_t length_ms, void *ctx)
{
    struct world *world = ctx;
    note(world, MOMENT_GAP);
    world->gaps++;
    world->gap_ms = length_ms;
}

static void on_turn_end(void *ctx)
{
    struct world *world = ctx;
    note(world, MOMENT_END);
    if (world->tells) {
        assert_int_equal(write(world->tells, "x", 1), 1);
        world->tells = 0;
    }
    if (++world->turns == world->stop_after_turns)
        loop_stop(world->loop);
}

static void on_timer(struct timer *timer)
{
    struct world *world = CONTAINER_OF(timer, struct world, timer);
    note(world, MOMENT_TIMER);
    world->fired_at = loop_now(world->loop);
}

static void on_io(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)events;
    struct world *world = CONTAINER_OF(watcher, struct world, io);
    note(world, MOMENT_IO);
    ev_io_stop(ev, watcher);
    if (world->stop_on_io)
        loop_stop(world->loop);
}

static struct world *world_new(void)
{
    static struct world world;
    loop_free(world.loop); /* a test that failed left it */
    memset(&world, 0, sizeof world);
    world.timer.fire = on_timer;
    struct loop_handlers handlers = {on_wake, on_signal, on_gap, on_turn_end, &world};
    struct error err;
    world.loop = loop_new(&handlers, &err);
    assert_non_null(world.loop);
    return &world;
}

static void world_free(struct world *world)
{
    loop_free(world->loop);
    world->loop = NULL;
}

static void test_loop_wakes_at_the_instant_and_not_before(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->stop_on_wake = true;
    mono_ms at = loop_refresh(world->loop) + 30;
    loop_wake_at(world->loop, at);
    loop_run(world->loop);
    assert_int_equal(world->wakes, 1);
    assert_true(world->woke_at >= at);
    assert_int_equal(world->gaps, 0);
    world_free(world);
}

static void test_loop_wakes_at_once_for_the_past(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->stop_on_wake = world->again = true;
    mono_ms began = loop_refresh(world->loop);
    loop_wake_at(world->loop, began - 1000);
    loop_run(world->loop);
    assert_int_equal(world->wakes, 2);
    assert_true(loop_refresh(world->loop) - began < 900);
    world_free(world);
}

static void test_loop_wake_taken_back_does_not_come(void **state)
{
    (void)state;
    struct world *world = world_new();
    mono_ms now = loop_refresh(world->loop);
    loop_wake_at(world->loop, now);
    loop_wake_at(world->loop, MONO_NEVER);
    loop_timer_set(world->loop, &world->timer, now + 20);
    world->stop_after_turns = 2;
    loop_run(world->loop);
    assert_int_equal(world->wakes, 0);
    world_free(world);
}

static void test_loop_turn_has_its_order(void **state)
{
    (void)state;
    struct world *world = world_new();
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    ev_io_init(&world->io, on_io, ends[0], EV_READ);
    ev_io_start(loop_ev(world->loop), &world->io);
    mono_ms now = loop_refresh(world->loop);
    loop_timer_set(world->loop, &world->timer, now);
    world->stop_after_turns = 2;
    loop_run(world->loop);
    assert_string_equal(world->story, "eite");

    /* A wake-up that is due comes in the same turn, behind all that. */
    world->length = world->turns = 0;
    memset(world->story, 0, sizeof world->story);
    ev_io_start(loop_ev(world->loop), &world->io);
    loop_timer_set(world->loop, &world->timer, now);
    loop_wake_at(world->loop, loop_refresh(world->loop) + 1);
    while (loop_refresh(world->loop) <= now + 1)
        continue;
    loop_run(world->loop);
    assert_memory_equal(world->story, "we", 2); /* loop_run begins with the end of the turn before */
    assert_memory_equal(world->story + 2, "ite", 3);
    ev_io_stop(loop_ev(world->loop), &world->io);
    close(ends[0]);
    close(ends[1]);
    world_free(world);
}

static void test_loop_timer_is_not_early(void **state)
{
    (void)state;
    struct world *world = world_new();
    mono_ms at = loop_refresh(world->loop) + 25;
    loop_timer_set(world->loop, &world->timer, at);
    world->stop_after_turns = 2;
    loop_run(world->loop);
    assert_true(world->fired_at >= at);
    assert_int_equal(world->length, 3);
    world_free(world);
}

static void test_loop_tells_signals(void **state)
{
    (void)state;
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        struct world *world = world_new();
        world->stop_on_signal = true;
        raise(SIGPIPE);
        raise(numbers[i]);
        loop_run(world->loop);
        assert_int_equal(world->signal, numbers[i]);
        world_free(world);
    }
}

/*
 * Waits for a byte from `start_fd` (-1: for nothing), stops this process for `stop_ms`, then writes to `fd` and lets
 * it go on.
 */
static pid_t stopper_start(int start_fd, int stop_ms, int fd)
{
    pid_t parent = getpid();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char byte;
        if (start_fd >= 0 && read(start_fd, &byte, 1) != 1)
            _exit(1);
        kill(parent, SIGSTOP);
        poll(NULL, 0, stop_ms);
        if (write(fd, "x", 1) != 1)
            _exit(1);
        kill(parent, SIGCONT);
        _exit(0);
    }
    return child;
}

static void test_loop_tells_a_gap_before_what_came_meanwhile(void **state)
{
    (void)state;
    struct world *world = world_new();
    int ends[2], starts[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(pipe2(starts, O_CLOEXEC), 0);
    world->tells = starts[1];
    ev_io_init(&world->io, on_io, ends[0], EV_READ);
    ev_io_start(loop_ev(world->loop), &world->io);
    loop_wake_at(world->loop, loop_refresh(world->loop) + 500);
    world->stop_on_io = true;
    pid_t child = stopper_start(starts[0], 2600, ends[1]);
    loop_run(world->loop);
    assert_int_equal(waitpid(child, NULL, 0), child);

    char *gap = strchr(world->story, MOMENT_GAP), *io = strchr(world->story, MOMENT_IO),
         *wake = strchr(world->story, MOMENT_WAKE);
    assert_non_null(gap);
    assert_non_null(io);
    assert_true(gap < io);
    assert_true(!wake || gap < wake);
    assert_int_equal(world->gaps, 1);
    assert_in_range(world->gap_ms, 1001, 60000);
    assert_true(loop_worst_late_ms(world->loop) >= world->gap_ms);
    ev_io_stop(loop_ev(world->loop), &world->io);
    for (int i = 0; i < 2; i++) {
        close(ends[i]);
        close(starts[i]);
    }
    world_free(world);
}

/* Standing still inside a callback is a gap of the turn that follows. */
static void test_loop_tells_a_gap_of_a_long_turn(void **state)
{
    (void)state;
    struct world *world = world_new();
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    loop_wake_at(world->loop, loop_refresh(world->loop) + 1);
    world->stop_on_wake = true;
    loop_run(world->loop);
    pid_t child = stopper_start(-1, 1300, ends[1]);
    char byte;
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_int_equal(waitpid(child, NULL, 0), child);
    world->stop_on_wake = false;
    world->stop_after_turns = world->turns + 2;
    loop_wake_at(world->loop, loop_now(world->loop) + 100);
    ev_run(loop_ev(world->loop), 0); /* goes on with the turn, unlike loop_run */
    assert_int_equal(world->gaps, 1);
    assert_in_range(world->gap_ms, 1001, 60000);
    close(ends[0]);
    close(ends[1]);
    world_free(world);
}

static void test_loop_start_is_no_gap(void **state)
{
    (void)state;
    struct world *world = world_new();
    poll(NULL, 0, 1100); /* what a large configuration takes to load */
    loop_wake_at(world->loop, loop_refresh(world->loop));
    world->stop_on_wake = true;
    loop_run(world->loop);
    assert_int_equal(world->gaps, 0);
    world_free(world);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static int closing[LOOP_CLOSING_MAX + 2];

static void on_closing(struct timer *timer)
{
    struct world *world = CONTAINER_OF(timer, struct world, timer);
    for (size_t i = 0; i < LOOP_CLOSING_MAX; i++)
        loop_close(world->loop, closing[i]);
    assert_true(is_open(closing[0]) && is_open(closing[LOOP_CLOSING_MAX - 1]));
    loop_close(world->loop, closing[LOOP_CLOSING_MAX]); /* no more than so many wait */
    assert_false(is_open(closing[0]) || is_open(closing[LOOP_CLOSING_MAX - 1]));
    assert_true(is_open(closing[LOOP_CLOSING_MAX]));
}

static void test_loop_closes_at_the_end_of_the_turn(void **state)
{
    (void)state;
    struct world *world = world_new();
    for (size_t i = 0; i < ARRAY_COUNT(closing); i++)
        assert_true((closing[i] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0);
    world->timer.fire = on_closing;
    loop_timer_set(world->loop, &world->timer, loop_now(world->loop));
    world->stop_on_wake = true;
    loop_wake_at(world->loop, loop_now(world->loop) + 30);
    loop_run(world->loop);
    assert_false(is_open(closing[LOOP_CLOSING_MAX]));
    loop_close(world->loop, closing[LOOP_CLOSING_MAX + 1]);
    assert_false(is_open(closing[LOOP_CLOSING_MAX + 1]));
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loop_wakes_at_the_instant_and_not_before),
        cmocka_unit_test(test_loop_wakes_at_once_for_the_past),
        cmocka_unit_test(test_loop_wake_taken_back_does_not_come),
        cmocka_unit_test(test_loop_turn_has_its_order),
        cmocka_unit_test(test_loop_timer_is_not_early),
        cmocka_unit_test(test_loop_tells_signals),
        cmocka_unit_test(test_loop_tells_a_gap_before_what_came_meanwhile),
        cmocka_unit_test(test_loop_tells_a_gap_of_a_long_turn),
        cmocka_unit_test(test_loop_start_is_no_gap),
        cmocka_unit_test(test_loop_closes_at_the_end_of_the_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
