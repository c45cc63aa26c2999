/* SPDX-License-Identifier: MIT */
/*
 * Where: core, between the records of one zone and the wire.
 * What:  the queue of a zone by classes, the one message under way, and the pause that its outcome asks for.
 * Why:   lists are threaded through one array over all records, so that joining and leaving cost nothing and need no
 *        memory.
 */

#include "core/batch.h"

#include <assert.h>

void batch_server_init(struct batch_server *server)
{
    *server = (struct batch_server){.wait_first = ID_NONE, .wait_last = ID_NONE};
}

void batch_init(struct batch *batch, uint32_t zone, const struct server_settings *settings, struct batch_server *server,
                struct batch_link *links)
{
    *batch = (struct batch){
        .settings = settings, .server = server, .links = links, .wait_next = ID_NONE, .open_at = INT64_MIN};
    for (uint32_t class = 0; class < BATCH_CLASS_COUNT; class ++)
        batch->first[class] = batch->last[class] = ID_NONE;
    batch->member.record = ID_NONE;
    batch->view = (struct batch_view){.zone = zone, .count = 0, .members = &batch->member};
}

/* ---- the queue ---- */

void batch_leave(struct batch *batch, uint32_t record)
{
    struct batch_link *link = &batch->links[record];
    if (!link->queued)
        return;
    uint32_t *before = link->former == ID_NONE ? &batch->first[link->class] : &batch->links[link->former].next;
    uint32_t *behind = link->next == ID_NONE ? &batch->last[link->class] : &batch->links[link->next].former;
    *before = link->next;
    *behind = link->former;
    link->queued = false;
    batch->queued--;
}

void batch_join(struct batch *batch, uint32_t record, enum batch_class class)
{
    struct batch_link *link = &batch->links[record];
    if (link->queued && link->class == class)
        return;
    batch_leave(batch, record);
    *link = (struct batch_link){
        .former = batch->last[class], .next = ID_NONE, .class = (uint8_t) class, .queued = true};
    if (link->former == ID_NONE)
        batch->first[class] = record;
    else
        batch->links[link->former].next = record;
    batch->last[class] = record;
    batch->queued++;
}

static uint32_t first_in_order(const struct batch *batch)
{
    for (uint32_t class = 0; class < BATCH_CLASS_COUNT; class ++)
        if (batch->first[class] != ID_NONE)
            return batch->first[class];
    return ID_NONE;
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

/* ---- sending ---- */

mono_ms batch_deadline(const struct batch *batch)
{
    return batch->ticket != 0 || batch->queued == 0 || batch->waiting ? MONO_NEVER : batch->open_at;
}

uint32_t batch_next(struct batch *batch, mono_ms now)
{
    if (batch_deadline(batch) > now)
        return ID_NONE;
    if (batch->server->in_flight >= SERVER_IN_FLIGHT_MAX) {
        wait_for_server(batch);
        return ID_NONE;
    }
    return first_in_order(batch);
}

void batch_seal(struct batch *batch, uint32_t record, const struct plan *plan, uint32_t ticket)
{
    assert(batch->ticket == 0 && ticket != 0 && batch->server->in_flight < SERVER_IN_FLIGHT_MAX);
    batch_leave(batch, record);
    batch->member = (struct batch_member){.record = record, .plan = plan};
    batch->view.count = 1;
    batch->ticket = ticket;
    batch->server->in_flight++;
}

static void pause(struct batch *batch, struct random *random, mono_ms now)
{
    uint32_t most = batch->settings->retry_most_ms;
    uint32_t wait = batch->back_off_ms == 0 ? batch->settings->retry_first_ms : batch->back_off_ms;
    wait = wait < most ? wait : most;
    batch->back_off_ms = wait > most / 2 ? most : 2 * wait;
    batch->open_at = mono_after(now, 1 + (int64_t)random_below(random, wait));
}

/*
 * The answer to a message of one record says for the zone:
 *
 *   ACCEPTED, PREREQ, DENIED, BUG     open: the record sees to itself, its neighbours go on
 *   UNKNOWN                           as it was: nothing is known; the record reads before anything is sent again
 *   NOT_SENT, SERVER_FAILURE          pauses for the back-off
 *   NOT_SERVED, CLOCK, CONFIG         closes: one message every retry.max, until another answer comes
 */
uint32_t batch_answered(struct batch *batch, enum outcome outcome, struct random *random, mono_ms now)
{
    assert(batch->ticket != 0);
    batch->ticket = 0;
    batch->view.count = 0;
    batch->server->in_flight--;
    switch (outcome) {
    case OUTCOME_ACCEPTED:
    case OUTCOME_PREREQ:
    case OUTCOME_DENIED:
    case OUTCOME_BUG:
        batch->closed = false;
        batch->back_off_ms = 0;
        batch->open_at = now;
        break;
    case OUTCOME_UNKNOWN:
        if (batch->closed)
            batch->open_at = mono_after(now, batch->settings->retry_most_ms);
        break;
    case OUTCOME_NOT_SENT:
    case OUTCOME_SERVER_FAILURE:
        pause(batch, random, now);
        break;
    case OUTCOME_NOT_SERVED:
    case OUTCOME_CLOCK:
    case OUTCOME_CONFIG:
        batch->closed = true;
        batch->open_at = mono_after(now, batch->settings->retry_most_ms);
        break;
    }
    return batch->member.record;
}
