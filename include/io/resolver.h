/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_RESOLVER_H
#define REPOINTD_IO_RESOLVER_H

/*
 * Where: io, under prober.
 * What:  host names to addresses: /etc/hosts, then the name servers of /etc/resolv.conf, without blocking. One lookup a
 *        name however many ask; an answer is kept for its TTL, at least a second.
 * Why:   "there is no such name" is the name's fault, "nobody answers" is ours: they must be told apart. And no more
 *        names are asked for at a time than a name server likes.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/text.h"
#include "io/loop.h"
#include "model/limits.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

#define RESOLVER_ADDRESSES_MAX 16

enum resolver_outcome {
    RESOLVER_FOUND = 1,
    RESOLVER_NOTHING, /* no such name, no address, or none that can be probed: that is how it is */
    RESOLVER_SILENT   /* no name server of this host could tell: that says nothing of the name */
};

struct resolver_answer {
    enum resolver_outcome outcome;
    uint32_t count; /* 0 but for FOUND */
    /* Those of a family that this host has a way to come first; within a family in the order of the answer. */
    struct address addresses[RESOLVER_ADDRESSES_MAX];
    char detail[DETAIL_TEXT_MAX]; /* where nothing was found: sanitised */
};

/* Views die with the call. */
typedef void resolver_done_fn(const struct resolver_answer *answer, void *ctx);

/* Somebody who waits; embedded in the owner's object. The fields below `ctx` are the resolver's. */
struct resolver_wait {
    resolver_done_fn *done;
    void *ctx;
    struct resolver_wait *next, **link; /* link NULL: does not wait */
};

struct resolver;

/*
 * For settings->names, which are borrowed. `resolv_conf` NULL: /etc/resolv.conf; it is read again when it has changed.
 */
struct resolver *resolver_new(struct loop *loop, const struct settings *settings, const char *resolv_conf,
                              struct error *err);
void resolver_free(struct resolver *resolver); /* NULL is fine; no callback comes any more */

/* What is known of a name and still in date; NULL: it has to be asked for. Valid until the loop's next turn. */
const struct resolver_answer *resolver_known(const struct resolver *resolver, uint32_t name);

/* Fill in `done` and `ctx`; the answer comes on a later turn, at most once. */
void resolver_ask(struct resolver *resolver, uint32_t name, struct resolver_wait *wait);
void resolver_cancel(struct resolver_wait *wait); /* one that does not wait is fine */

/* Name and version of the library behind this, for --version. */
void resolver_library(struct text *out);

#endif
