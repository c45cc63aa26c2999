/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  targets in order of preference, the fallback last; a value for each address.
 * Why:   types and rooms are counted while the values are at hand: the core allocates by them once and never again.
 */
#include "config/targets.h"

#include "config/host.h"
#include "config/rows.h"

#include <inttypes.h>
#include <string.h>

struct targeting {
    struct linker *linker;
    const struct record_draft *draft;
    uint32_t record;
    uint32_t check;       /* of the record: ID_NONE for none */
    uint32_t value_first; /* of the record */
    uint32_t host_names, addresses;
};

static void complain(const struct targeting *targeting, const struct node *node, const char *message)
{
    complaints_add(targeting->linker->complaints, COMPLAINT_ERROR, node_place(node), "%s", message);
}

static struct record_settings *record_of(const struct targeting *targeting)
{
    return list_at(&targeting->linker->records, targeting->record);
}

/* Named, but there is no such check; that was complained of, and the rules are not to be asked about this target. */
#define CHECK_BAD (ID_NONE - 1)

/* The check that a node names, ID_NONE for `none`, CHECK_BAD if it is bad, `otherwise` where nothing is written. */
static uint32_t find_check(const struct targeting *targeting, const struct node *node, uint32_t otherwise)
{
    if (node == NULL)
        return otherwise;
    if (node->kind != NODE_SCALAR || node->as.text[0] == '\0')
        return CHECK_BAD;
    if (strcmp(node->as.text, "none") == 0)
        return ID_NONE;
    uint32_t check = link_reference(targeting->linker, targeting->linker->check_names, node, "check");
    return check == ID_NONE ? CHECK_BAD : check;
}

/* ---- values ----------------------------------------------------------------------------------------------------- */

static void check_address(const struct targeting *targeting, const struct node *node, const struct address *address)
{
    struct complaints *complaints = targeting->linker->complaints;
    if (address_is_loopback(address))
        complaints_add(complaints, COMPLAINT_WARNING, node_place(node),
                       "'%s' is a loopback address: it leads everybody to their own machine",
                       foreign(node->as.text).text);
    else if (address_is_link_local(address))
        complaints_add(complaints, COMPLAINT_WARNING, node_place(node),
                       "'%s' is a link-local address: it works on one wire only", foreign(node->as.text).text);
}

/* Complains if the record has it already. */
static bool is_double(const struct targeting *targeting, const struct node *node, const struct spot *spot,
                      uint32_t target)
{
    const struct linker *linker = targeting->linker;
    const char *what = spot->name == ID_NONE ? "address" : "host name";
    for (uint32_t i = targeting->value_first; i < linker->values.count; i++) {
        const struct value_settings *value = list_at(&linker->values, i);
        if (value->name != spot->name || !address_equal(&value->address, &spot->address))
            continue;
        const struct target_settings *former = list_at(&linker->targets, value->target),
                                     *own = list_at(&linker->targets, target);
        if (value->target == target)
            complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "the %s '%s' stands twice in '%s'",
                           what, foreign(node->as.text).text, foreign(own->role).text);
        else
            complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                           "the %s '%s' is in '%s' already; one %s in two targets could not be told apart in the DNS",
                           what, foreign(node->as.text).text, foreign(former->role).text, what);
        return true;
    }
    return false;
}

/* The number of a host name, a new one if need be; ID_NONE where a CNAME would lead to itself. */
static uint32_t find_host(const struct targeting *targeting, const struct node *node)
{
    struct linker *linker = targeting->linker;
    uint8_t wire[DNAME_WIRE_MAX];
    char text[DNAME_TEXT_MAX];
    struct dname name;
    uint32_t number = linker->hosts.count;
    if (!dname_parse(node->as.text, wire, &name, NULL))
        return ID_NONE; /* not after host_name_check */
    if (dname_equal(&name, &record_of(targeting)->owner)) {
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                       "the host name '%s' is the name of this record: a CNAME would lead to itself",
                       foreign(node->as.text).text);
        return ID_NONE;
    }
    dname_format(&name, text);
    if (names_add(linker->host_names, text, number, &number)) {
        uint8_t *kept = arena_take(linker->arena, name.length);
        memcpy(kept, name.wire, name.length);
        *(struct name_settings *)list_add(&linker->hosts) = (struct name_settings){
            .name = {.wire = kept, .length = name.length}, .text = link_copy(linker, text)};
    }
    return number;
}

/* What is written there; false: nothing that can be used, which was complained of. */
static bool find_spot(struct targeting *targeting, const struct node *node, struct spot *ret)
{
    *ret = (struct spot){.name = ID_NONE};
    if (address_parse(node->as.text, &ret->address, NULL)) {
        targeting->addresses++;
        check_address(targeting, node, &ret->address);
        return true;
    }
    ret->address = (struct address){.family = ADDRESS_NONE};
    if (!host_name_check(node->as.text, NULL))
        return false;
    targeting->host_names++;
    ret->name = find_host(targeting, node);
    return ret->name != ID_NONE;
}

static void link_value(struct targeting *targeting, const struct node *node, uint32_t target, uint32_t check)
{
    struct linker *linker = targeting->linker;
    struct spot spot;
    if (!find_spot(targeting, node, &spot) || is_double(targeting, node, &spot, target))
        return;
    if (linker->values.count - targeting->value_first == RECORD_VALUES_MAX) {
        complain(targeting, node, "a record has at most 1000 addresses");
        return;
    }
    uint32_t watch = check == ID_NONE || check == CHECK_BAD ? ID_NONE : link_watch(linker, check, &spot, target);
    *(struct value_settings *)list_add(&linker->values) = (struct value_settings){
        .address = spot.address, .name = spot.name, .watch = watch, .target = target};
    struct target_settings *owner = list_at(&linker->targets, target);
    owner->value_count++;
}

/* ---- one target ------------------------------------------------------------------------------------------------- */

static struct target_draft read_target(const struct node *node)
{
    struct target_draft draft = {.address = node};
    if (node->kind == NODE_MAPPING) {
        static const struct owner nobody = {0};
        draft.address = NULL;
        schema_read(&target_table, node, &nobody, &draft, NULL);
    }
    return draft;
}

static const char *text_of(const struct node *node)
{
    return node != NULL && node->kind == NODE_SCALAR && node->as.text[0] != '\0' ? node->as.text : NULL;
}

/* A host name makes a CNAME, and beside that nothing can stand. */
static void check_host_names(struct targeting *targeting, const struct node *addresses, uint32_t before)
{
    if (targeting->host_names > before && link_item_count(addresses) > 1)
        complain(targeting, addresses, "a host name stands alone in its target: a CNAME takes no other data beside it");
}

static void link_target(struct targeting *targeting, const struct node *node, const char *role, bool is_fallback)
{
    struct linker *linker = targeting->linker;
    const struct target_draft draft = read_target(node);
    const uint32_t number = linker->targets.count, before = targeting->host_names;
    struct target_settings *target = list_add(&linker->targets);
    *target = (struct target_settings){.role = role,
                                       .label = link_copy(linker, text_of(draft.label)),
                                       .record = targeting->record,
                                       .value_first = linker->values.count,
                                       .least_healthy = is_fallback ? 1 : targeting->draft->least_healthy,
                                       .fallback = is_fallback};
    uint32_t check = is_fallback ? ID_NONE : find_check(targeting, draft.check, targeting->check);
    if (is_fallback && text_of(draft.check) != NULL && strcmp(draft.check->as.text, "none") != 0)
        complain(targeting, draft.check, "the fallback is never probed; 'check' has no place here");
    for (uint32_t i = 0; i < link_item_count(draft.address); i++)
        link_value(targeting, link_item(draft.address, i), number, check);
    if (draft.address != NULL && draft.address->kind == NODE_LIST && draft.address->count == 0)
        complain(targeting, draft.address, "the list of addresses is empty");
    check_host_names(targeting, draft.address, before);
    if (check == CHECK_BAD)
        ((struct target_settings *)list_at(&linker->targets, number))->value_count = 0;
}

static const char *listed_role(struct linker *linker, const struct node *node, uint32_t place)
{
    const char *label = node->kind == NODE_MAPPING ? text_of(node_find(node, "label")) : NULL;
    char role[32];
    struct text out = text_over(role, sizeof(role));
    text_addf(&out, "target-%" PRIu32, place + 1);
    return link_copy(linker, label != NULL ? label : role);
}

static void link_listed(struct targeting *targeting, const struct node *list)
{
    struct linker *linker = targeting->linker;
    struct names *roles = names_new();
    for (uint32_t i = 0; i < list->count; i++) {
        const char *role = listed_role(linker, list->as.items[i], i);
        if (!names_add(roles, role, i, NULL) || strcmp(role, "fallback") == 0)
            complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(list->as.items[i]),
                           "another target is called '%s' already; targets need labels that differ",
                           foreign(role).text);
        link_target(targeting, list->as.items[i], role, false);
    }
    names_free(roles);
    if (list->count == 0)
        complain(targeting, list, "'targets' is an empty list");
}

/* ---- the record ------------------------------------------------------------------------------------------------- */

static struct rdata data_of(const struct linker *linker, const struct value_settings *value)
{
    if (value->name == ID_NONE)
        return rdata_of_address(&value->address);
    return rdata_of_name(&((const struct name_settings *)list_at(&linker->hosts, value->name))->name);
}

/* Types managed, and the largest packed set of each, over all targets. */
static void count_types(const struct targeting *targeting)
{
    static const enum rrtype known[] = {RRTYPE_A, RRTYPE_AAAA, RRTYPE_CNAME};
    const struct linker *linker = targeting->linker;
    struct record_settings *record = record_of(targeting);
    for (size_t k = 0; k < ARRAY_COUNT(known); k++) {
        uint16_t room = 0;
        for (uint32_t t = 0; t < record->target_count; t++) {
            const struct target_settings *target = list_at(&linker->targets, record->target_first + t);
            uint16_t size = 0;
            for (uint32_t v = 0; v < target->value_count; v++) {
                const struct value_settings *value = list_at(&linker->values, target->value_first + v);
                const struct rdata data = data_of(linker, value);
                if (data.type == known[k])
                    size = (uint16_t)(size + RRSET_MEMBER_SIZE(data.length));
            }
            room = size > room ? size : room;
        }
        if (room == 0 || record->type_count == ARRAY_COUNT(record->types)) /* host names and addresses: refused below */
            continue;
        record->types[record->type_count] = known[k];
        record->room[record->type_count] = room;
        record->type_count++;
    }
}

/* "a CNAME at an apex or beside addresses" */
static void check_cname(const struct targeting *targeting)
{
    const struct linker *linker = targeting->linker;
    const struct record_settings *record = record_of(targeting);
    if (targeting->host_names == 0)
        return;
    const struct zone_settings *zone = record->zone == ID_NONE ? NULL : list_at(&linker->zones, record->zone);
    if (zone != NULL && dname_equal(&zone->name, &record->owner))
        complain(targeting, targeting->draft->name,
                 "this name is the apex of its zone: a CNAME cannot stand there, so its targets must be addresses");
    if (targeting->addresses > 0)
        complain(targeting, targeting->draft->name,
                 "this record has host names and addresses; a CNAME cannot stand beside addresses");
}

/* In which way the record tells its targets. False: there is no first one. */
static bool link_roles(struct targeting *targeting)
{
    const struct record_draft *draft = targeting->draft;
    if (draft->targets != NULL && (draft->primary != NULL || draft->secondary != NULL))
        complain(targeting, draft->targets, "'targets' stands instead of 'primary' and 'secondary', not beside them");
    else if (draft->targets != NULL && draft->targets->kind == NODE_LIST)
        link_listed(targeting, draft->targets);
    if (draft->primary != NULL)
        link_target(targeting, draft->primary, "primary", false);
    else if (node_find(draft->node, "primary") == NULL && node_find(draft->node, "targets") == NULL)
        complaints_add(targeting->linker->complaints, COMPLAINT_ERROR, node_place(draft->name),
                       "record '%s' has no 'primary'", foreign(draft->name->as.text).text);
    if (draft->secondary != NULL)
        link_target(targeting, draft->secondary, "secondary", false);
    if (draft->fallback != NULL)
        link_target(targeting, draft->fallback, "fallback", true);
    return draft->primary != NULL || draft->targets != NULL;
}

void link_targets(struct linker *linker, const struct record_draft *draft, uint32_t number)
{
    struct targeting targeting = {
        .linker = linker, .draft = draft, .record = number, .check = ID_NONE, .value_first = linker->values.count};
    struct record_settings *record = record_of(&targeting);
    record->target_first = linker->targets.count;
    targeting.check = find_check(&targeting, draft->check, ID_NONE);
    if (link_roles(&targeting))
        record->target_count = linker->targets.count - record->target_first;
    if (draft->fallback != NULL && record->target_count > 0)
        record->fallback = record->target_count - 1;
    count_types(&targeting);
    check_cname(&targeting);
}
