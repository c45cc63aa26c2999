/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, a part of judge.
 * What:  whether this host can see anything, worked out again from the last look at each reference.
 * Why:   open only while a pass is young; after all have failed, only a pass opens, and it voids what was seen before.
 */

#include "judge.h"
#include "world.h"

#include <string.h>

static uint32_t count_of(const struct world *world)
{
    return world->settings->safety.connectivity.watch_count;
}

static int64_t fresh_ms(const struct world *world, uint32_t reference)
{
    uint32_t watch = world->settings->safety.connectivity.watch_first + reference;
    return freshness_ms(&world->settings->checks[world->settings->watches[watch].check]);
}

bool judge_is_reference(const struct world *world, uint32_t watch)
{
    const struct connectivity_settings *of = &world->settings->safety.connectivity;
    return watch >= of->watch_first && watch < of->watch_first + of->watch_count;
}

static bool is_passing(const struct world *world, uint32_t reference)
{
    const struct gate_opinion *gate = &world->judge.gate;
    return gate->last[reference] == VERDICT_PASS && world->now < gate->last_at[reference] + fresh_ms(world, reference);
}

bool judge_gate_is_open(struct world *world)
{
    struct gate_opinion *gate = &world->judge.gate;
    if (count_of(world) == 0)
        return true;
    for (uint32_t i = 0; i < count_of(world); i++)
        if (is_passing(world, i)) {
            if (gate->open_since == MONO_NEVER)
                gate->open_since = world->now;
            return true;
        }
    gate->open_since = MONO_NEVER;
    return false;
}

static bool have_all_failed(const struct world *world)
{
    for (uint32_t i = 0; i < count_of(world); i++)
        if (world->judge.gate.last[i] != VERDICT_FAIL && world->judge.gate.last[i] != VERDICT_LOCAL)
            return false;
    return true;
}

bool judge_reference(struct world *world, uint32_t watch, enum verdict verdict, mono_ms started)
{
    struct judge *judge = &world->judge;
    struct gate_opinion *gate = &judge->gate;
    uint32_t nth = watch - world->settings->safety.connectivity.watch_first;
    gate->last[nth] = (uint8_t)verdict;
    gate->last_at[nth] = world->now;
    if (verdict == VERDICT_PASS)
        gate->passed_start = mono_later(gate->passed_start, started);
    bool opens_again = gate->is_closed && verdict == VERDICT_PASS;
    gate->is_closed = !opens_again && (gate->is_closed || have_all_failed(world));
    judge_gate_is_open(world);
    if (!opens_again)
        return false;
    gate->void_until = world->now;
    for (uint32_t w = 0; w < world->settings->watch_count; w++)
        if (!judge_is_reference(world, w))
            judge_forget(world, w);
    for (uint32_t r = 0; r < world->settings->record_count; r++)
        judge_refresh(world, r);
    return true;
}
