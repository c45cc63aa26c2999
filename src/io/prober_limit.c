/* SPDX-License-Identifier: MIT */
/*
 * Where: io, beside prober.
 * What:  how many probes may be under way at a time.
 * Why:   each takes a descriptor, and those of this process are not the prober's alone: name servers, state, journal
 *        and control must work on the day when every target is silent (fault 14).
 */

#include "io/prober_limit.h"

#include "io/prober.h"

#include <sys/resource.h>

#define DESCRIPTOR_RESERVE 128
#define CONCURRENCY_LEAST  16

static uint32_t descriptors_left(uint32_t open_files_most)
{
    if (open_files_most <= 2 * DESCRIPTOR_RESERVE)
        return open_files_most > 1 ? open_files_most / 2 : 1;
    return open_files_most - DESCRIPTOR_RESERVE;
}

uint32_t prober_concurrency_auto(const struct settings *settings, uint32_t open_files_most)
{
    double in_flight = 0;
    for (uint32_t i = 0; i < settings->watch_count; i++) {
        const struct check_settings *check = &settings->checks[settings->watches[i].check];
        in_flight += (double)check->total_ms / (double)check->interval_ms;
    }
    double wanted = 1.25 * in_flight + 0.999;
    uint32_t left = descriptors_left(open_files_most);
    if (wanted < CONCURRENCY_LEAST)
        wanted = CONCURRENCY_LEAST;
    return wanted < left ? (uint32_t)wanted : left;
}

static uint32_t open_files_now(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1024;
    return limit.rlim_cur > UINT32_MAX ? UINT32_MAX : (uint32_t)limit.rlim_cur;
}

uint32_t prober_limit(const struct settings *settings)
{
    uint32_t files = open_files_now();
    uint32_t most = settings->daemon.probe_concurrency;
    if (most == 0)
        most = prober_concurrency_auto(settings, files);
    if (most > descriptors_left(files))
        most = descriptors_left(files);
    return most;
}
