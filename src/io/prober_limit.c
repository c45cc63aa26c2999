/* SPDX-License-Identifier: MIT */
/*
 * Where: io, beside prober.
 * What:  how many probes may be under way at a time.
 * Why:   each takes a descriptor, and those of this process are not the prober's alone: name servers, state, journal
 *        and control must work on the day when every target is silent (fault 14).
 */

#include "io/prober_limit.h"

#include "io/prober.h"
#include "model/probe_load.h"

#include <sys/resource.h>

#define CONCURRENCY_LEAST 16

static uint32_t at_most(uint32_t wanted, uint32_t most)
{
    return wanted < most ? wanted : most;
}

uint32_t prober_concurrency_auto(const struct settings *settings, uint32_t open_files_most)
{
    uint32_t wanted = probe_load_wanted(settings);
    return at_most(wanted > CONCURRENCY_LEAST ? wanted : CONCURRENCY_LEAST, probe_load_room(open_files_most));
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
    uint32_t files = open_files_now(), most = settings->daemon.probe_concurrency;
    return most == 0 ? prober_concurrency_auto(settings, files) : at_most(most, probe_load_room(files));
}
