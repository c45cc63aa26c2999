/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_TIMERS_H
#define REPOINTD_IO_TIMERS_H

/*
 * Where: io; inside the loop, which gives it the time.
 * What:  many instants at which somebody wants to be called: a wheel of 1,024 slots of 8 ms each. Setting and
 *        stopping cost the same few instructions however many are set, and nothing is allocated.
 * Why:   almost every probe sets a deadline and takes it back; and those that do run out together should come in one
 *        turn.
 */

#include "base/time.h"

#include <stdint.h>

/* A timer comes at its instant or up to this much later. */
#define TIMER_GRAIN_MS 8
#define TIMER_SLOTS    1024

/*
 * Embedded in its owner's object, zeroed but for `fire`; found again by CONTAINER_OF. The fields below `fire` are the
 * wheel's.
 */
struct timer {
    void (*fire)(struct timer *timer);
    struct timer *next, **link;
    int64_t tick;
};

struct timers {
    struct timer *soon;   /* set in this turn with an instant that has come already */
    struct timer *firing; /* what is left to be called in this turn */
    struct timer *slots[TIMER_SLOTS];
    uint64_t occupied[TIMER_SLOTS / 64];
    int64_t tick; /* all slots up to this one have been looked at */
};

/* In place; `now` is where the wheel begins. */
void timers_init(struct timers *timers, mono_ms now);

/* Sets it, or moves it. An instant that has come already means: in the next turn; MONO_NEVER takes it back. */
void timer_set(struct timers *timers, struct timer *timer, mono_ms at, mono_ms now);
void timer_stop(struct timers *timers, struct timer *timer); /* one that is not set is fine */

/* What is set from here on, for an instant that has come, waits for the turn after this one. */
void timers_begin_turn(struct timers *timers);

/* Calls all that are due. They may set and stop any timer, and free their own. */
void timers_fire(struct timers *timers, mono_ms now);

/* When timers_fire is wanted next: the past where it is at once, MONO_NEVER if never. */
mono_ms timers_next(const struct timers *timers);

#endif
