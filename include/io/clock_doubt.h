/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_CLOCK_DOUBT_H
#define REPOINTD_IO_CLOCK_DOUBT_H

/*
 * Where: io, inside prober.
 * What:  whether somebody has just set the wall clock.
 * Why:   fault 31: a certificate "has expired" for a clock that jumped, too. Within one interval, that is once for each
 *        watch, and twice where two looks fall into it, it is nobody's failure; then it is the target's.
 */

#include "io/loop.h"

struct clock_doubt {
    int64_t offset_ms; /* of the wall clock, as the last probe that depends on it found it */
    mono_ms set_at;    /* when we noticed; MONO_NEVER: not yet */
};

struct clock_doubt clock_doubt_new(void);

/* Looks at the clock; true: it was found set within so many ms. */
bool clock_doubt_look(struct clock_doubt *doubt, mono_ms now, uint32_t within_ms);

#endif
