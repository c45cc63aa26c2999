/* SPDX-License-Identifier: MIT */
/*
 * Where: core, between the records of one zone and the wire.
 * What:  the queue of a zone by classes, and the one message that is made of it. What its answer means stands in
 *        batch_answer.c.
 * Why:   lists are threaded through one array over all records, so that joining and leaving cost nothing and need no
 *        memory.
 */

#include "core/batch.h"

#include "core/batch_parts.h"

#include <assert.h>

void batch_server_init(struct batch_server *server)
{
    *server = (struct batch_server){.wait_first = ID_NONE, .wait_last = ID_NONE};
}

void batch_init(struct batch *batch, uint32_t zone, const struct server_settings *settings, struct batch_server *server,
                struct batch_link *links, struct batch_member *members, uint32_t room)
{
    assert(room > 0);
    *batch = (struct batch){.settings = settings,
                            .server = server,
                            .links = links,
                            .wait_next = ID_NONE,
                            .open_at = INT64_MIN,
                            .gather_at = MONO_NEVER,
                            .few_at = INT64_MIN,
                            .members = members,
                            .room = room,
                            .view = {.zone = zone, .count = 0, .members = members}};
    for (uint32_t list = 0; list < BATCH_LISTS; list++)
        batch->first[list] = batch->last[list] = ID_NONE;
}

/* ---- the queue ---- */

void batch_leave(struct batch *batch, uint32_t record)
{
    struct batch_link *link = &batch->links[record];
    if (!link->queued)
        return;
    uint32_t *before = link->former == ID_NONE ? &batch->first[link->list] : &batch->links[link->former].next;
    uint32_t *behind = link->next == ID_NONE ? &batch->last[link->list] : &batch->links[link->next].former;
    *before = link->next;
    *behind = link->former;
    link->queued = false;
    batch->queued--;
}

void batch_append(struct batch *batch, uint32_t record, uint8_t list)
{
    struct batch_link *link = &batch->links[record];
    assert(!link->queued);
    link->former = batch->last[list];
    link->next = ID_NONE;
    link->list = list;
    link->queued = true;
    if (link->former == ID_NONE)
        batch->first[list] = record;
    else
        batch->links[link->former].next = record;
    batch->last[list] = record;
    batch->queued++;
}

void batch_join(struct batch *batch, uint32_t record, enum batch_class class)
{
    const struct batch_link *link = &batch->links[record];
    uint8_t list = (uint8_t)((link->most == 0 ? BATCH_FIRST_CLASS : BATCH_FIRST_OF_FEW) + class);
    if (link->queued && (link->list == BATCH_HALVES || link->list == list))
        return;
    batch_leave(batch, record);
    batch_append(batch, record, list);
}

/* ---- the server's few ---- */

static void wait_for_server(struct batch *batch)
{
    struct batch_server *server = batch->server;
    assert(!batch->waiting);
    batch->waiting = true;
    batch->wait_next = ID_NONE;
    if (server->wait_last == ID_NONE)
        server->wait_first = batch->view.zone;
    else
        (batch + ((int64_t)server->wait_last - (int64_t)batch->view.zone))->wait_next = batch->view.zone;
    server->wait_last = batch->view.zone;
}

uint32_t batch_server_next(struct batch_server *server, struct batch *batches)
{
    uint32_t zone = server->wait_first;
    if (zone == ID_NONE || server->in_flight >= SERVER_IN_FLIGHT_MAX)
        return ID_NONE;
    server->wait_first = batches[zone].wait_next;
    if (server->wait_first == ID_NONE)
        server->wait_last = ID_NONE;
    batches[zone].waiting = false;
    return zone;
}

/* ---- making a message ---- */

static uint32_t first_of_lists(const struct batch *batch, uint8_t from, uint8_t below)
{
    for (uint8_t list = from; list < below; list++)
        if (batch->first[list] != ID_NONE)
            return batch->first[list];
    return ID_NONE;
}

/* Nothing but rehearsals waits, and not enough of them to fill a message. */
static bool gathers(const struct batch *batch)
{
    return batch->queued < batch->settings->batch &&
           first_of_lists(batch, BATCH_HALVES, BATCH_FIRST_CLASS + BATCH_REHEARSE) == ID_NONE &&
           first_of_lists(batch, BATCH_FIRST_OF_FEW, BATCH_FIRST_OF_FEW + BATCH_REHEARSE) == ID_NONE;
}

mono_ms batch_deadline(const struct batch *batch)
{
    switch (batch->phase) {
    case BATCH_SEALING:
    case BATCH_DEALING:
        return INT64_MIN;
    case BATCH_SENT:
        return MONO_NEVER;
    case BATCH_IDLE:
        break;
    }
    if (batch->queued == 0 || batch->waiting)
        return MONO_NEVER;
    mono_ms at = batch->open_at;
    if (batch->gather_at != MONO_NEVER && gathers(batch))
        at = mono_later(at, batch->gather_at);
    bool only_few = first_of_lists(batch, BATCH_HALVES, BATCH_FIRST_OF_FEW) == ID_NONE;
    return only_few ? mono_later(at, batch->few_at) : at;
}

/* How many may go together with this one. */
static uint32_t most_with(const struct batch *batch, uint32_t record)
{
    const struct batch_link *link = &batch->links[record];
    uint32_t most = batch->settings->batch < batch->room ? batch->settings->batch : batch->room;
    if (batch->closed != BATCH_OPEN)
        return 1;
    if (link->list < BATCH_FIRST_OF_FEW)
        return most;
    uint32_t few = (uint32_t)link->most << batch->streak / BATCH_STREAK_DOUBLES;
    return few < most ? few : most;
}

/*
 * Who may join those that are in the message already:
 *
 *   the first came from        the next
 *   a half                     of the same half
 *   the classes                the first in their order
 *   rehearsals                 rehearsals alone: what becomes of them is nobody else's business
 *   those who go with few      the first in their order, as long as it may go with so many
 */
static uint32_t next_member(const struct batch *batch)
{
    if (batch->view.count >= batch->most)
        return ID_NONE;
    if (batch->source == BATCH_HALVES) {
        uint32_t record = batch->first[BATCH_HALVES];
        return record != ID_NONE && batch->links[record].half == batch->half ? record : ID_NONE;
    }
    uint8_t rehearsals = BATCH_FIRST_CLASS + BATCH_REHEARSE;
    if (batch->source == rehearsals)
        return first_of_lists(batch, rehearsals, BATCH_FIRST_OF_FEW);
    if (batch->source < BATCH_FIRST_OF_FEW)
        return first_of_lists(batch, BATCH_FIRST_CLASS, rehearsals);
    rehearsals = BATCH_FIRST_OF_FEW + BATCH_REHEARSE;
    uint32_t record = batch->source == rehearsals ? first_of_lists(batch, rehearsals, BATCH_LISTS)
                                                  : first_of_lists(batch, BATCH_FIRST_OF_FEW, rehearsals);
    return record != ID_NONE && most_with(batch, record) > batch->view.count ? record : ID_NONE;
}

/*
 * The first of them waits a moment for others: records come one by one from their reads, and each in a message of its
 * own would be thousands at the start.
 */
uint32_t batch_next(struct batch *batch, mono_ms now)
{
    if (batch->phase == BATCH_SEALING)
        return next_member(batch);
    if (batch->queued > 0 && batch->gather_at == MONO_NEVER && gathers(batch))
        batch->gather_at = mono_after(now, BATCH_GATHER_MS);
    if (batch->phase != BATCH_IDLE || batch_deadline(batch) > now)
        return ID_NONE;
    if (batch->server->in_flight >= SERVER_IN_FLIGHT_MAX) {
        wait_for_server(batch);
        return ID_NONE;
    }
    return first_of_lists(batch, BATCH_HALVES, BATCH_LISTS);
}

bool batch_take(struct batch *batch, uint32_t record, const struct plan *plan, uint32_t octets)
{
    const struct batch_link *link = &batch->links[record];
    assert(link->queued && (batch->phase == BATCH_IDLE || batch->phase == BATCH_SEALING));
    if (batch->phase == BATCH_IDLE) {
        batch->phase = BATCH_SEALING;
        batch->server->in_flight++;
        batch->source = link->list;
        if (link->list == BATCH_FIRST_CLASS + BATCH_REHEARSE || link->list == BATCH_FIRST_OF_FEW + BATCH_REHEARSE)
            batch->gather_at = MONO_NEVER;
        batch->half = link->half;
        batch->most = batch->room;
        batch->few = 0;
        batch->octets = 0;
    } else if (batch->octets + octets > BATCH_OCTETS_MAX) {
        batch->most = batch->view.count;
        return false;
    }
    uint32_t most = most_with(batch, record);
    batch->most = most < batch->most ? most : batch->most;
    if (link->most != 0)
        batch->few = batch->few == 0 || link->most < batch->few ? link->most : batch->few;
    batch->octets += octets;
    batch_leave(batch, record);
    batch->members[batch->view.count++] = (struct batch_member){.record = record, .plan = plan};
    return true;
}

void batch_seal(struct batch *batch, uint32_t ticket)
{
    assert(batch->phase == BATCH_SEALING && batch->view.count > 0 && ticket != 0);
    batch->phase = BATCH_SENT;
    batch->ticket = ticket;
}

uint32_t batch_give_back(struct batch *batch)
{
    if (batch->phase != BATCH_SEALING)
        return ID_NONE;
    assert(batch->view.count > 0);
    uint32_t record = batch->members[--batch->view.count].record;
    if (batch->view.count == 0) {
        batch->phase = BATCH_IDLE;
        batch->server->in_flight--;
    }
    return record;
}
