/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under world; the half of server.h that answers questions.
 * What:  signed reads: what the zone shows, when it was looked up, and what keeps the answer from being believed.
 */

#include "world.h"

#include <assert.h>
#include <string.h>

/* How a read of this record ends by what is wrong with its server now. */
static enum outcome outcome_of_read(struct world *world, uint32_t server, struct dns_report *report)
{
    report->has_answer = true;
    report->verified = true;
    if (fault_is_at(world, FAULT_SERVER_DOWN, server)) {
        *report = (struct dns_report){0};
        return OUTCOME_NOT_SENT;
    }
    bool lost = fault_is_at(world, FAULT_ANSWER_LOST, server) && chance_one_in(world, 3);
    if (lost || fault_is_at(world, FAULT_SERVER_DEAF, server) || fault_is_at(world, FAULT_UNSIGNED, server)) {
        report->verified = false;
        report->has_answer = fault_is_at(world, FAULT_UNSIGNED, server);
        return OUTCOME_UNKNOWN;
    }
    if (fault_is_at(world, FAULT_BADTIME, server)) {
        report->rcode = RCODE_NOTAUTH;
        report->tsig_error = 18;
        report->skew_s = -412;
        return OUTCOME_CLOCK;
    }
    if (fault_is_at(world, FAULT_BADTRUNC, server))
        return OUTCOME_CONFIG;
    if (fault_is_at(world, FAULT_NOT_SERVED, server))
        return OUTCOME_NOT_SERVED;
    if (world->servers.reads_too && fault_is_at(world, FAULT_SERVFAIL, server))
        return OUTCOME_SERVER_FAILURE;
    if (world->servers.reads_too && fault_is_at(world, FAULT_REFUSED, server))
        return OUTCOME_DENIED;
    if (world->servers.reads_too && fault_is_at(world, FAULT_FORMERR, server))
        return OUTCOME_BUG;
    return OUTCOME_ACCEPTED;
}

/* What the server would show now; a lagging one shows what was there before its last change for up to 1.5 s. */
static void look_up(struct world *world, uint32_t record, struct contents *ret)
{
    const struct lag *lag = &world->servers.lags[record];
    if (fault_is_at(world, FAULT_READ_LAGS, server_of_record(world, record)) && world->now < lag->changed + 1500)
        *ret = lag->before;
    else
        contents_now(world, record, ret);
}

void servers_read(struct world *world, struct op op)
{
    struct read_pending *read = &world->servers.reads[op.subject];
    if (read->is_active) {
        violate(world, "S9", "record %u is read while its former read is under way", op.subject);
        return;
    }
    uint32_t server = server_of_record(world, op.subject);
    uint32_t timeout_ms = world->settings->servers[server].timeout_ms;
    world->servers.reads_asked++;
    world->counters.reads++;
    *read = (struct read_pending){.is_active = true, .op = op, .asked = world->now, .authenticated = true, .aa = true};
    read->report.outcome = outcome_of_read(world, server, &read->report);
    mono_ms at = world->now + chance_between(world, 1, 12);
    if (read->report.outcome == OUTCOME_UNKNOWN)
        at = world->now + (read->report.has_answer ? 5 : timeout_ms);
    if (read->report.outcome == OUTCOME_ACCEPTED && fault_is_at(world, FAULT_SERVER_SLOW, server))
        at += chance_between(world, 0, 2 * timeout_ms);
    if (at > world->now + timeout_ms) {
        at = world->now + timeout_ms;
        read->report = (struct dns_report){.outcome = OUTCOME_UNKNOWN};
    }
    if (read->report.outcome == OUTCOME_ACCEPTED && fault_is_at(world, FAULT_READ_UNTRUSTED, server) &&
        chance_one_in(world, 2)) {
        read->is_false = true;
        read->authenticated = chance_one_in(world, 2);
        read->aa = !read->authenticated;
    }
    read->is_early = chance_one_in(world, 2);
    if (read->is_early)
        look_up(world, op.subject, &read->shown);
    agenda_add(
        &world->agenda,
        (struct happening){
            .at = at, .kind = HAPPENS_READ_ANSWER, .subject = op.subject, .number = op.ticket, .life = world->life});
}

/* A made-up answer: another target's addresses, and a marker that would please. */
static void invent(struct world *world, uint32_t record, struct contents *shown)
{
    const struct record_settings *of = &world->settings->records[record];
    uint32_t target = of->target_first + chance_between(world, 0, of->target_count - 1);
    struct contents made;
    contents_of_target(world->settings, target, &made);
    made.form = shown->form;
    made.marker = shown->marker;
    made.marker.epoch += chance_between(world, 0, 2);
    *shown = made;
}

bool servers_take_read(struct world *world, uint32_t record, uint32_t ticket, struct read_pending *ret)
{
    struct read_pending *read = &world->servers.reads[record];
    if (!read->is_active || read->op.ticket != ticket)
        return false;
    read->is_active = false;
    if (!read->is_early)
        look_up(world, record, &read->shown);
    if (read->is_false)
        invent(world, record, &read->shown);
    read->occluded = fault_is_at(world, FAULT_OCCLUDED, server_of_record(world, record));
    *ret = *read;
    if (fault_is_active(world, FAULT_ECHO) && chance_one_in(world, 4))
        agenda_add(&world->agenda, (struct happening){.at = world->now + echo_after(world),
                                                      .kind = HAPPENS_READ_ECHO,
                                                      .subject = record,
                                                      .number = ticket,
                                                      .life = world->life});
    return true;
}

bool servers_are_awaited(const struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++)
        if (world->servers.reads[r].is_active)
            return true;
    for (uint32_t z = 0; z < world->settings->zone_count; z++)
        if (world->servers.sends[z].is_active)
            return true;
    return false;
}

void servers_give_up(struct world *world)
{
    struct servers *servers = &world->servers;
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        if (!servers->reads[r].is_active)
            continue;
        servers->reads[r].report = (struct dns_report){.outcome = OUTCOME_UNKNOWN};
        agenda_add(&world->agenda, (struct happening){.at = world->now,
                                                      .kind = HAPPENS_READ_ANSWER,
                                                      .subject = r,
                                                      .number = servers->reads[r].op.ticket,
                                                      .life = world->life});
    }
    for (uint32_t z = 0; z < world->settings->zone_count; z++) {
        if (!servers->sends[z].is_active)
            continue;
        servers->sends[z].report = (struct dns_report){.outcome = OUTCOME_UNKNOWN};
        agenda_add(&world->agenda, (struct happening){.at = world->now,
                                                      .kind = HAPPENS_SEND_ANSWER,
                                                      .subject = z,
                                                      .number = servers->sends[z].op.ticket,
                                                      .life = world->life});
    }
}
