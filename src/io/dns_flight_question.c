/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside dns_flight.
 * What:  which questions a read is made of.
 * Why:   each of them is there because nothing else shows what it shows.
 */

#include "io/dns_flight_question.h"

#include <assert.h>

uint32_t dns_flight_about(const struct dns_flight *flight, uint32_t message)
{
    uint32_t types = flight->settings->records[flight->op.subject].type_count, common = flight->is_search ? 4 : 2;
    if (message < types)
        return message;
    return message - types < common ? ABOUT_MARKER + message - types : ABOUT_V4 + message - types - common;
}

bool dns_flight_is_aside(const struct dns_flight *flight, uint32_t message)
{
    return !flight->is_update && dns_flight_about(flight, message) >= ABOUT_V4;
}

bool dns_flight_below_wildcard(const struct dname *name, uint8_t storage[DNAME_WIRE_MAX], struct dname *ret)
{
    uint8_t wildcard_storage[DNAME_WIRE_MAX];
    struct dname wildcard;
    return dname_prepend_label("*", name, wildcard_storage, &wildcard) &&
           dname_prepend_label(MARKER_LABEL, &wildcard, storage, ret);
}

/*
 * The questions of a read, in order: each managed type, the marker's name, the zone's SOA; of a search, two names more;
 * of a CNAME record, both families of addresses, which nothing else would show. An update is about its zone.
 *
 * Of a name that exists nothing below "*.NAME" does, be there such a wildcard or not (RFC 4592 4.7 and 2.2.1: what
 * stands there is the closest encloser); of one that does not, a wildcard above stands for that, too. That NXDOMAIN is
 * said at all by this server the same question below the apex shows, which always exists.
 */
void dns_flight_question_of(const struct dns_flight *flight, uint32_t message, struct dns_flight_question *ret)
{
    const struct zone_settings *zones = flight->settings->zones;
    if (flight->is_update) {
        *ret = (struct dns_flight_question){.name = zones[flight->op.subject].name, .type = RRTYPE_SOA};
        return;
    }
    const struct record_settings *record = &flight->settings->records[flight->op.subject];
    const struct dname *zone = &zones[record->zone].name;
    bool fits = true;
    *ret = (struct dns_flight_question){.name = *zone, .type = RRTYPE_SOA};
    switch (dns_flight_about(flight, message)) {
    case ABOUT_MARKER:
        *ret = (struct dns_flight_question){.name = record->marker, .type = RRTYPE_TXT};
        break;
    case ABOUT_ZONE:
        break;
    case ABOUT_WILDCARD:
        ret->type = RRTYPE_TXT;
        fits = dns_flight_below_wildcard(&record->owner, ret->storage, &ret->name);
        break;
    case ABOUT_CONTROL:
        ret->type = RRTYPE_TXT;
        fits = dns_flight_below_wildcard(zone, ret->storage, &ret->name);
        break;
    case ABOUT_V4:
    case ABOUT_V6:
        *ret = (struct dns_flight_question){
            .name = record->owner, .type = dns_flight_about(flight, message) == ABOUT_V4 ? RRTYPE_A : RRTYPE_AAAA};
        break;
    default:
        *ret = (struct dns_flight_question){.name = record->owner, .type = record->types[message]};
        break;
    }
    assert(fits);
    (void)fits;
}
