/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_TRAIL_H
#define REPOINTD_CORE_TRAIL_H

/*
 * Where: core, in each watch; read by reports alone.
 * What:  the last results of one watch, the newest first.
 * Why:   a streak says how many, an opinion says what; only the row of results shows whether a target has died or only
 *        stumbles. Small, as there may be a hundred thousand.
 */

#include "base/time.h"
#include "model/reason.h"

#include <stdint.h>

#define TRAIL_ROOM 16

struct trail_entry {
    mono_ms started;
    int32_t total_us; /* -1: not known */
    uint8_t verdict;  /* enum verdict */
    uint8_t reason;   /* enum reason */
};

/* Zeroed: empty. */
struct trail {
    struct trail_entry entries[TRAIL_ROOM]; /* a ring */
    uint8_t next, count;
};

void trail_add(struct trail *trail, enum verdict verdict, enum reason reason, mono_ms started, int32_t total_us);

/* The one that is `back` before the newest; NULL: none is remembered that far. */
const struct trail_entry *trail_at(const struct trail *trail, uint32_t back);

#endif
