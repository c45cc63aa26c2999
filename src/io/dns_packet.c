/* SPDX-License-Identifier: MIT */
/*
 * Where: io, the only file that sees ldns.
 * What:  plans to the records of RFC 2136, answers to `struct observed`.
 * Why:   records are built from bytes, never from text: ldns's text parser cuts at semicolons and makes names absolute
 *        as it likes. Packets are put together record by record, since its own constructor for updates sets RD and
 *        copies every list. Of what it parses, each field is checked for presence: a record may come without any.
 */

#include "io/dns_packet.h"

#include <assert.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

/* ldns 1.8.3 does not outlive a failed allocation: it is only called where there is room for all that it may want. */
static bool has_memory_for(size_t octets)
{
    void *volatile room = malloc(65536 + 64 * octets);
    free(room);
    return room != NULL;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* A packet in the making. `failed` stays once memory ran out, so that only the end has to look. */
struct draft {
    ldns_pkt *packet;
    bool failed;
};

static ldns_rr *record_new(const struct dname *owner, ldns_rr_type type, ldns_rr_class class, uint32_t ttl_s)
{
    ldns_rr *record = ldns_rr_new();
    ldns_rdf *name = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, owner->length, owner->wire);
    if (!record || !name) {
        ldns_rr_free(record);
        ldns_rdf_deep_free(name);
        return NULL;
    }
    ldns_rr_set_owner(record, name);
    ldns_rr_set_type(record, type);
    ldns_rr_set_class(record, class);
    ldns_rr_set_ttl(record, ttl_s);
    return record;
}

static void push(struct draft *draft, ldns_pkt_section section, ldns_rr *record)
{
    if (record && !draft->failed && ldns_pkt_push_rr(draft->packet, section, record))
        return;
    ldns_rr_free(record);
    draft->failed = true;
}

static void push_bare(struct draft *draft, ldns_pkt_section section, const struct dname *owner, ldns_rr_type type,
                      ldns_rr_class class)
{
    push(draft, section, record_new(owner, type, class, 0));
}

/* The RDATA is of no type that ldns knows, so it goes out as it is. */
static void push_rdata(struct draft *draft, ldns_pkt_section section, const struct dname *owner, ldns_rr_type type,
                       ldns_rr_class class, uint32_t ttl_s, const uint8_t *bytes, size_t length)
{
    ldns_rr *record = record_new(owner, type, class, ttl_s);
    ldns_rdf *rdata = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, length, bytes);
    if (!record || !rdata || !ldns_rr_push_rdf(record, rdata)) {
        ldns_rdf_deep_free(rdata);
        ldns_rr_free(record);
        record = NULL;
    }
    push(draft, section, record);
}

static void push_set(struct draft *draft, ldns_pkt_section section, const struct dname *owner, const struct rrset *set,
                     uint32_t ttl_s)
{
    uint16_t offset = 0, length;
    const uint8_t *rdata;
    while (rrset_next(set, &offset, &rdata, &length))
        push_rdata(draft, section, owner, (ldns_rr_type)set->type, LDNS_RR_CLASS_IN, ttl_s, rdata, length);
}

static void push_marker(struct draft *draft, ldns_pkt_section section, const struct dname *owner, ldns_rr_class class,
                        uint32_t ttl_s, const struct marker *marker)
{
    char text[1 + MARKER_TEXT_MAX]; /* a character-string: its length, its octets */
    marker_format(marker, text + 1);
    size_t length = strlen(text + 1);
    text[0] = (char)length;
    push_rdata(draft, section, owner, LDNS_RR_TYPE_TXT, class, ttl_s, (const uint8_t *)text, 1 + length);
}

/* P(V): each managed set is exactly this one, or is not there; and there is no CNAME. */
static void expect_sets(struct draft *draft, const struct record_settings *record, const struct plan *plan)
{
    for (uint8_t i = 0; i < record->type_count; i++) {
        if (plan->expect[i].count > 0)
            push_set(draft, LDNS_SECTION_ANSWER, &record->owner, &plan->expect[i], 0);
        else
            push_bare(draft, LDNS_SECTION_ANSWER, &record->owner, (ldns_rr_type)record->types[i], LDNS_RR_CLASS_NONE);
    }
    push_bare(draft, LDNS_SECTION_ANSWER, &record->owner, LDNS_RR_TYPE_CNAME, LDNS_RR_CLASS_NONE);
}

static void expect_marker(struct draft *draft, const struct record_settings *record, const struct plan *plan)
{
    if (plan->has_old)
        push_marker(draft, LDNS_SECTION_ANSWER, &record->marker, LDNS_RR_CLASS_IN, 0, &plan->old);
    else
        push_bare(draft, LDNS_SECTION_ANSWER, &record->marker, LDNS_RR_TYPE_TXT, LDNS_RR_CLASS_NONE);
}

static void delete_sets(struct draft *draft, const struct record_settings *record)
{
    for (uint8_t i = 0; i < record->type_count; i++)
        push_bare(draft, LDNS_SECTION_AUTHORITY, &record->owner, (ldns_rr_type)record->types[i], LDNS_RR_CLASS_ANY);
}

static void delete_marker(struct draft *draft, const struct record_settings *record, const struct plan *plan)
{
    push_marker(draft, LDNS_SECTION_AUTHORITY, &record->marker, LDNS_RR_CLASS_NONE, 0, &plan->old);
}

static void add_sets(struct draft *draft, const struct record_settings *record, const struct plan *plan)
{
    for (uint8_t i = 0; i < record->type_count; i++)
        push_set(draft, LDNS_SECTION_AUTHORITY, &record->owner, &plan->publish[i], plan->publish[i].ttl_s);
}

/*
 * The message of each kind, deletions before additions:
 *   kind          prerequisites                        update
 *   ASSERT        the sets, no CNAME; old or no marker nothing
 *   ADOPT         the sets, no CNAME; no marker        + fresh
 *   CREATE        no set, no CNAME; no marker          + publish, + fresh
 *   SWITCH, TTL   the sets, no CNAME; old              - sets, - old, + publish, + fresh
 *   FENCE         old                                  - old, + fresh
 */
static void push_plan(struct draft *draft, const struct record_settings *record, const struct plan *plan)
{
    if (plan->kind != PLAN_FENCE)
        expect_sets(draft, record, plan);
    expect_marker(draft, record, plan);
    switch (plan->kind) {
    case PLAN_ASSERT:
        break;
    case PLAN_ADOPT:
        assert(!plan->has_old);
        break;
    case PLAN_CREATE:
        assert(!plan->has_old && plan->expect[0].count == 0 && plan->expect[1].count == 0);
        add_sets(draft, record, plan);
        break;
    case PLAN_SWITCH:
    case PLAN_TTL:
        assert(plan->has_old && plan->publish[0].count + plan->publish[1].count > 0);
        delete_sets(draft, record);
        delete_marker(draft, record, plan);
        add_sets(draft, record, plan);
        break;
    case PLAN_FENCE:
        assert(plan->has_old);
        delete_marker(draft, record, plan);
        break;
    case PLAN_REHEARSE:
    case PLAN_DISOWN:
    case PLAN_TAKE_OVER:
    case PLAN_IN_SYNC:
    case PLAN_APPLIED:
    case PLAN_READ_AGAIN:
    case PLAN_STOP:
        assert(false && "a plan that is a message");
    }
    if (plan->kind != PLAN_ASSERT)
        push_marker(draft, LDNS_SECTION_AUTHORITY, &record->marker, LDNS_RR_CLASS_IN, MARKER_TTL_S, &plan->fresh);
}

static struct draft draft_new(const struct dname *name, ldns_rr_type type, ldns_pkt_opcode opcode, size_t octets)
{
    struct draft draft = {.packet = has_memory_for(octets) ? ldns_pkt_new() : NULL};
    if (!draft.packet) {
        draft.failed = true;
        return draft;
    }
    ldns_pkt_set_opcode(draft.packet, opcode);
    ldns_rr *question = record_new(name, type, LDNS_RR_CLASS_IN, 0);
    if (question)
        ldns_rr_set_question(question, true);
    push(&draft, LDNS_SECTION_QUESTION, question);
    return draft;
}

/* Ends the draft. */
static bool draft_write(struct draft *draft, uint8_t *storage, size_t capacity, size_t *ret_length, struct error *err)
{
    uint8_t *wire = NULL;
    size_t length = 0;
    bool written = !draft->failed && ldns_pkt2wire(&wire, draft->packet, &length) == LDNS_STATUS_OK;
    ldns_pkt_free(draft->packet);
    if (!written) {
        error_set(err, ERROR_SYSTEM, "no memory for a DNS message");
        return false;
    }
    bool fits = length <= capacity;
    if (fits) {
        memcpy(storage, wire, length);
        *ret_length = length;
    } else {
        error_set(err, ERROR_LIMIT, "a DNS message of %zu octets does not fit the %zu that it may have", length,
                  capacity);
    }
    free(wire);
    return fits;
}

bool dns_packet_write_question(const struct dname *name, enum rrtype type, uint8_t *storage, size_t capacity,
                               size_t *ret_length, struct error *err)
{
    struct draft draft = draft_new(name, (ldns_rr_type)type, LDNS_PACKET_QUERY, DNAME_WIRE_MAX);
    return draft_write(&draft, storage, capacity, ret_length, err);
}

bool dns_packet_write_update(const struct settings *settings, const struct batch_view *batch, uint8_t *storage,
                             size_t capacity, size_t *ret_length, struct error *err)
{
    assert(batch->count > 0);
    struct draft draft = draft_new(&settings->zones[batch->zone].name, LDNS_RR_TYPE_SOA, LDNS_PACKET_UPDATE, capacity);
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct record_settings *record = &settings->records[batch->members[i].record];
        assert(record->zone == batch->zone);
        push_plan(&draft, record, batch->members[i].plan);
    }
    return draft_write(&draft, storage, capacity, ret_length, err);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */
static ldns_pkt *packet_of(const uint8_t *bytes, size_t length, struct error *err)
{
    ldns_pkt *packet = NULL;
    ldns_status status = has_memory_for(length) ? ldns_wire2pkt(&packet, bytes, length) : LDNS_STATUS_MEM_ERR;
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

void dns_packet_library(struct text *out)
{
    text_addf(out, "ldns %s", ldns_version());
}
