/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator; world calls it with every event, every effect and after each of both.
 * What:  S1 (what is told of targets), S9 (budgets), S19 (memory), S20 (text), S21 (digest), S23 (quiet).
 * Why:   the judge is moved first, by the same event that the engine gets; effects are then held against it.
 */

#include "invariants.h"
#include "memory.h"
#include "world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ABOVE_MAX         8 /* watches above one, itself counted */
#define NONCES_ROOM       65536
#define NONCES_ROOM_SMALL 4096

void safety_init(struct world *world)
{
    struct safety *safety = &world->safety;
    const struct settings *settings = world->settings;
    safety->ledgers = calloc(settings->record_count + 1, sizeof *safety->ledgers);
    safety->probe_started = calloc(settings->watch_count + 1 + CONNECTIVITY_MAX, sizeof *safety->probe_started);
    safety->nonce_room = settings->record_count > 16 ? NONCES_ROOM : NONCES_ROOM_SMALL;
    safety->nonces = calloc(safety->nonce_room, sizeof *safety->nonces);
    safety->told = calloc(settings->value_count + 1, sizeof *safety->told);
    safety->taken_last = calloc(settings->zone_count + 1, sizeof *safety->taken_last);
    assert(safety->ledgers && safety->probe_started && safety->nonces && safety->told && safety->taken_last);
    for (uint32_t r = 0; r < settings->record_count; r++) {
        safety->ledgers[r].kept = calloc(TRANSACTIONS_KEPT, sizeof *safety->ledgers[r].kept);
        assert(safety->ledgers[r].kept);
        safety->ledgers[r].intact_since = safety->ledgers[r].restored_left = MONO_NEVER;
    }
    safety->digest = safety->decided = 0xcbf29ce484222325u;
}

void safety_done(struct world *world)
{
    for (uint32_t r = 0; r < world->setup.settings.record_count; r++)
        free(world->safety.ledgers[r].kept);
    free(world->safety.ledgers);
    free(world->safety.probe_started);
    free(world->safety.taken_last);
    free(world->safety.nonces);
    free(world->safety.told);
}

void safety_restart_record(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    ledger->has_read = ledger->is_in_flight = ledger->is_stopped = ledger->is_foreign = ledger->has_known = false;
    ledger->is_disowned = ledger->is_ended = false;
    ledger->condition = CONDITION_OK;
    ledger->proved = (struct contents){0};
    ledger->lost_size = ledger->held_up = 0;
    ledger->doubt_since = world->now;
    ledger->intact_since = ledger->restored_left = MONO_NEVER;
    ledger->all_down_moves = 0;
    ledger->rehearse_from = INT64_MIN;
    ledger->failed_last = ledger->stopped_at = ledger->spoken_for = ledger->replied_at = -DAY_MS;
    ledger->reads_paid = ledger->sends_paid = ledger->tells_paid = INT64_MIN / 2;
}

void safety_restart(struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++)
        safety_restart_record(world, r);
    for (uint32_t w = 0; w < world->settings->watch_count; w++)
        world->safety.probe_started[w] = MONO_NEVER;
    for (uint32_t v = 0; v < world->settings->value_count; v++)
        world->safety.told[v] = HEALTH_UNKNOWN;
    world->safety.quiet_since = world->now;
    world->safety.quiet_reads = 0;
}

/* ---- S14, S21 ---- */

static void mix_into(uint64_t *digest, uint64_t number)
{
    *digest = (*digest ^ number) * 0x100000001b3u;
    *digest ^= *digest >> 29;
}

static void mix(struct safety *safety, uint64_t number)
{
    mix_into(&safety->digest, number);
}

static void mix_decided(struct world *world, const struct effect *effect)
{
    uint64_t *decided = &world->safety.decided;
    mix_into(decided, (uint64_t)world->now << 8 | effect->kind);
    mix_into(decided, effect->op.subject);
    const struct notice *n = &effect->notice;
    if (effect->kind == EFFECT_TELL)
        mix_into(decided, (uint64_t)n->kind << 48 | (uint64_t)n->condition << 40 | (uint64_t)(n->from & 0xff) << 32 |
                              (uint64_t)(n->to & 0xff) << 24 | n->record);
    const struct batch_view *batch = effect->kind == EFFECT_SEND ? engine_batch(world->engine, effect->op.subject)
                                                                 : NULL;
    for (uint32_t m = 0; batch && m < batch->count; m++)
        mix_into(decided, batch->members[m].plan->fresh.nonce ^ batch->members[m].plan->kind);
}

static void mix_notice(struct safety *safety, const struct notice *n)
{
    mix(safety, (uint64_t)n->kind << 32 | n->record);
    mix(safety, (uint64_t)n->value << 32 | n->watch);
    mix(safety, (uint64_t)n->from << 32 | n->to);
    mix(safety, (uint64_t)n->condition << 48 | (uint64_t)n->cause << 32 | (uint64_t)n->reason << 16 | n->plan);
    mix(safety, (uint64_t)n->streak << 32 | n->threshold);
    mix(safety, (uint64_t)n->span_ms ^ (uint64_t)n->duration_ms << 20 ^ (uint64_t)n->next_ms << 40);
    mix(safety, n->change << 8 ^ n->owner ^ n->epoch << 16 ^ n->epoch_known << 40);
    mix(safety, (uint64_t)n->serial << 32 | n->count << 8 | (uint64_t)n->repeated << 1 | (uint64_t)n->answer_was_lost);
    mix(safety, (uint64_t)n->dns.outcome << 32 | n->dns.took_us);
    for (const char *c = n->detail; *c; c++)
        mix(safety, (uint64_t)(unsigned char)*c);
}

/* ---- S9 ---- */

static void judge_probe_start(struct world *world, uint32_t watch)
{
    mono_ms *started = &world->safety.probe_started[watch];
    const struct check_settings *check = &world->settings->checks[world->settings->watches[watch].check];
    if (world->is_stopping)
        violate(world, "L8", "watch %u is probed after STOPPING", watch);
    if (*started != MONO_NEVER && *started >= world->judge.gap_end) {
        uint32_t jitter = check->jitter_permille > 125 ? check->jitter_permille : 125;
        int64_t least_ms = (int64_t)check->interval_changing_ms * (1000 - jitter) / 1000;
        if (world->now - *started < least_ms)
            violate(world, "S9", "watch %u is probed %lld ms after its last probe; %lld is the least", watch,
                    (long long)(world->now - *started), (long long)least_ms);
        liveness_on_probe(world, watch, *started);
    }
    *started = world->now;
}

static void judge_read_asked(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    const struct server_settings *server = &world->settings->servers[server_of_record(world, record)];
    int64_t each_ms = server->audit_ms < 500 ? server->audit_ms : 500;
    if (!budget_allows(&ledger->reads_paid, world->now, each_ms, 120))
        violate(world, "S9", "record %u is read more often than twice a second", record);
    if (world->is_stopping)
        violate(world, "L8", "record %u is read after STOPPING", record);
    world->safety.quiet_reads++;
}

static void judge_message(struct world *world, uint32_t zone)
{
    const struct batch_view *batch = engine_batch(world->engine, zone);
    const struct server_settings *server = &world->settings->servers[world->settings->zones[zone].server];
    if (!batch) {
        violate(world, "S9", "zone %u: SEND without a message", zone);
        return;
    }
    for (uint32_t m = 0; m < batch->count; m++) {
        struct ledger *ledger = &world->safety.ledgers[batch->members[m].record];
        int64_t each_ms = server->retry_most_ms / 6 + 100;
        if (batch->members[m].plan->kind == PLAN_REHEARSE)
            continue; /* they have a time of their own */
        if (!budget_allows(&ledger->sends_paid, world->now, each_ms, 24))
            violate(world, "S9", "record %u is sent more often than back-off allows", batch->members[m].record);
    }
    if (batch->count > 0 && batch->members[0].plan->kind == PLAN_REHEARSE)
        return;
    world->safety.quiet_since = world->now;
    world->safety.quiet_reads = 0;
}

/* Wake-ups that lead nowhere: the engine's deadline lies in the past, and nothing that it does moves it. */
static void judge_wakes(struct world *world, const struct event *event)
{
    struct safety *safety = &world->safety;
    if (event->kind != EVENT_WAKE || world->effects.count > 0 || safety->wake_at != world->now) {
        safety->wakes = 0;
        safety->wake_at = world->now;
    } else if (++safety->wakes > 8) {
        violate(world, "S9", "wakes and wakes at one instant without doing anything");
    }
}

/* ---- hooks ---- */

/* The watch itself is the nth before all above it. */
static uint32_t watch_or_above(const struct world *world, uint32_t watch, uint32_t nth)
{
    const struct watch_settings *of = &world->settings->watches[watch];
    if (nth == 0)
        return watch;
    return nth <= of->above_count ? world->settings->above[of->above_first + nth - 1] : ID_NONE;
}

/* A change of health may move each of its records once more. */
static void allow_a_message(struct world *world, uint32_t watch)
{
    const struct watch_settings *of = &world->settings->watches[watch];
    for (uint32_t u = of->user_first; u < of->user_first + of->user_count; u++) {
        uint32_t record = world->settings->targets[world->settings->values[world->settings->users[u]].target].record;
        const struct server_settings *server = &world->settings->servers[server_of_record(world, record)];
        world->safety.ledgers[record].sends_paid -= server->retry_most_ms / 6 + 100;
        world->safety.ledgers[record].tells_paid -= 2 * TELL_EACH_MS; /* published, and served */
        world->safety.ledgers[record].turned_at = world->now;
    }
}

/* S6: whether anything is up again, after this. */
static void note_any_up(struct world *world, uint32_t watch)
{
    const struct watch_settings *of = &world->settings->watches[watch];
    for (uint32_t u = of->user_first; u < of->user_first + of->user_count; u++) {
        uint32_t record = world->settings->targets[world->settings->values[world->settings->users[u]].target].record;
        const struct record_settings *settings = &world->settings->records[record];
        judge_refresh(world, record);
        for (uint32_t t = 0; t < settings->target_count; t++)
            if (t != settings->fallback && world->judge.up_since[settings->target_first + t] != MONO_NEVER)
                world->safety.ledgers[record].all_down_moves = 0;
    }
}

static void note_changed(struct world *world, uint32_t watch)
{
    allow_a_message(world, watch);
    world->safety.quiet_since = world->now;
    world->safety.quiet_reads = 0;
}

static void observe(struct world *world, uint32_t watch, const struct probe_report *probe)
{
    enum health_state before[ABOVE_MAX] = {0};
    struct safety *safety = &world->safety;
    assert(world->settings->watches[watch].above_count < ABOVE_MAX);
    for (uint32_t i = 0, w = watch; w != ID_NONE; w = watch_or_above(world, watch, ++i)) {
        note_any_up(world, w);
        before[i] = judge_state(world, w);
    }
    bool has_changed = judge_observe(world, watch, judge_counted(world, watch, probe->verdict), probe->started);
    bool is_first = safety->changed == 0; /* of several at one instant the first is held against what is told */
    if (is_first)
        safety->looked_at = watch;
    for (uint32_t i = 0, w = watch; w != ID_NONE; w = watch_or_above(world, watch, ++i)) {
        if (i == 0 ? has_changed : before[i] != judge_state(world, w)) {
            safety->changed |= is_first ? UINT32_C(1) << i : 0;
            note_changed(world, w);
        }
        note_any_up(world, w);
    }
}

void safety_on_silence(struct world *world)
{
    const struct probe_report missed = {
        .verdict = VERDICT_FAIL, .reason = REASON_HEARTBEAT_MISSED, .started = world->now};
    if (world->now < world->judge.silent_next)
        return;
    world->judge.silent_next = MONO_NEVER;
    for (uint32_t w = 0; w < world->settings->watch_count; w++) {
        mono_ms silent_at = world->judge.watches[w].silent_at;
        if (silent_at != 0 && silent_at > world->now)
            world->judge.silent_next = mono_earlier(world->judge.silent_next, silent_at);
        if (silent_at == 0 || silent_at > world->now)
            continue;
        observe(world, w, &missed);
        judge_note_beat(world, w);
    }
}

void safety_on_event(struct world *world, const struct event *event)
{
    struct safety *safety = &world->safety;
    world->counters.steps++;
    if (event->kind == EVENT_GAP) {
        judge_gap(world, event->is.gap_ms);
        for (uint32_t r = 0; r < world->settings->record_count; r++)
            safety->ledgers[r].doubt_since = world->now;
    }
    if (event->kind == EVENT_HEARTBEAT) {
        observe(world, event->op.subject, event->is.probe);
        judge_note_beat(world, event->op.subject);
    }
    if (event->kind != EVENT_PROBE_DONE)
        return;
    uint32_t watch = event->op.subject;
    if (judge_is_reference(world, watch)) {
        safety->gate_opened_again = judge_reference(world, watch, event->is.probe->verdict, event->is.probe->started);
        safety->quiet_since = safety->gate_opened_again ? world->now : safety->quiet_since;
    }
    observe(world, watch, event->is.probe);
}

void safety_on_effect(struct world *world, const struct effect *effect)
{
    struct safety *safety = &world->safety;
    safety->effects++;
    mix(safety, (uint64_t)world->now << 8 | effect->kind);
    mix(safety, (uint64_t)effect->op.subject << 32 | effect->op.ticket);
    mix_decided(world, effect);
    switch (effect->kind) {
    case EFFECT_PROBE:
        mix(safety, (uint64_t)effect->due);
        judge_probe_start(world, effect->op.subject);
        break;
    case EFFECT_PROBE_CANCEL:
        judge_interrupt(world, effect->op.subject);
        break;
    case EFFECT_READ:
        judge_read_asked(world, effect->op.subject);
        break;
    case EFFECT_SEND:
        judge_message(world, effect->op.subject);
        break;
    case EFFECT_VERIFY:
    case EFFECT_SAVE:
    case EFFECT_REPLY:
        break;
    case EFFECT_TELL:
        mix_notice(safety, &effect->notice);
        safety_on_notice(world, &effect->notice);
        secondary_on_notice(world, &effect->notice);
        break;
    }
}

/* What was under way while we stood still says nothing, and so is given up, unless there is hardly room to say so. */
static void judge_void_probes(struct world *world, enum event_kind event_kind)
{
    for (uint32_t w = 0; w < world->settings->watch_count && world->effects.count < EFFECTS_ROOM / 2; w++)
        if (world->network.probes[w].is_active && world->network.probes[w].asked < world->now &&
            (event_kind == EVENT_GAP || !judge_is_reference(world, w)))
            violate(world, event_kind == EVENT_GAP ? "S3" : "S7", "watch %u still waits for a probe from before", w);
}

void safety_after(struct world *world, const struct event *event)
{
    judge_wakes(world, event);
    if (event->kind == EVENT_GAP || world->safety.gate_opened_again)
        judge_void_probes(world, event->kind);
    world->safety.gate_opened_again = false;
    if (event->kind == EVENT_SEND_DONE)
        safety_judge_failure_told(world, event);
    safety_judge_told(world);
    world->safety.changed = 0;
    if (memory_taken() != 0)
        violate(world, "S19", "the engine took memory while it handled event %d", (int)event->kind);
    if (world->effects.count > EFFECTS_ROOM)
        violate(world, "S19", "%u effects of one event", world->effects.count);
}

/* S23: nothing happens, so nothing is sent, and reads come at the audit's pace. */
void safety_at_end(struct world *world)
{
    const struct safety *safety = &world->safety;
    if (world->faults.is_any_on || !world->engine)
        return;
    int64_t quiet_ms = world->now - safety->quiet_since;
    uint64_t most = 0, least = 0;
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        uint64_t audits = (uint64_t)quiet_ms / world->settings->servers[server_of_record(world, r)].audit_ms;
        most += audits * 3 / 2 + 4;
        least += audits / 2;
    }
    if (quiet_ms < (world->now - world->began) - 7200000)
        violate(world, "S23", "without any fault something was sent or changed %lld s ago", (long long)quiet_ms / 1000);
    else if (safety->quiet_reads > most || safety->quiet_reads < least)
        violate(world, "S23", "%llu reads in %lld s of quiet, where %llu to %llu are right",
                (unsigned long long)safety->quiet_reads, (long long)quiet_ms / 1000, (unsigned long long)least,
                (unsigned long long)most);
}
