/* SPDX-License-Identifier: MIT */
/*
 * Where: app; fed by effects, asked by app.
 * What:  the judgement whether probing still goes on.
 */
#include "app/pulse.h"

#include <stdlib.h>

void pulse_init(struct pulse *pulse, const struct settings *settings, uint32_t concurrency, mono_ms now)
{
    *pulse = (struct pulse){.settings = settings, .concurrency = concurrency, .answered_at = now};
    pulse->asked = malloc((settings->watch_count + 1) * sizeof *pulse->asked);
    if (!pulse->asked)
        abort();
    for (uint32_t watch = 0; watch < settings->watch_count; watch++) {
        pulse->asked[watch] = MONO_NEVER;
        uint32_t timeout_ms = settings->checks[settings->watches[watch].check].total_ms;
        if (timeout_ms > pulse->longest_ms)
            pulse->longest_ms = timeout_ms;
    }
}

void pulse_done(struct pulse *pulse)
{
    free(pulse->asked);
    *pulse = (struct pulse){0};
}

void pulse_asked(struct pulse *pulse, uint32_t watch, mono_ms now)
{
    if (pulse->asked[watch] == MONO_NEVER)
        pulse->out++;
    pulse->asked[watch] = now;
}

void pulse_answered(struct pulse *pulse, uint32_t watch, mono_ms now)
{
    if (pulse->asked[watch] == MONO_NEVER)
        return;
    pulse->asked[watch] = MONO_NEVER;
    pulse->out--;
    pulse->answered_at = now;
}

void pulse_stood_still(struct pulse *pulse, uint32_t gap_ms)
{
    pulse->answered_at = mono_after(pulse->answered_at, gap_ms);
    for (uint32_t watch = 0; watch < pulse->settings->watch_count; watch++)
        pulse->asked[watch] = mono_after(pulse->asked[watch], gap_ms);
}

bool pulse_is_sound(const struct pulse *pulse, mono_ms now)
{
    if (pulse->out == 0)
        return true;
    bool some_wait = pulse->out > pulse->concurrency;
    for (uint32_t watch = 0; watch < pulse->settings->watch_count; watch++) {
        uint32_t timeout_ms = pulse->settings->checks[pulse->settings->watches[watch].check].total_ms;
        if (pulse->asked[watch] == MONO_NEVER ||
            now <= mono_after(pulse->asked[watch], (int64_t)timeout_ms + PULSE_GRACE_MS))
            continue;
        return some_wait && now <= mono_after(pulse->answered_at, (int64_t)pulse->longest_ms + PULSE_GRACE_MS);
    }
    return true;
}
