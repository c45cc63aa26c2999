/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/watch.
 * What:  see watch_world.h.
 */

#include "watch_world.h"

#include <assert.h>
#include <stdlib.h>

struct world world_of(uint32_t watch_count)
{
    struct world world = {
        .check = {.interval_ms = 10000, .interval_changing_ms = 10000, .total_ms = 4000, .rise = 3, .fall = 3}};
    world.watches = calloc((size_t)watch_count + 1, sizeof *world.watches); /* all use check 0 */
    assert(world.watches != NULL);
    world.settings.watches = world.watches;
    world.settings.watch_count = watch_count;
    world.settings.check_count = 1;
    return world;
}

void world_free(struct world *world)
{
    free(world->watches);
}

struct watch watch_at(struct world *world, uint32_t index, uint32_t tick_ms, mono_ms now)
{
    struct watch watch;
    world->settings.checks = &world->check;
    watch_init(&watch, &world->settings, index, index, world->settings.watch_count, tick_ms, 1, now);
    return watch;
}

struct watch watch_alone(struct world *world)
{
    return watch_at(world, 0, 1, 0);
}

struct probe_report report_of(enum verdict verdict, mono_ms started)
{
    static const enum reason reasons[] = {
        [VERDICT_PASS] = REASON_OK, [VERDICT_FAIL] = REASON_REFUSED, [VERDICT_LOCAL] = REASON_LOCAL_ERROR};
    return (struct probe_report){
        .verdict = verdict, .reason = reasons[verdict], .started = started, .detail = "as asked"};
}

mono_ms probe(struct watch *watch, enum verdict verdict, mono_ms took_ms)
{
    mono_ms now = watch->due;
    struct op op = watch_start(watch, now);
    struct probe_report report = report_of(verdict, now);
    enum watch_answer answer = watch_done(watch, op.ticket, &report, now + took_ms);
    assert(answer != WATCH_STALE);
    return now;
}
