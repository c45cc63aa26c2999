/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_SERVER_H
#define REPOINTD_SIM_SERVER_H

/*
 * Where: the simulator; what stands behind EFFECT_READ and EFFECT_SEND.
 * What:  primary name servers: zones with RFC 2136 rules (zone.h), messages on their way there, answers on their way
 *        back, and all that goes wrong with either.
 */

#include "contents.h"
#include "core/message.h"
#include "zone.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

/* What a member of a message was, kept for the judges. */
struct sent {
    uint32_t record;
    enum plan_kind kind;
    bool has_old;
    struct marker old, fresh;
    struct contents expect, publish;
    bool is_ordered;          /* by an operator's word */
    bool is_desperate;        /* sent while nothing was up */
    bool is_manual;           /* what it moves was asked for by an operator, and not by health */
    bool is_late;             /* applied by a copy that was held back, or came a second time */
    bool is_lost, is_applied; /* its answer was, last at lost_at; it was, at least once */
    uint32_t times;           /* that it was sent */
    mono_ms lost_at;
    uint64_t transaction; /* its place in the order of the record's transactions; retries keep it */
    mono_ms left;         /* when it was sent, and sent last */
    uint16_t life;        /* of the daemon that sent it */
};

/* It can change something: an assertion and a rehearsal cannot. */
static inline bool sent_matters(const struct sent *sent)
{
    return sent->kind != PLAN_ASSERT && sent->kind != PLAN_REHEARSE;
}

/* What a server carries out of a message that it says NOERROR to: a policy may skip some of it in silence. */
enum portion { PORTION_UNDRAWN = 0, PORTION_ALL, PORTION_NONE, PORTION_MARKER, PORTION_SETS };

struct message {
    bool is_used, is_awaited;       /* awaited: the daemon still wants to hear */
    uint32_t zone, copies, members; /* copies: arrivals still to come */
    struct sent *sent;
    struct rr_list prerequisites, updates;
    mono_ms left;    /* when it was sent */
    uint32_t ticket; /* of the operation that waits for its answer */
    uint16_t life;
    enum portion portion;
    bool is_held; /* arrived once, and will be looked at much later */
};

struct read_pending {
    bool is_active, is_early,
        is_false; /* early: what the zone held when the read was asked; false: what comes is a lie */
    struct op op;
    mono_ms asked;
    struct dns_report report;
    bool authenticated, aa, occluded;
    struct contents shown;
};

struct send_pending {
    bool is_active;
    struct op op;
    uint32_t message;
    mono_ms left;
    struct dns_report report; /* UNKNOWN until an answer is on its way */
};

/* What was there before the last change, for servers whose reads lag behind. */
struct lag {
    mono_ms changed;
    struct contents before;
};

struct servers {
    struct nodes nodes;
    struct nodes backup; /* what a restore brings back */
    bool has_backup;
    uint32_t *serials; /* by zone */
    struct message *messages;
    uint32_t message_count, message_room;
    struct read_pending *reads;          /* by record */
    struct send_pending *sends;          /* by zone */
    struct lag *lags;                    /* by record */
    uint32_t *in_flight;                 /* UPDATE messages by server */
    mono_ms *well_since;                 /* by server: nothing has been wrong with it since */
    uint32_t *faults;                    /* by server: how many classes of fault are at work */
    uint32_t denied_record, denies_each; /* FAULT_DENY_NAME: this one, or every so manieth where that is not 0 */
    bool reads_too;                      /* the refusing server refuses reads as well */
    uint64_t reads_asked, messages_sent, members_sent, applied;
};

void servers_init(struct world *world);
void servers_done(struct servers *servers);
void servers_forget(struct world *world); /* the daemon is gone: nobody waits for an answer */

void servers_read(struct world *world, struct op op);
void servers_send(struct world *world, struct op op, const struct batch_view *batch);

void servers_message_arrives(struct world *world, uint32_t message);

/*
 * Its memory is free again once nothing of it is under way. Who takes an answer calls this when done with the message.
 */
void servers_release(struct world *world, uint32_t message);

bool servers_take_read(struct world *world, uint32_t record, uint32_t ticket, struct read_pending *ret);
bool servers_take_send(struct world *world, uint32_t zone, uint32_t ticket, struct send_pending *ret);

/* Some answer is waited for. */
bool servers_are_awaited(const struct world *world);

/* A stopping daemon no longer waits: what is in flight ends as UNKNOWN now. */
void servers_give_up(struct world *world);

uint32_t server_of_record(const struct world *world, uint32_t record);
void contents_now(const struct world *world, uint32_t record, struct contents *ret);

/* Kept with the lag of `record`, since it is about to change. */
void servers_note_change(struct world *world, uint32_t record);

#endif
