/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_TIME_H
#define REPOINTD_BASE_TIME_H

/*
 * Where: base; everybody's.
 * What:  instants on the monotonic clock, as plain numbers.
 * Why:   time is an argument. One file of the daemon reads the clock (io/loop); all else is told, so that a simulator
 *        can be the clock. Wall time is int64_t and named …_wall_ms or …_wall_s; it stands in reports, state files and
 *        TSIG only.
 */

#include <stdint.h>

/* Milliseconds on a clock that never jumps; its zero means nothing. */
typedef int64_t mono_ms;

#define MONO_NEVER INT64_MAX

static inline mono_ms mono_earlier(mono_ms a, mono_ms b)
{
    return a < b ? a : b;
}

static inline mono_ms mono_later(mono_ms a, mono_ms b)
{
    return a > b ? a : b;
}

/* `from` plus `delay_ms` (0 or more); never wraps: what would be later than MONO_NEVER is MONO_NEVER. */
static inline mono_ms mono_after(mono_ms from, int64_t delay_ms)
{
    return from > MONO_NEVER - delay_ms ? MONO_NEVER : from + delay_ms;
}

#endif
