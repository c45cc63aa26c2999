/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_CLIENT_H
#define REPOINTD_IO_DNS_CLIENT_H

/*
 * Where: io, behind EFFECT_READ and EFFECT_SEND; joins dns_packet (bytes), tsig (signatures) and dns_exchange (the
 *        line).
 * What:  signed reads and signed updates to the server of a zone, and what may be concluded from the answer.
 * Why:   nothing unsigned is ever believed; at most four connections' worth of messages are in flight per server; reads
 *        are pipelined.
 *
 * `done` is never called from inside the call that started it. RFC 2136, RFC 8945.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "core/message.h"
#include "io/loop.h"
#include "model/settings.h"

#include <stdint.h>

struct dns_client;

/* The clock for signatures, read now: seconds since 1970, never negative. */
int64_t dns_client_wall_s(void);

/* `observed` is given where report->outcome is OUTCOME_ACCEPTED, and dies with the call. */
typedef void dns_read_done_fn(struct op op, const struct dns_report *report, const struct observed *observed,
                              void *ctx);
typedef void dns_send_done_fn(struct op op, const struct dns_report *report, void *ctx);

/* `settings` is borrowed. */
struct dns_client *dns_client_new(struct loop *loop, const struct settings *settings, dns_read_done_fn *read_done,
                                  dns_send_done_fn *send_done, void *ctx, struct error *err);
void dns_client_free(struct dns_client *client); /* NULL is fine */

/*
 * Signed queries over TCP for the record's managed types, the marker and the zone's SOA; where their answers may come
 * from a wildcard, once more with those that tell. op.subject is the record. A second read of a record takes the place
 * of one that still waits for a line, which is then never answered; likewise a second update of a zone.
 */
void dns_client_read(struct dns_client *client, struct op op);

/*
 * op.subject is the zone. The batch is turned into bytes during the call; they are signed when the connection stands.
 */
void dns_client_send(struct dns_client *client, struct op op, const struct batch_view *batch);

/* Everything under way ends without a callback. Not to be called from one. */
void dns_client_cancel_all(struct dns_client *client);

#endif
