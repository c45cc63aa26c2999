/* SPDX-License-Identifier: MIT */
/*
 * Where: model, under plan, which compares sets, and dns_packet, which reads and writes them.
 * What:  builds, sorts, compares, walks and shows packed sets.
 * Why:   sorting moves members within the caller's storage, so the core can build sets without ever allocating.
 */
#include "model/rrset.h"

#include <assert.h>
#include <string.h>

#define RRSET_CHUNK 64

struct rrset_builder rrset_builder_over(enum rrtype type, uint32_t ttl_s, uint8_t *storage, uint16_t capacity)
{
    return (struct rrset_builder){.type = type, .ttl_s = ttl_s, .storage = storage, .capacity = capacity};
}

void rrset_add(struct rrset_builder *builder, const uint8_t *rdata, uint16_t length)
{
    size_t size = 2U + (size_t)length;
    if (builder->full || size > (size_t)(builder->capacity - builder->length)) {
        builder->full = true;
        return;
    }
    uint8_t *member = builder->storage + builder->length;
    member[0] = (uint8_t)(length >> 8);
    member[1] = (uint8_t)length;
    if (length > 0)
        memcpy(member + 2, rdata, length);
    builder->length = (uint16_t)(builder->length + size);
    builder->count++;
}

void rrset_add_rdata(struct rrset_builder *builder, const struct rdata *rdata)
{
    assert(builder->type == rdata->type);
    rrset_add(builder, rdata->bytes, rdata->length);
}

void rrset_add_address(struct rrset_builder *builder, const struct address *address)
{
    const struct rdata rdata = rdata_of_address(address);
    rrset_add_rdata(builder, &rdata);
}

static uint16_t rrset_rdata_length(const uint8_t *member)
{
    return (uint16_t)(member[0] << 8 | member[1]);
}

static size_t rrset_member_size(const uint8_t *member)
{
    return 2U + (size_t)rrset_rdata_length(member);
}

/* By RDATA as left-justified octets, the order of RFC 4034 6.3. */
static int rrset_compare(const uint8_t *a, const uint8_t *b)
{
    uint16_t a_length = rrset_rdata_length(a), b_length = rrset_rdata_length(b);
    int order = memcmp(a + 2, b + 2, a_length < b_length ? a_length : b_length);
    return order != 0 ? order : a_length - b_length;
}

/* Moves the `size` octets at `member` down to `place`, and what lay between up behind them. */
static void rrset_move_down(uint8_t *place, uint8_t *member, size_t size)
{
    size_t between = (size_t)(member - place);
    uint8_t chunk[RRSET_CHUNK];
    while (size > 0) {
        size_t part = size < sizeof(chunk) ? size : sizeof(chunk);
        memcpy(chunk, place + between, part);
        memmove(place + part, place, between);
        memcpy(place, chunk, part);
        place += part;
        size -= part;
    }
}

bool rrset_pack(struct rrset_builder *builder, struct rrset *ret)
{
    if (builder->full)
        return false;
    uint8_t *start = builder->storage, *sorted_end = start, *member = start, *end = start + builder->length;
    uint16_t kept = 0;
    while (member <
           end) { /* insertion: what lies before `sorted_end` is in order, `member` is the next to find its place */
        size_t size = rrset_member_size(member);
        uint8_t *place = start;
        int order = 1;
        while (place < sorted_end && (order = rrset_compare(member, place)) > 0)
            place += rrset_member_size(place);
        if (order != 0) {
            rrset_move_down(place, member, size);
            sorted_end += size;
            kept++;
        } else {
            memmove(member, member + size, (size_t)(end - member) - size);
            end -= size;
            continue;
        }
        member += size;
    }
    builder->count = kept;
    builder->length = (uint16_t)(end - start);
    *ret = (struct rrset){.type = builder->type, .ttl_s = builder->ttl_s, .count = kept, .length = builder->length};
    ret->packed = kept > 0 ? start : NULL;
    return true;
}

bool rrset_copy(const struct rrset *from, uint8_t *storage, uint16_t capacity, struct rrset *ret)
{
    if (from->length > capacity)
        return false;
    struct rrset copy = *from;
    if (from->count > 0) {
        memmove(storage, from->packed, from->length);
        copy.packed = storage;
    }
    *ret = copy;
    return true;
}

bool rrset_same_data(const struct rrset *a, const struct rrset *b)
{
    if (a->type != b->type || a->count != b->count || a->length != b->length)
        return false;
    return a->count == 0 || memcmp(a->packed, b->packed, a->length) == 0;
}

bool rrset_is_subset(const struct rrset *part, const struct rrset *whole)
{
    if (part->type != whole->type)
        return false;
    const uint8_t *candidate = whole->packed;
    const uint8_t *end = whole->count > 0 ? whole->packed + whole->length : NULL;
    const uint8_t *wanted = NULL;
    uint16_t offset = 0, length = 0;
    while (rrset_next(part, &offset, &wanted, &length)) {
        int order = 1;
        while (candidate != end && (order = rrset_compare(wanted - 2, candidate)) > 0)
            candidate += rrset_member_size(candidate);
        if (order != 0)
            return false;
    }
    return true;
}

bool rrset_next(const struct rrset *set, uint16_t *offset, const uint8_t **rdata, uint16_t *length)
{
    if (set->count == 0 || *offset >= set->length)
        return false;
    const uint8_t *member = set->packed + *offset;
    size_t size = rrset_member_size(member);
    assert(*offset + size <= set->length);
    *rdata = member + 2;
    *length = (uint16_t)(size - 2);
    *offset = (uint16_t)(*offset + size);
    return true;
}

bool rrset_holds(const struct rrset *set, const struct rdata *rdata)
{
    const uint8_t *bytes;
    uint16_t offset = 0, length;
    while (rrset_next(set, &offset, &bytes, &length))
        if (rdata_is(rdata, set->type, bytes, length))
            return true;
    return false;
}

void rrset_format(const struct rrset *set, struct text *out)
{
    if (set->count == 0) {
        text_addf(out, "no %s", rrtype_name(set->type));
        return;
    }
    text_add(out, rrtype_name(set->type));
    struct rdata rdata = {.type = set->type};
    uint16_t offset = 0;
    while (rrset_next(set, &offset, &rdata.bytes, &rdata.length)) {
        text_add(out, " ");
        rdata_format(&rdata, out);
    }
}
