/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, beside its world; what config/link does in the daemon.
 * What:  puts settings together and derives from them what the core wants to have derived: types, rooms, watches,
 *        users.
 */

#include "setup.h"

#include "host.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SECOND_MS 1000u
#define MINUTE_MS 60000u

void setup_begin(struct setup *setup, struct setup_rooms rooms)
{
    struct arena *arena = arena_new();
    *setup = (struct setup){.arena = arena, .room = rooms};
    setup->checks = arena_take(arena, rooms.checks * sizeof *setup->checks);
    setup->servers = arena_take(arena, rooms.servers * sizeof *setup->servers);
    setup->zones = arena_take(arena, rooms.zones * sizeof *setup->zones);
    setup->records = arena_take(arena, rooms.records * sizeof *setup->records);
    setup->targets = arena_take(arena, rooms.targets * sizeof *setup->targets);
    setup->values = arena_take(arena, rooms.values * sizeof *setup->values);
    setup->names = arena_take(arena, rooms.values * sizeof *setup->names);
    setup->settings.names = setup->names;
    setup->settings.values = setup->values;
    setup->value_checks = arena_take(arena, rooms.values * sizeof *setup->value_checks);
}

void setup_done(struct setup *setup)
{
    arena_free(setup->arena);
    *setup = (struct setup){0};
}

struct check_settings setup_default_check(void)
{
    return (struct check_settings){
        .name = "web",
        .kind = CHECK_TCP,
        .how.tcp.port = 80,
        .interval_ms = 10 * SECOND_MS,
        .interval_changing_ms = 10 * SECOND_MS,
        .connect_ms = 4 * SECOND_MS,
        .response_ms = 4 * SECOND_MS,
        .body_ms = 4 * SECOND_MS,
        .total_ms = 4 * SECOND_MS,
        .rise = 3,
        .fall = 3,
        .jitter_permille = 100,
    };
}

struct server_settings setup_default_server(void)
{
    return (struct server_settings){
        .name = "ns1",
        .timeout_ms = 3 * SECOND_MS,
        .retry_first_ms = SECOND_MS,
        .retry_most_ms = 30 * SECOND_MS,
        .audit_ms = 5 * MINUTE_MS,
        .batch = 64,
        .verify_count = 2,
    };
}

struct record_settings setup_default_record(void)
{
    return (struct record_settings){
        .ttl_s = 30,
        .fallback = ID_NONE,
        .fail_back = FAIL_BACK_AUTO,
        .fail_back_ms = MINUTE_MS,
        .fail_back_most_ms = 60 * MINUTE_MS,
        .flap_window_ms = 60 * MINUTE_MS,
        .switches_most = 6,
        .all_down = ALL_DOWN_KEEP,
        .publish = PUBLISH_ALL,
        .ownership = OWNERSHIP_MARKER,
        .adopt = true,
        .verify_failover = true,
        .enabled = true,
    };
}

uint32_t setup_add_check(struct setup *setup, const struct check_settings *check)
{
    uint32_t index = setup->settings.check_count++;
    assert(index < setup->room.checks);
    setup->checks[index] = *check;
    return index;
}

uint32_t setup_add_server(struct setup *setup, const struct server_settings *server)
{
    uint32_t index = setup->settings.server_count++;
    assert(index < setup->room.servers);
    setup->servers[index] = *server;
    struct endpoint *address = arena_take(setup->arena, 2 * sizeof *address);
    address[1] = (struct endpoint){.address = {.family = ADDRESS_V4, .bytes = {198, 18, 0, (uint8_t)(53 + index)}},
                                   .port = 53};
    *address = (struct endpoint){.address = {.family = ADDRESS_V4, .bytes = {192, 0, 2, (uint8_t)(53 + index)}},
                                 .port = 53};
    setup->servers[index].addresses = address;
    setup->servers[index].address_count = 1;
    setup->servers[index].verify = address; /* that one, and a secondary */
    return index;
}

static struct dname keep_name(struct setup *setup, const char *text)
{
    uint8_t *wire = arena_take(setup->arena, DNAME_WIRE_MAX);
    struct dname name;
    bool good = dname_parse(text, wire, &name, NULL);
    assert(good);
    return good ? name : (struct dname){0};
}

uint32_t setup_add_zone(struct setup *setup, const char *name, uint32_t server)
{
    uint32_t index = setup->settings.zone_count++;
    assert(index < setup->room.zones);
    setup->zones[index] = (struct zone_settings){.name = keep_name(setup, name), .server = server};
    return index;
}

uint32_t setup_add_record(struct setup *setup, const char *name, uint32_t zone, const struct record_settings *record)
{
    uint32_t index = setup->settings.record_count++;
    assert(index < setup->room.records);
    char marker[300];
    snprintf(marker, sizeof marker, "_repointd.%s", name);
    struct record_settings *fresh = &setup->records[index];
    *fresh = *record;
    fresh->id = arena_copy_text(setup->arena, name, strlen(name));
    fresh->owner = keep_name(setup, name);
    fresh->marker = keep_name(setup, marker);
    fresh->zone = zone;
    fresh->target_first = setup->settings.target_count;
    fresh->target_count = 0;
    fresh->fallback = ID_NONE;
    return index;
}

uint32_t setup_add_target(struct setup *setup, const char *role, bool fallback)
{
    uint32_t index = setup->settings.target_count++;
    assert(index < setup->room.targets && setup->settings.record_count > 0);
    struct record_settings *record = &setup->records[setup->settings.record_count - 1];
    if (fallback)
        record->fallback = record->target_count;
    record->target_count++;
    setup->targets[index] = (struct target_settings){
        .role = role,
        .record = setup->settings.record_count - 1,
        .value_first = setup->settings.value_count,
        .least_healthy = 1,
        .fallback = fallback,
    };
    return index;
}

/* Its number among the names, where it is a host's; a name that is there already has one. */
static uint32_t add_name(struct setup *setup, const struct address *place)
{
    uint8_t wire[HOST_WIRE];
    char text[ADDRESS_TEXT_MAX];
    if (place->family != FAMILY_HOST)
        return ID_NONE;
    host_write(place, wire);
    for (uint32_t n = 0; n < setup->settings.name_count; n++)
        if (memcmp(setup->names[n].name.wire, wire, HOST_WIRE) == 0)
            return n;
    uint8_t *kept = arena_take(setup->arena, HOST_WIRE);
    memcpy(kept, wire, HOST_WIRE);
    place_format(place, text);
    setup->names[setup->settings.name_count] = (struct name_settings){
        .name = {.wire = kept, .length = HOST_WIRE}, .text = arena_copy_text(setup->arena, text, strlen(text))};
    return setup->settings.name_count++;
}

uint32_t setup_add_value(struct setup *setup, const struct address *place, uint32_t check)
{
    uint32_t index = setup->settings.value_count++;
    assert(index < setup->room.values && setup->settings.target_count > 0);
    setup->targets[setup->settings.target_count - 1].value_count++;
    setup->values[index] = (struct value_settings){
        .address = place->family == FAMILY_HOST ? (struct address){.family = ADDRESS_NONE} : *place,
        .name = add_name(setup, place),
        .watch = ID_NONE,
        .target = setup->settings.target_count - 1,
    };
    setup->value_checks[index] = check;
    return index;
}

/* Which types a record manages, the union over its targets, and what the largest set of each takes. */
static void derive_types(struct setup *setup, struct record_settings *record)
{
    static const enum rrtype types[3] = {RRTYPE_A, RRTYPE_AAAA, RRTYPE_CNAME};
    static const uint16_t sizes[3] = {6, 18, 2 + HOST_WIRE};
    uint16_t most[3] = {0, 0, 0};
    for (uint32_t t = record->target_first; t < record->target_first + record->target_count; t++) {
        const struct target_settings *target = &setup->targets[t];
        uint16_t size[3] = {0, 0, 0};
        for (uint32_t v = target->value_first; v < target->value_first + target->value_count; v++) {
            bool is_host = setup->values[v].name != ID_NONE;
            uint32_t family = is_host ? 2 : setup->values[v].address.family == ADDRESS_V6;
            size[family] = (uint16_t)(size[family] + sizes[family]);
        }
        for (uint32_t family = 0; family < 3; family++)
            if (size[family] > most[family])
                most[family] = size[family];
    }
    record->type_count = 0;
    for (uint32_t family = 0; family < 3; family++) {
        if (most[family] == 0)
            continue;
        record->types[record->type_count] = types[family];
        record->room[record->type_count++] = most[family];
    }
    assert(record->type_count > 0);
}

static uint32_t find_watch(const struct setup *setup, const struct watch_settings *watches, uint32_t check,
                           const struct value_settings *value)
{
    for (uint32_t w = 0; w < setup->settings.watch_count && !setup->addresses_differ; w++)
        if (watches[w].check == check && watches[w].name == value->name &&
            memcmp(&watches[w].address, &value->address, sizeof value->address) == 0)
            return w;
    return ID_NONE;
}

/* As the last watches, of a check of their own. */
static void derive_references(struct setup *setup, struct watch_settings *watches)
{
    struct settings *settings = &setup->settings;
    if (setup->references == 0)
        return;
    struct check_settings check = setup_default_check();
    check.name = "connectivity";
    check.interval_ms = check.interval_changing_ms = 5 * SECOND_MS;
    check.total_ms = check.connect_ms = check.response_ms = check.body_ms = 2 * SECOND_MS;
    check.rise = check.fall = 1;
    check.jitter_permille = 0;
    uint32_t index = setup_add_check(setup, &check);
    settings->safety.connectivity = (struct connectivity_settings){
        .watch_first = settings->watch_count, .watch_count = setup->references, .check_count = 1};
    for (uint32_t i = 0; i < setup->references; i++)
        watches[settings->watch_count++] = (struct watch_settings){
            .check = index,
            .name = ID_NONE,
            .address = {.family = ADDRESS_V4, .bytes = {203, 0, 113, (uint8_t)(1 + i)}}};
}

/* The watch of a check at an address; of a calculated one with those of its children before it. */
static uint32_t derive_watch(struct setup *setup, struct watch_settings *watches, uint32_t *children, uint32_t check,
                             const struct value_settings *value)
{
    struct settings *settings = &setup->settings;
    uint32_t watch = find_watch(setup, watches, check, value), below[SETUP_CHILDREN_MAX] = {0};
    if (watch != ID_NONE)
        return watch;
    const struct check_settings *of = &setup->checks[check];
    const struct group_settings *group = check_kind_is_calculated(of->kind) ? &of->how.group : NULL;
    for (uint32_t i = 0; group && i < group->child_count; i++)
        below[i] = derive_watch(setup, watches, children, group->children[i], value);
    watch = settings->watch_count++;
    watches[watch] = (struct watch_settings){.check = check,
                                             .address = value->address,
                                             .name = value->name,
                                             .least = group ? group->least : 0,
                                             .child_first = settings->child_count,
                                             .child_count = group ? group->child_count : 0};
    for (uint32_t i = 0; i < watches[watch].child_count; i++)
        children[settings->child_count++] = below[i];
    return watch;
}

static bool rests_on(const struct watch_settings *watches, const uint32_t *children, uint32_t watch, uint32_t below)
{
    for (uint32_t i = 0; i < watches[watch].child_count; i++) {
        uint32_t child = children[watches[watch].child_first + i];
        if (child == below || rests_on(watches, children, child, below))
            return true;
    }
    return false;
}

/* Those of one address stand close together. */
static void derive_above(struct setup *setup, struct watch_settings *watches, const uint32_t *children)
{
    struct settings *settings = &setup->settings;
    uint32_t most = setup->settings.check_count;
    uint32_t *above = arena_take(setup->arena, ((size_t)settings->watch_count * most + 1) * sizeof *above);
    for (uint32_t w = 0; w < settings->watch_count; w++) {
        watches[w].above_first = settings->above_count;
        for (uint32_t a = w + 1; settings->child_count > 0 && a < settings->watch_count; a++)
            if (watches[a].child_count > 0 && rests_on(watches, children, a, w))
                above[settings->above_count++] = a;
        watches[w].above_count = settings->above_count - watches[w].above_first;
    }
    settings->above = above;
}

/* One watch for each (check, address), whoever uses it; the users of a watch stand together, in ascending order. */
static void derive_watches(struct setup *setup)
{
    struct settings *settings = &setup->settings;
    size_t most = (size_t)settings->value_count * settings->check_count + setup->references + 1;
    struct watch_settings *watches = arena_take(setup->arena, most * sizeof *watches);
    uint32_t *children = arena_take(setup->arena, most * SETUP_CHILDREN_MAX * sizeof *children);
    uint32_t *users = arena_take(setup->arena, settings->value_count * sizeof *users);
    for (uint32_t v = 0; v < settings->value_count; v++) {
        uint32_t check = setup->value_checks[v];
        if (check == ID_NONE)
            continue;
        uint32_t watch = derive_watch(setup, watches, children, check, &setup->values[v]);
        setup->values[v].watch = watch;
        watches[watch].user_count++;
        settings->user_count++;
    }
    uint32_t next = 0;
    for (uint32_t w = 0; w < settings->watch_count; w++) {
        watches[w].user_first = next;
        next += watches[w].user_count;
        watches[w].user_count = 0;
    }
    for (uint32_t v = 0; v < settings->value_count; v++) {
        struct watch_settings *watch = setup->values[v].watch == ID_NONE ? NULL : &watches[setup->values[v].watch];
        if (watch)
            users[watch->user_first + watch->user_count++] = v;
    }
    derive_above(setup, watches, children);
    derive_references(setup, watches);
    settings->children = children;
    settings->watches = watches;
    settings->users = users;
}

void setup_finish(struct setup *setup)
{
    struct settings *settings = &setup->settings;
    for (uint32_t r = 0; r < settings->record_count; r++)
        derive_types(setup, &setup->records[r]);
    derive_watches(setup);
    settings->checks = setup->checks;
    settings->servers = setup->servers;
    settings->zones = setup->zones;
    settings->records = setup->records;
    settings->targets = setup->targets;
    settings->values = setup->values;
    settings->daemon.log_level = LOG_LEVEL_INFO;
}
