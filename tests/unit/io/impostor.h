/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of dns_exchange and dns_client.
 * What:  a TCP server on a free port of 127.0.0.1 with a thread for each connection, and the pieces of a name server.
 * Why:   the loop under test is not slowed or helped by the one that answers it.
 */
#ifndef REPOINTD_TESTS_IMPOSTOR_H
#define REPOINTD_TESTS_IMPOSTOR_H

#include "io/tsig.h"
#include "io/wire.h"
#include "model/address.h"
#include "model/settings.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct impostor;

/* Speaks on one connection, number `index` from 0, until it returns; then the connection is closed. */
typedef void impostor_serve_fn(int fd, uint32_t index, void *ctx);

struct impostor *impostor_start(impostor_serve_fn *serve, void *ctx);
void impostor_stop(struct impostor *impostor); /* ends all connections and waits for their threads */
struct endpoint impostor_endpoint(const struct impostor *impostor);
uint32_t impostor_connections(const struct impostor *impostor); /* accepted so far */

/* One message with its length in front; gives its length, -1 at the end. */
int32_t impostor_read(int fd, uint8_t bytes[65535]);
bool impostor_write(int fd, const uint8_t *bytes, size_t length);
bool impostor_write_raw(int fd, const void *bytes, size_t length);

/*
 * The answer to a question or update signed with forge_key("repointd", sha256): 192.0.2.1 for A, no AAAA, a SOA;
 * NOERROR for an update; for TXT no data, or with `no_name` NXDOMAIN. Gives its length.
 */
size_t impostor_answer(const uint8_t *request, size_t length, uint8_t answer[4096], bool is_signed, bool no_name);

/* The MAC of a signed request, which the answer's covers. */
struct tsig_state impostor_mac(const uint8_t *request, const struct wire_message *walked);

#endif
