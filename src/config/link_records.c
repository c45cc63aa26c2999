/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  records: their owner, zone and settings; then their targets, in link_targets.c.
 * Why:   an owner name is judged here and not by the schema, since it may be the record's key, and because what may
 *        stand in a zone is more than what we are willing to manage.
 */
#include "config/link.h"

#include "config/rows.h"
#include "config/targets.h"
#include "model/marker.h"

#include <inttypes.h>
#include <string.h>

/* ---- the owner -------------------------------------------------------------------------------------------------- */

/* NULL: the text may be an owner's. */
static const char *wrong_with_owner(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    if (strncmp(text, "*.", 2) == 0 || strcmp(text, "*") == 0)
        return "is a wildcard; only plain names can be managed";
    if (strspn(text, letters) != strlen(text))
        return "may hold letters, digits, hyphens and underscores only";
    if (strcmp(text, ".") == 0)
        return "is the root; that has no address";
    if (strncasecmp(text, MARKER_LABEL ".", sizeof(MARKER_LABEL)) == 0)
        return "begins with '" MARKER_LABEL "', which is the name of a marker";
    return NULL;
}

/* The owner's and the marker's name; the owner is the marker's tail. False after a complaint. */
static bool link_owner(struct linker *linker, const struct node *node, struct record_settings *ret)
{
    uint8_t owner_wire[DNAME_WIRE_MAX], marker_wire[DNAME_WIRE_MAX];
    struct dname owner, marker;
    struct error err;
    const char *wrong = wrong_with_owner(node->as.text);
    if (wrong != NULL) {
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "the name '%s' %s",
                       foreign(node->as.text).text, wrong);
        return false;
    }
    if (!dname_parse(node->as.text, owner_wire, &owner, &err)) {
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "%s", err.text);
        return false;
    }
    if (!dname_prepend_label(MARKER_LABEL, &owner, marker_wire, &marker)) {
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                       "the name is too long: with '" MARKER_LABEL
                       ".' in front, for the marker, it has more than 255 octets");
        return false;
    }
    uint8_t *wire = arena_take(linker->arena, marker.length);
    memcpy(wire, marker_wire, marker.length);
    ret->marker = (struct dname){.wire = wire, .length = marker.length};
    ret->owner = (struct dname){.wire = wire + (marker.length - owner.length), .length = owner.length};
    return true;
}

/* ---- the zone --------------------------------------------------------------------------------------------------- */

/* The longest zone that holds the name, on one server or, with ID_NONE, on any; ID_NONE if there is none. */
static uint32_t find_zone(const struct linker *linker, const char *name, uint32_t server)
{
    for (const char *tail = name;; tail++) {
        char key[DNAME_TEXT_MAX + 16];
        struct text out = text_over(key, sizeof(key));
        uint32_t zone = ID_NONE;
        if (server != ID_NONE)
            text_addf(&out, "%" PRIu32 " ", server);
        text_add(&out, *tail == '\0' ? "." : tail);
        if (names_find(linker->zone_names, key, &zone))
            return zone;
        if (*tail == '\0')
            return ID_NONE;
        tail = strchr(tail, '.');
        if (tail == NULL)
            tail = name + strlen(name) - 1;
    }
}

static void complain_zone(struct linker *linker, const struct node *node, const char *name, const struct node *server)
{
    if (server != NULL)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "'%s' lies in no zone of server '%s'",
                       name, foreign(server->as.text).text);
    else if (linker->zones_are_whole)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                       "'%s' lies in no zone of any server; the zone belongs into a server's 'zones'", name);
}

/* Two records that manage one name in one zone would undo each other's work. */
static void check_single(struct linker *linker, const struct node *node, const char *name, uint32_t zone,
                         uint32_t record)
{
    char key[DNAME_TEXT_MAX + 16];
    uint32_t former = 0;
    struct text out = text_over(key, sizeof(key));
    text_addf(&out, "%" PRIu32 " %s", zone, name);
    if (names_add(linker->owner_names, key, record, &former))
        return;
    char where[PLACE_TEXT_MAX];
    place_format(origins_record(linker->origins, former), where);
    complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                   "'%s' is managed by another record already, at %s", name, where);
}

static void link_zone(struct linker *linker, const struct record_draft *draft, const struct node *owner_node,
                      uint32_t number)
{
    struct record_settings *record = list_at(&linker->records, number);
    char name[DNAME_TEXT_MAX];
    uint32_t server = ID_NONE;
    if (draft->server != NULL && draft->server->kind == NODE_SCALAR) {
        server = link_reference(linker, linker->server_names, draft->server, "server");
        if (server == ID_NONE)
            return;
    }
    if (record->owner.length == 0)
        return;
    dname_format(&record->owner, name);
    record->zone = find_zone(linker, name, server);
    if (record->zone == ID_NONE)
        complain_zone(linker, owner_node, name, server == ID_NONE ? NULL : draft->server);
    else
        check_single(linker, owner_node, name, record->zone, number);
}

/* ---- one record ------------------------------------------------------------------------------------------------- */

static void link_record(struct linker *linker, const struct pair *pair, const struct record_draft *initial)
{
    const uint32_t number = linker->records.count;
    struct record_settings *record = list_add(&linker->records);
    struct record_draft draft = *initial;
    const struct owner owner = {.what = "record", .name = pair->key->as.text, .place = node_place(pair->key)};
    record->zone = ID_NONE;
    record->fallback = ID_NONE;
    if (pair->value->kind != NODE_MAPPING) {
        record->id = link_copy(linker, pair->key->as.text);
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(pair->key),
                       "record '%s' needs 'primary' and 'secondary', or 'targets'", foreign(owner.name).text);
        return;
    }
    schema_read(&record_table, pair->value, &owner, &draft, linker->complaints);
    *record = draft.settings;
    record->id = link_copy(linker, pair->key->as.text);
    record->zone = ID_NONE;
    record->fallback = ID_NONE;
    draft.name = pair->key;
    const struct node *owner_node = draft.owner != NULL ? draft.owner : pair->key;
    if (owner_node == pair->key || link_name_is_good(linker, pair->key, "record", 255))
        if (owner_node->kind == NODE_SCALAR && link_owner(linker, owner_node, record))
            link_zone(linker, &draft, owner_node, number);
    link_routes(linker, draft.notify, list_at(&linker->records, number));
    link_targets(linker, &draft, number);
}

void link_records(struct linker *linker)
{
    const struct node *section = linker->sections->records, *defaults = linker->sections->record_defaults;
    struct record_draft initial = {0};
    schema_initial(&record_table, &initial);
    if (defaults != NULL) {
        const struct owner owner = {.name = "defaults.record", .place = node_place(defaults), .defaults = true};
        schema_read(&record_table, defaults, &owner, &initial, linker->complaints);
        for (uint32_t i = 0; i < link_item_count(initial.notify); i++)
            (void)link_reference(linker, linker->notifier_names, link_item(initial.notify, i), "notifier");
    }
    for (uint32_t i = 0; section != NULL && i < section->count; i++)
        link_record(linker, &section->as.pairs[i], &initial);
}
