/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_RESOLVER_ANSWER_H
#define REPOINTD_IO_RESOLVER_ANSWER_H

/*
 * Where: io, inside resolver; without its library.
 * What:  from what was told of both families to one answer, and how long it is good for.
 * Why:   what comes from a resolver is not ours: which addresses may be used, and in which order, is decided here.
 */

#include "io/resolver.h"

/* What one family brought: zeroed at first. */
struct resolver_found {
    bool answered;   /* somebody could tell */
    bool exists;     /* … that there is such a name */
    const char *why; /* why not, where it was not answered */
    uint32_t count, ttl_s;
    struct address addresses[RESOLVER_ADDRESSES_MAX];
    struct address refused; /* one that cannot be probed; family ADDRESS_NONE: there was none */
};

/* An address of the answer, in its order. Those that are too many are left out. */
void resolver_found_add(struct resolver_found *found, const struct address *address, int ttl_s);

/*
 * `found`: IPv4, IPv6. Gives how long the answer is kept, in milliseconds; 0: not at all. The table stands over the
 * function.
 */
int64_t resolver_conclude(const char *name, const struct resolver_found found[2], struct resolver_answer *ret);

#endif
