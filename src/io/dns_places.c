/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under dns_verify.
 * What:  asks the update server for the NS set, then for A and AAAA of each name, one after the other.
 * Why:   a name that the update server does not know is another zone's business, and is left out; Knot refuses such a
 *        question without a signature. What was found before stays while the server cannot be asked.
 */

#include "io/dns_places.h"

#include "base/log.h"
#include "io/dns_inquiry.h"
#include "io/dns_packet.h"
#include "io/wire.h"

#include <stdlib.h>
#include <string.h>

#define FRESH_MS (5 * 60 * 1000)
#define AGAIN_MS (30 * 1000) /* after a look that failed */
#define DNS_PORT 53

/* One look: gone when it ends. */
struct look {
    struct dns_places *places;
    uint32_t zone;
    uint32_t address; /* of the update server's: the one that is asked */
    struct dns_inquiry *inquiry;
    uint32_t name_count, name; /* the one asked for */
    struct dname names[VERIFY_PLACES_MAX];
    uint8_t storage[VERIFY_PLACES_MAX][DNAME_WIRE_MAX];
    uint32_t count;
    struct endpoint found[VERIFY_PLACES_MAX];
};

struct zone {
    struct look *look; /* NULL: none under way */
    mono_ms fresh_until;
    uint32_t count;
    struct endpoint *found;
};

struct dns_places {
    struct loop *loop;
    const struct settings *settings;
    dns_places_ready_fn *ready;
    void *ctx;
    struct zone *zones;
};

static const struct server_settings *server_of(const struct dns_places *places, uint32_t zone)
{
    return &places->settings->servers[places->settings->zones[zone].server];
}

struct dns_places *dns_places_new(struct loop *loop, const struct settings *settings, dns_places_ready_fn *ready,
                                  void *ctx)
{
    struct dns_places *places = calloc(1, sizeof *places);
    struct zone *zones = calloc(settings->zone_count + 1u, sizeof *zones);
    if (!places || !zones) {
        free(places);
        free(zones);
        return NULL;
    }
    for (uint32_t i = 0; i < settings->zone_count; i++)
        zones[i].fresh_until = settings->servers[settings->zones[i].server].verify_ns ? 0 : MONO_NEVER;
    *places = (struct dns_places){loop, settings, ready, ctx, zones};
    return places;
}

void dns_places_free(struct dns_places *places)
{
    if (!places)
        return;
    for (uint32_t i = 0; i < places->settings->zone_count; i++) {
        if (places->zones[i].look)
            dns_inquiry_cancel(places->zones[i].look->inquiry);
        free(places->zones[i].look);
        free(places->zones[i].found);
    }
    free(places->zones);
    free(places);
}

bool dns_places_are_fresh(const struct dns_places *places, uint32_t zone)
{
    return loop_now(places->loop) < places->zones[zone].fresh_until;
}

static bool add(struct endpoint *endpoints, uint32_t *count, const struct endpoint *endpoint)
{
    if (*count == VERIFY_PLACES_MAX)
        return false;
    for (uint32_t i = 0; i < *count; i++)
        if (endpoints[i].port == endpoint->port && address_equal(&endpoints[i].address, &endpoint->address))
            return true;
    endpoints[(*count)++] = *endpoint;
    return true;
}

uint32_t dns_places_of(const struct dns_places *places, uint32_t zone, struct endpoint ret[VERIFY_PLACES_MAX])
{
    const struct server_settings *server = server_of(places, zone);
    uint32_t count = 0;
    for (uint32_t i = 0; i < server->verify_count; i++)
        (void)add(ret, &count, &server->verify[i]);
    for (uint32_t i = 0; i < places->zones[zone].count; i++)
        (void)add(ret, &count, &places->zones[zone].found[i]);
    return count;
}

/* ---- a look ------------------------------------------------------------------------------------------------------ */

static void ask(struct look *look);

static void end(struct look *look, bool good)
{
    struct dns_places *places = look->places;
    struct zone *zone = &places->zones[look->zone];
    uint32_t index = look->zone;
    struct endpoint *found = good ? malloc(sizeof look->found) : NULL;
    if (found) {
        memcpy(found, look->found, sizeof look->found);
        free(zone->found);
        zone->found = found;
        zone->count = look->count;
    }
    zone->fresh_until = mono_after(loop_now(places->loop), found ? FRESH_MS : AGAIN_MS);
    zone->look = NULL;
    free(look);
    places->ready(index, places->ctx);
}

static void take_addresses(struct look *look, const struct dns_reply *reply, enum rrtype type)
{
    uint8_t packed[4096];
    struct observed seen = {.beside = false};
    struct error err;
    const struct dname *name = &look->names[look->name];
    if (reply->rcode != WIRE_RCODE_NOERROR || !reply->authoritative ||
        !dns_packet_observe_set(reply->bytes, reply->length, name, type, 0, packed, sizeof packed, 0, &seen, &err))
        return;
    uint16_t offset = 0, length;
    const uint8_t *rdata;
    while (rrset_next(&seen.sets[0], &offset, &rdata, &length)) {
        struct endpoint endpoint = {.port = DNS_PORT};
        endpoint.address.family = type == RRTYPE_A ? ADDRESS_V4 : ADDRESS_V6;
        memcpy(endpoint.address.bytes, rdata, length);
        if (!add(look->found, &look->count, &endpoint))
            log_debug("more than %d name servers: not all are asked", VERIFY_PLACES_MAX);
    }
}

static bool take_names(struct look *look, const struct dns_reply *reply, struct error *err)
{
    if (reply->rcode != WIRE_RCODE_NOERROR) {
        error_set(err, ERROR_PROTOCOL, "asked for the NS of the zone it answered %s", wire_rcode_name(reply->rcode));
        return false;
    }
    return dns_packet_read_servers(reply->bytes, reply->length, &look->places->settings->zones[look->zone].name,
                                   VERIFY_PLACES_MAX, look->storage, look->names, &look->name_count, err);
}

static void tell_unknown(const struct look *look, uint32_t before)
{
    char name[DNAME_TEXT_MAX];
    if (look->count > before || !log_is_on(LOG_LEVEL_DEBUG))
        return;
    dname_format(&look->names[look->name], name);
    log_debug("name server %s is not asked: the update server knows no address of it, or it is listed already", name);
}

/* No answer: the next address of the update server may give one, else what was known before stays. */
static void fail(struct look *look, const struct error *err)
{
    log_debug("the name servers of a zone could not be found: %s", err->text);
    if (++look->address < server_of(look->places, look->zone)->address_count)
        ask(look);
    else
        end(look, false);
}

static void on_names(const struct dns_inquiry_result *result, void *ctx)
{
    struct look *look = ctx;
    struct error err = result->err;
    look->inquiry = NULL;
    if (!result->replies[0].bytes || !take_names(look, &result->replies[0], &err))
        fail(look, &err);
    else if (look->name_count > 0)
        ask(look);
    else
        end(look, true);
}

static void on_addresses(const struct dns_inquiry_result *result, void *ctx)
{
    struct look *look = ctx;
    uint32_t before = look->count;
    look->inquiry = NULL;
    bool whole = result->replies[0].bytes && result->replies[1].bytes;
    if (!whole && result->err.code != ERROR_PROTOCOL) {
        fail(look, &result->err);
        return;
    }
    if (whole) {
        take_addresses(look, &result->replies[0], RRTYPE_A);
        take_addresses(look, &result->replies[1], RRTYPE_AAAA);
    }
    tell_unknown(look, before);
    if (++look->name < look->name_count)
        ask(look);
    else
        end(look, true);
}

static void ask(struct look *look)
{
    const struct server_settings *server = server_of(look->places, look->zone);
    bool names = look->name_count == 0;
    struct dns_inquiry_settings settings = {.peer = server->addresses[look->address],
                                            .source4 = server->source4,
                                            .source6 = server->source6,
                                            .key = &server->key,
                                            .timeout_ms = server->timeout_ms};
    if (names) {
        settings.count = 1;
        settings.questions[0] = (struct dns_question){&look->places->settings->zones[look->zone].name, WIRE_TYPE_NS};
    } else {
        settings.count = 2;
        settings.questions[0] = (struct dns_question){&look->names[look->name], RRTYPE_A};
        settings.questions[1] = (struct dns_question){&look->names[look->name], RRTYPE_AAAA};
    }
    look->inquiry = dns_inquiry_start(look->places->loop, &settings, names ? on_names : on_addresses, look);
    if (!look->inquiry)
        end(look, false);
}

void dns_places_look(struct dns_places *places, uint32_t zone)
{
    if (places->zones[zone].look)
        return;
    struct look *look = calloc(1, sizeof *look);
    if (!look) {
        places->zones[zone].fresh_until = mono_after(loop_now(places->loop), AGAIN_MS);
        return;
    }
    look->places = places;
    look->zone = zone;
    places->zones[zone].look = look;
    ask(look);
}
