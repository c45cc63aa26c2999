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

#define NONCES_ROOM       65536
#define NONCES_ROOM_SMALL 4096

void safety_init(struct world *world)
{
    struct safety *safety = &world->safety;
    const struct settings *settings = world->settings;
    safety->ledgers = calloc(settings->record_count + 1, sizeof *safety->ledgers);
    safety->probe_started = calloc(settings->watch_count + 1, sizeof *safety->probe_started);
    safety->nonce_room = settings->record_count > 16 ? NONCES_ROOM : NONCES_ROOM_SMALL;
    safety->nonces = calloc(safety->nonce_room, sizeof *safety->nonces);
    safety->told = calloc(settings->value_count + 1, sizeof *safety->told);
    assert(safety->ledgers && safety->probe_started && safety->nonces && safety->told);
    for (uint32_t r = 0; r < settings->record_count; r++) {
        safety->ledgers[r].kept = calloc(TRANSACTIONS_KEPT, sizeof *safety->ledgers[r].kept);
        assert(safety->ledgers[r].kept);
        safety->ledgers[r].intact_since = MONO_NEVER;
    }
    safety->digest = 0xcbf29ce484222325u;
    safety->changed_watch = ID_NONE;
}

void safety_done(struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++)
        free(world->safety.ledgers[r].kept);
    free(world->safety.ledgers);
    free(world->safety.probe_started);
    free(world->safety.nonces);
    free(world->safety.told);
}

void safety_restart(struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        struct ledger *ledger = &world->safety.ledgers[r];
        ledger->has_read = ledger->is_in_flight = ledger->is_stopped = ledger->is_foreign = ledger->has_known = false;
        ledger->condition = CONDITION_OK;
        ledger->doubt_since = world->now;
        ledger->intact_since = MONO_NEVER;
        ledger->all_down_moves = 0;
        ledger->reads_paid = ledger->sends_paid = ledger->tells_paid = INT64_MIN / 2;
    }
    for (uint32_t w = 0; w < world->settings->watch_count; w++)
        world->safety.probe_started[w] = MONO_NEVER;
    for (uint32_t v = 0; v < world->settings->value_count; v++)
        world->safety.told[v] = HEALTH_UNKNOWN;
    world->safety.quiet_since = world->now;
    world->safety.quiet_reads = 0;
}

/* ---- S21 ---- */

static void mix(struct safety *safety, uint64_t number)
{
    safety->digest = (safety->digest ^ number) * 0x100000001b3u;
    safety->digest ^= safety->digest >> 29;
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

/* A budget that allows `burst` at once and then one in each `each_ms`; *paid is how far it is used. */
static bool is_within(int64_t *paid, mono_ms now, int64_t each_ms, int64_t burst)
{
    if (*paid < now - burst * each_ms)
        *paid = now - burst * each_ms;
    *paid += each_ms;
    return *paid <= now;
}

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
    if (!is_within(&ledger->reads_paid, world->now, each_ms, 120))
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
        const struct record_settings *record = &world->settings->records[batch->members[m].record];
        struct ledger *ledger = &world->safety.ledgers[batch->members[m].record];
        int64_t each_ms = server->retry_most_ms / 6 + 100;
        if (record->publish == PUBLISH_HEALTHY && each_ms > 500) /* each turn of an address is a change of its own */
            each_ms = 500;
        if (!is_within(&ledger->sends_paid, world->now, each_ms, 24))
            violate(world, "S9", "record %u is sent more often than back-off allows", batch->members[m].record);
    }
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

/* ---- notices ---- */

static void judge_text(struct world *world, const char *text, size_t size)
{
    size_t length = 0;
    while (length < size && text[length] != '\0')
        if (text[length] < 0x20 || text[length++] > 0x7e) {
            violate(world, "S20", "a notice holds the byte 0x%02x", (unsigned char)text[length]);
            return;
        }
    if (length == size)
        violate(world, "S20", "a notice's text does not end");
}

/* S1: UP and DOWN are told of what is so, and of nothing else. */
static void judge_health_notice(struct world *world, const struct notice *notice)
{
    if (notice->value >= world->settings->value_count) {
        violate(world, "S1", "a notice about a target names no address");
        return;
    }
    uint32_t watch = world->settings->values[notice->value].watch;
    if (notice->kind == NOTICE_TARGET_UNKNOWN) {
        world->safety.told[notice->value] = HEALTH_UNKNOWN;
        return;
    }
    enum health_state told = notice->kind == NOTICE_TARGET_UP ? HEALTH_UP : HEALTH_DOWN;
    world->safety.told[notice->value] = (uint8_t)told;
    if (watch == ID_NONE || judge_state(world, watch) != told)
        violate(world, "S1", "watch %u is told to be %s, and is not", watch, told == HEALTH_UP ? "up" : "down");
    else if (told == HEALTH_DOWN &&
             world->judge.watches[watch].count < world->settings->checks[world->settings->watches[watch].check].fall)
        violate(world, "S1", "watch %u is told to be down after %u failures", watch, world->judge.watches[watch].count);
}

/* S1: a change of state that has just been judged is told at once, unless there is hardly room for it. */
static void judge_told(struct world *world)
{
    uint32_t index = world->safety.changed_watch;
    if (index == ID_NONE || world->is_stopping || world->effects.count > EFFECTS_ROOM / 2)
        return;
    const struct watch_settings *watch = &world->settings->watches[index];
    enum health_state state = judge_state(world, index);
    for (uint32_t u = watch->user_first; u < watch->user_first + watch->user_count; u++)
        if (state != HEALTH_UNKNOWN && world->safety.told[world->settings->users[u]] != state)
            violate(world, "S1", "watch %u is %s, and that was not told", index, state == HEALTH_UP ? "up" : "down");
}

/* S15: what is told to be published stood there, under our marker, at some instant between its SEND and now. */
static void judge_published(struct world *world, const struct notice *notice)
{
    const struct ledger *ledger = &world->safety.ledgers[notice->record];
    struct contents contents;
    contents_now(world, notice->record, &contents);
    bool stood = false;
    for (uint32_t i = 0; i <= ARRAY_COUNT(ledger->states) && !stood; i++) {
        bool is_ours = contents.form == MARKER_FORM_ONE && contents.marker.owner == world->owner;
        stood = is_ours && contents_target(world->settings, notice->record, &contents) == notice->to;
        uint32_t back = i + 1;
        if (back > ARRAY_COUNT(ledger->states) || back > ledger->state_next)
            break;
        uint32_t place = (ledger->state_next - back) % ARRAY_COUNT(ledger->states);
        if (ledger->state_ended[place] < ledger->first_sent)
            break;
        contents = ledger->states[place];
    }
    if (!stood)
        violate(world, "S15", "record %u is told to be published on target %u, and was not", notice->record,
                notice->to);
    judge_note_switch(world, notice->record, SWITCHES_TOLD);
}

/* Said at first, after 5 min, then hourly; a condition that has not changed is not said anew. */
static void judge_repetition(struct world *world, const struct notice *notice)
{
    struct ledger *ledger = &world->safety.ledgers[notice->record];
    bool is_condition = notice->kind == NOTICE_NOT_OURS || notice->kind == NOTICE_CONFLICT ||
                        notice->kind == NOTICE_FOREIGN_CHANGE;
    mono_ms quiet_since = mono_later(ledger->changed_at,
                                     world->servers.well_since[server_of_record(world, notice->record)]);
    if (is_condition && ledger->is_stopped && ledger->condition == notice->condition &&
        quiet_since < ledger->stopped_at && world->now - ledger->stopped_at < 290000)
        violate(world, "S9", "record %u: %s is told again after %lld ms", notice->record,
                condition_name(notice->condition), (long long)(world->now - ledger->stopped_at));
    if (notice->kind == NOTICE_UPDATE_FAILED && notice->repeated && world->now - ledger->failed_last < 290000)
        violate(world, "S9", "record %u: update-failed is repeated after %lld ms", notice->record,
                (long long)(world->now - ledger->failed_last));
    if (notice->kind != NOTICE_UPDATE_FAILED)
        return;
    ledger->failed_last = world->now;
}

static void note_condition(struct world *world, const struct notice *notice)
{
    struct ledger *ledger = &world->safety.ledgers[notice->record];
    if (notice->kind == NOTICE_NOT_OURS || notice->kind == NOTICE_CONFLICT || notice->kind == NOTICE_FOREIGN_CHANGE) {
        ledger->is_stopped = true;
        ledger->condition = notice->condition;
        ledger->stopped_at = world->now;
        bool only_waits = notice->condition == CONDITION_MISSING && world->settings->records[notice->record].create;
        if (!notice->repeated && !only_waits)
            ledger->doubt_since = world->now;
    } else if (notice->kind == NOTICE_OWNED || notice->kind == NOTICE_FAILOVER || notice->kind == NOTICE_FAIL_BACK) {
        if (ledger->is_stopped)
            ledger->learned_at = world->now;
        ledger->is_stopped = false;
        ledger->condition = CONDITION_OK;
    }
}

void safety_on_notice(struct world *world, const struct notice *notice)
{
    judge_text(world, notice->detail, sizeof notice->detail);
    judge_text(world, notice->dns.detail, sizeof notice->dns.detail);
    if (notice->kind < 1 || notice->kind >= NOTICE_CORE_COUNT) {
        violate(world, "S20", "a notice of no known kind");
        return;
    }
    world->counters.told[notice->kind]++;
    if (notice->kind >= NOTICE_TARGET_DOWN && notice->kind <= NOTICE_TARGET_UNKNOWN)
        judge_health_notice(world, notice);
    if (notice->kind == NOTICE_FAILOVER || notice->kind == NOTICE_FAIL_BACK)
        judge_published(world, notice);
    if (notice->record >= world->settings->record_count)
        return;
    bool is_of_health = notice->kind <= NOTICE_TARGET_UNKNOWN;
    if (!is_of_health && !is_within(&world->safety.ledgers[notice->record].tells_paid, world->now, 2000, 60))
        violate(world, "S9", "record %u: told too often", notice->record);
    judge_repetition(world, notice);
    note_condition(world, notice);
}

/* ---- hooks ---- */

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

void safety_on_event(struct world *world, const struct event *event)
{
    struct safety *safety = &world->safety;
    world->counters.steps++;
    if (event->kind == EVENT_GAP) {
        judge_gap(world, event->is.gap_ms);
        for (uint32_t r = 0; r < world->settings->record_count; r++)
            safety->ledgers[r].doubt_since = world->now;
    }
    if (event->kind != EVENT_PROBE_DONE)
        return;
    uint32_t watch = event->op.subject;
    note_any_up(world, watch);
    if (judge_observe(world, watch, event->is.probe->verdict, event->is.probe->started)) {
        safety->changed_watch = watch;
        safety->quiet_since = world->now;
        safety->quiet_reads = 0;
    }
    note_any_up(world, watch);
}

void safety_on_effect(struct world *world, const struct effect *effect)
{
    struct safety *safety = &world->safety;
    safety->effects++;
    mix(safety, (uint64_t)world->now << 8 | effect->kind);
    mix(safety, (uint64_t)effect->op.subject << 32 | effect->op.ticket);
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
    case EFFECT_TELL:
        mix_notice(safety, &effect->notice);
        safety_on_notice(world, &effect->notice);
        break;
    }
}

void safety_after(struct world *world, const struct event *event)
{
    judge_wakes(world, event);
    judge_told(world);
    world->safety.changed_watch = ID_NONE;
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
