/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under everything of this floor that waits.
 * What:  one libev loop, one wake-up timer, the signals, the clock, and the gap detector.
 * Why:   a turn has a fixed order: read the clock, tell a gap, then the neighbours' descriptors, then their timers,
 *        then the wake-up, then turn_end, then sleep. So whoever hears of a result has heard before that the process
 *        stood still. The plan for the next turn is made from the start of this one: standing still inside a callback
 *        is seen as well as standing still asleep. We get up at least once a second, so that the length of a gap is
 *        known to a second; boot time is what is compared, as it alone goes on while the machine sleeps.
 */

#include "io/loop.h"

#include <assert.h>
#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BEAT_MS 1000
#define GAP_MS  1000

/* Our clock is read a moment after libev's: without this the timer would now and then come a few microseconds early. */
#define EARLY_GUARD_S 0.00002

static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};

struct loop {
    struct ev_loop *ev;
    struct loop_handlers handlers;
    ev_check turn_begin;
    ev_prepare turn_end;
    ev_timer alarm;
    ev_signal signals[ARRAY_COUNT(signals)];
    int64_t now_us;           /* the instant of this turn, or of the last refresh */
    int64_t turn_us, boot_us; /* when this turn began, on both clocks */
    int64_t planned_us;       /* latest instant, on the monotonic clock, at which the next turn should begin */
    mono_ms wake_at;
    struct timers timers;
    int64_t worst_late_ms, late_ms;
    bool runs;
    int closing[LOOP_CLOSING_MAX];
    uint32_t closing_count;
};

static int64_t clock_us(clockid_t id)
{
    struct timespec now;
    int failed = clock_gettime(id, &now);
    assert(failed == 0);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void read_clocks(struct loop *loop)
{
    loop->now_us = loop->turn_us = clock_us(CLOCK_MONOTONIC);
    loop->boot_us = clock_us(CLOCK_BOOTTIME);
}

static void on_turn_begin(struct ev_loop *ev, ev_check *watcher, int events)
{
    (void)ev;
    (void)events;
    struct loop *loop = CONTAINER_OF(watcher, struct loop, turn_begin);
    int64_t planned_after_us = loop->planned_us - loop->turn_us;
    int64_t boot_before_us = loop->boot_us;
    read_clocks(loop);
    int64_t late_ms = (loop->boot_us - boot_before_us - planned_after_us) / 1000;
    if (late_ms > loop->worst_late_ms)
        loop->worst_late_ms = late_ms;
    if (late_ms > loop->late_ms)
        loop->late_ms = late_ms;
    if (late_ms > GAP_MS && loop->handlers.gap)
        loop->handlers.gap(late_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)late_ms, loop->handlers.ctx);
    timers_begin_turn(&loop->timers);
}

/* Where the next turn has to begin at the latest: not before this one did, however long ago the wake-up was due. */
static int64_t plan_next_turn(const struct loop *loop)
{
    int64_t beat_us = loop->turn_us + BEAT_MS * 1000;
    mono_ms wanted = mono_earlier(loop->wake_at, timers_next(&loop->timers));
    if (wanted >= beat_us / 1000)
        return beat_us;
    return wanted <= loop->turn_us / 1000 ? loop->turn_us : wanted * 1000;
}

/* A FIN is a way through the whole kernel: one after the other they cost a tenth less than each after other work. */
static void close_waiting(struct loop *loop)
{
    for (uint32_t i = 0; i < loop->closing_count; i++)
        close(loop->closing[i]);
    loop->closing_count = 0;
}

static void on_turn_end(struct ev_loop *ev, ev_prepare *watcher, int events)
{
    (void)events;
    struct loop *loop = CONTAINER_OF(watcher, struct loop, turn_end);
    close_waiting(loop);
    timers_fire(&loop->timers, loop_now(loop));
    if (loop->wake_at <= loop_now(loop)) {
        loop->wake_at = MONO_NEVER;
        loop->handlers.wake(loop->handlers.ctx);
    }
    if (loop->handlers.turn_end)
        loop->handlers.turn_end(loop->handlers.ctx);

    /* libev counts from its own reading of the clock, made when ours was. */
    loop->planned_us = plan_next_turn(loop);
    double delay_s = (double)(loop->planned_us - loop->now_us) / 1e6;
    ev_timer_stop(ev, &loop->alarm);
    ev_timer_set(&loop->alarm, delay_s > 0 ? delay_s + EARLY_GUARD_S : 0.0, 0.0);
    ev_timer_start(ev, &loop->alarm);
}

/* It only ends the sleep: the turn itself sees what is due. */
static void on_alarm(struct ev_loop *ev, ev_timer *watcher, int events)
{
    (void)ev;
    (void)watcher;
    (void)events;
}

static void on_signal(struct ev_loop *ev, ev_signal *watcher, int events)
{
    (void)ev;
    (void)events;
    struct loop *loop = watcher->data;
    if (loop->handlers.signal)
        loop->handlers.signal(watcher->signum, loop->handlers.ctx);
}

struct loop *loop_new(const struct loop_handlers *handlers, struct error *err)
{
    assert(handlers->wake);
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop) {
        error_set(err, ERROR_SYSTEM, "out of memory for the event loop");
        return NULL;
    }
    loop->ev = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    if (!loop->ev) {
        error_set_errno(err, errno, "cannot make an epoll descriptor");
        free(loop);
        return NULL;
    }
    signal(SIGPIPE, SIG_IGN);
    loop->handlers = *handlers;
    loop->wake_at = MONO_NEVER;
    read_clocks(loop);
    loop->planned_us = loop->turn_us;
    timers_init(&loop->timers, loop_now(loop));

    ev_check_init(&loop->turn_begin, on_turn_begin);
    ev_set_priority(&loop->turn_begin, EV_MAXPRI);
    ev_check_start(loop->ev, &loop->turn_begin);
    ev_prepare_init(&loop->turn_end, on_turn_end);
    ev_set_priority(&loop->turn_end, EV_MINPRI);
    ev_prepare_start(loop->ev, &loop->turn_end);
    ev_timer_init(&loop->alarm, on_alarm, 0.0, 0.0);
    for (size_t i = 0; i < ARRAY_COUNT(signals); i++) {
        ev_signal_init(&loop->signals[i], on_signal, signals[i]);
        loop->signals[i].data = loop;
        ev_signal_start(loop->ev, &loop->signals[i]);
    }
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(signals); i++)
        ev_signal_stop(loop->ev, &loop->signals[i]);
    ev_timer_stop(loop->ev, &loop->alarm);
    ev_prepare_stop(loop->ev, &loop->turn_end);
    ev_check_stop(loop->ev, &loop->turn_begin);
    ev_loop_destroy(loop->ev);
    free(loop);
}

mono_ms loop_now(const struct loop *loop)
{
    return loop->now_us / 1000;
}

int64_t loop_now_us(const struct loop *loop)
{
    return loop->now_us;
}

mono_ms loop_refresh(struct loop *loop)
{
    ev_now_update(loop->ev);
    loop->now_us = clock_us(CLOCK_MONOTONIC);
    return loop_now(loop);
}

int64_t loop_wall_offset_ms(void)
{
    return (clock_us(CLOCK_REALTIME) - clock_us(CLOCK_BOOTTIME)) / 1000;
}

int64_t loop_wall_ms(void)
{
    return clock_us(CLOCK_REALTIME) / 1000;
}

void loop_wake_at(struct loop *loop, mono_ms at)
{
    loop->wake_at = at;
}

void loop_timer_set(struct loop *loop, struct timer *timer, mono_ms at)
{
    timer_set(&loop->timers, timer, at, loop_now(loop));
}

void loop_timer_stop(struct loop *loop, struct timer *timer)
{
    timer_stop(&loop->timers, timer);
}

void loop_close(struct loop *loop, int fd)
{
    if (loop->closing_count == LOOP_CLOSING_MAX)
        close_waiting(loop);
    loop->closing[loop->closing_count++] = fd;
    if (!loop->runs)
        close_waiting(loop);
}

void loop_run(struct loop *loop)
{
    /* What was done before, loading a configuration for example, is no gap. */
    ev_now_update(loop->ev);
    read_clocks(loop);
    loop->planned_us = loop->turn_us;
    loop->runs = true;
    ev_run(loop->ev, 0);
    loop->runs = false;
    close_waiting(loop);
}

void loop_stop(struct loop *loop)
{
    ev_break(loop->ev, EVBREAK_ALL);
}

int64_t loop_worst_late_ms(const struct loop *loop)
{
    return loop->worst_late_ms;
}

int64_t loop_take_late_ms(struct loop *loop)
{
    int64_t late_ms = loop->late_ms;
    loop->late_ms = 0;
    return late_ms;
}

struct ev_loop *loop_ev(struct loop *loop)
{
    return loop->ev;
}

void loop_library(struct text *out)
{
    text_addf(out, "libev %d.%d", ev_version_major(), ev_version_minor());
}
