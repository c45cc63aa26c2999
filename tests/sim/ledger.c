/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind invariants.h.
 * What:  the messages of each record as they leave: S11, S12, S17, S18.
 * Why:   a message is judged twice: here by what its sender could know, and in truth.c, when it is applied, by what
 *        really stood there.
 */

#include "bare.h"
#include "mail.h"
#include "world.h"

#include <assert.h>
#include <string.h>

static bool same_but_nonce(const struct sent *a, const struct sent *b)
{
    bool asks_for_sets = a->kind != PLAN_FENCE && a->kind != PLAN_DISOWN;
    return a->kind == b->kind && a->has_old == b->has_old && (!a->has_old || marker_same(&a->old, &b->old)) &&
           (!asks_for_sets || contents_same_addresses(&a->expect, &b->expect)) &&
           contents_same_addresses(&a->publish, &b->publish) && a->publish.ttl_s == b->publish.ttl_s;
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
        ledger->kept[i].times++;
        ledger->kept[i].left = world->now;
        sent->is_ordered = ledger->kept[i].is_ordered; /* the same once more needs no new word */
        if (!same_message(&ledger->kept[i], sent) || ledger->kept[i].life != world->life)
            violate(world, "S11", "record %u: two messages with nonce %016llx differ", sent->record,
                    (unsigned long long)sent->fresh.nonce);
        return;
    }
    const struct sent *newest = &ledger->kept[(ledger->transactions - 1) % TRANSACTIONS_KEPT];
    bool is_over = is_bare(world, sent->record) && world->now >= newest->lost_at + BARE_QUIET_MS; /* the doubt is */
    if (ledger->transactions > 0 && newest->life == world->life && newest->left >= world->reload.at &&
        !sent->is_ordered && !is_over &&
        ledger->last_outcome == OUTCOME_UNKNOWN &&
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
    sent->times = 1;
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
    else if (sent->kind != PLAN_FENCE && sent->kind != PLAN_DISOWN &&
             !contents_same_addresses(&expected, &ledger->read))
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
    else if (ledger->read.cname || ledger->read_is_occluded)
        violate(world, "S12", "record %u: a CNAME was read there, or something above", sent->record);
}

/* S24: whose message got lost, or made the server fail, goes with half as many, until something is accepted. */
static void judge_halving(struct world *world, uint32_t record, const struct message *message)
{
    const struct ledger *ledger = &world->safety.ledgers[record];
    if (ledger->lost_size > 0 && world->safety.taken_last[message->zone] <= ledger->lost_at &&
        message->members > (ledger->lost_size + 1) / 2)
        violate(world, "S24", "record %u: goes with %u others after a message of %u was lost", record,
                message->members - 1, ledger->lost_size);
}

/*
 * S9: accepted, a rehearsal comes again after 54 minutes at the earliest; denied, or with a hint at missing rights,
 * after four and a half; else with the next audit. One refused in company goes on at once, with half as many (S24).
 */
static void note_rehearsed(struct world *world, uint32_t record, uint32_t members, enum outcome outcome)
{
    const int64_t refused_ms = 270000;
    int64_t audit_ms = (int64_t)world->settings->servers[server_of_record(world, record)].audit_ms * 9 / 10;
    bool is_halved = members > 1 &&
                     (outcome == OUTCOME_DENIED || outcome == OUTCOME_BUG || outcome == OUTCOME_PREREQ);
    int64_t least_ms = outcome == OUTCOME_ACCEPTED ? 3240000
                       : outcome == OUTCOME_DENIED ? refused_ms
                       : outcome == OUTCOME_UNKNOWN && refused_ms < audit_ms ? refused_ms
                                                                             : audit_ms;
    world->safety.ledgers[record].rehearse_from = is_halved ? INT64_MIN : world->now + least_ms;
}

static void judge_rehearsal(struct world *world, uint32_t record)
{
    mono_ms from = world->safety.ledgers[record].rehearse_from;
    if (world->now < from)
        violate(world, "S9", "record %u: a rehearsal is %lld ms too early", record, (long long)(from - world->now));
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
    sent->is_ordered = operator_ordered(world, sent);
    if (standing_holds(world, sent->record) && !sent->is_ordered)
        violate(world, "S5", "record %u: a %s is sent, and it is held", sent->record, plan_kind_name(sent->kind));
    bool says_nothing = sent->kind == PLAN_REHEARSE || sent->is_ordered;
    if (sent->kind == PLAN_REHEARSE)
        judge_rehearsal(world, sent->record);
    if (ledger->is_stopped && !says_nothing)
        ledger->learned_at = world->now;
    ledger->is_stopped &= says_nothing; /* else whatever kept it from writing is over */
    if (sent_matters(sent))
        judge_marker(world, sent);
    safety_judge_shape(world, sent);
    if (is_bare(world, sent->record))
        bare_judge_message(world, sent);
    if (!sent_matters(sent))
        return;
    bool may_replace = sent->is_ordered && sent->kind == PLAN_TAKE_OVER;
    if (sent->fresh.owner != world->owner || (sent->has_old && sent->old.owner != world->owner && !may_replace))
        violate(world, "S17", "record %u: writes upon a marker of owner %016llx", sent->record,
                (unsigned long long)sent->old.owner);
    if (!disk_keeps(world, sent->record, &sent->fresh))
        violate(world, "S18", "record %u: a message leaves before it is kept", sent->record);
    if (sent->kind == PLAN_CREATE ||
        (sent->kind == PLAN_SWITCH && !contents_same_addresses(&sent->expect, &sent->publish)))
        safety_judge_switch(world, sent);
    ledger->kept[(sent->transaction - 1) % TRANSACTIONS_KEPT].is_manual = sent->is_manual;
}

void safety_on_send(struct world *world, struct message *message)
{
    uint32_t server = world->settings->zones[message->zone].server;
    world->counters.sends += message->members == 0 || message->sent[0].kind != PLAN_REHEARSE;
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
        judge_halving(world, sent->record, message);
        if (world->trace.mode) {
            char expect[100], publish[100];
            contents_format(&sent->expect, expect, sizeof expect);
            contents_format(&sent->publish, publish, sizeof publish);
            trace_line(world, "        %s record %u: %s -> %s n=%04x", plan_kind_name(sent->kind), sent->record, expect,
                       publish, (unsigned)(sent->fresh.nonce & 0xffff));
        }
    }
}

/* S24: who is in a refused message with others is in a smaller one next time, and so on until it is alone. */
static void judge_company(struct world *world, uint32_t record, uint32_t members, enum outcome outcome)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    bool refused = outcome == OUTCOME_DENIED || outcome == OUTCOME_PREREQ || outcome == OUTCOME_BUG;
    if (!refused || members == 1) {
        ledger->held_up = 0;
        return;
    }
    if (world->now - ledger->held_last > 30000)
        ledger->held_up = 0; /* a former search, which ended in another way */
    ledger->held_last = world->now;
    if (ledger->held_up++ == 0)
        ledger->held_size = members;
    uint32_t halvings = 0;
    while ((1u << halvings) < ledger->held_size)
        halvings++;
    if (ledger->held_up > halvings)
        violate(world, "S24", "record %u: was refused in company %u times; %u records began it", record,
                ledger->held_up, ledger->held_size);
}

static void note_loss(struct world *world, struct ledger *ledger, uint32_t members, enum outcome outcome)
{
    if (outcome == OUTCOME_ACCEPTED)
        ledger->lost_size = 0;
    if ((outcome != OUTCOME_UNKNOWN && outcome != OUTCOME_SERVER_FAILURE) || members == 1)
        return;
    ledger->lost_size = members;
    ledger->lost_at = world->now;
}

/* No answer came, or one that says yes to what was not done: it may come for all that its sender can know. */
static void note_lost(struct world *world, const struct sent *sent, enum outcome outcome)
{
    struct sent *kept = &world->safety.ledgers[sent->record].kept[(sent->transaction - 1) % TRANSACTIONS_KEPT];
    if (!sent_matters(sent) || kept->transaction != sent->transaction)
        return;
    if (outcome != OUTCOME_UNKNOWN && (outcome != OUTCOME_ACCEPTED || kept->is_applied))
        return;
    kept->is_lost = true;
    kept->lost_at = world->now;
}

void safety_on_outcome(struct world *world, const struct message *message, enum outcome outcome)
{
    if (outcome == OUTCOME_ACCEPTED)
        world->safety.taken_last[message->zone] = world->now;
    for (uint32_t m = 0; m < message->members; m++) {
        struct ledger *ledger = &world->safety.ledgers[message->sent[m].record];
        ledger->is_in_flight = false;
        judge_company(world, message->sent[m].record, message->members, outcome);
        note_loss(world, ledger, message->members, outcome);
        if (message->sent[m].kind == PLAN_REHEARSE) {
            note_rehearsed(world, message->sent[m].record, message->members, outcome);
            continue;
        }
        ledger->answered_at = world->now;
        if (sent_matters(&message->sent[m]))
            ledger->last_outcome = outcome;
        bool is_good = outcome == OUTCOME_ACCEPTED || outcome == OUTCOME_PREREQ;
        /* Of a refusal of an operator's message he is told; one in company is nobody's own while it is halved. */
        bool is_halved = message->members > 1 && (outcome == OUTCOME_DENIED || outcome == OUTCOME_BUG);
        if (is_halved && !message->sent[m].is_ordered)
            liveness_on_halved(world, message->sent[m].record, message->members);
        else if (is_good || outcome == OUTCOME_UNKNOWN || !message->sent[m].is_ordered)
            liveness_on_outcome(world, message->sent[m].record, is_good);
        note_lost(world, &message->sent[m], outcome);
        if (outcome != OUTCOME_UNKNOWN)
            continue;
        ledger->doubt_since = world->now;
        if (sent_matters(&message->sent[m]))
            liveness_on_unknown(world, &message->sent[m]);
    }
}
