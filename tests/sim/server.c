/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under world.
 * What:  UPDATE messages: on their way, judged, applied, answered; and the ways in which each of these goes wrong.
 * Why:   what a server does with a message and what we hear of it are two things; only the first is the truth.
 */

#include "bare.h"
#include "mail.h"
#include "world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_MS 3600000u

void servers_init(struct world *world)
{
    struct servers *servers = &world->servers;
    const struct settings *settings = world->settings;
    nodes_init(&servers->nodes, 2 * settings->record_count + 1);
    nodes_init(&servers->backup, 2 * settings->record_count + 1);
    servers->serials = calloc(settings->zone_count + 1, sizeof *servers->serials);
    servers->sends = calloc(settings->zone_count + 1, sizeof *servers->sends);
    servers->reads = calloc(settings->record_count + 1, sizeof *servers->reads);
    servers->lags = calloc(settings->record_count + 1, sizeof *servers->lags);
    servers->in_flight = calloc(settings->server_count + 1, sizeof *servers->in_flight);
    servers->well_since = calloc(settings->server_count + 1, sizeof *servers->well_since);
    servers->faults = calloc(settings->server_count + 1, sizeof *servers->faults);
    assert(servers->serials && servers->sends && servers->reads && servers->lags && servers->in_flight &&
           servers->well_since && servers->faults);
    for (uint32_t s = 0; s < settings->server_count; s++)
        servers->well_since[s] = world->now;
    for (uint32_t z = 0; z < settings->zone_count; z++)
        servers->serials[z] = 2026010100;
    for (uint32_t r = 0; r < settings->record_count; r++)
        servers->lags[r].changed = world->now - HOUR_MS;
    servers->denied_record = ID_NONE;
}

void servers_done(struct servers *servers)
{
    for (uint32_t m = 0; m < servers->message_count; m++)
        mail_done(&servers->messages[m]);
    free(servers->messages);
    nodes_done(&servers->nodes);
    nodes_done(&servers->backup);
    free(servers->serials);
    free(servers->sends);
    free(servers->reads);
    free(servers->lags);
    free(servers->in_flight);
    free(servers->well_since);
    free(servers->faults);
}

void servers_forget(struct world *world)
{
    struct servers *servers = &world->servers;
    for (uint32_t r = 0; r < world->settings->record_count; r++)
        servers->reads[r].is_active = false;
    for (uint32_t z = 0; z < world->settings->zone_count; z++)
        servers->sends[z].is_active = false;
    for (uint32_t s = 0; s < world->settings->server_count; s++)
        servers->in_flight[s] = 0;
    for (uint32_t m = 0; m < servers->message_count; m++) {
        servers->messages[m].is_awaited = false;
        servers_release(world, m);
    }
}

void servers_release(struct world *world, uint32_t message)
{
    struct message *of = &world->servers.messages[message];
    if (of->is_used && !of->is_awaited && of->copies == 0)
        mail_done(of);
}

uint32_t server_of_record(const struct world *world, uint32_t record)
{
    return world->settings->zones[world->settings->records[record].zone].server;
}

void contents_now(const struct world *world, uint32_t record, struct contents *ret)
{
    contents_of_nodes(world->settings, &world->servers.nodes, record, ret);
}

void servers_note_change(struct world *world, uint32_t record)
{
    struct lag *lag = &world->servers.lags[record];
    lag->changed = world->now;
    contents_now(world, record, &lag->before);
}

static uint32_t new_message(struct servers *servers)
{
    for (uint32_t m = 0; m < servers->message_count; m++)
        if (!servers->messages[m].is_used)
            return m;
    if (servers->message_count == servers->message_room) {
        servers->message_room = servers->message_room ? 2 * servers->message_room : 16;
        servers->messages = realloc(servers->messages, servers->message_room * sizeof *servers->messages);
        assert(servers->messages);
    }
    servers->messages[servers->message_count] = (struct message){0};
    return servers->message_count++;
}

static void answer_at(struct world *world, uint32_t zone, uint32_t ticket, mono_ms at)
{
    agenda_add(&world->agenda,
               (struct happening){
                   .at = at, .kind = HAPPENS_SEND_ANSWER, .subject = zone, .number = ticket, .life = world->life});
}

static void arrive_at(struct world *world, uint32_t message, mono_ms at)
{
    world->servers.messages[message].copies++;
    agenda_add(&world->agenda, (struct happening){.at = at, .kind = HAPPENS_ARRIVAL, .subject = message});
}

void servers_send(struct world *world, struct op op, const struct batch_view *batch)
{
    struct servers *servers = &world->servers;
    uint32_t server = world->settings->zones[op.subject].server;
    struct send_pending *pending = &servers->sends[op.subject];
    if (pending->is_active) {
        violate(world, "S9", "zone %u has a message in flight and sends another", op.subject);
        return;
    }
    uint32_t index = new_message(servers);
    struct message *message = &servers->messages[index];
    *message = (struct message){
        .is_used = true, .is_awaited = true, .left = world->now, .ticket = op.ticket, .life = world->life};
    mail_write(world, message, op.subject, batch);
    servers->messages_sent++;
    servers->members_sent += message->members;
    safety_on_send(world, message);
    fault_on_send(world);
    *pending = (struct send_pending){
        .is_active = true, .op = op, .message = index, .left = world->now, .report = {.outcome = OUTCOME_UNKNOWN}};
    if (++servers->in_flight[server] > SERVER_IN_FLIGHT_MAX)
        violate(world, "S9", "server %u has %u messages in flight", server, servers->in_flight[server]);
    uint32_t timeout_ms = world->settings->servers[server].timeout_ms;
    if (fault_is_at(world, FAULT_SERVER_DOWN, server)) {
        pending->report.outcome = OUTCOME_NOT_SENT;
        answer_at(world, op.subject, op.ticket, world->now + (chance_one_in(world, 2) ? 1 : timeout_ms));
        return;
    }
    answer_at(world, op.subject, op.ticket, world->now + timeout_ms);
    arrive_at(world, index, world->now + chance_between(world, 0, 8));
}

static bool is_denied(const struct servers *servers, uint32_t record)
{
    return servers->denies_each ? record % servers->denies_each == 0 : record == servers->denied_record;
}

/* A signed error that this server gives to every update now; NOERROR if none. */
static enum outcome refusal(struct world *world, uint32_t server, const struct message *message)
{
    static const struct {
        enum fault_class class;
        enum outcome outcome;
    } rows[] = {
        {FAULT_REFUSED, OUTCOME_DENIED},          {FAULT_NOT_SERVED, OUTCOME_NOT_SERVED},
        {FAULT_SERVFAIL, OUTCOME_SERVER_FAILURE}, {FAULT_BADTIME, OUTCOME_CLOCK},
        {FAULT_BADTRUNC, OUTCOME_CONFIG},         {FAULT_FORMERR, OUTCOME_BUG},
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
        if (fault_is_at(world, rows[i].class, server))
            return rows[i].outcome;
    for (uint32_t m = 0; m < message->members && fault_is_active(world, FAULT_DENY_NAME); m++)
        if (is_denied(&world->servers, message->sent[m].record))
            return OUTCOME_DENIED;
    return OUTCOME_ACCEPTED;
}

static enum portion draw_portion(struct world *world, uint32_t server)
{
    if (fault_is_at(world, FAULT_DOES_NOTHING, server))
        return PORTION_NONE;
    if (fault_is_at(world, FAULT_PARTIAL, server) && chance_one_in(world, 2))
        return chance_one_in(world, 2) ? PORTION_MARKER : PORTION_SETS;
    return PORTION_ALL;
}

static void keep_portion(struct message *message, enum portion portion)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < message->updates.count && portion != PORTION_ALL; i++)
        if (portion != PORTION_NONE && (message->updates.items[i].type == RRTYPE_TXT) == (portion == PORTION_MARKER))
            message->updates.items[kept++] = message->updates.items[i];
    if (portion != PORTION_ALL)
        message->updates.count = kept;
}

static enum outcome apply(struct world *world, uint32_t server, struct message *message)
{
    struct servers *servers = &world->servers;
    enum rcode rcode = zone_judge_prerequisites(&servers->nodes, &message->prerequisites);
    if (rcode == RCODE_FORMERR)
        violate(world, "S10", "a prerequisite is malformed");
    if (rcode != RCODE_NOERROR)
        return OUTCOME_PREREQ;
    struct contents *before = calloc(message->members, sizeof *before);
    assert(before);
    for (uint32_t m = 0; m < message->members; m++) {
        contents_now(world, message->sent[m].record, &before[m]);
        if (message->sent[m].kind == PLAN_SWITCH)
            liveness_on_change(world, message->sent[m].record);
        if (sent_matters(&message->sent[m]))
            servers_note_change(world, message->sent[m].record);
    }
    if (message->portion == PORTION_UNDRAWN) {
        message->portion = draw_portion(world, server);
        keep_portion(message, message->portion);
    }
    if (zone_update(&servers->nodes, &message->updates))
        servers->serials[message->zone]++;
    servers->applied++;
    for (uint32_t m = 0; m < message->members; m++) {
        struct contents after;
        message->sent[m].is_late = message->is_held;
        contents_now(world, message->sent[m].record, &after);
        bool is_same = contents_same_addresses(&before[m], &after) && contents_same_marker(&before[m], &after);
        if (message->sent[m].kind == PLAN_REHEARSE && !is_same)
            violate(world, "S23", "record %u: a rehearsal has changed it", message->sent[m].record);
        bool has_marker = !is_bare(world, message->sent[m].record);
        if (message->portion == PORTION_SETS && has_marker && !is_same)
            safety_on_edit(world, message->sent[m].record);
        else if (message->portion == PORTION_ALL || message->portion == (has_marker ? PORTION_MARKER : PORTION_SETS))
            safety_on_applied(world, &message->sent[m], &before[m]);
    }
    free(before);
    return OUTCOME_ACCEPTED;
}

/* What the sender hears, if it still listens. */
static void answer(struct world *world, const struct message *message, uint32_t server, enum outcome outcome)
{
    struct send_pending *pending = &world->servers.sends[message->zone];
    if (!message->is_awaited || message->is_held)
        return;
    uint32_t timeout_ms = world->settings->servers[server].timeout_ms;
    mono_ms at = world->now + chance_between(world, 1, 12);
    if (fault_is_at(world, FAULT_SERVER_SLOW, server))
        at += chance_between(world, 0, 2 * timeout_ms);
    bool lost = fault_is_at(world, FAULT_ANSWER_LOST, server) && chance_one_in(world, 2);
    if (world->faults.loses > 0 && outcome == OUTCOME_ACCEPTED) {
        world->faults.loses--;
        lost = true;
    }
    if (lost || at >= pending->left + timeout_ms)
        return;
    static const uint8_t rcodes[] = {
        [OUTCOME_ACCEPTED] = RCODE_NOERROR,        [OUTCOME_PREREQ] = RCODE_NXRRSET, [OUTCOME_DENIED] = RCODE_REFUSED,
        [OUTCOME_NOT_SERVED] = RCODE_NOTAUTH,      [OUTCOME_CLOCK] = RCODE_NOTAUTH,  [OUTCOME_CONFIG] = RCODE_NOTAUTH,
        [OUTCOME_SERVER_FAILURE] = RCODE_SERVFAIL, [OUTCOME_BUG] = RCODE_FORMERR};
    pending->report = (struct dns_report){.outcome = outcome,
                                          .has_answer = true,
                                          .verified = true,
                                          .rcode = rcodes[outcome],
                                          .took_us = (uint32_t)(at - pending->left) * 1000};
    if (outcome == OUTCOME_CLOCK) {
        pending->report.tsig_error = 18;
        pending->report.skew_s = 412;
    }
    if (fault_is_at(world, FAULT_UNSIGNED, server)) {
        pending->report.outcome = OUTCOME_UNKNOWN;
        pending->report.verified = false;
    }
    answer_at(world, message->zone, message->ticket, at);
}

void servers_message_arrives(struct world *world, uint32_t index)
{
    struct message *message = &world->servers.messages[index];
    uint32_t server = world->settings->zones[message->zone].server;
    bool deaf = fault_is_at(world, FAULT_SERVER_DEAF, server) && !message->is_held;
    bool held = fault_is_at(world, FAULT_LATE_APPLY, server) && !message->is_held && chance_one_in(world, 2);
    bool skipped = fault_is_at(world, FAULT_UNSIGNED, server) && chance_one_in(world, 2);
    if (message->is_held && world->servers.well_since[server] != MONO_NEVER)
        world->servers.well_since[server] = world->now; /* a trouble of its own, whatever it does */
    if (held) {
        message->is_held = true;
        uint32_t timeout_ms = world->settings->servers[server].timeout_ms;
        arrive_at(world, index,
                  world->now + timeout_ms + chance_between(world, 0, chance_one_in(world, 2) ? 30000 : HOUR_MS));
    } else if (!deaf) {
        enum outcome outcome = refusal(world, server, message);
        if (outcome == OUTCOME_ACCEPTED && !skipped)
            outcome = apply(world, server, message);
        if (world->trace.mode)
            trace_line(world, "server  message %u%s: %s", index, message->is_held ? " (held)" : "",
                       outcome_name(outcome));
        answer(world, message, server, outcome);
        if (fault_is_at(world, FAULT_DOUBLED, server) && chance_one_in(world, 2)) {
            message->is_held = true;
            arrive_at(world, index, world->now + chance_between(world, 0, 60000));
        }
    }
    world->servers.messages[index].copies--;
    servers_release(world, index);
}

bool servers_take_send(struct world *world, uint32_t zone, uint32_t ticket, struct send_pending *ret)
{
    struct send_pending *pending = &world->servers.sends[zone];
    if (!pending->is_active || pending->op.ticket != ticket)
        return false;
    pending->is_active = false;
    world->servers.in_flight[world->settings->zones[zone].server]--;
    *ret = *pending;
    if (fault_is_active(world, FAULT_ECHO) && chance_one_in(world, 4))
        agenda_add(&world->agenda, (struct happening){.at = world->now + echo_after(world),
                                                      .kind = HAPPENS_SEND_ECHO,
                                                      .subject = zone,
                                                      .number = ticket,
                                                      .life = world->life});
    return true;
}
