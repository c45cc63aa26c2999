/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind bench.h.
 * What:  engine_new, a quiet hour, all primaries dead at once and one name in a hundred refused for ever.
 * Why:   figures are printed and not judged: they depend on the machine. What is judged is what always is: the
 *        invariants.
 */

#include "bench.h"
#include "memory.h"
#include "world.h"
#include "writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void tell_phase(struct world *world, const char *name, int64_t length_ms)
{
    struct counters before = world->counters;
    uint64_t members = world->servers.members_sent;
    double began = seconds();
    world_run(world, world->now + length_ms);
    double took = seconds() - began;
    uint64_t steps = world->counters.steps - before.steps;
    printf("#   %-28s %6" PRId64 " s virtual in %7.2f s: %9" PRIu64 " events (%.0f ns each), %9" PRIu64
           " probes, %8" PRIu64 " reads, %7" PRIu64 " messages of %8" PRIu64 " members, %7" PRIu64 " switches\n",
           name, length_ms / 1000, took, steps, steps ? took * 1e9 / (double)steps : 0.0,
           world->counters.probes - before.probes, world->counters.reads - before.reads,
           world->counters.sends - before.sends, world->servers.members_sent - members,
           world->counters.switches - before.switches);
}

static uint32_t count_on(const struct world *world, uint32_t place)
{
    uint32_t count = 0;
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        struct contents contents;
        contents_now(world, r, &contents);
        count += contents_target(world->settings, r, &contents) == place;
    }
    return count;
}

static bool run_size(uint32_t records, uint32_t zones)
{
    static struct world world;
    world = (struct world){.chance = random_from_seed(records)};
    setup_large(&world.setup, records, zones);
    world_prepare(&world, records, TRACE_OFF);
    for (uint32_t r = 0; r < records; r++) {
        struct contents contents;
        contents_of_target(world.settings, world.settings->records[r].target_first, &contents);
        writer_put(&world, r, &contents);
    }
    size_t before = memory_in_use();
    double began = seconds();
    world_start_daemon(&world);
    printf("# %u records in %u zone%s: engine_new %.2f s, %.1f MB\n", records, zones, zones == 1 ? "" : "s",
           seconds() - began, (double)(memory_in_use() - before) / 1e6);
    tell_phase(&world, "start, all adopted", 300000);
    tell_phase(&world, "quiet", 600000);
    for (uint32_t r = 0; r < records; r++)
        target_set(&world, world.settings->records[r].target_first, ENDPOINT_DEAD);
    world.servers.denies_each = 100;
    fault_set(&world, FAULT_DENY_NAME, 0, true);
    tell_phase(&world, "all primaries die", 60000);
    tell_phase(&world, "… ten minutes later", 540000);
    printf("#   on the secondary: %u, left behind: %u\n", count_on(&world, 1), count_on(&world, 0));
    bool is_good = !world.violation.is_set;
    if (!is_good)
        printf("# %s violated: %s\n", world.violation.invariant, world.violation.text);
    world_done(&world);
    return is_good;
}

int bench_run(uint32_t records)
{
    static const uint32_t zones[] = {1, 1000};
    bool is_good = true;
    printf("1..2\n");
    for (uint32_t i = 0; i < 2; i++) {
        bool good = run_size(records, zones[i] < records ? zones[i] : records);
        printf("%sok %u - %u records, %u zones\n", good ? "" : "not ", i + 1, records, zones[i]);
        fflush(stdout);
        is_good &= good;
    }
    return !is_good;
}
