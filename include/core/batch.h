/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_BATCH_H
#define REPOINTD_CORE_BATCH_H

/*
 * Where: core, between the records of one zone and the wire.
 * What:  one zone's post office: records that want a message queue here, one message is under way at a time, and its
 *        outcome says how soon the next may go.
 * Why:   hundreds of updates at once make a name server lose some of them, so a zone has one message in flight and a
 *        server a few. Who leaves a dead target goes first. For now each message carries one record.
 */

#include "base/random.h"
#include "base/time.h"
#include "core/message.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* The order of the queue; within a class first come, first served. */
enum batch_class {
    BATCH_LEAVE_DEAD = 0,
    BATCH_COMMAND,
    BATCH_FAIL_BACK,
    BATCH_OWN,
    BATCH_TTL,
    BATCH_REHEARSE,
    BATCH_CLASS_COUNT
};

/* One record's place in its zone's queue. */
struct batch_link {
    uint32_t former, next; /* records, or ID_NONE */
    uint8_t class;         /* enum batch_class, while queued */
    bool queued;
};

/* What all zones of one server share: how many messages are under way to it, and who waits for one to end. */
struct batch_server {
    uint32_t in_flight;
    uint32_t wait_first, wait_last; /* zones */
};

struct batch {
    const struct server_settings *settings;
    struct batch_server *server;
    struct batch_link *links; /* by record, of all records */
    uint32_t first[BATCH_CLASS_COUNT], last[BATCH_CLASS_COUNT];
    uint32_t queued;
    uint32_t ticket; /* of the message under way; 0: none is */
    bool closed;     /* the server does not take this zone's messages: one a tick, until another answer comes */
    mono_ms open_at; /* no message before */
    uint32_t back_off_ms;
    bool waiting;       /* for the server */
    uint32_t wait_next; /* zone */
    struct batch_member member;
    struct batch_view view;
};

void batch_server_init(struct batch_server *server);
void batch_init(struct batch *batch, uint32_t zone, const struct server_settings *settings, struct batch_server *server,
                struct batch_link *links);

/* Queues a record. In the same class it keeps its place, from another one it moves. */
void batch_join(struct batch *batch, uint32_t record, enum batch_class class);
void batch_leave(struct batch *batch, uint32_t record); /* one that is not queued is fine */

/*
 * The record whose message may go now, ID_NONE if none may. Where only the server is too busy, the zone waits for it
 * and batch_server_next names it in its turn.
 */
uint32_t batch_next(struct batch *batch, mono_ms now);

/* Takes `record` out of the queue: its message is under way. */
void batch_seal(struct batch *batch, uint32_t record, const struct plan *plan, uint32_t ticket);

/* The message under way has this outcome. Returns its record. */
uint32_t batch_answered(struct batch *batch, enum outcome outcome, struct random *random, mono_ms now);

/* A zone that waits for the server and may now try, ID_NONE if there is none. `batches` is by zone. */
uint32_t batch_server_next(struct batch_server *server, struct batch *batches);

/* When batch_next is worth a call; MONO_NEVER: something else has to happen first. */
mono_ms batch_deadline(const struct batch *batch);

#endif
