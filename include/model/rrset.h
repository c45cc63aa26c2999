/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_MODEL_RRSET_H
#define REPOINTD_MODEL_RRSET_H

/*
 * Where: model; what a name server holds, what we want it to hold.
 * What:  the data of one owner and type, packed: members sorted, each as a 16-bit length (big endian) and its RDATA in
 *        wire form.
 * Why:   packed and sorted, equality is one memcmp, and the room a record needs follows from its configuration.
 */

#include "base/attributes.h"
#include "base/text.h"
#include "model/rdata.h"

#include <stdbool.h>
#include <stdint.h>

struct rrset {
    enum rrtype type;
    uint32_t ttl_s;
    uint16_t count;        /* members; 0: the set is absent */
    uint16_t length;       /* octets at `packed` */
    const uint8_t *packed; /* a view; NULL where count is 0 */
};

struct rrset_builder {
    enum rrtype type;
    uint32_t ttl_s;
    uint16_t count, length, capacity;
    uint8_t *storage; /* the caller's */
    bool full;        /* something did not fit */
};

struct rrset_builder rrset_builder_over(enum rrtype type, uint32_t ttl_s, uint8_t *storage, uint16_t capacity);
void rrset_add(struct rrset_builder *builder, const uint8_t *rdata, uint16_t length);
void rrset_add_rdata(struct rrset_builder *builder, const struct rdata *rdata); /* of the set's type */
void rrset_add_address(struct rrset_builder *builder, const struct address *address);

/* Sorts in place and drops doubles; `ret` views the storage. False: something did not fit, `ret` is untouched. */
NODISCARD bool rrset_pack(struct rrset_builder *builder, struct rrset *ret);

/* Octets that one member with RDATA of this length takes. */
#define RRSET_MEMBER_SIZE(rdata_length) ((uint16_t)(2 + (rdata_length)))

/*
 * Copies the data of `from` to `storage` of `capacity` octets and lets `ret` view it. False: no room, `ret` untouched.
 */
NODISCARD bool rrset_copy(const struct rrset *from, uint8_t *storage, uint16_t capacity, struct rrset *ret);

/* The TTL does not count. */
bool rrset_same_data(const struct rrset *a, const struct rrset *b);
bool rrset_is_subset(const struct rrset *part, const struct rrset *whole);

/* Has it this member? */
bool rrset_holds(const struct rrset *set, const struct rdata *rdata);

/* Walks the members: start with *offset = 0; false at the end. */
bool rrset_next(const struct rrset *set, uint16_t *offset, const uint8_t **rdata, uint16_t *length);

/* "A 192.0.2.1 192.0.2.2"; an absent set adds "no A". */
void rrset_format(const struct rrset *set, struct text *out);

#endif
