/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DIAL_H
#define REPOINTD_IO_DIAL_H

/*
 * Where: io, under whoever makes connections of its own.
 * What:  a socket whose connection is under way, and the kernel's form of an address.
 */

#include "base/attributes.h"
#include "model/address.h"

#include <stdbool.h>
#include <sys/socket.h>

/* Gives the length. */
socklen_t dial_sockaddr(const struct address *address, uint16_t port, struct sockaddr_storage *ret);

/* Gives the socket its local address, unless `source` is of family ADDRESS_NONE; false with errno. */
NODISCARD bool dial_bind(int fd, const struct address *source);

/*
 * A TCP socket (CLOEXEC, NONBLOCK, NODELAY) that connects to `peer`, from `source` unless that is of family
 * ADDRESS_NONE; it is the caller's to close. -1 with errno: what failed at once.
 */
int dial_start(const struct endpoint *peer, const struct address *source);

/*
 * A UDP socket (CLOEXEC, NONBLOCK) that is connected: the kernel draws a port at random and lets in nobody but `peer`.
 * As above.
 */
int dial_datagram(const struct endpoint *peer, const struct address *source);

#endif
