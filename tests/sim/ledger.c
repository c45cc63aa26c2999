/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind invariants.h.
 * What:  the dealings of each record with its name server: S11, S12, S13, S15, S16, S17, and which contents are ours.
 * Why:   a message is judged twice: when it leaves, by what its sender could know, and when it is applied, by what
 *        really stood there.
 */

#include "mail.h"
#include "world.h"

#include <assert.h>
#include <string.h>

/* ---- a message leaves ---- */

static bool same_but_nonce(const struct sent *a, const struct sent *b)
{
    return a->kind == b->kind && a->has_old == b->has_old && (!a->has_old || marker_same(&a->old, &b->old)) &&
           contents_same_addresses(&a->expect, &b->expect) && contents_same_addresses(&a->publish, &b->publish) &&
           a->publish.ttl_s == b->publish.ttl_s;
}

static bool same_message(const struct sent *a, const struct sent *b)
{
    return same_but_nonce(a, b) && marker_same(&a->fresh, &b->fresh);
}

static bool nonce_is_new(struct safety *safety, uint64_t nonce)
{
    for (uint32_t place = (uint32_t)(nonce % safety->nonce_room);; place = (place + 1) % safety->nonce_room) {
        if (safety->nonces[place] == nonce)
            return false;
        if (safety->nonces[place] != 0)
            continue;
        if (safety->nonce_count < safety->nonce_room * 3 / 4) {
            safety->nonces[place] = nonce;
            safety->nonce_count++;
        }
        return true;
    }
}

/* S11: a retry is the same; anything else has a nonce of its own, and the next epoch. */
static void judge_marker(struct world *world, struct sent *sent)
{
    struct ledger *ledger = &world->safety.ledgers[sent->record];
    uint32_t kept = ledger->transactions < TRANSACTIONS_KEPT ? (uint32_t)ledger->transactions : TRANSACTIONS_KEPT;
    for (uint32_t i = 0; i < kept; i++) {
        if (ledger->kept[i].fresh.nonce != sent->fresh.nonce)
            continue;
        sent->transaction = ledger->kept[i].transaction;
        if (!same_message(&ledger->kept[i], sent) || ledger->kept[i].life != world->life)
            violate(world, "S11", "record %u: two messages with nonce %016llx differ", sent->record,
                    (unsigned long long)sent->fresh.nonce);
        return;
    }
    const struct sent *newest = &ledger->kept[(ledger->transactions - 1) % TRANSACTIONS_KEPT];
    if (ledger->transactions > 0 && newest->life == world->life && ledger->last_outcome == OUTCOME_UNKNOWN &&
        mono_later(mono_later(ledger->stopped_at, ledger->changed_at), ledger->turned_at) < ledger->answered_at &&
        same_but_nonce(newest, sent))
        violate(world, "S11", "record %u: another message with the same wish while the first is in doubt",
                sent->record);
    if (!nonce_is_new(&world->safety, sent->fresh.nonce))
        violate(world, "S11", "record %u: nonce %016llx was used before", sent->record,
                (unsigned long long)sent->fresh.nonce);
    if (sent->fresh.epoch != (sent->has_old ? sent->old.epoch + 1 : 1))
        violate(world, "S11", "record %u: epoch %llu follows %llu", sent->record, (unsigned long long)sent->fresh.epoch,
                (unsigned long long)(sent->has_old ? sent->old.epoch : 0));
    sent->transaction = ++ledger->transactions;
    ledger->kept[(sent->transaction - 1) % TRANSACTIONS_KEPT] = *sent;
    ledger->first_sent = world->now;
}

/* S12: what it expects is what was read last, not too long ago, and after the last doubt. */
static void judge_belief(struct world *world, const struct sent *sent)
{
    const struct ledger *ledger = &world->safety.ledgers[sent->record];
    uint32_t audit_ms = world->settings->servers[server_of_record(world, sent->record)].audit_ms;
    struct contents expected = sent->expect;
    expected.form = sent->has_old ? MARKER_FORM_ONE : MARKER_FORM_NONE;
    expected.marker = sent->old;
    if (!ledger->has_read)
        violate(world, "S18", "record %u: a message leaves before anything was read", sent->record);
    else if (sent->kind != PLAN_FENCE && !contents_same_addresses(&expected, &ledger->read))
        violate(world, "S12", "record %u: expects other addresses than were read", sent->record);
    else if (!contents_same_marker(&expected, &ledger->read))
        violate(world, "S12", "record %u: expects another marker than was read", sent->record);
    else if (world->now - ledger->read_done > audit_ms)
        violate(world, "S12", "record %u: builds on what was read %lld ms ago; audit is %u ms", sent->record,
                (long long)(world->now - ledger->read_done), audit_ms);
    else if (ledger->read_asked < ledger->doubt_since)
        violate(world, "S12",
                "record %u: builds on a read from before the last doubt (start, unknown outcome, gap or stop)",
                sent->record);
    else if (ledger->read.cname)
        violate(world, "S12", "record %u: a CNAME was read there", sent->record);
}

static void judge_member(struct world *world, struct sent *sent)
{
    const struct record_settings *record = &world->settings->records[sent->record];
    struct ledger *ledger = &world->safety.ledgers[sent->record];
    if (ledger->is_in_flight)
        violate(world, "S9", "record %u: two messages in flight", sent->record);
    ledger->is_in_flight = true;
    if (world->settings->safety.dry_run || !record->enabled)
        violate(world, "S9", "record %u: something is sent in a dry run, or for a record that is off", sent->record);
    judge_belief(world, sent);
    if (ledger->is_stopped)
        ledger->learned_at = world->now;
    ledger->is_stopped = false; /* whatever kept it from writing is over */
    safety_judge_shape(world, sent);
    if (sent->kind == PLAN_ASSERT)
        return;
    if (sent->fresh.owner != world->owner || (sent->has_old && sent->old.owner != world->owner))
        violate(world, "S17", "record %u: writes upon a marker of owner %016llx", sent->record,
                (unsigned long long)sent->old.owner);
    judge_marker(world, sent);
    if (sent->kind == PLAN_CREATE ||
        (sent->kind == PLAN_SWITCH && !contents_same_addresses(&sent->expect, &sent->publish)))
        safety_judge_switch(world, sent);
}

void safety_on_send(struct world *world, struct message *message)
{
    uint32_t server = world->settings->zones[message->zone].server;
    world->counters.sends++;
    if (message->members == 0 || message->members > world->settings->servers[server].batch)
        violate(world, "S10", "zone %u: a message has %u members", message->zone, message->members);
    if (mail_octets(world, message) > MESSAGE_OCTETS_MAX)
        violate(world, "S10", "zone %u: a message has %u octets", message->zone, mail_octets(world, message));
    if (world->is_stopping)
        violate(world, "L8", "zone %u: a message begins after STOPPING", message->zone);
    for (uint32_t m = 0; m < message->members; m++) {
        struct sent *sent = &message->sent[m];
        if (world->settings->records[sent->record].zone != message->zone)
            violate(world, "S10", "record %u: travels in a message of zone %u", sent->record, message->zone);
        judge_member(world, sent);
        if (world->trace.mode) {
            char expect[100], publish[100];
            contents_format(&sent->expect, expect, sizeof expect);
            contents_format(&sent->publish, publish, sizeof publish);
            trace_line(world, "        %s record %u: %s -> %s n=%04x", plan_kind_name(sent->kind), sent->record, expect,
                       publish, (unsigned)(sent->fresh.nonce & 0xffff));
        }
    }
}

void safety_on_outcome(struct world *world, const struct message *message, enum outcome outcome)
{
    for (uint32_t m = 0; m < message->members; m++) {
        struct ledger *ledger = &world->safety.ledgers[message->sent[m].record];
        ledger->is_in_flight = false;
        ledger->answered_at = world->now;
        if (message->sent[m].kind != PLAN_ASSERT)
            ledger->last_outcome = outcome;
        liveness_on_outcome(world, message->sent[m].record, outcome == OUTCOME_ACCEPTED || outcome == OUTCOME_PREREQ);
        if (outcome != OUTCOME_UNKNOWN)
            continue;
        ledger->doubt_since = world->now;
        if (message->sent[m].kind != PLAN_ASSERT)
            liveness_on_unknown(world, &message->sent[m]);
    }
}

/* ---- what is ours ---- */

/* The first read since start: an own marker over a target's addresses is ours, whoever put it there. */
static void take_over(struct world *world, uint32_t record, const struct contents *shown)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    const struct record_settings *of = &world->settings->records[record];
    uint32_t target = contents_target(world->settings, record, shown);
    struct contents whole = {0};
    if (target != ID_NONE)
        contents_of_target(world->settings, of->target_first + target, &whole);
    bool is_a_target = target != ID_NONE && (of->publish == PUBLISH_HEALTHY || contents_same_addresses(&whole, shown));
    bool is_ours = shown->form == MARKER_FORM_ONE && shown->marker.owner == world->owner && !shown->cname;
    is_ours = is_ours && (is_a_target || (shown->count == 0 && of->create));
    ledger->is_foreign = shown->count > 0 && !is_ours && !(is_a_target && shown->form == MARKER_FORM_NONE && of->adopt);
    if (is_ours) {
        ledger->has_ours = ledger->has_known = true;
        ledger->ours = ledger->known = *shown;
        ledger->ours_life = world->life;
    }
}

static void find_intact(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    struct contents now;
    contents_now(world, record, &now);
    bool is_same = ledger->has_ours && !now.cname && contents_same(&now, &ledger->ours);
    bool is_known = ledger->has_known && !now.cname && contents_same(&now, &ledger->known);
    if (is_same || is_known)
        ledger->is_foreign = false;
    if (!is_same || ledger->ours_life != world->life)
        ledger->intact_since = MONO_NEVER;
    else if (ledger->intact_since == MONO_NEVER)
        ledger->intact_since = world->now;
}

void safety_on_read(struct world *world, uint32_t record, const struct read_pending *read)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    if (read->report.outcome != OUTCOME_ACCEPTED || !read->authenticated || !read->aa) {
        if (!read->occluded)
            liveness_on_lost_read(world, record);
        return;
    }
    bool is_first = !ledger->has_read;
    if (is_first || !contents_same(&ledger->read, &read->shown))
        ledger->learned_at = world->now;
    ledger->has_read = true;
    ledger->read = read->shown;
    ledger->read_asked = read->asked;
    ledger->read_done = world->now;
    if (is_first) {
        ledger->found = read->shown;
        take_over(world, record, &read->shown);
        struct contents now;
        contents_now(world, record, &now);
        ledger->is_foreign |= !contents_same(&now, &read->shown);
        find_intact(world, record); /* an old answer may hide what a former life of ours wrote: that is no stranger's */
    }
    if (ledger->has_known && !read->shown.cname && !read->occluded && contents_same(&read->shown, &ledger->known))
        ledger->proved = read->shown;
    if (read->shown.count == 0 && !read->shown.cname && world->settings->records[record].create &&
        (read->shown.form == MARKER_FORM_NONE || contents_same_marker(&read->shown, &ledger->ours))) {
        ledger->ours = ledger->known = read->shown; /* nothing is ours now, until it is created again */
        find_intact(world, record);
    }
    liveness_on_read(world, record);
}

static void keep_state(struct world *world, uint32_t record, const struct contents *before)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    uint32_t place = ledger->state_next++ % ARRAY_COUNT(ledger->states);
    ledger->states[place] = *before;
    ledger->state_ended[place] = world->now;
    ledger->changed_at = world->now;
}

/* The server did our last message by half, which was told, and now there is the whole of it. */
static bool is_rest(const struct world *world, const struct ledger *ledger, const struct contents *now)
{
    const struct sent *newest = &ledger->kept[(ledger->transactions - 1) % TRANSACTIONS_KEPT];
    return ledger->is_stopped && ledger->condition == CONDITION_PARTIAL && ledger->transactions > 0 &&
           newest->life == world->life && marker_same(&newest->fresh, &now->marker) &&
           contents_same_addresses(&newest->publish, now);
}

/*
 * What a person puts there is not foreign where: nothing stands there and we may create; or it is what we wrote and saw
 * last, as if no message had come since; or it is a target's set under a marker that we have seen ourselves, while we
 * did not know yet what belongs to it.
 */
static bool is_welcome(const struct world *world, uint32_t record, const struct contents *now)
{
    const struct ledger *ledger = &world->safety.ledgers[record];
    bool is_taken = ledger->has_ours && ledger->ours_life == world->life;
    if (!ledger->has_read)
        return true;
    if (now->count == 0 && !now->cname && world->settings->records[record].create)
        return now->form == MARKER_FORM_NONE || contents_same_marker(now, is_taken ? &ledger->ours : &ledger->found);
    if (!ledger->is_stopped && contents_same(now, &ledger->read))
        return true;
    if (now->form == MARKER_FORM_ONE && !now->cname &&
        (contents_same(now, &ledger->proved) || is_rest(world, ledger, now)))
        return true;
    return !is_taken && now->form == MARKER_FORM_ONE && now->marker.owner == world->owner &&
           contents_same_marker(now, &ledger->found) && contents_target(world->settings, record, now) != ID_NONE;
}

void safety_on_edit(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    keep_state(world, record, &world->servers.lags[record].before);
    ledger->applied = 0; /* who puts an old marker back brings back what pinned it */
    ledger->all_down_moves = 0;
    struct contents now;
    contents_now(world, record, &now);
    const struct contents *before = &world->servers.lags[record].before;
    if (contents_same(&now, before) && now.cname == before->cname)
        return;
    ledger->is_foreign = !is_welcome(world, record, &now);
    ledger->foreign_since = world->now;
    find_intact(world, record);
}

static void take_as_written(struct world *world, const struct sent *sent, const struct contents *before)
{
    struct ledger *ledger = &world->safety.ledgers[sent->record];
    ledger->applied_ever = sent->transaction;
    ledger->has_ours = true;
    ledger->ours_life = sent->life;
    ledger->ours = sent->kind == PLAN_ADOPT || sent->kind == PLAN_FENCE ? *before : sent->publish;
    ledger->ours.form = MARKER_FORM_ONE;
    ledger->ours.marker = sent->fresh;
    if (sent->life != world->life)
        return;
    ledger->has_known = true;
    ledger->known = ledger->ours;
}

void safety_on_applied(struct world *world, const struct sent *sent, const struct contents *before)
{
    struct ledger *ledger = &world->safety.ledgers[sent->record];
    if (sent->kind == PLAN_ASSERT)
        return;
    keep_state(world, sent->record, before);
    struct contents expected = sent->expect;
    expected.form = sent->has_old ? MARKER_FORM_ONE : MARKER_FORM_NONE;
    expected.marker = sent->old;
    if (!contents_same_marker(&expected, before) ||
        (sent->kind != PLAN_FENCE && (!contents_same_addresses(&expected, before) || before->cname)))
        violate(world, "S12", "record %u: transaction %llu was applied upon something else than it was built on",
                sent->record, (unsigned long long)sent->transaction);
    if (sent->transaction <= ledger->applied)
        violate(world, "S13", "record %u: transaction %llu is applied after %llu", sent->record,
                (unsigned long long)sent->transaction, (unsigned long long)ledger->applied);
    if (ledger->is_foreign && sent->life == world->life && sent->left > ledger->foreign_since)
        violate(world, "S16", "record %u: a %s replaces what somebody else put there", sent->record,
                plan_kind_name(sent->kind));
    ledger->applied = sent->transaction;
    liveness_on_applied(world, sent->record);
    bool changes = sent->kind == PLAN_SWITCH && !contents_same_addresses(&sent->expect, &sent->publish);
    if (changes) {
        world->counters.switches++;
        ledger->all_down_moves += sent->is_desperate && sent->life == world->life;
    }
    uint32_t from = contents_target(world->settings, sent->record, &sent->expect);
    bool is_copy = sent->transaction <= ledger->applied_ever; /* a backup has brought back what it builds on */
    if (changes && !is_copy && sent->life == world->life &&
        from != contents_target(world->settings, sent->record, &sent->publish))
        judge_note_switch(world, sent->record, SWITCHES_APPLIED);
    struct contents now;
    contents_now(world, sent->record, &now);
    if (sent->transaction >= ledger->applied_ever)
        take_as_written(world, sent, before);
    find_intact(world, sent->record);
    if (world->trace.mode) {
        char text[160];
        contents_format(&now, text, sizeof text);
        trace_line(world, "truth   record %u is now %s", sent->record, text);
    }
}
