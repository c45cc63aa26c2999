/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_BATCH_H
#define REPOINTD_CORE_BATCH_H

/*
 * Where: core, between the records of one zone and the wire.
 * What:  one zone's post office: records that want a message queue here, the next message takes in as many of them as
 *        it may, and its answer is dealt out to each.
 * Why:   hundreds of updates at once make a name server lose some of them, so a zone has one message in flight and a
 *        server a few; what comes meanwhile gathers. One record that a server never accepts must not stop its
 *        neighbours, so a message that was refused is halved until the bad one stands alone.
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

/* In front of all classes the halves of a refused message; behind them, by class, who may only go with a few. */
#define BATCH_LISTS (1 + 2 * BATCH_CLASS_COUNT)

/* One record's place in its zone's queue. */
struct batch_link {
    uint32_t former, next; /* records, or ID_NONE */
    uint32_t half;         /* in the first list: which one it belongs to */
    uint16_t most;         /* members of the next message that takes it in; 0: as many as there may be */
    uint8_t list;          /* while queued */
    bool queued;
};

/* What all zones of one server share: how many messages are under way to it, and who waits for one to end. */
struct batch_server {
    uint32_t in_flight;
    uint32_t wait_first, wait_last; /* zones */
};

enum batch_phase {
    BATCH_IDLE = 0,
    BATCH_SEALING, /* members are taken in, over as many calls of the engine as their effects need */
    BATCH_SENT,    /* the message is under way */
    BATCH_DEALING  /* its answer is dealt out, over as many calls */
};

enum batch_closed {
    BATCH_OPEN = 0,
    BATCH_DENIED, /* every single record of a message was */
    BATCH_SHUT    /* the server does not take this zone's messages */
};

struct batch {
    const struct server_settings *settings;
    struct batch_server *server;
    struct batch_link *links; /* by record, of all records */
    uint32_t first[BATCH_LISTS], last[BATCH_LISTS];
    uint32_t queued;
    enum batch_phase phase;
    uint32_t ticket;          /* of the message under way; 0: none is */
    enum batch_closed closed; /* if so one record a tick, until another answer comes */
    mono_ms open_at;          /* no message before */
    uint32_t back_off_ms;
    bool waiting;       /* for the server */
    uint32_t wait_next; /* zone */
    uint32_t halves;    /* the number of the last half that was made */
    uint32_t streak;    /* messages of as many as may go with few that were accepted in a row */
    uint32_t hinted; /* messages of one that Knot hinted it may not be, in a row, as far as those who go with few go */
    mono_ms few_at;  /* no message of those before: so a thousand without rights are one message a tick */
    mono_ms gather_at; /* no message of rehearsals before, unless it is full; MONO_NEVER: none waits */

    /* ---- the message that is made, or under way, or answered */
    uint8_t source;  /* the list that its first member came from */
    uint32_t half;   /* where that is the first list */
    uint32_t most;   /* members that it may have */
    uint32_t few;    /* … by what is known of these members alone; 0: no bound */
    uint32_t octets; /* that its members take, at most */
    uint32_t room;   /* of `members` */
    struct batch_member *members;
    struct batch_view view;
    struct dns_report report;
    uint32_t dealt; /* members that have been told */

    /* ---- the halving under way */
    bool all_denied;       /* and nothing else was answered */
    uint32_t denied_alone; /* records that were, each for itself */
};

/* What a member is told of the answer. */
struct batch_share {
    uint32_t record;
    bool again;  /* nothing of the message was applied, and whose fault that is is not known: it is queued again */
    bool shared; /* the message had other members, too */
    bool speaks; /* for all of them */
};

void batch_server_init(struct batch_server *server);

/* `members` has `room` for the largest message, at least 1. */
void batch_init(struct batch *batch, uint32_t zone, const struct server_settings *settings, struct batch_server *server,
                struct batch_link *links, struct batch_member *members, uint32_t room);

/* Queues a record. In the same class, or in a half, it keeps its place; from another class it moves. */
void batch_join(struct batch *batch, uint32_t record, enum batch_class class);
void batch_leave(struct batch *batch, uint32_t record); /* one that is not queued is fine */

/*
 * The record to take in next, if it still wants to; ID_NONE: the message is complete, or none may be made now. Where
 * only the server is too busy, the zone waits for it and batch_server_next names it in its turn.
 */
uint32_t batch_next(struct batch *batch, mono_ms now);

/* Takes it in, out of the queue. False: no room, it stays where it is and the message is complete. */
bool batch_take(struct batch *batch, uint32_t record, const struct plan *plan, uint32_t octets);

/* The message is under way. */
void batch_seal(struct batch *batch, uint32_t ticket);

/* The message is not sent after all: the last member, ID_NONE: none is left. */
uint32_t batch_give_back(struct batch *batch);

/* The message under way has this answer; it is to be dealt out next. */
void batch_answered(struct batch *batch, const struct dns_report *report, struct random *random, mono_ms now);

/* Who is to be told of it next. False: all were. */
bool batch_deal(struct batch *batch, struct batch_share *ret);

/* A zone that waits for the server and may now try, ID_NONE if there is none. `batches` is by zone. */
uint32_t batch_server_next(struct batch_server *server, struct batch *batches);

/* When the zone is worth a step; INT64_MIN: at once; MONO_NEVER: something else has to happen first. */
mono_ms batch_deadline(const struct batch *batch);

/*
 * The most that this plan can add to a message, without any compression. The members of a message add up to
 * BATCH_OCTETS_MAX at the most.
 */
uint32_t batch_octets(const struct record_settings *record, const struct plan *plan);

/* Of MESSAGE_OCTETS_MAX, what header, zone and signature leave. */
#define BATCH_OCTETS_MAX (MESSAGE_OCTETS_MAX - 1024)

#endif
