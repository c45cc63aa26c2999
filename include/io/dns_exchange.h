/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_EXCHANGE_H
#define REPOINTD_IO_DNS_EXCHANGE_H

/*
 * Where: io, under dns_client: one TCP line to one name server.
 * What:  messages there, messages back (RFC 1035 4.2.2, RFC 7766), or the end of the line; and how many octets of it
 *        all have left.
 * Why:   it knows neither plans nor signatures, so what a server does to a connection can be tried on it alone. Whether
 *        any octet left decides whether a change may have happened.
 *
 * No handler is called from inside a function of this file. A line that ended may be opened again.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "io/loop.h"
#include "model/address.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dns_exchange;

struct dns_exchange_handlers {
    void (*connected)(void *ctx); /* the line stands: what is written now goes out at once */
    void (*answer)(const uint8_t *bytes, size_t length,
                   void *ctx); /* one whole message, 0 … 65,535 octets, gone after the call */
    void (*late)(void *ctx);   /* the deadline of a standing line has passed; it goes on standing */
    void (*ended)(const struct error *err,
                  void *ctx); /* no line: not one address could be reached, or the server hung up */
    void *ctx;
};

/* `server` is borrowed. NULL if memory is out. */
struct dns_exchange *dns_exchange_new(struct loop *loop, const struct server_settings *server,
                                      const struct dns_exchange_handlers *handlers, struct error *err);
void dns_exchange_free(struct dns_exchange *exchange); /* NULL is fine */

/*
 * Connects to the server's addresses in order, each for its share of the time until `deadline`, from the source of its
 * family. The line must be closed. Ends by `connected` or `ended`.
 */
void dns_exchange_open(struct dns_exchange *exchange, mono_ms deadline);

/* No handler comes any more. Closing a closed line does nothing. */
void dns_exchange_close(struct dns_exchange *exchange);

bool dns_exchange_is_open(const struct dns_exchange *exchange); /* connecting or standing */
bool dns_exchange_stands(const struct dns_exchange *exchange);

/* The address that the line goes to, or the last one tried. */
const struct endpoint *dns_exchange_peer(const struct dns_exchange *exchange);

/* On a standing line: when `late` is to come; MONO_NEVER: not. */
void dns_exchange_set_deadline(struct dns_exchange *exchange, mono_ms deadline);

/*
 * Puts one message, with its length in front, behind those that wait to leave; dns_exchange_flush sends what waits in
 * as few pieces as the kernel takes. False: too much waits, or memory is out; then nothing was added.
 */
NODISCARD bool dns_exchange_put(struct dns_exchange *exchange, const uint8_t *message, size_t length);
void dns_exchange_flush(struct dns_exchange *exchange);

/*
 * Octets put, and octets that left, since the line was opened: a message put at n has begun to leave when `left` is
 * above n.
 */
uint64_t dns_exchange_put_octets(const struct dns_exchange *exchange);
uint64_t dns_exchange_left_octets(const struct dns_exchange *exchange);

#endif
