/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_LINE_H
#define REPOINTD_IO_DNS_LINE_H

/*
 * Where: io, between dns_client (which flight goes on which line) and dns_exchange (the connection).
 * What:  one connection with the flights on it: at most one update, and reads behind one another without waiting.
 * Why:   an answer that cannot be believed ends the connection: it is not known who speaks there, so nothing behind it
 *        is worth reading. Reads that were only neighbours of it go back to the queue; an update never does once an
 *        octet of it has left.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "io/dns_flight.h"
#include "io/loop.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

#define DNS_LINE_READS_MAX 64

struct dns_line;

/*
 * They may come from inside dns_line_carry as well. Flights given back are the receiver's, to be freed or carried
 * again.
 */
struct dns_line_handlers {
    int64_t (*wall_s)(void *ctx); /* the clock for signatures, at this very moment */

    /* The flight is over; `findings` where it is a read of outcome ACCEPTED. */
    void (*done)(struct dns_flight *flight, const struct dns_report *report, const struct dns_findings *findings,
                 void *ctx);

    /*
     * Through no fault of its own; it may go on another line. Told in reverse order, so that each can be put in front.
     */
    void (*returned)(struct dns_flight *flight, void *ctx);

    /* After the flights: no connection could be made, or the server was silent until a deadline. */
    void (*unreachable)(const struct dns_report *report, void *ctx);
    void *ctx;
};

/* `server` and `findings` (the room for what is found, shared by all lines) are borrowed. NULL: memory is out. */
struct dns_line *dns_line_new(struct loop *loop, const struct server_settings *server, struct dns_findings *findings,
                              const struct dns_line_handlers *handlers, struct error *err);
void dns_line_free(struct dns_line *line); /* frees what it carries, without a handler; NULL is fine */

/* Puts a flight on the line and opens it where needed. There must be room for it. */
void dns_line_carry(struct dns_line *line, struct dns_flight *flight);

/* How a line suits a flight of this kind, the larger the better; 0: it has no room. */
uint32_t dns_line_fitness(const struct dns_line *line, bool is_update);

/* Frees what it carries and hangs up, without a handler. */
void dns_line_drop(struct dns_line *line);

/* Hangs up if it carries nothing. */
void dns_line_rest(struct dns_line *line);

#endif
