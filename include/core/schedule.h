/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_SCHEDULE_H
#define REPOINTD_CORE_SCHEDULE_H

/*
 * Where: core, in the engine: one for the watches, one for the records, one for the zones.
 * What:  a binary heap of deadlines over the ids 0 … ids - 1, each id at most once.
 * Why:   no event may walk over all records to find out what is due. Equal instants come in the order of their ids,
 *        so that two runs of one seed are the same.
 */

#include "base/time.h"

#include <stddef.h>
#include <stdint.h>

struct schedule {
    mono_ms *at;     /* by id; MONO_NEVER: not in the heap */
    uint32_t *heap;  /* ids, the earliest first */
    uint32_t *place; /* by id: where it stands in the heap, while `at` is not MONO_NEVER */
    uint32_t ids, count;
};

/* Octets of storage for so many ids; a multiple of 8. */
size_t schedule_size(uint32_t ids);

/*
 * `storage` is the caller's, aligned for mono_ms, schedule_size(ids) octets (NULL where ids is 0); it must outlive
 * the schedule. Empty at first.
 */
void schedule_init(struct schedule *schedule, void *storage, uint32_t ids);

/* Sets, moves, or with MONO_NEVER takes away the deadline of `id`. O(log n), O(1) where it is the same as before. */
void schedule_set(struct schedule *schedule, uint32_t id, mono_ms at);

/* The deadline of one id; MONO_NEVER: it has none. */
mono_ms schedule_at(const struct schedule *schedule, uint32_t id);

/* The earliest deadline, MONO_NEVER if there is none. */
mono_ms schedule_next(const struct schedule *schedule);

/* Takes out and returns the id with the earliest deadline if that is not after `now`; ID_NONE if nothing is due. */
uint32_t schedule_pop_due(struct schedule *schedule, mono_ms now);

#endif
