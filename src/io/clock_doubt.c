/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside prober.
 * What:  compares the wall clock with the time since boot.
 */
#include "io/clock_doubt.h"

/* It was set, not slewed, if it moved by more than this between two probes that depend on it. */
#define CLOCK_STEP_MS 10000

struct clock_doubt clock_doubt_new(void)
{
    return (struct clock_doubt){.offset_ms = loop_wall_offset_ms(), .set_at = MONO_NEVER};
}

bool clock_doubt_look(struct clock_doubt *doubt, mono_ms now, uint32_t within_ms)
{
    int64_t offset_ms = loop_wall_offset_ms(), moved_ms = offset_ms - doubt->offset_ms;
    doubt->offset_ms = offset_ms;
    if (moved_ms > CLOCK_STEP_MS || moved_ms < -CLOCK_STEP_MS)
        doubt->set_at = now;
    return doubt->set_at != MONO_NEVER && now - doubt->set_at < within_ms;
}
