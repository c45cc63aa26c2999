/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside the loop.
 * What:  the wheel: a slot holds all timers whose tick is the slot's number modulo 1,024, those of later rounds too.
 * Why:   a bit for each slot finds the next one that holds something. A slot whose timers are all of a later round is
 *        looked at in vain, once in eight seconds; that is cheaper than a second wheel.
 */

#include "io/timers.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static void push(struct timer **head, struct timer *timer)
{
    timer->next = *head;
    timer->link = head;
    if (*head)
        (*head)->link = &timer->next;
    *head = timer;
}

static void unlink_timer(struct timer *timer)
{
    *timer->link = timer->next;
    if (timer->next)
        timer->next->link = timer->link;
    timer->next = NULL;
    timer->link = NULL;
}

/* Moves the whole list `from` in front of `to`. */
static void move_all(struct timer **from, struct timer **to)
{
    while (*from) {
        struct timer *timer = *from;
        unlink_timer(timer);
        push(to, timer);
    }
}

static uint32_t slot_of(int64_t tick)
{
    return (uint32_t)(tick & (TIMER_SLOTS - 1));
}

void timers_init(struct timers *timers, mono_ms now)
{
    memset(timers, 0, sizeof *timers);
    timers->tick = now / TIMER_GRAIN_MS;
}

void timer_set(struct timers *timers, struct timer *timer, mono_ms at, mono_ms now)
{
    assert(timer->fire);
    timer_stop(timers, timer);
    if (at == MONO_NEVER)
        return;
    if (at <= now) {
        push(&timers->soon, timer);
        return;
    }
    timer->tick = at / TIMER_GRAIN_MS + (at % TIMER_GRAIN_MS != 0);
    uint32_t slot = slot_of(timer->tick);
    push(&timers->slots[slot], timer);
    timers->occupied[slot / 64] |= UINT64_C(1) << (slot % 64);
}

void timer_stop(struct timers *timers, struct timer *timer)
{
    if (!timer->link)
        return;
    unlink_timer(timer);
    uint32_t slot = slot_of(timer->tick);
    if (!timers->slots[slot])
        timers->occupied[slot / 64] &= ~(UINT64_C(1) << (slot % 64));
}

void timers_begin_turn(struct timers *timers)
{
    move_all(&timers->soon, &timers->firing);
}

/* Takes what is due out of one slot; what belongs to a later round stays. */
static void empty_slot(struct timers *timers, uint32_t slot, int64_t tick)
{
    struct timer *later = NULL;
    while (timers->slots[slot]) {
        struct timer *timer = timers->slots[slot];
        unlink_timer(timer);
        push(timer->tick <= tick ? &timers->firing : &later, timer);
    }
    move_all(&later, &timers->slots[slot]);
    if (!timers->slots[slot])
        timers->occupied[slot / 64] &= ~(UINT64_C(1) << (slot % 64));
}

void timers_fire(struct timers *timers, mono_ms now)
{
    int64_t tick = now / TIMER_GRAIN_MS;
    int64_t first = timers->tick + 1;
    if (tick - first >= TIMER_SLOTS)
        first = tick - TIMER_SLOTS + 1;
    for (int64_t t = first; t <= tick; t++)
        if (timers->slots[slot_of(t)])
            empty_slot(timers, slot_of(t), tick);
    if (tick > timers->tick)
        timers->tick = tick;
    while (timers->firing) {
        struct timer *timer = timers->firing;
        unlink_timer(timer);
        timer->fire(timer);
    }
}

/* How many slots after `slot` the next occupied one is, 1 to 1,024; 0: there is none. */
static uint32_t distance_to_occupied(const struct timers *timers, uint32_t slot)
{
    uint32_t start = (slot + 1) % TIMER_SLOTS;
    for (uint32_t i = 0; i <= TIMER_SLOTS / 64; i++) {
        uint32_t word = (start / 64 + i) % (TIMER_SLOTS / 64);
        uint64_t bits = timers->occupied[word];
        if (i == 0)
            bits &= UINT64_MAX << (start % 64);
        if (bits) {
            uint32_t found = word * 64 + (uint32_t)__builtin_ctzll(bits);
            return (found + TIMER_SLOTS - start) % TIMER_SLOTS + 1;
        }
    }
    return 0;
}

mono_ms timers_next(const struct timers *timers)
{
    if (timers->soon || timers->firing)
        return INT64_MIN;
    uint32_t distance = distance_to_occupied(timers, slot_of(timers->tick));
    return distance == 0 ? MONO_NEVER : (timers->tick + distance) * TIMER_GRAIN_MS;
}
