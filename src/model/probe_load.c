/* SPDX-License-Identifier: MIT */
/*
 * Where: model, beside the settings.
 * What:  the arithmetic behind `probe-concurrency`.
 * Why:   in whole millionths, so that 200,000 small shares add up to what they are.
 */
#include "model/probe_load.h"

#define MILLION            1000000u
#define DESCRIPTOR_RESERVE 128 /* not for probes */

static uint32_t wanted(const struct settings *settings, bool only_programs)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < settings->watch_count; i++) {
        const struct check_settings *check = &settings->checks[settings->watches[i].check];
        bool counts = only_programs ? check->kind == CHECK_EXEC : check_kind_probes(check->kind);
        if (check->interval_ms != 0 && counts)
            sum += ((uint64_t)check->total_ms * (MILLION + MILLION / 4) + check->interval_ms - 1) / check->interval_ms;
    }
    uint64_t probes = (sum + MILLION - 1) / MILLION;
    return probes > UINT32_MAX ? UINT32_MAX : (uint32_t)probes;
}

uint32_t probe_load_wanted(const struct settings *settings)
{
    return wanted(settings, false);
}

uint32_t probe_load_programs_wanted(const struct settings *settings)
{
    return wanted(settings, true);
}

uint32_t probe_load_programs(const struct settings *settings)
{
    uint32_t programs = probe_load_programs_wanted(settings);
    return programs < PROGRAMS_LEAST ? PROGRAMS_LEAST : programs > PROGRAMS_MOST ? PROGRAMS_MOST : programs;
}

uint32_t probe_load_room(uint32_t open_files_most)
{
    if (open_files_most <= 2 * DESCRIPTOR_RESERVE)
        return open_files_most > 1 ? open_files_most / 2 : 1;
    return open_files_most - DESCRIPTOR_RESERVE;
}
