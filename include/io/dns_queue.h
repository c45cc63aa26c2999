/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_QUEUE_H
#define REPOINTD_IO_DNS_QUEUE_H

/*
 * Where: io, in dns_client: who waits for a line to one server.
 * What:  a first-come, first-served list of places; each record and each zone has one place of its own.
 * Why:   the places are made with the client and are the links of the list, so a queue is never full and never asks for
 *        memory.
 */

#include "core/message.h"
#include "io/dns_flight.h"

#include <stdbool.h>

/* One record's, or one zone's, place to wait in. */
struct dns_place {
    struct op op;
    struct dns_place *next;
    struct dns_flight *flight;  /* of an update, and of a read that comes back from a line; else made when it leaves */
    struct dns_report *refused; /* an update that cannot leave: how it ends */
    mono_ms asked;
    bool search; /* of a read: as dns_flight_read_new takes it */
    bool waits;
};

struct dns_queue {
    struct dns_place *first, **end;
};

void dns_queue_init(struct dns_queue *queue);
void dns_queue_add(struct dns_queue *queue, struct dns_place *place);
void dns_queue_add_in_front(struct dns_queue *queue, struct dns_place *place);
struct dns_place *dns_queue_take(struct dns_queue *queue); /* there must be one */

/* Frees what the place holds. */
void dns_place_empty(struct dns_place *place);

#endif
