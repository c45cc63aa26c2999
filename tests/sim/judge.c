/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, between world (which hands the same answers to it and to the engine) and invariants.
 * What:  what may be believed of each watch and of each target, and how often a record has switched.
 * Why:   written from the tables of the documentation as lists of results, not as counters, so that a slip in the
 *        core's counters is not repeated here.
 */

#include "judge.h"
#include "world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void judge_init(struct world *world)
{
    struct judge *judge = &world->judge;
    judge->watches = calloc(world->settings->watch_count + 1 + CONNECTIVITY_MAX, sizeof *judge->watches);
    judge->up_since = calloc(world->settings->target_count + 1, sizeof *judge->up_since);
    judge->records = calloc(world->settings->record_count + 1, sizeof *judge->records);
    assert(judge->watches && judge->up_since && judge->records);
}

void judge_done(struct judge *judge)
{
    free(judge->watches);
    free(judge->up_since);
    free(judge->records);
}

void judge_restart(struct world *world)
{
    struct judge *judge = &world->judge;
    memset(judge->watches, 0, world->settings->watch_count * sizeof *judge->watches);
    memset(judge->records, 0, world->settings->record_count * sizeof *judge->records);
    for (uint32_t t = 0; t < world->settings->target_count; t++)
        judge->up_since[t] = MONO_NEVER;
    judge->started = judge->gap_end = world->now;
    judge->silent_next = MONO_NEVER;
    judge->gap_ms = 0;
    judge->gate = (struct gate_opinion){.open_since = MONO_NEVER, .void_until = INT64_MIN, .passed_start = INT64_MIN};
    for (uint32_t r = 0; r < world->settings->record_count; r++)
        judge_refresh(world, r);
}

static const struct check_settings *check_of(const struct world *world, uint32_t watch)
{
    return &world->settings->checks[world->settings->watches[watch].check];
}

void judge_note_beat(struct world *world, uint32_t watch)
{
    mono_ms silent_at = world->now + check_of(world, watch)->how.heartbeat.silence_ms;
    world->judge.watches[watch].silent_at = silent_at;
    world->judge.silent_next = mono_earlier(world->judge.silent_next, silent_at);
}

void judge_forget(struct world *world, uint32_t watch)
{
    bool beats = world->judge.watches[watch].silent_at != 0;
    world->judge.watches[watch] = (struct opinion){0};
    if (beats)
        judge_note_beat(world, watch);
}

/* What was seen goes on to count, as far as the new thresholds ask for it. */
static void clip(struct world *world, uint32_t watch)
{
    struct opinion *opinion = &world->judge.watches[watch];
    const struct check_settings *check = check_of(world, watch);
    uint32_t most = opinion->is_failing ? check->fall : check->rise;
    opinion->count = opinion->count < most ? opinion->count : most;
}

/* As many of the last switches as the budget of before, and that of now, has to know. */
static void trim(struct record_opinion *opinion, uint32_t most)
{
    for (uint32_t history = 0; history < ARRAY_COUNT(opinion->switches); history++) {
        mono_ms kept[SWITCHES_MAX];
        uint32_t count = opinion->switches[history].count, few = count < most ? count : most;
        few = few < SWITCHES_MAX ? few : SWITCHES_MAX;
        for (uint32_t i = 0; i < few; i++)
            kept[i] = opinion->switches[history].at[(count - few + i) % SWITCHES_MAX];
        memcpy(opinion->switches[history].at, kept, few * sizeof kept[0]);
        opinion->switches[history].count = few;
    }
}

void judge_reload(struct world *world, const struct renumbering *renumbering)
{
    struct judge *judge = &world->judge;
    const struct settings *old = renumbering->old, *fresh = renumbering->fresh;
    for (uint32_t w = 0; w < fresh->watch_count; w++)
        clip(world, w);
    for (uint32_t r = 0; r < fresh->record_count; r++) {
        uint32_t former = renumbering->heirs[r];
        uint32_t was = former == ID_NONE ? 0 : old->records[former].switches_most;
        trim(&judge->records[r], was < fresh->records[r].switches_most ? was : fresh->records[r].switches_most);
        for (uint32_t history = 0; history < 2 && former != ID_NONE; history++)
            if (judge_switches(world, r, history, 0) >= fresh->records[r].switches_most)
                judge->records[r].switches[history].is_latched = true;
    }
    for (uint32_t t = 0; t < fresh->target_count; t++)
        if (renumbering->heirs[fresh->targets[t].record] == ID_NONE || renumbering->old_target[t] == ID_NONE ||
            !renumbered_same_values(renumbering, renumbering->old_target[t], t))
            judge->up_since[t] = MONO_NEVER;
    if (!renumbering->same_references)
        judge->gate = (struct gate_opinion){
            .open_since = MONO_NEVER, .void_until = INT64_MIN, .passed_start = INT64_MIN};
    judge_gate_is_open(world);
    for (uint32_t r = 0; r < fresh->record_count; r++)
        judge_refresh(world, r);
}

/* What `count` results take at the configured pace, and a little. */
static int64_t span_ms(const struct check_settings *check, uint32_t count)
{
    return (int64_t)count * check->interval_ms * (1000 + check->jitter_permille) / 1000 + check->total_ms + 2000;
}

int64_t freshness_ms(const struct check_settings *check)
{
    return span_ms(check, check->fall);
}

static bool is_too_old(const struct world *world, uint32_t watch)
{
    const struct opinion *opinion = &world->judge.watches[watch];
    return opinion->is_counted && world->now >= opinion->counted_at + freshness_ms(check_of(world, watch));
}

void judge_note_age(struct world *world)
{
    for (uint32_t w = 0; w < world->settings->watch_count; w++) {
        bool beats = check_of(world, w)->kind == CHECK_HEARTBEAT;
        if (world->settings->watches[w].child_count > 0 || beats || !is_too_old(world, w))
            continue;
        world->judge.watches[w].state = HEALTH_UNKNOWN;
        world->judge.watches[w].count = 0;
    }
}

enum verdict judge_counted(const struct world *world, uint32_t watch, enum verdict verdict)
{
    if (!check_of(world, watch)->invert || verdict == VERDICT_LOCAL)
        return verdict;
    return verdict == VERDICT_PASS ? VERDICT_FAIL : VERDICT_PASS;
}

struct belief_now judge_watch(const struct world *world, uint32_t watch)
{
    if (world->settings->watches[watch].child_count > 0)
        return judge_calculated(world, watch);
    const struct opinion *opinion = &world->judge.watches[watch];
    bool beats = check_of(world, watch)->kind == CHECK_HEARTBEAT; /* its silence speaks */
    enum health_state state = is_too_old(world, watch) && !beats ? HEALTH_UNKNOWN : opinion->state;
    mono_ms said = state == HEALTH_UP ? opinion->passed_start : opinion->failed_start;
    return (struct belief_now){.state = state,
                               .sound = said >= opinion->sound_from ? state : HEALTH_UNKNOWN,
                               .is_counted = opinion->is_counted,
                               .is_asked = opinion->is_asked,
                               .passed_start = opinion->passed_start,
                               .failing_start = opinion->failing_start};
}

enum health_state judge_state(const struct world *world, uint32_t watch)
{
    return judge_watch(world, watch).state;
}

void judge_interrupt(struct world *world, uint32_t watch)
{
    world->judge.watches[watch].is_interrupted = true;
}

/* A streak whose results were held apart by something that was no result counts only as far as it is young. */
static void drop_old_results(struct opinion *opinion, int64_t span, mono_ms now)
{
    uint32_t resumed_at = 0;
    for (uint32_t i = 1; i < opinion->count; i++)
        if (opinion->streak[i].is_resumed)
            resumed_at = i;
    uint32_t keep_from = opinion->is_interrupted ? opinion->count : resumed_at;
    if (keep_from == 0 || now - opinion->streak[0].started < span)
        return;
    opinion->count -= keep_from;
    memmove(opinion->streak, opinion->streak + keep_from, opinion->count * sizeof opinion->streak[0]);
}

static void lengthen(struct opinion *opinion, uint32_t needed, int64_t span, mono_ms started, mono_ms now)
{
    if (opinion->count < needed)
        drop_old_results(opinion, span, now);
    struct streak_result result = {
        .started = started, .ended = now, .is_resumed = opinion->is_interrupted && opinion->count > 0};
    assert(needed <= STREAK_MAX);
    if (opinion->count == needed) /* long enough already: its first result stays, since that is when the run began */
        opinion->streak[needed - 1] = result;
    else
        opinion->streak[opinion->count++] = result;
    opinion->is_interrupted = false;
}

bool judge_observe(struct world *world, uint32_t watch, enum verdict verdict, mono_ms started)
{
    struct opinion *opinion = &world->judge.watches[watch];
    const struct check_settings *check = check_of(world, watch);
    opinion->is_asked = true;
    if (verdict == VERDICT_LOCAL) {
        opinion->is_interrupted = true;
        return false;
    }
    enum health_state before = opinion->state;
    if (is_too_old(world, watch)) {
        opinion->state = HEALTH_UNKNOWN;
        opinion->count = 0;
    }
    bool is_failing = verdict == VERDICT_FAIL;
    if (opinion->is_failing != is_failing)
        opinion->count = 0;
    opinion->is_failing = is_failing;
    opinion->is_counted = true;
    opinion->counted_at = world->now;
    uint32_t needed = is_failing ? check->fall : check->rise;
    lengthen(opinion, needed, span_ms(check, needed), started, world->now);
    *(is_failing ? &opinion->failed_start : &opinion->passed_start) = started;
    if (is_failing && opinion->state != HEALTH_DOWN)
        opinion->failing_start = opinion->streak[0].started;
    if (is_failing && opinion->count == needed)
        opinion->state = HEALTH_DOWN;
    if (!is_failing && (opinion->count == needed || opinion->state == HEALTH_UNKNOWN))
        opinion->state = HEALTH_UP;
    if (opinion->state != before)
        opinion->turned_at = world->now;
    return opinion->state != before;
}

/*
 * The process stood still: every probe under way is void, and with a longer gap what was counted, and with a long one
 * all.
 */
void judge_gap(struct world *world, uint32_t gap_ms)
{
    world->judge.gap_end = world->now;
    world->judge.gap_ms = gap_ms;
    for (uint32_t w = 0; w < world->settings->watch_count; w++) {
        struct opinion *opinion = &world->judge.watches[w];
        const struct check_settings *check = check_of(world, w);
        if (gap_ms > freshness_ms(check))
            judge_forget(world, w);
        else if (gap_ms > check->interval_ms)
            opinion->count = 0;
        if (opinion->silent_at != 0)
            judge_note_beat(world, w);
        if (gap_ms > check->interval_ms)
            opinion->sound_from = world->now;
        if (gap_ms > check->interval_ms && judge_is_reference(world, w))
            world->judge.gate.last[w - world->settings->safety.connectivity.watch_first] = 0;
    }
    judge_gate_is_open(world);
    for (uint32_t r = 0; r < world->settings->record_count; r++)
        judge_refresh(world, r);
}

/* Another address of the same target says more than this one, which this host cannot judge at all. */
bool judge_is_left_out(const struct world *world, const struct target_settings *target, uint32_t watch)
{
    const struct belief_now belief = judge_watch(world, watch);
    if (belief.is_counted || !belief.is_asked)
        return false;
    for (uint32_t v = target->value_first; v < target->value_first + target->value_count; v++) {
        uint32_t other = world->settings->values[v].watch;
        if (standing_sets_aside(world, v))
            continue;
        if (other != ID_NONE && judge_watch(world, other).is_counted)
            return true;
    }
    return false;
}

/* Sorted, newest first. */
static void insert_newest(mono_ms *passes, uint32_t count, mono_ms start)
{
    uint32_t place = count;
    for (; place > 0 && passes[place - 1] < start; place--)
        passes[place] = passes[place - 1];
    passes[place] = start;
}

static struct verdict_of_target add_up(const struct world *world, uint32_t index, bool is_sound)
{
    const struct target_settings *target = &world->settings->targets[index];
    struct verdict_of_target verdict = {.least = target->least_healthy};
    mono_ms passes[64];
    for (uint32_t v = target->value_first; v < target->value_first + target->value_count; v++) {
        uint32_t watch = world->settings->values[v].watch;
        if (standing_sets_aside(world, v))
            continue;
        if (watch == ID_NONE) {
            insert_newest(passes, verdict.up++, MONO_NEVER);
            continue;
        }
        const struct belief_now belief = judge_watch(world, watch);
        if (judge_is_left_out(world, target, watch)) {
            verdict.left_out++;
            continue;
        }
        switch (is_sound ? belief.sound : belief.state) {
        case HEALTH_UP:
            insert_newest(passes, verdict.up++, belief.passed_start);
            break;
        case HEALTH_DOWN:
            verdict.down++;
            verdict.failing_start = mono_later(verdict.failing_start, belief.failing_start);
            break;
        case HEALTH_UNKNOWN:
            verdict.unknown++;
            break;
        }
    }
    uint32_t judged = verdict.up + verdict.down + verdict.unknown;
    if (verdict.least > judged)
        verdict.least = judged;
    if (judged > 0 && verdict.up >= verdict.least)
        verdict.state = HEALTH_UP;
    else if (judged > 0 && verdict.up + verdict.unknown < verdict.least)
        verdict.state = HEALTH_DOWN;
    if (verdict.state == HEALTH_UP)
        verdict.passed_start = passes[verdict.least - 1];
    return verdict;
}

struct verdict_of_target judge_target(const struct world *world, uint32_t target)
{
    return add_up(world, target, false);
}

struct verdict_of_target judge_sound_target(const struct world *world, uint32_t target)
{
    return add_up(world, target, true);
}

void judge_refresh(struct world *world, uint32_t record)
{
    const struct record_settings *of = &world->settings->records[record];
    for (uint32_t t = of->target_first; t < of->target_first + of->target_count; t++) {
        bool is_up = judge_target(world, t).state == HEALTH_UP;
        if (!is_up)
            world->judge.up_since[t] = MONO_NEVER;
        else if (world->judge.up_since[t] == MONO_NEVER)
            world->judge.up_since[t] = world->now;
    }
}

mono_ms judge_last_switch(const struct world *world, uint32_t record, enum switch_history history)
{
    const struct record_opinion *opinion = &world->judge.records[record];
    return opinion->switches[history].last ? opinion->switches[history].last : world->judge.started;
}

uint32_t judge_switches(const struct world *world, uint32_t record, enum switch_history history, int64_t slack_ms)
{
    const struct record_opinion *opinion = &world->judge.records[record];
    int64_t window_ms = world->settings->records[record].flap_window_ms + slack_ms;
    uint32_t count = opinion->switches[history].count, inside = 0;
    for (uint32_t i = 0; i < count && i < SWITCHES_MAX; i++)
        inside += opinion->switches[history].at[i] > world->now - window_ms;
    return inside;
}

int64_t judge_delay_ms(const struct world *world, uint32_t record, enum switch_history history, int64_t slack_ms)
{
    const struct record_settings *of = &world->settings->records[record];
    int64_t delay_ms = of->fail_back_ms;
    int64_t most_ms = of->fail_back_most_ms > of->fail_back_ms ? of->fail_back_most_ms : of->fail_back_ms;
    for (uint32_t s = judge_switches(world, record, history, slack_ms); s > 1 && delay_ms < most_ms; s--)
        delay_ms *= 2;
    return delay_ms < most_ms ? delay_ms : most_ms;
}

void judge_note_switch(struct world *world, uint32_t record, enum switch_history history, bool is_manual)
{
    struct record_opinion *opinion = &world->judge.records[record];
    opinion->switches[history].last = world->now;
    if (is_manual)
        return;
    opinion->switches[history].at[opinion->switches[history].count++ % SWITCHES_MAX] = world->now;
    if (judge_switches(world, record, history, 0) >= world->settings->records[record].switches_most)
        opinion->switches[history].is_latched = true;
}
