/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator's centre; main and scenario stand above it.
 * What:  takes what happens next and lets it happen, until the time is over or something is violated.
 */

#include "world.h"

#include "beat.h"
#include "door.h"
#include "writer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICK_MS 10000

void violate(struct world *world, const char *invariant, const char *format, ...)
{
    struct violation *violation = &world->violation;
    if (violation->is_set)
        return;
    *violation = (struct violation){
        .is_set = true, .invariant = invariant, .at = world->now, .step = world->counters.steps};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(violation->text, sizeof violation->text, format, arguments);
    va_end(arguments);
    trace_line(world, "VIOLATED %s: %s", invariant, violation->text);
}

/* ---- what happens ---- */

/* True for what reaches the daemon; all else happens whether it runs or not. */
static bool is_for_daemon(enum happening_kind kind)
{
    return kind <= HAPPENS_LOOK_ANSWER || kind == HAPPENS_GAP_END || kind == HAPPENS_STOP_CUT ||
           kind == HAPPENS_STOP_END;
}

static void calm(struct world *world, bool begins)
{
    if (!begins)
        liveness_on_calm_end(world);
    faults_calm(world, begins);
    int64_t length_ms = begins ? 9000000 : 7200000 + chance_about(world, 7200000);
    agenda_add(&world->agenda,
               (struct happening){.at = world->now + length_ms, .kind = HAPPENS_CALM, .subject = !begins});
}

void world_happen(struct world *world, const struct happening *happening)
{
    enum happening_kind kind = (enum happening_kind)happening->kind;
    if (is_for_daemon(kind)) {
        if (!world->engine || happening->life != world->life)
            return;
        if (kind == HAPPENS_GAP_END)
            world->is_frozen = false;
        if (world->is_frozen) {
            struct happening later = *happening;
            later.at = world->frozen_until;
            agenda_add(&world->agenda, later);
            return;
        }
        door_answer(world, happening);
    } else if (kind == HAPPENS_ARRIVAL) {
        servers_message_arrives(world, happening->subject);
    } else if (kind == HAPPENS_FAULT_BEGIN) {
        fault_begins(world, happening->subject);
    } else if (kind == HAPPENS_FAULT_END) {
        fault_ends(world, happening->subject, happening->number);
    } else if (kind == HAPPENS_CALM) {
        calm(world, happening->subject == 1);
    } else if (kind == HAPPENS_BEAT) {
        beat_happens(world, happening->subject);
    } else if (kind == HAPPENS_START) {
        world_start_daemon(world);
    } else if (kind == HAPPENS_MISHAP) {
        fault_comes_true(world, happening->subject);
    } else if (kind == HAPPENS_RIVAL) {
        rival_happens(world, happening);
    } else if (kind == HAPPENS_RESTORED) {
        writer_restore(world, happening->subject);
    } else {
        liveness_tick(world);
        agenda_add(&world->agenda, (struct happening){.at = world->now + TICK_MS, .kind = HAPPENS_TICK});
    }
}

static mono_ms next_wake(const struct world *world)
{
    if (!world->engine)
        return MONO_NEVER;
    mono_ms at = mono_later(world->deadline, world->now);
    return mono_later(at, world->frozen_until);
}

/* The next thing that happens; false: nothing does before `until`, or something is violated. */
bool world_step(struct world *world, mono_ms until)
{
    mono_ms wake = next_wake(world), next = agenda_next(&world->agenda), rival = rival_deadline(world);
    if (world->violation.is_set || (wake > until && next > until && rival > until))
        return false;
    if (rival < wake && rival < next) {
        world->now = rival;
        rival_wakes(world);
    } else if (wake < next || (wake == next && world->wake_first && !world->is_frozen)) {
        world->now = wake;
        door_hand_over(world, &(struct event){.kind = EVENT_WAKE});
        if (fault_is_active(world, FAULT_LOOP_LATE) && world->deadline > world->now && world->deadline != MONO_NEVER)
            world->deadline += chance_between(world, 0, 300);
    } else {
        struct happening happening = agenda_take(&world->agenda);
        world->now = mono_later(world->now, happening.at);
        world_happen(world, &happening);
    }
    reload_step(world);
    return true;
}

void world_run(struct world *world, mono_ms until)
{
    while (world_step(world, until))
        continue;
    if (!world->violation.is_set)
        world->now = until;
}

/* ---- beginning and end ---- */

void world_prepare(struct world *world, uint64_t seed, enum trace_mode trace)
{
    world->seed = seed;
    world->trace.mode = trace;
    world->settings = &world->setup.settings;
    world->owner = random_u64(&world->chance);
    world->began = world->now = 1 + chance_between(world, 0, 1u << 30);
    world->frozen_until = world->now;
    world->deadline = MONO_NEVER;
    world->wake_first = chance_one_in(world, 2);
    world->effects = (struct effects){.room = EFFECTS_ROOM, .items = calloc(EFFECTS_ROOM, sizeof(struct effect))};
    assert(world->effects.items);
    network_init(world);
    servers_init(world);
    secondaries_init(world);
    operators_init(world);
    standing_init(world);
    disk_init(world);
    judge_init(world);
    safety_init(world);
    reload_init(world);
    liveness_init(world);
    world->faults.host_well_since = world->now;
    agenda_add(&world->agenda, (struct happening){.at = world->now + TICK_MS, .kind = HAPPENS_TICK});
}

void world_of_seed(struct world *world, uint64_t seed, int64_t length_ms, enum trace_mode trace)
{
    *world = (struct world){.chance = random_from_seed(seed)};
    setup_by_chance(&world->setup, &world->chance);
    world_prepare(world, seed, trace);
    world->end = world->now + length_ms;
    trace_settings(world);
    for (uint32_t r = 0; r < world->settings->record_count; r++)
        writer_begin(world, r);
    faults_init(world);
    if (world->faults.is_any_on)
        agenda_add(&world->agenda, (struct happening){.at = world->now + 3600000 + chance_about(world, 7200000),
                                                      .kind = HAPPENS_CALM,
                                                      .subject = 1});
    beats_begin(world);
    world_start_daemon(world);
}

void world_done(struct world *world)
{
    engine_free(world->engine);
    free(world->effects.items);
    agenda_done(&world->agenda);
    network_done(&world->network);
    servers_done(&world->servers);
    secondaries_done(world);
    operators_done(world);
    standing_done(world);
    rival_done(world);
    disk_done(&world->disk);
    judge_done(&world->judge);
    safety_done(world);
    liveness_done(&world->liveness);
    reload_done(world);
    setup_done(&world->setup);
}
