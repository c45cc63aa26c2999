/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_MODEL_ADDRESS_H
#define REPOINTD_MODEL_ADDRESS_H

/*
 * Where: model; a target's address, a server's, a source.
 * What:  an IPv4 or IPv6 address without a port. A value: copy it freely; equal addresses are equal bytes.
 */

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum address_family { ADDRESS_NONE = 0, ADDRESS_V4 = 4, ADDRESS_V6 = 6 };

struct address {
    uint8_t family;    /* enum address_family */
    uint8_t bytes[16]; /* network order; the first 4 count for IPv4, the rest is zero */
};

#define ADDRESS_TEXT_MAX 46

/* Dotted quad, or any RFC 4291 text form without zone and brackets. A decimal or octal number is no address. */
NODISCARD bool address_parse(const char *text, struct address *ret, struct error *err);

/* RFC 5952 form. */
void address_format(const struct address *address, char text[ADDRESS_TEXT_MAX]);
bool address_equal(const struct address *a, const struct address *b);
int address_compare(const struct address *a, const struct address *b); /* IPv4 first, then by bytes */
uint32_t address_length(const struct address *address);                /* 4 or 16 */

/* Kinds of addresses that the config check speaks about. */
bool address_is_unspecified(const struct address *address);
bool address_is_multicast(const struct address *address);
bool address_is_broadcast(const struct address *address);
bool address_is_loopback(const struct address *address);
bool address_is_link_local(const struct address *address);

/* An address and a port: a server's, or an update source's (port 0). */
struct endpoint {
    struct address address;
    uint16_t port;
};

#define ENDPOINT_TEXT_MAX 56

/* "192.0.2.1:53", "[2001:db8::1]:53" */
void endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_MAX]);

#endif
