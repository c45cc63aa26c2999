/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind sweep.h.
 * What:  compare sweep.h. The invariants are what is judged, S8 above all; the table is for people.
 */

#include "sweep.h"

#include "world.h"
#include "writer.h"

#include <stdio.h>

static const uint32_t duties_permille[] = {100, 300, 500, 700, 900};

/* Of periods in tenths of the interval: from a quarter of it to forty times. */
static const uint32_t periods[] = {3, 5, 7, 10, 13, 20, 27, 30, 35, 50, 70, 100, 150, 250, 400};

static uint64_t flap(uint32_t period_ms, uint32_t permille, uint32_t phase_ms, struct violation *ret)
{
    static struct world world;
    world = (struct world){.chance = random_from_seed(40)};
    setup_by_name(&world.setup, "two-targets");
    world_prepare(&world, 40, TRACE_OFF);
    struct contents contents;
    contents_of_target(world.settings, 0, &contents);
    contents.form = MARKER_FORM_ONE;
    contents.marker = (struct marker){.owner = world.owner, .epoch = 7, .nonce = 0x1234};
    writer_put(&world, 0, &contents);
    struct endpoint_truth *endpoint = &world.network.endpoints[0];
    endpoint->mode = ENDPOINT_FLAPPING;
    endpoint->since = world.now - phase_ms;
    endpoint->period_ms = period_ms;
    endpoint->share_permille = permille;
    world_start_daemon(&world);
    world_run(&world, world.now + DAY_MS);
    uint64_t switches = world.counters.switches;
    *ret = world.violation;
    world_done(&world);
    return switches;
}

/* The most switches of any phase, -1 where something was violated. */
static int64_t worst_of(uint32_t period_ms, uint32_t permille, uint32_t phases)
{
    int64_t most = 0;
    for (uint32_t phase = 0; phase < phases; phase++) {
        struct violation violation;
        uint32_t phase_ms = (uint32_t)((uint64_t)period_ms * phase / phases);
        int64_t switches = (int64_t)flap(period_ms, permille, phase_ms, &violation);
        if (violation.is_set) {
            printf("# %s violated: %s (period %u ms, up %u of 1000, phase %u ms)\n", violation.invariant,
                   violation.text, period_ms, permille, phase_ms);
            return -1;
        }
        most = switches > most ? switches : most;
    }
    return most;
}

int sweep_run(bool is_whole)
{
    uint32_t bad = 0, count = 0, phases = is_whole ? 12 : 1;
    printf("1..1\n# switches a day at the most; interval 10 s, fall 3, rise 3; up for ... of the period\n# %10s",
           "period");
    for (uint32_t d = 0; d < ARRAY_COUNT(duties_permille); d++)
        printf(" %4u %%", duties_permille[d] / 10);
    for (uint32_t p = is_whole ? 0 : 1; p < ARRAY_COUNT(periods); p += is_whole ? 1 : 4) {
        printf("\n# %8.1f s", (double)periods[p]);
        for (uint32_t d = 0; d < ARRAY_COUNT(duties_permille); d += is_whole ? 1 : 2) {
            int64_t most = worst_of(periods[p] * 1000, duties_permille[d], phases);
            bad += most < 0;
            count += phases;
            printf(is_whole ? " %6lld" : " %6lld      -", (long long)most);
            fflush(stdout);
        }
    }
    printf("\n%sok 1 - a primary that flaps in %u ways\n", bad ? "not " : "", count);
    return bad > 0;
}
