/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside prober.
 * What:  a binary heap of watches by due time.
 */

#include "io/due_queue.h"

#include <assert.h>
#include <stdlib.h>

static void put_at(struct due_queue *queue, uint32_t spot, uint32_t watch)
{
    queue->heap[spot] = watch;
    queue->spot[watch] = spot;
}

static mono_ms due_at(const struct due_queue *queue, uint32_t spot)
{
    return queue->due[queue->heap[spot]];
}

/* Brings the watch at `spot` to where it belongs. */
static void settle(struct due_queue *queue, uint32_t spot)
{
    uint32_t watch = queue->heap[spot];
    mono_ms due = queue->due[watch];
    while (spot > 0 && due_at(queue, (spot - 1) / 2) > due) {
        put_at(queue, spot, queue->heap[(spot - 1) / 2]);
        spot = (spot - 1) / 2;
    }
    for (uint32_t child = 2 * spot + 1; child < queue->count; child = 2 * spot + 1) {
        if (child + 1 < queue->count && due_at(queue, child + 1) < due_at(queue, child))
            child++;
        if (due_at(queue, child) >= due)
            break;
        put_at(queue, spot, queue->heap[child]);
        spot = child;
    }
    put_at(queue, spot, watch);
}

bool due_queue_init(struct due_queue *queue, uint32_t watch_count)
{
    size_t room = (size_t)watch_count + 1;
    queue->count = 0;
    queue->heap = calloc(room, sizeof *queue->heap);
    queue->spot = calloc(room, sizeof *queue->spot);
    queue->due = calloc(room, sizeof *queue->due);
    return queue->heap && queue->spot && queue->due;
}

void due_queue_done(struct due_queue *queue)
{
    free(queue->heap);
    free(queue->spot);
    free(queue->due);
    *queue = (struct due_queue){0};
}

void due_queue_put(struct due_queue *queue, uint32_t watch, mono_ms due)
{
    queue->due[watch] = due;
    queue->heap[queue->count] = watch;
    queue->count++;
    settle(queue, queue->count - 1);
}

void due_queue_remove(struct due_queue *queue, uint32_t watch)
{
    uint32_t spot = queue->spot[watch];
    assert(spot < queue->count && queue->heap[spot] == watch);
    uint32_t last = queue->heap[--queue->count];
    if (spot == queue->count)
        return;
    queue->heap[spot] = last;
    settle(queue, spot);
}

uint32_t due_queue_take(struct due_queue *queue)
{
    assert(queue->count > 0);
    uint32_t watch = queue->heap[0];
    due_queue_remove(queue, watch);
    return watch;
}
