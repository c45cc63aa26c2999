/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_FLIGHT_QUESTION_H
#define REPOINTD_IO_DNS_FLIGHT_QUESTION_H

/* Where: io, inside dns_flight; what the messages of a flight ask, by their number. */

#include "io/dns_flight.h"

struct dns_flight_question {
    struct dname name; /* may view `storage` */
    enum rrtype type;
    uint8_t storage[DNAME_WIRE_MAX];
};

/* What a question of a read is about: a managed type has its own number. */
enum about { ABOUT_MARKER = 2, ABOUT_ZONE, ABOUT_WILDCARD, ABOUT_CONTROL, ABOUT_V4, ABOUT_V6 };

uint32_t dns_flight_about(const struct dns_flight *flight, uint32_t message);

/* It only shows what stands in the way. Where the server follows a CNAME for it, it may fail: that says nothing. */
bool dns_flight_is_aside(const struct dns_flight *flight, uint32_t message);

/* "_repointd.*.NAME"; false: that would be too long. */
NODISCARD bool dns_flight_below_wildcard(const struct dname *name, uint8_t storage[DNAME_WIRE_MAX], struct dname *ret);

/* Its order stands over the function. */
void dns_flight_question_of(const struct dns_flight *flight, uint32_t message, struct dns_flight_question *ret);

#endif
