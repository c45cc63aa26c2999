/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_UNIT_IO_ECHO_SIDE_H
#define REPOINTD_TESTS_UNIT_IO_ECHO_SIDE_H

/*
 * Where: units of io/ping.
 * What:  the other side of a ping: hears requests of IPv4, says what a target or a router could say.
 */

#include <stddef.h>
#include <stdint.h>

struct echo_packet {
    uint8_t ip[20], icmp[64];
    size_t icmp_length;
};

/* The next echo request that a raw socket of ICMP hears; fails the test after 5 s. */
struct echo_packet echo_next(int raw);

/* A reply to 127.0.0.1 from `source`; with one bit of the octet `spoilt` turned, unless that is 0. */
void echo_reply(const struct echo_packet *request, const char *source, size_t spoilt);

/* An error about a request, which quotes `quoted` octets of it (RFC 792: at least eight). */
void echo_complain(const struct echo_packet *request, uint8_t type, uint8_t code, size_t quoted);

#endif
