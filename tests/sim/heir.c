/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under reload.
 * What:  S22: what a new engine believes at once, held against what the old one did; and that people are not told again
 *        what they know.
 * Why:   whatever is lost at a reload shows sooner or later, but by then nobody sees what it was.
 */

#include "reload.h"

#include "core/record.h"
#include "core/watch.h"
#include "world.h"

#define ALIKE(a, b, what)                                                                                              \
    if ((a) != (b))                                                                                                    \
    violate(world, "S22", what, index, (long long)(a), (long long)(b))

/* ---- watches ---- */

static uint16_t clipped(uint16_t count, uint16_t most)
{
    return count < most ? count : most;
}

static bool same_cadence(const struct check_settings *a, const struct check_settings *b)
{
    return a->interval_ms == b->interval_ms && a->interval_changing_ms == b->interval_changing_ms &&
           a->jitter_permille == b->jitter_permille;
}

static void judge_watch_heir(struct world *world, uint32_t index, const struct watch *is, const struct watch *was)
{
    ALIKE(is->health.state, was->health.state, "watch %u: is %lld after a reload, and was %lld");
    ALIKE(is->health.passed_start, was->health.passed_start, "watch %u: passed at %lld, and had at %lld");
    ALIKE(is->health.failing_start, was->health.failing_start, "watch %u: fails since %lld, and did since %lld");
    ALIKE(is->health.counted_at, was->health.counted_at, "watch %u: counted at %lld, and had at %lld");
    ALIKE(is->health.passes, clipped(was->health.passes, is->check->rise), "watch %u: has %lld passes, and had %lld");
    ALIKE(is->health.fails, clipped(was->health.fails, is->check->fall), "watch %u: has %lld failures, and had %lld");
    ALIKE(is->trail.count, was->trail.count, "watch %u: shows %lld results, and had %lld");
    if (check_kind_probes(is->check->kind) && same_cadence(is->check, was->check) && !was->in_flight)
        ALIKE(is->planned, was->planned, "watch %u: is asked at %lld, and was to be at %lld");
}

/* A grid of its own where the times are others; and whatever may be wanted now may be sent and read for once (S9). */
void safety_reload(struct world *world, const struct renumbering *renumbering)
{
    const struct settings *old = renumbering->old, *fresh = renumbering->fresh;
    for (uint32_t w = 0; w < fresh->watch_count; w++) {
        uint32_t former = renumbering->old_watch[w];
        if (former != ID_NONE && !same_cadence(&old->checks[old->watches[former].check],
                                               &fresh->checks[fresh->watches[w].check]))
            world->safety.probe_started[w] = MONO_NEVER;
    }
    for (uint32_t v = 0; v < fresh->value_count; v++) {
        uint32_t watch = fresh->values[v].watch;
        if (watch == ID_NONE || renumbering->old_watch[watch] == ID_NONE ||
            renumbering->heirs[fresh->targets[fresh->values[v].target].record] == ID_NONE)
            world->safety.told[v] = HEALTH_UNKNOWN;
    }
    for (uint32_t r = 0; r < fresh->record_count; r++) {
        struct ledger *ledger = &world->safety.ledgers[r];
        ledger->sends_paid -= world->settings->servers[server_of_record(world, r)].retry_most_ms / 6 + 100;
        ledger->turned_at = world->now;
        ledger->all_down_moves = 0;
        ledger->rehearse_from = INT64_MIN;
    }
    world->safety.changed = 0;
    world->safety.quiet_since = world->now;
    world->safety.quiet_reads = 0;
}

/* ---- records ---- */

static uint32_t flaps(const struct record *record, mono_ms now)
{
    return flap_count(&record->flap, record->settings, now);
}

static void judge_record_heir(struct world *world, const struct renumbering *renumbering, const struct record *is,
                              const struct record *was)
{
    uint32_t index = is->index, place = was->current;
    place = renumbered_place(renumbering, was->index, place);
    bool is_same_place = place != ID_NONE && is->settings->publish == was->settings->publish;
    ALIKE(is->txn.condition, was->txn.condition, "record %u: is in condition %lld, and was in %lld");
    if (is_same_place && is->txn.condition == CONDITION_OK)
        ALIKE(is->current, place, "record %u: is on target %lld, and was on %lld");
    ALIKE(is->switched_at, was->switched_at, "record %u: switched at %lld, and did at %lld");
    if (was->flap.latched && !is->flap.latched)
        violate(world, "S22", "record %u: is not latched any more", index);
    if (is->settings->switches_most >= was->settings->switches_most &&
        is->settings->flap_window_ms == was->settings->flap_window_ms)
        ALIKE(flaps(is, world->now), flaps(was, world->now), "record %u: has switched %lld times, and had %lld");
    if (was->txn.belief.marked && !is->txn.belief.marked)
        violate(world, "S22", "record %u: does not know its marker any more", index);
    if (belief_is_in_doubt(&was->txn.belief) && !belief_is_in_doubt(&is->txn.belief))
        violate(world, "S22", "record %u: does not know any more what may still come", index);
}

void heir_judge(struct world *world, const struct renumbering *renumbering, const struct engine *old)
{
    for (uint32_t w = 0; w < renumbering->fresh->watch_count; w++)
        if (renumbering->old_watch[w] != ID_NONE)
            judge_watch_heir(world, w, engine_watch(world->engine, w), engine_watch(old, renumbering->old_watch[w]));
    for (uint32_t r = 0; r < renumbering->fresh->record_count; r++)
        if (renumbering->heirs[r] != ID_NONE)
            judge_record_heir(world, renumbering, engine_record(world->engine, r),
                              engine_record(old, renumbering->heirs[r]));
    const struct gate *is = engine_gate(world->engine), *was = engine_gate(old);
    uint32_t index = 0;
    if (renumbering->same_references && gate_is_open(is) != gate_is_open(was))
        violate(world, "S22", "gate %u: is %s, and was not", index, gate_is_open(is) ? "open" : "closed");
}

/* ---- what was told ---- */

/* By old numbers: what was told of a value is known until it is not so any more. */
void heir_note_said(struct world *world, const struct renumbering *renumbering)
{
    for (uint32_t v = 0; v < renumbering->old->value_count; v++) {
        uint32_t watch = renumbering->old->values[v].watch, told = world->safety.told[v];
        uint32_t record = renumbering->new_record[renumbering->old->targets[renumbering->old->values[v].target].record];
        bool goes_on = watch != ID_NONE && renumbering->new_watch[watch] != ID_NONE &&
                       record < renumbering->fresh->record_count && renumbering->heirs[record] != ID_NONE;
        world->reload.said[v] = goes_on && told != HEALTH_UNKNOWN && judge_state(world, watch) == told
                                    ? (uint8_t)(1 + told)
                                    : 0;
    }
}

void heir_judge_notice(struct world *world, const struct notice *notice)
{
    uint8_t *said = &world->reload.said[notice->value];
    enum health_state told = notice->kind == NOTICE_TARGET_UP     ? HEALTH_UP
                             : notice->kind == NOTICE_TARGET_DOWN ? HEALTH_DOWN
                                                                  : HEALTH_UNKNOWN;
    uint32_t watch = world->settings->values[notice->value].watch;
    if (*said == 1 + told && watch != ID_NONE && world->judge.watches[watch].turned_at < world->reload.at &&
        world->settings->watches[watch].child_count == 0 && world->judge.gap_end < world->reload.at &&
        world->judge.gate.void_until < world->reload.at)
        violate(world, "S22", "value %u: is told again to be %s since the reload %lld ms ago", notice->value,
                told == HEALTH_UP ? "up" : "down", (long long)(world->now - world->reload.at));
    *said = 0;
}
