/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under fault and scenario.
 * What:  compare operator.h. Replies: one for each word, in time, and true (S15, L4).
 */

#include "operator.h"
#include "bare.h"

#include "core/record.h"
#include "door.h"

#include <assert.h>
#include <stdlib.h>

#define SLACK_MS 12000 /* it is looked every ten seconds */

void operators_init(struct world *world)
{
    world->operators.words = calloc(world->settings->record_count + 1, sizeof *world->operators.words);
    assert(world->operators.words);
}

void operators_done(struct world *world)
{
    free(world->operators.words);
}

void operators_restart(struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++)
        world->operators.words[r].number = 0;
}

/* ---- what is said ---- */

static const char *kind_name(enum command_kind kind)
{
    static const char *const names[] = {"", "adopt", "take over", "disown"};
    return names[kind];
}

bool operator_says(struct world *world, uint32_t record, enum command_kind kind, const struct contents *expect,
                   uint64_t owner, uint64_t epoch)
{
    static uint8_t storage[CONTENTS_STORAGE];
    struct operators *operators = &world->operators;
    struct word *word = &operators->words[record];
    if (!world->engine || world->is_stopping || world->frozen_until > world->now)
        return false;
    struct command command = {
        .kind = kind, .number = ++operators->numbers, .record = record, .owner = owner, .epoch = epoch};
    if (kind == COMMAND_ADOPT) {
        struct observed named = {0};
        contents_show(&world->settings->records[record], expect, storage, &named);
        command.expect[0] = named.sets[0];
        command.expect[1] = named.sets[1];
    }
    trace_line(world, "person  says: %s record %u, number %u", kind_name(kind), record, command.number);
    if (word->number == 0) /* else the former word has to be answered first, and this one is refused at once */
        *word = (struct word){.number = command.number,
                              .kind = kind,
                              .expect = expect ? *expect : (struct contents){0},
                              .owner = owner,
                              .epoch = epoch,
                              .asked = world->now};
    door_hand_over(world, &(struct event){.kind = EVENT_COMMAND, .is.command = &command});
    return true;
}

void operator_adopts(struct world *world, uint32_t record, bool is_right)
{
    const struct record_settings *of = &world->settings->records[record];
    struct contents named;
    if (is_right)
        contents_now(world, record, &named);
    else
        contents_of_target(world->settings, of->target_first + chance_between(world, 0, of->target_count - 1), &named);
    operator_says(world, record, COMMAND_ADOPT, &named, 0, 0);
}

void operator_takes_over(struct world *world, uint32_t record, bool is_right)
{
    struct contents now;
    contents_now(world, record, &now);
    uint64_t owner = now.marker.owner, epoch = now.marker.epoch;
    if (!is_right && chance_one_in(world, 2))
        owner = random_u64(&world->chance);
    else if (!is_right)
        epoch++;
    operator_says(world, record, COMMAND_TAKE_OVER, NULL, owner, epoch);
}

void operator_disowns(struct world *world, uint32_t record)
{
    operator_says(world, record, COMMAND_DISOWN, NULL, 0, 0);
}

/* As the shell does: the records whose marker, as it was read last, carries that owner, with the epoch read there. */
void operator_takes_all(struct world *world, uint32_t record)
{
    struct contents now;
    contents_now(world, record, &now);
    for (uint32_t r = 0; r < world->settings->record_count && world->engine && !world->violation.is_set; r++) {
        const struct txn *txn = &engine_record(world->engine, r)->txn;
        if (txn->seen.form == MARKER_FORM_ONE && txn->seen.marker.owner == now.marker.owner)
            operator_says(world, r, COMMAND_TAKE_OVER, NULL, txn->seen.marker.owner, txn->seen.marker.epoch);
    }
}

/* Most people do what the log tells them to; some mistype it; now and then one says it twice. */
void operator_by_chance(struct world *world)
{
    uint32_t record = chance_between(world, 0, world->settings->record_count - 1);
    for (uint32_t r = 0; r < world->settings->record_count && chance_one_in(world, 2); r++)
        if (world->safety.ledgers[r].is_stopped)
            record = r;
    struct contents now;
    contents_now(world, record, &now);
    bool is_others = now.form == MARKER_FORM_ONE && now.marker.owner != world->owner;
    bool is_right = !chance_one_in(world, 4);
    uint32_t times = chance_one_in(world, 8) ? 2 : 1;
    uint32_t what = chance_between(world, 0, 11);
    for (uint32_t i = 0; i < times && !world->violation.is_set; i++) {
        if (what == 0)
            operator_disowns(world, record);
        else if (what == 1)
            operator_takes_all(world, record);
        else if (is_others != (what == 2))
            operator_takes_over(world, record, is_right);
        else
            operator_adopts(world, record, is_right);
    }
}

/* ---- what becomes of it ---- */

bool operator_ordered(const struct world *world, const struct sent *sent)
{
    const struct word *word = &world->operators.words[sent->record];
    if (word->number == 0)
        return false;
    if (sent->kind == PLAN_ADOPT)
        return word->kind == COMMAND_ADOPT && contents_same_addresses(&sent->expect, &word->expect) &&
               (!sent->has_old || sent->old.owner == world->owner);
    if (sent->kind == PLAN_TAKE_OVER)
        return word->kind == COMMAND_TAKE_OVER && sent->has_old && sent->old.owner == word->owner &&
               sent->old.epoch == word->epoch;
    return sent->kind == PLAN_DISOWN && word->kind == COMMAND_DISOWN && sent->has_old &&
           sent->old.owner == world->owner;
}

void operator_on_applied(struct world *world, const struct sent *sent)
{
    struct word *word = &world->operators.words[sent->record];
    word->is_applied |= sent->life == world->life && sent->is_ordered && operator_ordered(world, sent);
}

static bool is_done(const struct world *world, uint32_t record, const struct word *word,
                    const struct contents *contents)
{
    bool is_ours = is_bare(world, record) ||
                   (contents->form == MARKER_FORM_ONE && contents->marker.owner == world->owner);
    if (word->kind == COMMAND_DISOWN)
        return contents->form == MARKER_FORM_NONE;
    return is_ours && (word->kind != COMMAND_ADOPT || contents_same_addresses(contents, &word->expect));
}

/* S15: what is said to be done stood there at some instant since it was asked for. */
static bool was_done(const struct world *world, uint32_t record, const struct word *word)
{
    const struct ledger *ledger = &world->safety.ledgers[record];
    struct contents contents;
    contents_now(world, record, &contents);
    for (uint32_t back = 0;; back++) {
        if (is_done(world, record, word, &contents))
            return true;
        if (back >= ARRAY_COUNT(ledger->states) || back >= ledger->state_next)
            return false;
        uint32_t place = (ledger->state_next - 1 - back) % ARRAY_COUNT(ledger->states);
        if (ledger->state_ended[place] < word->asked)
            return false;
        contents = ledger->states[place];
    }
}

void operator_on_reply(struct world *world, const struct reply *reply)
{
    struct operators *operators = &world->operators;
    operators->replies[reply->result]++;
    if (standing_on_reply(world, reply))
        return;
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        struct word *word = &operators->words[r];
        if (word->number != reply->number)
            continue;
        if (reply->result == COMMAND_DONE && !was_done(world, r, word))
            violate(world, "S15", "record %u: an operator is told that it is done, and it was not", r);
        if (reply->result == COMMAND_REFUSED && word->is_applied)
            violate(world, "S15", "record %u: an operator is refused what was done", r);
        if (reply->result == COMMAND_DONE && is_bare(world, r))
            bare_adopted(world, r, &word->expect);
        word->number = 0;
        world->safety.ledgers[r].replied_at = world->now;
        return;
    }
    if (reply->number != operators->numbers || reply->result != COMMAND_REFUSED)
        violate(world, "L4", "a reply to command %u, which nobody waits for", reply->number);
}

void operators_judge(struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        const struct word *word = &world->operators.words[r];
        int64_t most_ms = 3 * (int64_t)world->settings->servers[server_of_record(world, r)].timeout_ms + 5000;
        if (word->number != 0 && world->now > mono_later(word->asked + most_ms, world->judge.gap_end) + SLACK_MS)
            violate(world, "L4", "record %u: an operator has waited %lld ms for a reply", r,
                    (long long)(world->now - word->asked));
    }
}
