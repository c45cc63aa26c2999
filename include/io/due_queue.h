/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DUE_QUEUE_H
#define REPOINTD_IO_DUE_QUEUE_H

/*
 * Where: io, inside prober.
 * What:  the watches whose probe has to wait, the earliest due first: a binary heap with room for all of them, taken
 *        once.
 */

#include "base/attributes.h"
#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

struct due_queue {
    uint32_t count;
    uint32_t *heap; /* watches */
    uint32_t *spot; /* by watch: its place in the heap */
    mono_ms *due;   /* by watch */
};

/* False: no memory; due_queue_done is fine then, too. */
NODISCARD bool due_queue_init(struct due_queue *queue, uint32_t watch_count);
void due_queue_done(struct due_queue *queue);

void due_queue_put(struct due_queue *queue, uint32_t watch, mono_ms due); /* one that is not in it */
uint32_t due_queue_take(struct due_queue *queue);                         /* the earliest; it is not empty */
void due_queue_remove(struct due_queue *queue, uint32_t watch);           /* one that is in it */

#endif
