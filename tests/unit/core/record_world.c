/* SPDX-License-Identifier: MIT */
#include "record_world.h"

#include "base/attributes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct address address_of(const char *text)
{
    struct address address;
    struct error err;
    bool good = address_parse(text, &address, &err);
    assert(good);
    (void)good;
    return address;
}

static uint32_t add_watch(struct record_world *world, struct address address)
{
    world->watches[world->settings.watch_count] = (struct watch_settings){.check = 0, .address = address};
    return world->settings.watch_count++;
}

static void add_target(struct record_world *world, struct record_settings *record, const char *role,
                       struct address address, uint32_t watch)
{
    uint32_t place = world->settings.target_count++, value = world->settings.value_count++;
    world->targets[place] = (struct target_settings){.role = role,
                                                     .record = (uint32_t)(record - world->records),
                                                     .value_first = value,
                                                     .value_count = 1,
                                                     .least_healthy = 1};
    world->values[value] = (struct value_settings){.address = address, .watch = watch, .target = place};
    record->target_count++;
}

static void add_record(struct record_world *world, uint32_t nth, uint32_t zones, bool shared)
{
    struct record_settings *record = &world->records[world->settings.record_count++];
    *record = (struct record_settings){.id = "www.example.com",
                                       .zone = nth % zones,
                                       .ttl_s = 30,
                                       .target_first = world->settings.target_count,
                                       .fallback = ID_NONE,
                                       .type_count = 1,
                                       .types = {RRTYPE_A},
                                       .room = {64, 0},
                                       .fail_back = FAIL_BACK_AUTO,
                                       .fail_back_ms = 60000,
                                       .fail_back_most_ms = 3600000,
                                       .flap_window_ms = 3600000,
                                       .switches_most = 6,
                                       .all_down = ALL_DOWN_KEEP,
                                       .publish = PUBLISH_ALL,
                                       .adopt = true,
                                       .verify_failover = true,
                                       .enabled = true};
    struct address primary = {.family = ADDRESS_V4,
                              .bytes = {192, 0, (uint8_t)(2 + nth / 250), (uint8_t)(1 + nth % 250)}};
    struct address secondary = {.family = ADDRESS_V4,
                                .bytes = {198, 51, (uint8_t)(100 + nth / 250), (uint8_t)(1 + nth % 250)}};
    add_target(world, record, "primary", primary, shared && nth > 0 ? 0 : add_watch(world, primary));
    add_target(world, record, "secondary", secondary, add_watch(world, secondary));
}

static void join_users(struct record_world *world)
{
    struct settings *settings = &world->settings;
    settings->user_count = 0;
    for (uint32_t watch = 0; watch < settings->watch_count; watch++) {
        world->watches[watch].user_first = settings->user_count;
        world->watches[watch].user_count = 0;
        for (uint32_t value = 0; value < settings->value_count; value++)
            if (world->values[value].watch == watch) {
                world->users[settings->user_count++] = value;
                world->watches[watch].user_count++;
            }
    }
}

struct record_world *world_of(uint32_t records, uint32_t zones, bool shared)
{
    struct record_world *world = calloc(1, sizeof(*world));
    assert(world != NULL && records <= WORLD_RECORDS_MAX && zones <= ARRAY_COUNT(world->zones));
    world->check = (struct check_settings){.name = "web",
                                           .kind = CHECK_TCP,
                                           .interval_ms = 10000,
                                           .interval_changing_ms = 10000,
                                           .total_ms = 4000,
                                           .rise = 3,
                                           .fall = 3,
                                           .jitter_permille = 100};
    world->servers[0] = (struct server_settings){.name = "ns1",
                                                 .timeout_ms = 3000,
                                                 .retry_first_ms = 1000,
                                                 .retry_most_ms = 30000,
                                                 .audit_ms = 300000,
                                                 .batch = 64};
    world->settings = (struct settings){.checks = &world->check,
                                        .watches = world->watches,
                                        .records = world->records,
                                        .targets = world->targets,
                                        .values = world->values,
                                        .users = world->users,
                                        .zones = world->zones,
                                        .servers = world->servers,
                                        .check_count = 1,
                                        .zone_count = zones,
                                        .server_count = 1,
                                        .safety = {.start_grace_ms = 30000}};
    for (uint32_t i = 0; i < records; i++)
        add_record(world, i, zones, shared);
    join_users(world);
    return world;
}

struct record_world *world_new(void)
{
    return world_of(1, 1, false);
}

void world_free(struct record_world *world)
{
    free(world);
}

void world_add_value(struct record_world *world, uint32_t record, uint32_t place, const char *text, bool watched)
{
    struct record_settings *settings = &world->records[record];
    struct target_settings *target = &world->targets[settings->target_first + place];
    struct address address = address_of(text);
    /* Values of a target stand together: those behind move on. */
    uint32_t at = target->value_first + target->value_count;
    memmove(&world->values[at + 1], &world->values[at], (world->settings.value_count - at) * sizeof(world->values[0]));
    world->values[at] = (struct value_settings){.address = address,
                                                .watch = watched ? add_watch(world, address) : ID_NONE,
                                                .target = settings->target_first + place};
    for (uint32_t i = settings->target_first + place + 1; i < world->settings.target_count; i++)
        world->targets[i].value_first++;
    target->value_count++;
    world->settings.value_count++;
    if (address.family == ADDRESS_V6 && settings->type_count == 1) {
        settings->type_count = 2;
        settings->types[1] = RRTYPE_AAAA;
        settings->room[1] = 128;
    }
    join_users(world);
}

struct rrset world_set(struct record_world *world, enum rrtype type, uint32_t ttl_s, const char *addresses)
{
    uint8_t *storage = world->bytes + world->used;
    struct rrset_builder builder = rrset_builder_over(type, ttl_s, storage,
                                                      (uint16_t)(sizeof(world->bytes) - world->used));
    char text[256], *rest = NULL;
    assert(strlen(addresses) < sizeof(text));
    memcpy(text, addresses, strlen(addresses) + 1);
    for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        struct address address = address_of(word);
        rrset_add_address(&builder, &address);
    }
    struct rrset set;
    bool fits = rrset_pack(&builder, &set);
    assert(fits);
    (void)fits;
    world->used += builder.length;
    return set;
}

struct observed world_seen(struct record_world *world, const char *addresses, const struct marker *marker)
{
    struct observed seen = {
        .authenticated = true, .aa = true, .form = marker == NULL ? MARKER_FORM_NONE : MARKER_FORM_ONE};
    seen.sets[0] = world_set(world, RRTYPE_A, 30, addresses);
    seen.sets[1].type = RRTYPE_AAAA;
    if (marker != NULL)
        seen.marker = *marker;
    return seen;
}
