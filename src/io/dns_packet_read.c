/* SPDX-License-Identifier: MIT */
/*
 * Where: io, with dns_packet_write and dns_packet_answers the only files that see ldns.
 * What:  answers to `struct observed`.
 * Why:   of what ldns parses, each field is checked for presence: a record may come without any.
 */

#include "io/dns_packet.h"
#include "io/dns_packet_parts.h"

#include <assert.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

struct ldns_struct_pkt *dns_packet_parse(const uint8_t *bytes, size_t length, struct error *err)
{
    ldns_pkt *packet = NULL;
    ldns_status status = dns_packet_has_memory_for(length) ? ldns_wire2pkt(&packet, bytes, length)
                                                           : LDNS_STATUS_MEM_ERR;
    if (status == LDNS_STATUS_OK)
        return packet;
    error_set(err, status == LDNS_STATUS_MEM_ERR ? ERROR_SYSTEM : ERROR_PROTOCOL, "it cannot be read: %s",
              ldns_get_errorstr_by_id(status));
    return NULL;
}

/* In lower case; without octets if there is none. */
static struct dname name_of(const ldns_rdf *name, uint8_t storage[DNAME_WIRE_MAX])
{
    if (!name || ldns_rdf_size(name) == 0 || ldns_rdf_size(name) > DNAME_WIRE_MAX)
        return (struct dname){.wire = storage, .length = 0};
    const uint8_t *bytes = ldns_rdf_data(name);
    for (size_t i = 0; i < ldns_rdf_size(name); i++)
        storage[i] = (uint8_t)LDNS_DNAME_NORMALIZE((int)bytes[i]);
    return (struct dname){.wire = storage, .length = (uint16_t)ldns_rdf_size(name)};
}

static struct dname owner_of(const ldns_rr *record, uint8_t storage[DNAME_WIRE_MAX])
{
    return name_of(ldns_rr_owner(record), storage);
}

static bool stands_at(const ldns_rr *record, const struct dname *name)
{
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname owner = owner_of(record, storage);
    return dname_equal(&owner, name);
}

static bool stands_above(const ldns_rr *record, const struct dname *name)
{
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname owner = owner_of(record, storage);
    return owner.length > 0 && !dname_equal(&owner, name) && dname_is_within(name, &owner);
}

static const ldns_rdf *first_field(const ldns_rr *record)
{
    return ldns_rr_rd_count(record) > 0 ? ldns_rr_rdf(record, 0) : NULL;
}

static bool has_record(const ldns_rr_list *section, ldns_rr_type type,
                       bool (*fits)(const ldns_rr *, const struct dname *), const struct dname *name)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
        const ldns_rr *record = ldns_rr_list_rr(section, i);
        if (ldns_rr_get_type(record) == type && fits(record, name))
            return true;
    }
    return false;
}

static bool has_cname(const ldns_pkt *packet, const struct dname *name)
{
    return has_record(ldns_pkt_answer(packet), LDNS_RR_TYPE_CNAME, stands_at, name);
}

/*
 * Something else than the name's own data explains the answer: a zone cut at or above it, or a DNAME above it (RFC
 * 6672).
 */
static bool is_occluded(const ldns_pkt *packet, const struct dname *name)
{
    const ldns_rr_list *answers = ldns_pkt_answer(packet), *authority = ldns_pkt_authority(packet);
    if (has_record(answers, LDNS_RR_TYPE_DNAME, stands_above, name))
        return true;
    if (ldns_pkt_aa(packet) || ldns_rr_list_rr_count(answers) > 0)
        return false;
    return has_record(authority, LDNS_RR_TYPE_NS, stands_at, name) ||
           has_record(authority, LDNS_RR_TYPE_NS, stands_above, name);
}

/* Names are compared in lower case, whatever the server keeps (RFC 4034 6.2). */
static void add_member(struct rrset_builder *builder, const ldns_rdf *field)
{
    uint8_t storage[DNAME_WIRE_MAX];
    if (builder->type == RRTYPE_CNAME) {
        const struct dname name = name_of(field, storage);
        rrset_add(builder, name.wire, name.length);
        return;
    }
    rrset_add(builder, ldns_rdf_data(field), (uint16_t)ldns_rdf_size(field));
}

/* Members beside the name asked for, as a CNAME brings them along, are not the name's. */
static bool collect_set(const ldns_pkt *packet, const struct dname *owner, enum rrtype type, uint8_t *storage,
                        uint16_t capacity, struct rrset *ret)
{
    struct rrset_builder builder = rrset_builder_over(type, 0, storage, capacity);
    const ldns_rr_list *answers = ldns_pkt_answer(packet);
    for (size_t i = 0; i < ldns_rr_list_rr_count(answers); i++) {
        const ldns_rr *record = ldns_rr_list_rr(answers, i);
        const ldns_rdf *field = first_field(record);
        if (!field || (enum rrtype)ldns_rr_get_type(record) != type || !stands_at(record, owner))
            continue;
        builder.ttl_s = ldns_rr_ttl(record);
        add_member(&builder, field);
    }
    return rrset_pack(&builder, ret);
}

/* The fields of an RRSIG that count here (RFC 4034 3.1); false: they are not all there. */
static bool signature_fields(const ldns_rr *record, enum rrtype type, uint32_t *ret_until, uint32_t *ret_from)
{
    enum { COVERED = 0, UNTIL = 4, FROM = 5, FIELDS = 9 };
    if (ldns_rr_get_type(record) != LDNS_RR_TYPE_RRSIG || ldns_rr_rd_count(record) != FIELDS)
        return false;
    const ldns_rdf *covered = ldns_rr_rdf(record, COVERED), *until = ldns_rr_rdf(record, UNTIL),
                   *from = ldns_rr_rdf(record, FROM);
    if (ldns_rdf_size(covered) != 2 || ldns_rdf_size(until) != 4 || ldns_rdf_size(from) != 4 ||
        (enum rrtype)ldns_rdf2native_int16(covered) != type)
        return false;
    *ret_until = ldns_rdf2native_int32(until);
    *ret_from = ldns_rdf2native_int32(from);
    return true;
}

/*
 * Whether the set is there with an RRSIG at all. While keys are rolled several lie over one set, and one that holds is
 * enough. Their dates are numbers of a circle (RFC 4034 3.1.5), read as near to now as they can be.
 */
static bool observe_signatures(const ldns_pkt *packet, const struct dname *owner, enum rrtype type, int64_t wall_s,
                               struct observed *observed)
{
    bool found = false, good = false;
    int64_t last_s = 0;
    const ldns_rr_list *answers = ldns_pkt_answer(packet);
    for (size_t i = 0; i < ldns_rr_list_rr_count(answers); i++) {
        const ldns_rr *record = ldns_rr_list_rr(answers, i);
        uint32_t until, from, now = (uint32_t)wall_s;
        if (!signature_fields(record, type, &until, &from) || !stands_at(record, owner))
            continue;
        found = true;
        int64_t until_s = wall_s + (int32_t)(until - now);
        if (until_s < wall_s || (int32_t)(now - from) < 0)
            continue;
        last_s = good && last_s > until_s ? last_s : until_s;
        good = true;
    }
    observed->signatures_good &= good;
    if (good && (observed->signed_until_s == 0 || last_s < observed->signed_until_s))
        observed->signed_until_s = last_s;
    return found;
}

bool dns_packet_observe_set(const uint8_t *bytes, size_t length, const struct dname *owner, enum rrtype type,
                            uint32_t place, uint8_t *storage, uint16_t capacity, int64_t wall_s,
                            struct observed *observed, struct error *err)
{
    assert(place < ARRAY_COUNT(observed->sets));
    ldns_pkt *packet = dns_packet_parse(bytes, length, err);
    if (!packet)
        return false;
    observed->beside |= type != RRTYPE_CNAME && has_cname(packet, owner);
    observed->occluded |= is_occluded(packet, owner);
    bool fits = collect_set(packet, owner, type, storage, capacity, &observed->sets[place]);
    if (fits && observed->sets[place].count > 0)
        observe_signatures(packet, owner, type, wall_s, observed);
    if (!fits)
        error_set(err, ERROR_LIMIT, "its %s set has more members than can be held", rrtype_name(type));
    ldns_pkt_free(packet);
    return fits;
}

bool dns_packet_observe_beside(const uint8_t *bytes, size_t length, const struct dname *owner, enum rrtype type,
                               struct observed *observed, struct error *err)
{
    ldns_pkt *packet = dns_packet_parse(bytes, length, err);
    if (!packet)
        return false;
    observed->beside |= has_record(ldns_pkt_answer(packet), (ldns_rr_type)type, stands_at, owner);
    ldns_pkt_free(packet);
    return true;
}

/* One TXT record of one string that is a marker, or something foreign. */
static enum marker_form marker_of(const ldns_pkt *packet, const struct dname *name, struct marker *ret)
{
    enum marker_form form = has_cname(packet, name) ? MARKER_FORM_FOREIGN : MARKER_FORM_NONE;
    const ldns_rr_list *answers = ldns_pkt_answer(packet);
    for (size_t i = 0; i < ldns_rr_list_rr_count(answers); i++) {
        const ldns_rr *record = ldns_rr_list_rr(answers, i);
        if (ldns_rr_get_type(record) != LDNS_RR_TYPE_TXT || !stands_at(record, name))
            continue;
        const ldns_rdf *field = first_field(record);
        bool alone = form == MARKER_FORM_NONE && ldns_rr_rd_count(record) == 1 && field && ldns_rdf_size(field) > 0;
        bool good = alone && marker_parse((const char *)ldns_rdf_data(field) + 1, ldns_rdf_size(field) - 1, ret);
        form = good ? MARKER_FORM_ONE : MARKER_FORM_FOREIGN;
    }
    return form;
}

bool dns_packet_observe_marker(const uint8_t *bytes, size_t length, const struct dname *marker, int64_t wall_s,
                               struct observed *observed, struct error *err)
{
    ldns_pkt *packet = dns_packet_parse(bytes, length, err);
    if (!packet)
        return false;
    observed->form = marker_of(packet, marker, &observed->marker);
    observed->occluded |= is_occluded(packet, marker);
    if (observed->form == MARKER_FORM_ONE)
        observe_signatures(packet, marker, RRTYPE_TXT, wall_s, observed);
    ldns_pkt_free(packet);
    return true;
}

bool dns_packet_observe_serial(const uint8_t *bytes, size_t length, const struct dname *zone, int64_t wall_s,
                               struct observed *observed, struct error *err)
{
    enum { SOA_SERIAL = 2 };
    ldns_pkt *packet = dns_packet_parse(bytes, length, err);
    if (!packet)
        return false;
    observed->has_serial = observed->is_signed = false;
    const ldns_rr_list *answers = ldns_pkt_answer(packet);
    for (size_t i = 0; i < ldns_rr_list_rr_count(answers); i++) {
        const ldns_rr *record = ldns_rr_list_rr(answers, i);
        if (ldns_rr_get_type(record) != LDNS_RR_TYPE_SOA || ldns_rr_rd_count(record) <= SOA_SERIAL ||
            !stands_at(record, zone))
            continue;
        observed->has_serial = true;
        observed->serial = ldns_rdf2native_int32(ldns_rr_rdf(record, SOA_SERIAL));
    }
    if (observed->has_serial)
        observed->is_signed = observe_signatures(packet, zone, RRTYPE_SOA, wall_s, observed);
    ldns_pkt_free(packet);
    return true;
}

bool dns_packet_read_servers(const uint8_t *bytes, size_t length, const struct dname *zone, uint32_t most,
                             uint8_t storage[][DNAME_WIRE_MAX], struct dname *ret, uint32_t *ret_count,
                             struct error *err)
{
    ldns_pkt *packet = dns_packet_parse(bytes, length, err);
    if (!packet)
        return false;
    uint32_t count = 0;
    const ldns_rr_list *answers = ldns_pkt_answer(packet);
    for (size_t i = 0; i < ldns_rr_list_rr_count(answers) && count < most; i++) {
        const ldns_rr *record = ldns_rr_list_rr(answers, i);
        if (ldns_rr_get_type(record) != LDNS_RR_TYPE_NS || !stands_at(record, zone))
            continue;
        ret[count] = name_of(first_field(record), storage[count]);
        count += ret[count].length > 0;
    }
    *ret_count = count;
    ldns_pkt_free(packet);
    return true;
}
