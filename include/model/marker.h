/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_MODEL_MARKER_H
#define REPOINTD_MODEL_MARKER_H

/*
 * Where: model; between plan, which wants and compares markers, and dns_packet, which carries them.
 * What:  the ownership text that stands as TXT at _repointd.NAME:
 *            repointd1 o=<16 hex> e=<decimal> n=<16 hex>[ f=<decimal>]
 * Why:   it says whose the record is (o), how many transactions it has seen (e) and which one was the last (n). Changed
 *        in the same message as the addresses and pinned by its prerequisites, it makes each update a compare-and-swap.
 */

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MARKER_LABEL    "_repointd"
#define MARKER_TTL_S    60
#define MARKER_TEXT_MAX 96

struct marker {
    uint64_t owner, epoch, nonce, fence;
    bool has_fence;
};

/* The exact form (lower case, single spaces, this order, no leading zeros in decimals) or nothing. */
NODISCARD bool marker_parse(const char *bytes, size_t length, struct marker *ret);
void marker_format(const struct marker *marker, char text[MARKER_TEXT_MAX]);
bool marker_equal(const struct marker *a, const struct marker *b);

/* The marker of the next transaction upon `seen` (NULL: there is none): epoch + 1, else 1. */
struct marker marker_next(const struct marker *seen, uint64_t owner, uint64_t nonce);

#endif
