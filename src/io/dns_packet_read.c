/* SPDX-License-Identifier: MIT */
/*
 * Where: io, with dns_packet_write the only files that see ldns.
 * What:  answers to `struct observed`.
 * Why:   of what ldns parses, each field is checked for presence: a record may come without any.
 */

#include "io/dns_packet.h"
#include "io/dns_packet_parts.h"

#include <assert.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

static ldns_pkt *packet_of(const uint8_t *bytes, size_t length, struct error *err)
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

/* The owner name of a record, in lower case. */
static struct dname owner_of(const ldns_rr *record, uint8_t storage[DNAME_WIRE_MAX])
{
    const ldns_rdf *name = ldns_rr_owner(record);
    if (!name || ldns_rdf_size(name) == 0 || ldns_rdf_size(name) > DNAME_WIRE_MAX)
        return (struct dname){.wire = storage, .length = 0};
    const uint8_t *bytes = ldns_rdf_data(name);
    for (size_t i = 0; i < ldns_rdf_size(name); i++)
        storage[i] = (uint8_t)LDNS_DNAME_NORMALIZE((int)bytes[i]);
    return (struct dname){.wire = storage, .length = (uint16_t)ldns_rdf_size(name)};
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
        rrset_add(&builder, ldns_rdf_data(field), (uint16_t)ldns_rdf_size(field));
    }
    return rrset_pack(&builder, ret);
}

bool dns_packet_observe_set(const uint8_t *bytes, size_t length, const struct dname *owner, enum rrtype type,
                            uint32_t place, uint8_t *storage, uint16_t capacity, struct observed *observed,
                            struct error *err)
{
    assert(place < ARRAY_COUNT(observed->sets));
    ldns_pkt *packet = packet_of(bytes, length, err);
    if (!packet)
        return false;
    observed->cname |= has_cname(packet, owner);
    observed->occluded |= is_occluded(packet, owner);
    bool fits = collect_set(packet, owner, type, storage, capacity, &observed->sets[place]);
    if (!fits)
        error_set(err, ERROR_LIMIT, "its %s set has more members than can be held", rrtype_name(type));
    ldns_pkt_free(packet);
    return fits;
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

bool dns_packet_observe_marker(const uint8_t *bytes, size_t length, const struct dname *marker,
                               struct observed *observed, struct error *err)
{
    ldns_pkt *packet = packet_of(bytes, length, err);
    if (!packet)
        return false;
    observed->form = marker_of(packet, marker, &observed->marker);
    observed->occluded |= is_occluded(packet, marker);
    ldns_pkt_free(packet);
    return true;
}

bool dns_packet_observe_serial(const uint8_t *bytes, size_t length, const struct dname *zone, struct observed *observed,
                               struct error *err)
{
    enum { SOA_SERIAL = 2 };
    ldns_pkt *packet = packet_of(bytes, length, err);
    if (!packet)
        return false;
    observed->has_serial = false;
    const ldns_rr_list *answers = ldns_pkt_answer(packet);
    for (size_t i = 0; i < ldns_rr_list_rr_count(answers); i++) {
        const ldns_rr *record = ldns_rr_list_rr(answers, i);
        if (ldns_rr_get_type(record) != LDNS_RR_TYPE_SOA || ldns_rr_rd_count(record) <= SOA_SERIAL ||
            !stands_at(record, zone))
            continue;
        observed->has_serial = true;
        observed->serial = ldns_rdf2native_int32(ldns_rr_rdf(record, SOA_SERIAL));
    }
    ldns_pkt_free(packet);
    return true;
}
