/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_LOOP_H
#define REPOINTD_IO_LOOP_H

/*
 * Where: io; under everything of this floor that waits for something.
 * What:  the libev loop, one wake-up timer, the signals, the only reading of the monotonic clock, and the gap detector.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "io/timers.h"

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct ev_loop;

/* All callbacks come from loop_run, one at a time. */
struct loop_handlers {
    void (*wake)(void *ctx);               /* the instant of loop_wake_at has come */
    void (*signal)(int number, void *ctx); /* SIGTERM, SIGINT, SIGHUP, SIGUSR1 */
    /*
     * A turn came more than 1 s later than planned, be it that the process stood still or that the machine slept.
     * Comes before anything else of that turn.
     */
    void (*gap)(uint32_t length_ms, void *ctx);
    void (*turn_end)(void *ctx); /* once before each sleep; NULL: not wanted */
    void *ctx;
};

/* Ignores SIGPIPE for the process. NULL with err if the kernel gives none. */
struct loop *loop_new(const struct loop_handlers *handlers, struct error *err);
void loop_free(struct loop *loop); /* NULL is fine */

/* The instant of the current callback: read once a turn, and again by loop_refresh. */
mono_ms loop_now(const struct loop *loop);
mono_ms loop_refresh(struct loop *loop);

/* The same instant in microseconds, for the phases of a probe. */
int64_t loop_now_us(const struct loop *loop);

/*
 * How far the wall clock is before the time since boot, read now. It jumps when somebody sets the clock, and only
 * then.
 */
int64_t loop_wall_offset_ms(void);

/* The wall clock, read now: for what people and scripts read, and for nothing that is decided. */
int64_t loop_wall_ms(void);

/* Sets the one wake-up; a past instant comes on the next turn, MONO_NEVER takes it back. */
void loop_wake_at(struct loop *loop, mono_ms at);

/* Runs until loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Worst lateness of a turn since start, and since it was taken last. */
int64_t loop_worst_late_ms(const struct loop *loop);
int64_t loop_take_late_ms(struct loop *loop);

/* ---- for neighbours on this floor ---- */

struct ev_loop *loop_ev(struct loop *loop);

/*
 * Timers come after the descriptors of their turn, so that what has arrived is seen before it is given up; up to
 * TIMER_GRAIN_MS late, many in one turn. An instant that has come already means the next turn: whoever must not call
 * back at once sets a timer to now.
 */
void loop_timer_set(struct loop *loop, struct timer *timer, mono_ms at);
void loop_timer_stop(struct loop *loop, struct timer *timer);

/*
 * Closes a descriptor that nobody watches any more, together with the others of this turn: at its end, before anything
 * is begun, or when LOOP_CLOSING_MAX wait for it. While the loop does not run: at once.
 */
void loop_close(struct loop *loop, int fd);

#define LOOP_CLOSING_MAX 32

/* Name and version of the library behind this, for --version. */
void loop_library(struct text *out);

#endif
