/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_MODEL_REACH_H
#define REPOINTD_MODEL_REACH_H

/*
 * Where: model; asked before a connection that somebody else proposed, a redirect or a name server.
 * What:  how far an address reaches, from this host alone to everybody.
 * Why:   a target may send us on, but not to where it could not have gone itself: not to this host's own services, its
 *        wire or its private networks, unless it lives there too (docs/faults.md, fault 25).
 */

#include "model/address.h"

/*
 * In ascending order. An IPv6 address that is mapped (RFC 4291 2.5.5.2), translated (RFC 6052 2.1) or of 6to4 (RFC
 * 3056) reaches as far as the IPv4 address inside it.
 */
enum reach {
    REACH_NOBODY = 0, /* no host's, or one where a cloud tells its machines their secrets: nobody is led there */
    REACH_HOST,       /* loopback */
    REACH_LINK,       /* link-local */
    REACH_SITE,       /* private (RFC 1918, 6598, 4193) */
    REACH_WORLD
};

enum reach reach_of(const struct address *address);

/* Whether whoever answers at `from` may send us to `to`: to itself, or to what is no nearer to us than it is. */
bool reach_allows(const struct address *from, const struct address *to);

#endif
