/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator; see liveness.h.
 * What:  L1 (a dead target is left), L2 (nothing is wrong in silence), L3 (doubt is resolved), L6 (every watch is
 *        probed), L9 (return).
 * Why:   bounds are those of the documentation; where a premise is in doubt the checker stays silent, so that what it
 *        says counts.
 */

#include "bare.h"
#include "fate.h"
#include "world.h"

#include <assert.h>
#include <stdlib.h>

#define SLACK_MS 2000

void liveness_init(struct world *world)
{
    world->liveness.unknown_since = calloc(world->settings->record_count + 1, sizeof *world->liveness.unknown_since);
    world->liveness.unsettled_since = calloc(world->settings->record_count + 1, sizeof(mono_ms));
    assert(world->liveness.unsettled_since);
    world->liveness.troubles = calloc(world->settings->record_count + 1, sizeof *world->liveness.troubles);
    assert(world->liveness.unknown_since && world->liveness.troubles);
    liveness_restart(world);
}

void liveness_done(struct liveness *liveness)
{
    free(liveness->unknown_since);
    free(liveness->unsettled_since);
    free(liveness->troubles);
}

void liveness_restart(struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        world->liveness.unknown_since[r] = world->liveness.unsettled_since[r] = MONO_NEVER;
        world->liveness.troubles[r] = NO_TROUBLE;
    }
}

static const struct server_settings *server_of(const struct world *world, uint32_t record)
{
    return &world->settings->servers[server_of_record(world, record)];
}

/*
 * Since when nothing outside has kept a record from being right: host, process, name server, our own pauses after its
 * troubles.
 */
mono_ms liveness_free_since(const struct world *world, uint32_t record)
{
    static const enum fault_class troubles[] = {FAULT_CUT_OFF,     FAULT_TARGETS_LOST, FAULT_LOCAL_STORM,
                                                FAULT_FAMILY_LOST, FAULT_PROBES_LATE,  FAULT_OWNER_LOST};
    for (uint32_t i = 0; i < ARRAY_COUNT(troubles); i++)
        if (fault_is_active(world, troubles[i]))
            return MONO_NEVER;
    if (record >= world->settings->record_count)
        return MONO_NEVER; /* it left the file */
    const struct server_settings *server = server_of(world, record);
    mono_ms well_since = world->servers.well_since[server_of_record(world, record)];
    if (!world->engine || world->is_stopping || well_since == MONO_NEVER || standing_holds(world, record))
        return MONO_NEVER;
    if (well_since > world->began)
        well_since += server->retry_most_ms + 2 * server->timeout_ms + SLACK_MS;
    mono_ms since = mono_later(well_since, world->faults.host_well_since);
    since = mono_later(since, world->judge.started + world->settings->safety.start_grace_ms);
    since = mono_later(since, mono_later(world->judge.gap_end, world->standing.changed_at[record]));
    since = mono_later(since, world->reload.at);
    if (world->settings->safety.connectivity.watch_count == 0)
        return since;
    mono_ms open_since = world->judge.gate.open_since;
    return open_since == MONO_NEVER ? MONO_NEVER : mono_later(since, open_since);
}

/* … and the record itself is as we wrote it, and nothing was told that an operator has to look at. */
mono_ms liveness_settled_since(const struct world *world, uint32_t record)
{
    const struct ledger *ledger = &world->safety.ledgers[record];
    mono_ms since = liveness_free_since(world, record);
    if (since == MONO_NEVER || ledger->intact_since == MONO_NEVER || !world->settings->records[record].enabled ||
        world->settings->safety.dry_run)
        return MONO_NEVER;
    struct contents now;
    contents_now(world, record, &now);
    if (!contents_same_addresses(&now, &ledger->read) || !contents_same_marker(&now, &ledger->read) ||
        now.cname != ledger->read.cname)
        return MONO_NEVER; /* it has changed, and the next audit will show it */
    since = mono_later(since, mono_later(ledger->intact_since, ledger->learned_at));
    if (is_bare(world, record))
        since = mono_later(since, bare_ready_since(world, record));
    if (!ledger->is_stopped)
        return since;
    if (ledger->condition == CONDITION_CLONE)
        return MONO_NEVER;
    mono_ms ended = mono_later(world->servers.well_since[server_of_record(world, record)], ledger->intact_since);
    mono_ms noticed_by = mono_later(ended, ledger->stopped_at) + server_of(world, record)->audit_ms * 5 / 4;
    return mono_later(since, noticed_by + server_of(world, record)->timeout_ms + SLACK_MS);
}

/* … and health decides where it points. */
mono_ms liveness_ready_since(const struct world *world, uint32_t record)
{
    return standing_forces(world, record) == ID_NONE ? liveness_settled_since(world, record) : MONO_NEVER;
}

/* ---- L1 ---- */

/* The longest that a reference takes to pass again: it proves the line, as a standby's pass proves the standby. */
static int64_t gate_proof_ms(const struct world *world)
{
    const struct connectivity_settings *gate = &world->settings->safety.connectivity;
    return gate->watch_count == 0
               ? 0
               : round_ms(&world->settings->checks[world->settings->watches[gate->watch_first].check]);
}

/*
 * When the dead target that stands in the zone has to be gone; MONO_NEVER if it is not dead, or nothing else is alive.
 */
static mono_ms leave_by(const struct world *world, uint32_t record)
{
    const struct record_settings *of = &world->settings->records[record];
    mono_ms since = liveness_ready_since(world, record);
    if (since == MONO_NEVER)
        return MONO_NEVER;
    struct contents contents;
    contents_now(world, record, &contents);
    uint32_t from = contents_target(world->settings, record, &contents);
    if (from == ID_NONE)
        return MONO_NEVER;
    int64_t takes_ms = server_of(world, record)->timeout_ms + SLACK_MS, watched_ms = 0;
    if (from != of->fallback) {
        struct target_truth truth = truth_of(world, of->target_first + from);
        bool is_drained = standing_drains(world, record, from) && (is_really_dead(&truth) || is_really_alive(&truth));
        if (!is_drained && (!is_really_dead(&truth) || !truth.has_check))
            return MONO_NEVER;
        since = mono_later(since, is_really_dead(&truth) ? truth.dead_since : truth.alive_since);
        takes_ms += truth.detection_ms;
        watched_ms = truth.watched_ms;
    }
    mono_ms by = MONO_NEVER;
    mono_ms host_since = mono_later(mono_later(world->faults.host_well_since, world->judge.started),
                                    mono_later(world->judge.gap_end, world->judge.gate.void_until));
    host_since = mono_later(host_since, world->reload.at);
    int64_t gate_ms = gate_proof_ms(world);
    if (gate_ms > watched_ms)
        takes_ms += gate_ms;
    for (uint32_t place = 0; place < of->target_count; place++) {
        struct target_truth truth = truth_of(world, of->target_first + place);
        if (place == from || place == of->fallback || !is_really_alive(&truth) ||
            standing_drains(world, record, place))
            continue;
        mono_ms start = since;
        int64_t proof_ms = 0;
        if (truth.has_check) {
            start = mono_later(start, mono_later(truth.alive_since, host_since) + truth.recovery_ms);
            proof_ms = truth.round_ms > watched_ms ? truth.round_ms : 0;
        }
        by = mono_earlier(by, start + takes_ms + proof_ms);
    }
    return by;
}

static void judge_leaving(struct world *world, uint32_t record)
{
    mono_ms by = leave_by(world, record);
    if (world->now > by)
        violate(world, "L1", "record %u is still on a dead target, %lld ms after it should have left it", record,
                (long long)(world->now - by));
}

void liveness_on_change(struct world *world, uint32_t record)
{
    judge_leaving(world, record);
}

/* ---- L9 ---- */

static void judge_return(struct world *world, uint32_t record)
{
    const struct record_settings *of = &world->settings->records[record];
    mono_ms since = liveness_ready_since(world, record);
    struct contents contents;
    contents_now(world, record, &contents);
    uint32_t from = contents_target(world->settings, record, &contents);
    if (since == MONO_NEVER || from == ID_NONE || from == of->fallback || of->fail_back != FAIL_BACK_AUTO ||
        world->judge.records[record].switches[SWITCHES_TOLD].is_latched || standing_drains(world, record, from))
        return;
    struct verdict_of_target stays = judge_sound_target(world, of->target_first + from);
    if (stays.state != HEALTH_UP)
        return;
    for (uint32_t c = 0; c < world->settings->check_count; c++) /* after a gap each has to be heard of again */
        since = mono_later(since, mono_later(world->judge.gap_end, world->judge.gate.void_until) +
                                      round_ms(&world->settings->checks[c]));
    for (uint32_t place = 0; place < from; place++) {
        mono_ms up_since = world->judge.up_since[of->target_first + place];
        if (up_since == MONO_NEVER || standing_drains(world, record, place))
            continue;
        if (judge_sound_target(world, of->target_first + place).state != HEALTH_UP)
            return;
        mono_ms from_then = mono_later(up_since, judge_last_switch(world, record, SWITCHES_TOLD));
        mono_ms due = mono_later(from_then + judge_delay_ms(world, record, SWITCHES_TOLD, 120000), since);
        due = mono_later(due, world->judge.up_since[of->target_first + from]);
        if (world->now > due + server_of(world, record)->timeout_ms + 2 * SLACK_MS)
            violate(world, "L9", "record %u: target %u has been up for %lld ms and it is still on target %u", record,
                    place, (long long)(world->now - up_since), from);
        return;
    }
}

/* ---- L6 ---- */

static int64_t longest_pause_ms(const struct check_settings *check)
{
    return 2 * (int64_t)check->interval_ms + check->total_ms + SLACK_MS;
}

void liveness_on_probe(struct world *world, uint32_t watch, mono_ms former)
{
    const struct check_settings *check = &world->settings->checks[world->settings->watches[watch].check];
    if (world->now - former > longest_pause_ms(check) &&
        world->now - world->faults.host_well_since > longest_pause_ms(check) &&
        !fault_is_active(world, FAULT_PROBES_LATE))
        violate(world, "L6", "watch %u is probed after %lld ms", watch, (long long)(world->now - former));
}

static void judge_cadence(struct world *world)
{
    for (uint32_t w = 0; w < world->settings->watch_count; w++) {
        const struct check_settings *check = &world->settings->checks[world->settings->watches[w].check];
        mono_ms since = world->judge.gap_end;
        if (!check_kind_probes(check->kind))
            continue;
        if (world->safety.probe_started[w] != MONO_NEVER)
            since = mono_later(since, world->safety.probe_started[w]);
        else
            since = mono_later(since, world->reload.at);
        if (world->now - since > longest_pause_ms(check) + 3000)
            violate(world, "L6", "watch %u has not been probed for %lld ms", w, (long long)(world->now - since));
    }
}

/* ---- L5, S7 ---- */

/* Since when one reference at least has been there for us; MONO_NEVER: none is for sure. */
static mono_ms reference_since(const struct world *world)
{
    static const enum fault_class troubles[] = {FAULT_CUT_OFF, FAULT_LOCAL_STORM, FAULT_PROBES_LATE, FAULT_LOOP_LATE};
    const struct connectivity_settings *gate = &world->settings->safety.connectivity;
    mono_ms since = MONO_NEVER;
    for (uint32_t i = 0; i < ARRAY_COUNT(troubles); i++)
        if (fault_is_active(world, troubles[i]))
            return MONO_NEVER;
    for (uint32_t w = gate->watch_first; w < gate->watch_first + gate->watch_count; w++)
        if (world->network.endpoints[w].mode == ENDPOINT_ALIVE &&
            world->settings->watches[w].address.family != world->faults.lost_family)
            since = mono_earlier(since, world->network.endpoints[w].since);
    return since == MONO_NEVER ? since
                               : mono_later(mono_later(since, world->reload.at),
                            mono_later(world->faults.host_well_since, world->judge.gap_end));
}

static void judge_gate(struct world *world)
{
    if (world->settings->safety.connectivity.watch_count == 0)
        return;
    struct engine_summary summary;
    engine_summarise(world->engine, &summary);
    mono_ms since = reference_since(world);
    bool is_open = judge_gate_is_open(world);
    if (summary.gate == GATE_OPEN && !is_open)
        violate(world, "S7", "the gate is open, and no reference is known to answer");
    else if (summary.gate != GATE_OPEN && since != MONO_NEVER &&
             world->now > mono_later(since, world->judge.started) + gate_proof_ms(world) + SLACK_MS)
        violate(world, "L5", "a reference has been there for %lld ms, and the gate is not open",
                (long long)(world->now - since));
}

/* ---- when it is looked ---- */

void liveness_tick(struct world *world)
{
    if (!world->engine || world->is_stopping || world->frozen_until > world->now)
        return;
    judge_cadence(world);
    judge_gate(world);
    secondaries_judge(world);
    operators_judge(world);
    standing_judge(world);
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        judge_refresh(world, r);
        judge_leaving(world, r);
        judge_return(world, r);
        liveness_judge_doubt(world, r);
    }
}

/* L2: all has been calm for long. Then a record is on a live target, or what keeps it from there was told. */
void liveness_on_calm_end(struct world *world)
{
    if (!world->engine || world->is_stopping || world->settings->safety.dry_run)
        return;
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        const struct record_settings *of = &world->settings->records[r];
        const struct ledger *ledger = &world->safety.ledgers[r];
        bool any_alive = false;
        for (uint32_t place = 0; place < of->target_count; place++) {
            struct target_truth truth = truth_of(world, of->target_first + place);
            any_alive |= place != of->fallback && is_really_alive(&truth) && !standing_drains(world, r, place);
        }
        struct contents contents;
        contents_now(world, r, &contents);
        uint32_t on = contents_target(world->settings, r, &contents);
        struct target_truth truth = {0};
        if (on != ID_NONE)
            truth = truth_of(world, of->target_first + on);
        bool is_right = is_really_alive(&truth) && on != of->fallback;
        bool is_told = ledger->is_stopped && world->now - ledger->stopped_at < TOLD_AGAIN_MS;
        bool is_laid = standing_holds(world, r) || standing_forces(world, r) != ID_NONE;
        if (of->enabled && !is_laid && any_alive && !is_right && !is_told)
            violate(world, "L2",
                    "record %u: after %lld min of calm it is on target %d, nothing was told, and another one is alive",
                    r, (long long)(world->now - world->faults.calm_since) / 60000, (int)on);
    }
}
