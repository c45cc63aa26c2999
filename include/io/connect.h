/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_CONNECT_H
#define REPOINTD_IO_CONNECT_H

/*
 * Where: io, under prober (TCP probes) and http (which gets a connection that stands).
 * What:  non-blocking TCP connects to an address and port.
 * Why:   one place makes every connection of a probe: so it goes to the watch's own address and nowhere else, a dead
 *        target costs a few octets instead of a libcurl handle, and errno says exactly what happened and when.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "io/loop.h"
#include "model/address.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct connector;
struct connect;

struct connect_result {
    int fd;        /* connected, non-blocking, the receiver's from now on; -1: failed */
    int sys_errno; /* where it failed */
    bool at_once;  /* … inside the call: no answer of the other side can have been awaited */
};

/* Comes from a later turn than connect_start. */
typedef void connect_done_fn(const struct connect_result *result, void *ctx);

/* Room for `most` at a time, taken now. NULL with err if there is no memory. */
struct connector *connector_new(struct loop *loop, uint32_t most, struct error *err);
void connector_free(struct connector *connector); /* whatever is under way ends without a callback; NULL is fine */

/*
 * From the local address that `source` has for the family of `to`; NULL: the system chooses. One that this host does
 * not have at the moment is an error at once. The caller keeps the deadline, and never has more than `most` under way.
 */
struct connect *connect_start(struct connector *connector, const struct endpoint *to,
                              const struct source_settings *source, connect_done_fn *done, void *ctx);
void connect_cancel(struct connect *connect);

/* Ends a connection politely: with FIN, in this turn. */
void connect_close(struct loop *loop, int fd);

#endif
