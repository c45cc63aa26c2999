/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, beside daemon.
 * What:  compare reload.h: build, wait until nothing is under way, hand over, renumber, lay the overrides again.
 */

#include "reload.h"

#include "beat.h"
#include "core/adopt.h"
#include "door.h"
#include "memory.h"

#include <assert.h>
#include <stdlib.h>

#define READS_MS    250  /* whoever is silent need not be waited for */
#define PATIENCE_MS 5000 /* beyond the timeout of the slowest server */

void reload_init(struct world *world)
{
    world->reload.said = calloc(world->settings->value_count + 1, sizeof *world->reload.said);
    assert(world->reload.said);
    world->reload.at = world->now;
}

void reload_done(struct world *world)
{
    reload_drop(world);
    free(world->reload.said);
    editions_done(world);
}

void reload_drop(struct world *world)
{
    if (!world->reload.fresh)
        return;
    engine_free(world->reload.fresh);
    world->reload.fresh = NULL;
    edition_drop(world);
}

/* One engine at a time on these settings: a second daemon would have to be told, too. */
bool reload_begins(struct world *world, bool is_unchanged)
{
    struct reload *reload = &world->reload;
    struct error err = {0};
    if (!world->engine || world->is_stopping || world->frozen_until > world->now || world->rival.engine)
        return false;
    const struct settings *fresh = edition_build(world);
    reload->fresh = engine_new(fresh, world->owner, random_u64(&world->chance), world->now, &err);
    if (!reload->fresh) {
        violate(world, "S19", "no engine of the next edition: %s", err.text);
        edition_drop(world);
        return false;
    }
    uint32_t slowest_ms = 0;
    for (uint32_t s = 0; s < world->settings->server_count; s++)
        slowest_ms = world->settings->servers[s].timeout_ms > slowest_ms ? world->settings->servers[s].timeout_ms
                                                                         : slowest_ms;
    reload->is_unchanged = is_unchanged;
    reload->give_up_reads = world->now + READS_MS;
    reload->give_up = world->now + slowest_ms + PATIENCE_MS;
    trace_line(world, "daemon  reads its file again%s", is_unchanged ? ", which is the same" : "");
    world->is_stopping = true;
    door_hand_over(world, &(struct event){.kind = EVENT_STOPPING});
    return true;
}

/* What was saved is read at once, or not now; then with whatever is saved next. */
void reload_by_chance(struct world *world)
{
    edition_edit(world);
    (void)reload_begins(world, world->editions.edits == 0);
}

/* ---- the swap ---- */

static void judge_interrupted(struct world *world, const struct renumbering *renumbering)
{
    for (uint32_t w = 0; w < renumbering->old->watch_count; w++)
        if (world->network.probes[w].is_active)
            judge_interrupt(world, w);
}

static void begin_anew(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    safety_restart_record(world, record);
    for (uint32_t i = 0; i < ledger->transactions && i < TRANSACTIONS_KEPT; i++)
        ledger->kept[i].life = 0;
    ledger->ours_life = 0;
    world->liveness.unknown_since[record] = world->liveness.unsettled_since[record] = MONO_NEVER;
    world->liveness.troubles[record] = NO_TROUBLE;
    world->judge.records[record] = (struct record_opinion){.switches = {{.count = 0}}};
}

/* All that was believed of the zone is read once more before anything is built on it (S12). */
static void doubt(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    ledger->doubt_since = world->now;
    ledger->lost_size = ledger->held_up = 0; /* in which company it was refused is not handed on */
}

static void settle_in(struct world *world, const struct renumbering *renumbering)
{
    for (uint32_t r = 0; r < renumbering->records; r++) {
        bool goes_on = r < renumbering->fresh->record_count && renumbering->heirs[r] != ID_NONE;
        if (goes_on)
            doubt(world, r);
        else
            begin_anew(world, r);
        world->standing.returns[r] = false;
        world->standing.waiting[r].number = 0;
    }
    operators_restart(world);
    secondaries_restart(world);
    judge_reload(world, renumbering);
    beats_follow(world, renumbering);
    safety_reload(world, renumbering);
    for (uint32_t r = 0; r < renumbering->fresh->record_count; r++)
        safety_reload_truth(world, r);
}

static void hand_over(struct world *world, const struct renumbering *renumbering)
{
    const struct adoption adoption = {.watches = renumbering->old_watch, .records = renumbering->heirs};
    struct engine *old = world->engine;
    world->engine = world->reload.fresh;
    world->reload.fresh = NULL;
    memory_watch();
    engine_adopt(world->engine, old, &adoption, world->now);
    memory_unwatch();
    if (memory_taken() != 0)
        violate(world, "S19", "the engine took memory while it took over");
    heir_judge(world, renumbering, old);
    engine_free(old);
}

/* What is in force is laid again, by the new numbers. */
static void lay_again(struct world *world)
{
    for (uint32_t i = 0; i < world->standing.count && !world->violation.is_set; i++) {
        const struct override item = world->standing.items[i];
        door_hand_over(world, &(struct event){.kind = EVENT_OVERRIDE, .is.override = &item});
    }
}

static void swap(struct world *world)
{
    struct renumbering renumbering = renumber(world);
    trace_line(world, "daemon  goes on with what it has read");
    judge_note_age(world);
    judge_interrupted(world, &renumbering);
    network_forget(world);
    for (uint32_t r = 0; r < renumbering.records; r++)
        world->servers.reads[r].is_active = false;
    hand_over(world, &renumbering);
    heir_note_said(world, &renumbering);
    reload_carry(world, &renumbering);
    edition_take(world);
    world->reload.at = world->now;
    world->reload.count++;
    world->is_stopping = false;
    settle_in(world, &renumbering);
    renumbering_done(&renumbering);
    edition_drop(world);
    if (world->trace.mode)
        trace_settings(world);
    world->deadline = engine_deadline(world->engine);
    lay_again(world);
}

void reload_step(struct world *world)
{
    if (!world->reload.fresh || world->violation.is_set)
        return;
    bool reads_alone = engine_stats(world->engine)->sends_in_flight == 0;
    if (engine_is_idle(world->engine) || (reads_alone && world->now >= world->reload.give_up_reads))
        swap(world);
    else if (world->now > world->reload.give_up)
        violate(world, "S22", "a reload still waits for what is under way after %lld ms",
                (long long)(world->now - world->reload.give_up));
}
