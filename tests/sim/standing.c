/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under fault.
 * What:  compare standing.h. Of what is said each gets one reply, in time and true (S15, L4); what is forced comes
 *        (L1); what has had its time ends (L4).
 */

#include "standing.h"
#include "bare.h"

#include "door.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SLACK_MS 12000 /* it is looked every ten seconds */

void standing_init(struct world *world)
{
    uint32_t count = world->settings->record_count + 1;
    world->standing.waiting = calloc(count, sizeof *world->standing.waiting);
    world->standing.overtaken = calloc(count, sizeof *world->standing.overtaken);
    world->standing.changed_at = calloc(count, sizeof *world->standing.changed_at);
    world->standing.returns = calloc(count, sizeof *world->standing.returns);
    assert(world->standing.waiting && world->standing.overtaken);
    assert(world->standing.changed_at && world->standing.returns);
    for (uint32_t r = 0; r < world->settings->record_count; r++)
        world->standing.changed_at[r] = -DAY_MS;
}

void standing_done(struct world *world)
{
    free(world->standing.waiting);
    free(world->standing.overtaken);
    free(world->standing.changed_at);
    free(world->standing.returns);
}

/* ---- what is in force ---- */

bool standing_holds(const struct world *world, uint32_t record)
{
    for (uint32_t i = 0; i < world->standing.count; i++) {
        const struct override *item = &world->standing.items[i];
        if (item->kind == OVERRIDE_HOLD && (item->record == record || item->record == ID_NONE))
            return true;
    }
    return false;
}

uint32_t standing_forces(const struct world *world, uint32_t record)
{
    for (uint32_t i = 0; i < world->standing.count; i++)
        if (world->standing.items[i].kind == OVERRIDE_FAILOVER && world->standing.items[i].record == record)
            return world->standing.items[i].target;
    return ID_NONE;
}

static bool same_label(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* By its address or host name, or by the label of its target: a place with all that stands there. */
static bool drains(const struct world *world, const struct override *item, uint32_t value)
{
    const struct value_settings *of = &world->settings->values[value];
    if (item->kind != OVERRIDE_DRAIN)
        return false;
    if (item->label)
        return same_label(item->label, world->settings->targets[of->target].label);
    return of->name == ID_NONE ? address_equal(&item->address, &of->address)
                               : item->address.family == ADDRESS_NONE && item->name == of->name;
}

bool standing_drains_value(const struct world *world, uint32_t value)
{
    for (uint32_t i = 0; i < world->standing.count; i++)
        if (drains(world, &world->standing.items[i], value))
            return true;
    return false;
}

/* All of its addresses, or so many that too few are left; of those that are published together one is enough. */
bool standing_drains(const struct world *world, uint32_t record, uint32_t place)
{
    const struct record_settings *of = &world->settings->records[record];
    const struct target_settings *target = &world->settings->targets[of->target_first + place];
    uint32_t left = 0;
    for (uint32_t v = 0; v < target->value_count; v++)
        left += !standing_drains_value(world, target->value_first + v);
    if (left == target->value_count)
        return false;
    return of->publish == PUBLISH_ALL || left == 0 || left < target->least_healthy;
}

bool standing_sets_aside(const struct world *world, uint32_t value)
{
    uint32_t target = world->settings->values[value].target, record = world->settings->targets[target].record;
    return standing_drains_value(world, value) &&
           !standing_drains(world, record, target - world->settings->records[record].target_first);
}

/* ---- what is said ---- */

static bool is_about(const struct world *world, const struct override *override, uint32_t record)
{
    if (override->kind != OVERRIDE_DRAIN)
        return override->record == record || override->record == ID_NONE;
    for (uint32_t v = 0; v < world->settings->value_count; v++)
        if (drains(world, override, v) && world->settings->targets[world->settings->values[v].target].record == record)
            return true;
    return false;
}

/* What is wanted of them may be another thing now: one more message for each (S9), and patience begins anew. */
static void note_change(struct world *world, const struct override *override)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        if (!is_about(world, override, r))
            continue;
        struct ledger *ledger = &world->safety.ledgers[r];
        const struct server_settings *server = &world->settings->servers[server_of_record(world, r)];
        judge_refresh(world, r);
        world->standing.changed_at[r] = ledger->turned_at = world->now;
        ledger->all_down_moves = 0;
        ledger->sends_paid -= server->retry_most_ms / 6 + 100;
    }
    world->safety.quiet_since = world->now;
    world->safety.quiet_reads = 0;
}

static bool is_heard(const struct world *world)
{
    return world->engine && !world->is_stopping && world->frozen_until <= world->now;
}

static void say(struct world *world, uint32_t record, enum command_kind kind)
{
    struct waiting *waiting = &world->standing.waiting[record];
    const struct command command = {.kind = kind, .number = ++world->operators.numbers, .record = record};
    trace_line(world, "person  asks %s record %u, number %u",
               kind == COMMAND_FAIL_BACK ? "to fail back"
               : kind == COMMAND_UNLATCH ? "to unlatch"
                                         : "what became of",
               record, command.number);
    struct waiting *overtaken = &world->standing.overtaken[record];
    *overtaken = *waiting;
    *waiting = (struct waiting){.number = command.number, .kind = kind, .asked = world->now};
    door_hand_over(world, &(struct event){.kind = EVENT_COMMAND, .is.command = &command});
    if (overtaken->number != 0 && waiting->number != 0)
        violate(world, "S15", "record %u: two wait at a time", record);
    if (overtaken->number != 0) /* the new one was refused */
        *waiting = *overtaken;
    overtaken->number = 0;
}

static void take_away(struct world *world, uint32_t place)
{
    struct standing *standing = &world->standing;
    const struct override ended = standing->items[place];
    standing->items[place] = standing->items[--standing->count];
    note_change(world, &ended);
    door_hand_over(world, &(struct event){.kind = EVENT_RELEASE, .is.released = ended.id});
}

static void lay(struct world *world, struct override override)
{
    struct standing *standing = &world->standing;
    for (uint32_t i = 0; i < standing->count; i++) {
        const struct override *item = &standing->items[i];
        bool is_same = item->kind == override.kind && item->record == override.record &&
                       address_equal(&item->address, &override.address) &&
                       item->name == override.name &&
                       (item->label == override.label || same_label(item->label, override.label));
        if (is_same)
            standing->items[i--] = standing->items[--standing->count]; /* it takes its place */
    }
    if (standing->count == STANDING_MAX)
        return;
    override.id = ++standing->ids;
    override.until = chance_one_in(world, 4) ? MONO_NEVER : world->now + 1000 + chance_about(world, 1500000);
    standing->items[standing->count++] = override;
    note_change(world, &override);
    door_hand_over(world, &(struct event){.kind = EVENT_OVERRIDE, .is.override = &override});
}

static void release_all_of(struct world *world, uint32_t record)
{
    for (uint32_t i = world->standing.count; i-- > 0 && !world->violation.is_set;)
        if (world->standing.items[i].kind != OVERRIDE_DRAIN && world->standing.items[i].record == record)
            take_away(world, i);
}

/* Past the latch and the count of switches: patience is what it was at first. */
static void unlatch(struct world *world, uint32_t record)
{
    struct record_opinion *opinion = &world->judge.records[record];
    for (uint32_t history = 0; history < ARRAY_COUNT(opinion->switches); history++) {
        opinion->switches[history].count = 0;
        opinion->switches[history].is_latched = false;
    }
    say(world, record, COMMAND_UNLATCH);
}

/* A failover that was forced is over with it. */
static void fail_back(struct world *world, uint32_t record)
{
    for (uint32_t i = world->standing.count; i-- > 0 && !world->violation.is_set;)
        if (world->standing.items[i].kind == OVERRIDE_FAILOVER && world->standing.items[i].record == record)
            take_away(world, i);
    if (world->violation.is_set)
        return;
    world->standing.returns[record] = true;
    say(world, record, COMMAND_FAIL_BACK);
}

/* By itself, or with all that bears its target's label. */
static void lay_drain(struct world *world, uint32_t value)
{
    const struct value_settings *of = &world->settings->values[value];
    const char *label = world->settings->targets[of->target].label;
    struct override drain = {.kind = OVERRIDE_DRAIN, .record = ID_NONE};
    drain.name = ID_NONE;
    if (label && chance_one_in(world, 3))
        drain.label = label;
    else if (of->name == ID_NONE)
        drain.address = of->address;
    else
        drain.name = of->name;
    lay(world, drain);
}

void standing_by_chance(struct world *world)
{
    const struct settings *settings = world->settings;
    uint32_t record = chance_between(world, 0, settings->record_count - 1);
    uint32_t value = chance_between(world, 0, settings->value_count - 1);
    uint32_t place = chance_between(world, 0, settings->records[record].target_count - 1);
    uint32_t what = chance_between(world, 0, 9);
    if (!is_heard(world) || !settings->records[record].enabled)
        return;
    if (what <= 2)
        lay(world, (struct override){.kind = OVERRIDE_FAILOVER, .record = record, .target = place});
    else if (what <= 4)
        lay_drain(world, value);
    else if (what == 5)
        lay(world, (struct override){.kind = OVERRIDE_HOLD, .record = chance_one_in(world, 4) ? ID_NONE : record});
    else if (what == 6)
        fail_back(world, record);
    else if (what == 7 && world->standing.count > 0)
        take_away(world, chance_between(world, 0, world->standing.count - 1));
    else
        release_all_of(world, record);
    if (world->violation.is_set || what == 6)
        return;
    if (what == 9)
        unlatch(world, record);
    else
        say(world, record, COMMAND_SETTLE);
}

/* What had its time while nobody ran is gone. */
void standing_restart(struct world *world)
{
    struct standing *standing = &world->standing;
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        standing->waiting[r].number = 0;
        standing->returns[r] = false;
    }
    for (uint32_t i = standing->count; world->engine && i-- > 0;) {
        const struct override item = standing->items[i];
        note_change(world, &item);
        if (item.until <= world->now)
            standing->items[i] = standing->items[--standing->count];
        else
            door_hand_over(world, &(struct event){.kind = EVENT_OVERRIDE, .is.override = &item});
    }
}

/* ---- what becomes of it ---- */

void standing_on_ended(struct world *world, uint32_t id)
{
    struct standing *standing = &world->standing;
    for (uint32_t i = 0; i < standing->count; i++) {
        if (standing->items[i].id != id)
            continue;
        const struct override ended = standing->items[i];
        if (ended.until > world->now)
            violate(world, "L4", "override %u ends %lld ms before its time", id, (long long)(ended.until - world->now));
        standing->items[i] = standing->items[--standing->count];
        note_change(world, &ended);
        return;
    }
    violate(world, "L4", "override %u ends, and is not in force", id);
}

void standing_on_switch(struct world *world, const struct notice *notice)
{
    world->standing.returns[notice->record] = false;
}

/* S15: what is said to be held stood there since it was asked, or when it was read last. */
static bool was_held(const struct world *world, uint32_t record, const struct waiting *waiting, uint32_t target)
{
    const struct ledger *ledger = &world->safety.ledgers[record];
    mono_ms since = waiting->asked < ledger->read_asked ? waiting->asked : ledger->read_asked;
    struct contents contents;
    contents_now(world, record, &contents);
    for (uint32_t back = 0;; back++) {
        if (contents_place(world->settings, record, &contents) == target)
            return true;
        if (back >= ARRAY_COUNT(ledger->states) || back >= ledger->state_next)
            return back >= ARRAY_COUNT(ledger->states);
        uint32_t place = (ledger->state_next - 1 - back) % ARRAY_COUNT(ledger->states);
        if (ledger->state_ended[place] < since)
            return false;
        contents = ledger->states[place];
    }
}

static void judge_reply(struct world *world, uint32_t record, const struct waiting *waiting, const struct reply *reply)
{
    uint32_t forced = standing_forces(world, record);
    if (reply->to >= world->settings->records[record].target_count)
        return; /* nothing of ours, or what was adopted: that is what was decided */
    if (!was_held(world, record, waiting, reply->to))
        violate(world, "S15", "record %u: is said to be on target %u, and was not", record, reply->to);
    else if (forced != ID_NONE && forced != reply->to && !standing_holds(world, record))
        violate(world, "S15", "record %u: all is said to be done, and it is on target %u where %u is forced", record,
                reply->to, forced);
}

bool standing_on_reply(struct world *world, const struct reply *reply)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        struct waiting *waiting = &world->standing.waiting[r], *overtaken = &world->standing.overtaken[r];
        if (reply->overtaken && overtaken->number == reply->number) {
            overtaken->number = 0;
            return true;
        }
        if (waiting->number != reply->number)
            continue;
        if (reply->result == COMMAND_DONE)
            judge_reply(world, r, waiting, reply);
        else if (reply->result == COMMAND_REFUSED && reply->detail[0] == '\0')
            violate(world, "S15", "record %u: an operator is refused and not told why", r);
        if (reply->result == COMMAND_REFUSED && waiting->kind == COMMAND_FAIL_BACK)
            world->standing.returns[r] = false;
        waiting->number = 0;
        return true;
    }
    return false;
}

/* What is forced comes, once nothing outside keeps it from coming. */
static void judge_forced(struct world *world, uint32_t record)
{
    uint32_t forced = standing_forces(world, record);
    mono_ms since = liveness_settled_since(world, record);
    if (forced == ID_NONE || since == MONO_NEVER)
        return;
    struct contents contents;
    contents_now(world, record, &contents);
    int64_t takes_ms = world->settings->servers[server_of_record(world, record)].timeout_ms + SLACK_MS;
    if (contents_target(world->settings, record, &contents) != forced && contents.count > 0 &&
        world->now > since + takes_ms)
        violate(world, "L1", "record %u: target %u is forced, and after %lld ms it is not there", record, forced,
                (long long)(world->now - since));
}

void standing_judge(struct world *world)
{
    const struct standing *standing = &world->standing;
    for (uint32_t i = 0; i < standing->count; i++)
        if (standing->items[i].until != MONO_NEVER &&
            world->now > mono_later(standing->items[i].until, world->judge.gap_end) + SLACK_MS)
            violate(world, "L4", "override %u has had its time, and is in force", standing->items[i].id);
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        const struct waiting *waiting = &standing->waiting[r];
        const struct server_settings *server = &world->settings->servers[server_of_record(world, r)];
        int64_t most_ms = 5 * (int64_t)server->timeout_ms + server->retry_most_ms + SLACK_MS;
        mono_ms since = liveness_free_since(world, r);
        if (since != MONO_NEVER && is_bare(world, r))
            since = mono_later(since, bare_ready_since(world, r)); /* nothing contrary leaves before */
        if (waiting->number != 0 && since != MONO_NEVER && world->now > mono_later(waiting->asked, since) + most_ms)
            violate(world, "L4", "record %u: an operator has waited %lld ms for a reply", r,
                    (long long)(world->now - waiting->asked));
        judge_forced(world, r);
    }
}
