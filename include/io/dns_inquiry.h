/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_INQUIRY_H
#define REPOINTD_IO_DNS_INQUIRY_H

/*
 * Where: io, under dns_verify, dns_places and probe_dns.
 * What:  a few questions to one name server: without a signature by datagrams, and by TCP what does not fit one (RFC
 *        1035 4.2.1, RFC 7766); or signed, by TCP alone.
 * Why:   what is not signed is asked from a socket that is connected, with a port and ids that nobody can guess, and
 *        whatever does not answer it is dropped while the real answer is still awaited. Nothing is ever written on its
 *        account.
 */

#include "base/error.h"
#include "io/loop.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNS_INQUIRY_MAX 3

struct dns_inquiry;

struct dns_question {
    const struct dname *name; /* borrowed until the end */
    uint16_t type;
};

struct dns_reply {
    const uint8_t *bytes; /* passed wire_walk, and tsig_verify where it is signed; NULL: none came */
    size_t length;
    bool authoritative;
    uint8_t rcode;
};

/*
 * Replies by question; where not all came, `err` says why: ERROR_LIMIT is silence, ERROR_PROTOCOL what cannot be
 * believed. Views die with the call.
 */
struct dns_inquiry_result {
    struct dns_reply replies[DNS_INQUIRY_MAX];
    struct error err;
    bool at_once; /* … inside a call: the question has not left this host */
};

struct dns_inquiry_settings {
    struct endpoint peer;
    struct address source4, source6; /* family ADDRESS_NONE: the system chooses */
    const struct key_settings *key;  /* NULL: unsigned, by datagrams */
    uint32_t timeout_ms;             /* for the whole */
    uint32_t again_ms;               /* datagrams are sent again after each such time; 0: never */
    bool recursion;                  /* RD: of whoever looks it up for others (RFC 1035 4.1.1) */
    uint32_t count;
    struct dns_question questions[DNS_INQUIRY_MAX];
};

/* Comes on a later turn than dns_inquiry_start; after it the inquiry is gone. */
typedef void dns_inquiry_done_fn(const struct dns_inquiry_result *result, void *ctx);

/* NULL: memory is out. */
struct dns_inquiry *dns_inquiry_start(struct loop *loop, const struct dns_inquiry_settings *settings,
                                      dns_inquiry_done_fn *done, void *ctx);
void dns_inquiry_cancel(struct dns_inquiry *inquiry); /* no callback comes; NULL is fine */

#endif
