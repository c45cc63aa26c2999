/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  servers and their zones.
 * Why:   a zone is found by its text in a table, once for all servers (the first of equals) and once for each server,
 *        so that 100,000 records find theirs without a walk.
 */
#include "config/link.h"

#include "config/field.h"
#include "config/rows.h"

#include <inttypes.h>
#include <string.h>

#define DNS_PORT 53

#define NO_SERVER "this is the address of no server; write the one it listens on"

static void complain(struct linker *linker, const struct node *node, const char *message)
{
    complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "%s", message);
}

static void link_addresses(struct linker *linker, const struct node *node, struct server_settings *ret)
{
    uint32_t count = link_item_count(node), used = 0;
    struct endpoint *addresses = arena_take(linker->arena, count * sizeof(*addresses));
    for (uint32_t i = 0; i < count; i++) {
        if (!endpoint_parse(link_item(node, i)->as.text, DNS_PORT, &addresses[used], NULL))
            continue;
        const struct address *address = &addresses[used++].address;
        if (address_is_unspecified(address) || address_is_multicast(address) || address_is_broadcast(address))
            complain(linker, link_item(node, i), NO_SERVER);
    }
    if (node != NULL && node->kind == NODE_LIST && count == 0)
        complain(linker, node, "'address' is an empty list; a server needs an address");
    ret->addresses = addresses;
    ret->address_count = used;
}

void link_source(struct linker *linker, const struct node *node, struct address *source4, struct address *source6)
{
    for (uint32_t i = 0; i < link_item_count(node); i++) {
        struct address address;
        if (!address_parse(link_item(node, i)->as.text, &address, NULL))
            continue;
        struct address *slot = address.family == ADDRESS_V4 ? source4 : source6;
        if (slot->family != ADDRESS_NONE)
            complain(linker, link_item(node, i), "'source' takes one address of each family");
        *slot = address;
    }
}

/* ---- who is asked whether a change is served -------------------------------------------------------------------- */

static bool is_among(const struct endpoint *endpoints, uint32_t count, const struct endpoint *endpoint)
{
    for (uint32_t i = 0; i < count; i++)
        if (address_equal(&endpoints[i].address, &endpoint->address) && endpoints[i].port == endpoint->port)
            return true;
    return false;
}

/* One more of the list; false: it is no address. */
static bool link_verifier(struct linker *linker, const struct node *item, struct server_settings *ret,
                          struct endpoint *endpoints)
{
    struct endpoint endpoint;
    if (!endpoint_parse(item->as.text, DNS_PORT, &endpoint, NULL))
        return false;
    const struct address *address = &endpoint.address;
    if (address_is_unspecified(address) || address_is_multicast(address) || address_is_broadcast(address))
        complain(linker, item, NO_SERVER);
    else if (is_among(endpoints, ret->verify_count, &endpoint))
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(item), "'%s' is listed twice",
                       foreign(item->as.text).text);
    else if (ret->verify_count == VERIFY_PLACES_MAX)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(item), "'verify' takes %d addresses at the most",
                       VERIFY_PLACES_MAX);
    else
        endpoints[ret->verify_count++] = endpoint;
    return true;
}

/* Unless something is written, the addresses that updates go to; an empty list asks nobody. */
static void link_verify(struct linker *linker, const struct node *node, struct server_settings *ret)
{
    if (node == NULL) {
        ret->verify = ret->addresses;
        ret->verify_count = ret->address_count < VERIFY_PLACES_MAX ? ret->address_count : VERIFY_PLACES_MAX;
        return;
    }
    struct endpoint *endpoints = arena_take(linker->arena, VERIFY_PLACES_MAX * sizeof(*endpoints));
    ret->verify = endpoints;
    for (uint32_t i = 0; i < link_item_count(node); i++) {
        const struct node *item = link_item(node, i);
        bool is_ns = strcmp(item->as.text, "ns") == 0;
        if (is_ns && ret->verify_ns)
            complain(linker, item, "'ns' is listed twice");
        else if (!is_ns && !link_verifier(linker, item, ret, endpoints))
            continue;
        ret->verify_ns |= is_ns;
    }
}

/* ---- zones ------------------------------------------------------------------------------------------------------ */

static void link_zone(struct linker *linker, const struct node *node, uint32_t server)
{
    uint8_t wire[DNAME_WIRE_MAX];
    struct dname name;
    char text[DNAME_TEXT_MAX], key[DNAME_TEXT_MAX + 16];
    if (!dname_parse(node->as.text, wire, &name, NULL)) {
        linker->zones_are_whole = false;
        return;
    }
    dname_format(&name, text);
    struct text out = text_over(key, sizeof(key));
    text_addf(&out, "%" PRIu32 " %s", server, text);
    if (!names_add(linker->zone_names, key, linker->zones.count, NULL)) {
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "the zone '%s' is listed twice", text);
        return;
    }
    names_add(linker->zone_names, text, linker->zones.count, NULL);
    struct zone_settings *zone = list_add(&linker->zones);
    uint8_t *kept = arena_take(linker->arena, name.length);
    memcpy(kept, wire, name.length);
    zone->name = (struct dname){.wire = kept, .length = name.length};
    zone->server = server;
}

static void link_zones(struct linker *linker, const struct node *node, uint32_t server)
{
    for (uint32_t i = 0; i < link_item_count(node); i++)
        link_zone(linker, link_item(node, i), server);
    if (node == NULL)
        linker->zones_are_whole = false;
    else if (node->kind == NODE_LIST && node->count == 0)
        complain(linker, node, "'zones' is an empty list; a server needs a zone");
}

/* ---- one server ------------------------------------------------------------------------------------------------- */

static void link_server(struct linker *linker, const struct pair *pair, const struct server_draft *initial)
{
    const uint32_t number = linker->servers.count;
    struct server_settings *server = list_add(&linker->servers);
    struct server_draft draft = *initial;
    const struct owner owner = {.what = "server", .name = pair->key->as.text, .place = node_place(pair->key)};
    server->name = link_copy(linker, pair->key->as.text);
    link_name_is_good(linker, pair->key, "server", 64);
    if (pair->value->kind != NODE_MAPPING) {
        linker->zones_are_whole = false;
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(pair->key),
                       "server '%s' needs 'address', 'zones' and 'key'", foreign(owner.name).text);
        return;
    }
    schema_read(&server_table, pair->value, &owner, &draft, linker->complaints);
    link_addresses(linker, draft.addresses, server);
    link_source(linker, draft.source, &server->source4, &server->source6);
    link_zones(linker, draft.zones, number);
    link_verify(linker, draft.verify, server);
    link_key(linker, &draft, &server->key);
    server->timeout_ms = draft.timeout_ms;
    server->retry_first_ms = draft.retry.first_ms;
    server->retry_most_ms = draft.retry.most_ms;
    server->audit_ms = draft.audit_ms;
    server->batch = draft.batch;
    if (draft.retry.most_ms != 0 && draft.retry.first_ms > draft.retry.most_ms)
        complain(linker, draft.retry.node, "'first' must not be above 'max'");
}

void link_servers(struct linker *linker)
{
    const struct node *section = linker->sections->servers;
    struct server_draft initial = {0};
    schema_initial(&server_table, &initial);
    linker->zones_are_whole = linker->names_are_whole;
    for (uint32_t i = 0; section != NULL && i < section->count; i++)
        link_server(linker, &section->as.pairs[i], &initial);
}
