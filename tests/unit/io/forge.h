/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of the DNS side of io.
 * What:  messages written by hand: hex to bytes, records one by one, and a TSIG with any field wrong.
 * Why:   what a hostile or odd server sends cannot be made with the code under test, which refuses to. Signs with
 *        OpenSSL's HMAC in one go, apart from io/tsig.
 */
#ifndef REPOINTD_TESTS_FORGE_H
#define REPOINTD_TESTS_FORGE_H

#include "io/tsig.h"

#define FORGE_MAX 65535

struct forge {
    uint8_t bytes[FORGE_MAX + 4096];
    size_t length;
};

/* Takes hex; gives the number of octets. */
size_t forge_hex(const char *hex, uint8_t *bytes, size_t capacity);

/* Secret 0 … 31, of this name and algorithm; the name lives in static storage until the next call. */
struct key_settings forge_key(const char *name, enum tsig_algorithm algorithm);

/* Dotted names, as they are (no compression, no lowering); "" is the root. */
void forge_header(struct forge *forge, uint16_t id, uint16_t flags);
void forge_name(struct forge *forge, const char *name);
void forge_question(struct forge *forge, const char *name, uint16_t type);
void forge_record(struct forge *forge, uint32_t section, const char *name, uint16_t type, uint16_t class,
                  uint32_t ttl_s, const void *rdata, size_t length);
void forge_put16(struct forge *forge, uint16_t number);
void forge_put(struct forge *forge, const void *bytes, size_t length);

/* What a TSIG says; forge_tsig gives a good one for an answer to `request`. */
struct forge_tsig {
    struct key_settings key;
    struct tsig_state request;    /* mac_length 0: none */
    const char *name, *algorithm; /* NULL: the key's */
    uint64_t time_s;
    uint16_t class, fudge, error, mac_cut; /* mac_cut: octets that are left out */
    uint32_t ttl_s;
    bool has_original_id;
    uint16_t original_id;
    const char *other; /* hex */
};

struct forge_tsig forge_tsig(const struct key_settings *key, const struct tsig_state *request, int64_t wall_s);
void forge_sign(struct forge *forge, const struct forge_tsig *tsig);

#endif
