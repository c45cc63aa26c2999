/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_FLIGHT_H
#define REPOINTD_IO_DNS_FLIGHT_H

/*
 * Where: io, carried by dns_line: one read or one update under way.
 * What:  its messages (one UPDATE, or the questions of a read), signed afresh for each attempt, and the answers they
 *        get.
 * Why:   a read is one fact made of several answers: it is whole or it is nothing.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/time.h"
#include "core/message.h"
#include "io/dns_exchange.h"
#include "io/tsig.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNS_FLIGHT_MESSAGES_MAX 7 /* a CNAME, addresses aside, the marker, the SOA; two in search of a wildcard */

/* Unsigned, an update has this much room; the rest of MESSAGE_OCTETS_MAX is the signature's. */
#define DNS_UPDATE_OCTETS_MAX (MESSAGE_OCTETS_MAX - TSIG_RECORD_MAX)

struct dns_message {
    uint16_t id;
    bool answered, authoritative, exists; /* exists: NOERROR, so the name is there, or a wildcard stands for it */
    struct tsig_state signature;
    uint8_t *answer; /* verified; a copy */
    size_t answer_length;
};

struct dns_flight {
    const struct settings *settings;
    const struct server_settings *server;
    struct op op;
    bool is_update;  /* op.subject is the zone, else the record */
    bool is_search;  /* a read that asks for wildcards, too */
    uint8_t *update; /* unsigned bytes */
    size_t update_length;
    mono_ms deadline; /* of the whole, from the first line it was put on */
    uint64_t begin;   /* where its first octet stands among those put on the line */
    bool written;     /* … if it was put there */
    int64_t sent_us;
    uint32_t message_count, answered_count;
    struct dns_report report; /* the first answer that was no good; outcome 0: none */
    struct dns_message messages[DNS_FLIGHT_MESSAGES_MAX];
};

/* Room for what a read finds. */
struct dns_findings {
    struct observed observed; /* views `packed` */
    bool is_vague;            /* what was seen may come from a wildcard: only a search tells */
    uint8_t packed[2][UINT16_MAX];
};

/* NULL: memory is out. `search` may be asked for after a read that was vague. */
struct dns_flight *dns_flight_read_new(const struct settings *settings, struct op op, bool search);

/* NULL with err: the batch has no room in one message (ERROR_LIMIT), or memory is out. */
struct dns_flight *dns_flight_update_new(const struct settings *settings, struct op op, const struct batch_view *batch,
                                         struct error *err);
void dns_flight_free(struct dns_flight *flight); /* NULL is fine */

/*
 * Draws ids, signs as of `wall_s` and puts all messages on the standing line. `is_taken` tells an id that the line has
 * out already.
 */
NODISCARD bool dns_flight_write(struct dns_flight *flight, struct dns_exchange *exchange, int64_t wall_s,
                                bool (*is_taken)(uint16_t id, void *ctx), void *ctx, struct error *err);

/* The message of this id that has no answer yet; ID_NONE: none. */
uint32_t dns_flight_message_of(const struct dns_flight *flight, uint16_t id);

/*
 * Takes the answer to a message. False: it may not be believed, and `ret` says what it was. True: counted; when
 * message_count of them are, the flight is over and dns_flight_conclude tells how.
 */
NODISCARD bool dns_flight_take(struct dns_flight *flight, uint32_t message, const struct endpoint *peer,
                               const uint8_t *bytes, size_t length, int64_t wall_s, struct dns_report *ret);

/*
 * Of a flight whose answers are all there. `findings` is filled where the outcome of a read is ACCEPTED; signatures of
 * the zone are judged as of `wall_s`.
 */
void dns_flight_conclude(const struct dns_flight *flight, const struct endpoint *peer, int64_t wall_s,
                         struct dns_findings *findings, struct dns_report *ret);

/*
 * Of a flight that gets no more answers: `left` octets of all that was put on its line have left. `err` NULL: the
 * deadline.
 */
void dns_flight_give_up(const struct dns_flight *flight, const struct endpoint *peer, uint64_t left,
                        const struct error *err, struct dns_report *ret);

#endif
