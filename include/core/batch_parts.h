/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_BATCH_PARTS_H
#define REPOINTD_CORE_BATCH_PARTS_H

/* Where: core; what batch.c (the queue, a message) and batch_answer.c (what an answer means) share. Nobody else's. */

#include "core/batch.h"

/* The lists of a zone, in the order in which they are served. */
enum { BATCH_HALVES = 0, BATCH_FIRST_CLASS = 1, BATCH_FIRST_OF_FEW = BATCH_FIRST_CLASS + BATCH_CLASS_COUNT };

/*
 * After so many accepted messages in a row twice as many may go with few: a server that has recovered is soon sent
 * large messages again, and where the records were to blame at least so many small ones got through in between.
 */
#define BATCH_STREAK_DOUBLES 4
#define BATCH_STREAK_MOST    (10 * BATCH_STREAK_DOUBLES)

/* Rehearsals wait for each other so long: nobody waits for them. */
#define BATCH_GATHER_MS 1000

/* Puts a record that is not queued at the end of a list. */
void batch_append(struct batch *batch, uint32_t record, uint8_t list);

#endif
