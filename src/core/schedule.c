/* SPDX-License-Identifier: MIT */
/*
 * Where: core, in the engine.
 * What:  a binary heap of deadlines that knows where each id stands.
 * Why:   a deadline moves far more often than it comes due: each probe, each answer moves one. So an id is moved
 *        where it stands, and not taken out and put in again, nor left behind as a dead entry.
 */

#include "core/schedule.h"

#include "model/limits.h"

#include <assert.h>
#include <stdbool.h>

size_t schedule_size(uint32_t ids)
{
    return (size_t)ids * (sizeof(mono_ms) + 2 * sizeof(uint32_t));
}

void schedule_init(struct schedule *schedule, void *storage, uint32_t ids)
{
    schedule->ids = ids;
    schedule->count = 0;
    schedule->at = storage;
    schedule->heap = ids == 0 ? NULL : (uint32_t *)(schedule->at + ids);
    schedule->place = ids == 0 ? NULL : schedule->heap + ids;
    for (uint32_t id = 0; id < ids; id++)
        schedule->at[id] = MONO_NEVER;
}

/* Equal instants stand in the order of their ids. */
static bool comes_before(const struct schedule *schedule, uint32_t a, uint32_t b)
{
    if (schedule->at[a] != schedule->at[b])
        return schedule->at[a] < schedule->at[b];
    return a < b;
}

static void put(struct schedule *schedule, uint32_t place, uint32_t id)
{
    schedule->heap[place] = id;
    schedule->place[id] = place;
}

static void rise_from(struct schedule *schedule, uint32_t place)
{
    uint32_t id = schedule->heap[place];
    while (place > 0) {
        uint32_t parent = (place - 1) / 2;
        if (!comes_before(schedule, id, schedule->heap[parent]))
            break;
        put(schedule, place, schedule->heap[parent]);
        place = parent;
    }
    put(schedule, place, id);
}

static void sink_from(struct schedule *schedule, uint32_t place)
{
    uint32_t id = schedule->heap[place];
    for (;;) {
        uint64_t left = 2 * (uint64_t)place + 1;
        if (left >= schedule->count)
            break;
        uint32_t child = (uint32_t)left;
        if (left + 1 < schedule->count && comes_before(schedule, schedule->heap[child + 1], schedule->heap[child]))
            child++;
        if (!comes_before(schedule, schedule->heap[child], id))
            break;
        put(schedule, place, schedule->heap[child]);
        place = child;
    }
    put(schedule, place, id);
}

/* Its deadline is MONO_NEVER already; the last one takes its place and finds its own from there. */
static void take_out(struct schedule *schedule, uint32_t place)
{
    uint32_t last = schedule->heap[--schedule->count];
    if (place == schedule->count)
        return;
    put(schedule, place, last);
    rise_from(schedule, place);
    sink_from(schedule, schedule->place[last]);
}

void schedule_set(struct schedule *schedule, uint32_t id, mono_ms at)
{
    assert(id < schedule->ids);

    mono_ms before = schedule->at[id];
    if (at == before)
        return;
    schedule->at[id] = at;
    if (at == MONO_NEVER) {
        take_out(schedule, schedule->place[id]);
        return;
    }
    if (before == MONO_NEVER)
        put(schedule, schedule->count++, id);
    if (at < before)
        rise_from(schedule, schedule->place[id]);
    else
        sink_from(schedule, schedule->place[id]);
}

mono_ms schedule_at(const struct schedule *schedule, uint32_t id)
{
    assert(id < schedule->ids);
    return schedule->at[id];
}

mono_ms schedule_next(const struct schedule *schedule)
{
    return schedule->count == 0 ? MONO_NEVER : schedule->at[schedule->heap[0]];
}

uint32_t schedule_pop_due(struct schedule *schedule, mono_ms now)
{
    if (schedule->count == 0)
        return ID_NONE;
    uint32_t id = schedule->heap[0];
    if (schedule->at[id] > now)
        return ID_NONE;
    schedule_set(schedule, id, MONO_NEVER);
    return id;
}
