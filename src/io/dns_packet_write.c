/* SPDX-License-Identifier: MIT */
/*
 * Where: io, with dns_packet_read the only files that see ldns.
 * What:  questions, and plans to the records of RFC 2136.
 * Why:   records are built from bytes, never from text: ldns's text parser cuts at semicolons and makes names absolute
 *        as it likes. Packets are put together record by record, since its own constructor for updates sets RD and
 *        copies every list.
 */

#include "io/dns_packet.h"
#include "io/dns_packet_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an OPT record has to say (RFC 6891 6.2.3), though nothing that carries one here is a datagram. */
#define DATAGRAM_OCTETS 1232

/* ldns 1.8.3 does not outlive a failed allocation. */
bool dns_packet_has_memory_for(size_t octets)
{
    void *volatile room = malloc(65536 + 64 * octets);
    free(room);
    return room != NULL;
}

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

/* P(V) of a CNAME: it is exactly this one, or there is nothing at all at the name. */
static void expect_cname(struct draft *draft, const struct record_settings *record, const struct plan *plan)
{
    if (plan->expect[0].count > 0)
        push_set(draft, LDNS_SECTION_ANSWER, &record->owner, &plan->expect[0], 0);
    else
        push_bare(draft, LDNS_SECTION_ANSWER, &record->owner, LDNS_RR_TYPE_ANY, LDNS_RR_CLASS_NONE);
}

/* P(V) of addresses: each managed set is exactly this one, or is not there; and there is no CNAME. */
static void expect_addresses(struct draft *draft, const struct record_settings *record, const struct plan *plan)
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
 * What a rehearsal deletes where there is nothing: out of what is reserved (RFC 5737, RFC 3849, RFC 6761), by the
 * nonce. The set is pinned, so whatever it is, nothing is deleted; but the right to do so is asked for.
 */
static void delete_made_up_name(struct draft *draft, const struct record_settings *record, uint64_t nonce)
{
    char name[32]; /* labels of 16 and 7 octets, and the root */
    int length = snprintf(name, sizeof name, "%c%016" PRIx64 "%cinvalid", 16, nonce, 7);
    push_rdata(draft, LDNS_SECTION_AUTHORITY, &record->owner, LDNS_RR_TYPE_CNAME, LDNS_RR_CLASS_NONE, 0,
               (const uint8_t *)name, (size_t)length + 1);
}

static void delete_made_up(struct draft *draft, const struct record_settings *record, enum rrtype type, uint64_t nonce)
{
    uint8_t address[16] = {0x20, 0x01, 0x0d, 0xb8};
    size_t length = 16;
    for (size_t i = 0; i < 8; i++)
        address[8 + i] = (uint8_t)(nonce >> (56 - 8 * i));
    if (type == RRTYPE_A) {
        memcpy(address, (const uint8_t[]){192, 0, 2, (uint8_t)nonce}, 4);
        length = 4;
    }
    push_rdata(draft, LDNS_SECTION_AUTHORITY, &record->owner, (ldns_rr_type)type, LDNS_RR_CLASS_NONE, 0, address,
               length);
}

static void add_marker(struct draft *draft, const struct record_settings *record, const struct marker *marker)
{
    push_marker(draft, LDNS_SECTION_AUTHORITY, &record->marker, LDNS_RR_CLASS_IN, MARKER_TTL_S, marker);
}

/*
 * Every right that a switch needs is asked for, and nothing changes: what is there is added as it is, with the TTL that
 * was read (RFC 2136 3.4.2.2: a duplicate is ignored); of what is not there something is deleted (3.4.2.4: ignored).
 * BIND, Knot and PowerDNS all leave the serial as it is; but not PowerDNS where a CNAME is added again, so of that one
 * is deleted that is not there.
 */
static void rehearse(struct draft *draft, const struct record_settings *record, const struct plan *plan)
{
    bool cname = settings_is_cname(record);
    if (cname)
        delete_made_up_name(draft, record, plan->fresh.nonce);
    for (uint8_t i = 0; !cname && i < record->type_count; i++)
        if (plan->expect[i].count == 0)
            delete_made_up(draft, record, record->types[i], plan->fresh.nonce);
    if (!plan->bare && !plan->has_old)
        push_marker(draft, LDNS_SECTION_AUTHORITY, &record->marker, LDNS_RR_CLASS_NONE, 0, &plan->fresh);
    for (uint8_t i = 0; !cname && i < record->type_count; i++)
        push_set(draft, LDNS_SECTION_AUTHORITY, &record->owner, &plan->expect[i], plan->expect[i].ttl_s);
    if (!plan->bare && plan->has_old)
        add_marker(draft, record, &plan->old);
}

/* Where the marker was `old`, or was none, it is `fresh`. */
static void move_marker(struct draft *draft, const struct record_settings *record, const struct plan *plan)
{
    assert(!plan->bare);
    if (plan->has_old)
        delete_marker(draft, record, plan);
    add_marker(draft, record, &plan->fresh);
}

static void push_prerequisites(struct draft *draft, const struct record_settings *record, const struct plan *plan)
{
    bool sets = plan->kind != PLAN_FENCE && plan->kind != PLAN_DISOWN;
    if (sets && settings_is_cname(record))
        expect_cname(draft, record, plan);
    else if (sets)
        expect_addresses(draft, record, plan);
    if (!plan->bare)
        expect_marker(draft, record, plan);
}

/*
 * The message of each kind, deletions before additions. `old` where there is one, else that there is no marker;
 * of a bare plan neither marker is spoken of.
 * Where the sets are a CNAME, "no CNAME" is left out, and "no set" is that the name is not in use (RFC 2136 2.4.5).
 *   kind              prerequisites               update
 *   ASSERT            the sets, no CNAME; old     nothing
 *   REHEARSE          the sets, no CNAME; old     + the sets, + old; of each that is not there - one made up; of a
 *                                                 CNAME - one made up in any case
 *   ADOPT, TAKE_OVER  the sets, no CNAME; old     - old, + fresh
 *   CREATE            no set, no CNAME; no marker + publish, + fresh
 *   SWITCH, TTL       the sets, no CNAME; old     - sets, - old, + publish, + fresh
 *   FENCE             old                         - old, + fresh
 *   DISOWN            old                         - old
 */
static void push_plan(struct draft *draft, const struct record_settings *record, const struct plan *plan)
{
    push_prerequisites(draft, record, plan);
    switch (plan->kind) {
    case PLAN_ASSERT:
        return;
    case PLAN_REHEARSE:
        rehearse(draft, record, plan);
        return;
    case PLAN_DISOWN:
        assert(plan->has_old && !plan->bare);
        delete_marker(draft, record, plan);
        return;
    case PLAN_TAKE_OVER:
    case PLAN_FENCE:
        assert(plan->has_old);
        move_marker(draft, record, plan);
        return;
    case PLAN_ADOPT:
        move_marker(draft, record, plan);
        return;
    case PLAN_CREATE:
        assert(!plan->has_old && plan->expect[0].count == 0 && plan->expect[1].count == 0);
        break;
    case PLAN_SWITCH:
    case PLAN_TTL:
        assert((plan->has_old || plan->bare) && plan->publish[0].count + plan->publish[1].count > 0);
        delete_sets(draft, record);
        if (!plan->bare)
            delete_marker(draft, record, plan);
        break;
    case PLAN_IN_SYNC:
    case PLAN_APPLIED:
    case PLAN_READ_AGAIN:
    case PLAN_STOP:
        assert(false && "a plan that is a message");
    }
    add_sets(draft, record, plan);
    if (!plan->bare)
        add_marker(draft, record, &plan->fresh);
}

static struct draft draft_new(const struct dname *name, ldns_rr_type type, ldns_pkt_opcode opcode, size_t octets)
{
    struct draft draft = {.packet = dns_packet_has_memory_for(octets) ? ldns_pkt_new() : NULL};
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

bool dns_packet_write_question(const struct dname *name, enum rrtype type, bool signatures, uint8_t *storage,
                               size_t capacity, size_t *ret_length, struct error *err)
{
    struct draft draft = draft_new(name, (ldns_rr_type)type, LDNS_PACKET_QUERY, DNAME_WIRE_MAX);
    if (signatures && !draft.failed) {
        ldns_pkt_set_edns_udp_size(draft.packet, DATAGRAM_OCTETS);
        ldns_pkt_set_edns_do(draft.packet, true);
    }
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

void dns_packet_library(struct text *out)
{
    text_addf(out, "ldns %s", ldns_version());
}
