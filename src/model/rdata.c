/* SPDX-License-Identifier: MIT */
/*
 * Where: model, under rrset, which packs members to sets.
 * What:  members from and to text.
 * Why:   what a target is published as is asked for in many places, and none of them should have to know which types
 *        there are.
 */
#include "model/rdata.h"

#include <assert.h>
#include <string.h>

const char *rrtype_name(enum rrtype type)
{
    switch (type) {
    case RRTYPE_A:
        return "A";
    case RRTYPE_CNAME:
        return "CNAME";
    case RRTYPE_SOA:
        return "SOA";
    case RRTYPE_TXT:
        return "TXT";
    case RRTYPE_AAAA:
        return "AAAA";
    }
    assert(false && "a type that is in the enum");
    return NULL;
}

struct rdata rdata_of_address(const struct address *address)
{
    return (struct rdata){.type = address->family == ADDRESS_V6 ? RRTYPE_AAAA : RRTYPE_A,
                          .length = (uint16_t)address_length(address),
                          .bytes = address->bytes};
}

struct rdata rdata_of_name(const struct dname *name)
{
    return (struct rdata){.type = RRTYPE_CNAME, .length = name->length, .bytes = name->wire};
}

bool rdata_parse(const char *text, uint8_t storage[DNAME_WIRE_MAX], struct rdata *ret, struct error *err)
{
    struct address address;
    struct dname name;
    if (address_parse(text, &address, NULL)) {
        *ret = rdata_of_address(&address);
        memcpy(storage, ret->bytes, ret->length);
        ret->bytes = storage;
        return true;
    }
    if (!dname_parse(text, storage, &name, err))
        return false;
    *ret = rdata_of_name(&name);
    return true;
}

bool rdata_is(const struct rdata *rdata, enum rrtype type, const uint8_t *bytes, uint16_t length)
{
    return rdata->type == type && rdata->length == length && memcmp(rdata->bytes, bytes, length) == 0;
}

/* Labels up to the root, which is its last octet. */
static bool is_name(const struct rdata *rdata)
{
    uint32_t at = 0;
    while (at < rdata->length && rdata->bytes[at] > 0 && rdata->bytes[at] <= 63)
        at += 1U + rdata->bytes[at];
    return rdata->length <= DNAME_WIRE_MAX && at + 1 == rdata->length && rdata->bytes[at] == 0;
}

void rdata_format(const struct rdata *rdata, struct text *out)
{
    struct address address = {.family = ADDRESS_NONE};
    if (rdata->type == RRTYPE_A && rdata->length == 4)
        address.family = ADDRESS_V4;
    else if (rdata->type == RRTYPE_AAAA && rdata->length == 16)
        address.family = ADDRESS_V6;
    if (address.family != ADDRESS_NONE) {
        char words[ADDRESS_TEXT_MAX];
        memcpy(address.bytes, rdata->bytes, rdata->length);
        address_format(&address, words);
        text_add(out, words);
    } else if (rdata->type == RRTYPE_CNAME && is_name(rdata)) {
        char words[DNAME_TEXT_MAX];
        const struct dname name = {.wire = rdata->bytes, .length = rdata->length};
        dname_format(&name, words);
        text_add(out, words);
    } else {
        text_add_foreign(out, (const char *)rdata->bytes, rdata->length);
    }
}
