/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_SLATE_H
#define REPOINTD_CORE_SLATE_H

/*
 * Where: core, in records and for each server's clock.
 * What:  when a trouble that lasts is told: at once, after 5 min, and then hourly.
 * Why:   an operator has to hear of it, and must not be buried by it.
 */

#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

/* Zeroed is clean: nothing is wrong and nothing was told. */
struct slate {
    bool active;
    uint32_t told;   /* how often */
    mono_ms since;   /* when it was raised first, while `told` is not 0 */
    mono_ms next;    /* not told again before */
    mono_ms lowered; /* when it was lowered last */
};

/* The trouble is there. True: it is to be told now. */
bool slate_raise(struct slate *slate, mono_ms now);

/* It is gone, but may be back soon: if that is within 5 min it is the same trouble, else a new one. */
void slate_lower(struct slate *slate, mono_ms now);

/* It is over: whatever comes is new. */
void slate_clean(struct slate *slate);

/* When it is to be raised once more, for telling; MONO_NEVER while it is not active. */
mono_ms slate_deadline(const struct slate *slate);

#endif
