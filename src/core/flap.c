/* SPDX-License-Identifier: MIT */
/*
 * Where: core, in each record.
 * What:  counts a record's switches inside a sliding window; from the count come the delay of fail-back and the latch.
 * Why:   each switch that follows soon after others makes it less likely that the target stays up, so patience doubles;
 *        at max-switches it is no longer a matter of waiting, and somebody has to look.
 */

#include "core/flap.h"

#include <assert.h>

uint16_t flap_room(const struct record_settings *settings)
{
    return settings->switches_most;
}

void flap_init(struct flap *flap, mono_ms *times, uint16_t room)
{
    assert(room > 0);
    *flap = (struct flap){.times = times, .room = room};
}

/* The instant of the switch that is `back` before the newest. */
static mono_ms time_of(const struct flap *flap, uint32_t back)
{
    return flap->times[(flap->newest + flap->room - back) % flap->room];
}

uint32_t flap_count(const struct flap *flap, const struct record_settings *settings, mono_ms now)
{
    uint32_t inside = 0;
    while (inside < flap->count && now - time_of(flap, inside) < settings->flap_window_ms)
        inside++;
    return inside;
}

void flap_adopt(struct flap *flap, const struct flap *old, const struct record_settings *settings, mono_ms now)
{
    uint16_t kept = old->count < flap->room ? old->count : flap->room;
    for (uint16_t back = kept; back-- > 0;) {
        flap->newest = (uint16_t)((flap->newest + 1) % flap->room);
        flap->times[flap->newest] = time_of(old, back);
    }
    flap->count = kept;
    flap->latched = old->latched || flap_count(flap, settings, now) >= settings->switches_most;
}

void flap_note(struct flap *flap, const struct record_settings *settings, mono_ms now)
{
    assert(flap->count == 0 || time_of(flap, 0) <= now);

    flap->newest = (uint16_t)((flap->newest + 1) % flap->room);
    flap->times[flap->newest] = now;
    if (flap->count < flap->room)
        flap->count++;
    if (flap_count(flap, settings, now) >= settings->switches_most)
        flap->latched = true;
}

uint32_t flap_delay_ms(const struct flap *flap, const struct record_settings *settings, mono_ms now)
{
    uint64_t delay_ms = settings->fail_back_ms, most_ms = settings->fail_back_most_ms;
    if (delay_ms == 0 || delay_ms >= most_ms)
        return settings->fail_back_ms;
    for (uint32_t switches = flap_count(flap, settings, now); switches > 1 && delay_ms < most_ms; switches--)
        delay_ms *= 2;
    return (uint32_t)(delay_ms < most_ms ? delay_ms : most_ms);
}

mono_ms flap_changes_at(const struct flap *flap, const struct record_settings *settings, mono_ms now)
{
    uint32_t inside = flap_count(flap, settings, now);
    return inside == 0 ? MONO_NEVER : mono_after(time_of(flap, inside - 1), settings->flap_window_ms);
}

bool flap_is_latched(const struct flap *flap)
{
    return flap->latched;
}

void flap_release(struct flap *flap)
{
    flap->latched = false;
    flap->count = 0;
}
