/* SPDX-License-Identifier: MIT */
/*
 * Where: core, in each watch.
 * What:  a ring of results.
 */

#include "core/trail.h"

#include <stddef.h>

void trail_add(struct trail *trail, enum verdict verdict, enum reason reason, mono_ms started, int32_t total_us)
{
    trail->entries[trail->next] = (struct trail_entry){
        .started = started, .total_us = total_us, .verdict = (uint8_t)verdict, .reason = (uint8_t)reason};
    trail->next = (uint8_t)((trail->next + 1) % TRAIL_ROOM);
    trail->count = (uint8_t)(trail->count < TRAIL_ROOM ? trail->count + 1 : TRAIL_ROOM);
}

const struct trail_entry *trail_at(const struct trail *trail, uint32_t back)
{
    if (back >= trail->count)
        return NULL;
    return &trail->entries[((uint32_t)trail->next + TRAIL_ROOM - 1 - back) % TRAIL_ROOM];
}
