/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/in_flight, and its fuzz target.
 * What:  settings of two records with two targets each, and plans for them.
 */
#ifndef REPOINTD_TESTS_IN_FLIGHT_WORLD_H
#define REPOINTD_TESTS_IN_FLIGHT_WORLD_H

#include "core/message.h"
#include "model/settings.h"

#include <assert.h>
#include <string.h>

static uint8_t world_names[3][DNAME_WIRE_MAX];
static struct server_settings world_server;
static struct zone_settings world_zone;
static struct target_settings world_targets[4];
static struct value_settings world_values[6];
static struct record_settings world_records[2];
static struct settings world;
static uint8_t world_packed[4][64];

static inline void world_set_up(void)
{
    static const char *const addresses[] = {"192.0.2.1", "2001:db8::1", "192.0.2.2",
                                            "192.0.2.1", "192.0.2.3",   "192.0.2.4"};
    static const uint32_t first[] = {0, 2, 3, 4}, count[] = {2, 1, 1, 2};
    world_server = (struct server_settings){.name = "ns1"};
    bool good = dname_parse("fo.test", world_names[0], &world_zone.name, NULL);
    for (uint32_t i = 0; i < 6; i++)
        good = good && address_parse(addresses[i], &world_values[i].address, NULL);
    for (uint32_t i = 0; i < 4; i++)
        world_targets[i] = (struct target_settings){.value_first = first[i], .value_count = count[i]};
    world_records[0] = (struct record_settings){.id = "www \"quoted\" \\",
                                                .type_count = 2,
                                                .types = {RRTYPE_A, RRTYPE_AAAA},
                                                .room = {12, 18},
                                                .target_count = 2};
    world_records[1] = (struct record_settings){
        .id = "db", .type_count = 1, .types = {RRTYPE_A}, .room = {12}, .target_first = 2, .target_count = 2};
    good = good && dname_parse("www.fo.test", world_names[1], &world_records[0].owner, NULL) &&
           dname_parse("db.fo.test", world_names[2], &world_records[1].owner, NULL);
    assert(good);
    world = (struct settings){.records = world_records,
                              .zones = &world_zone,
                              .servers = &world_server,
                              .targets = world_targets,
                              .values = world_values,
                              .record_count = 2,
                              .zone_count = 1,
                              .server_count = 1};
}

static inline struct rrset world_set(uint32_t storage, enum rrtype type, uint32_t ttl_s, const char *one,
                                     const char *other)
{
    struct rrset_builder builder = rrset_builder_over(type, ttl_s, world_packed[storage], sizeof world_packed[0]);
    const char *const words[] = {one, other};
    for (uint32_t i = 0; i < 2 && words[i]; i++) {
        struct address address;
        bool good = address_parse(words[i], &address, NULL);
        assert(good);
        rrset_add_address(&builder, &address);
    }
    struct rrset set = {.type = type};
    bool packed = rrset_pack(&builder, &set);
    assert(packed);
    return set;
}

/* A switch of record 0 from its first to its second target. */
static inline struct plan world_plan(uint64_t epoch)
{
    return (struct plan){
        .kind = PLAN_SWITCH,
        .expect = {world_set(0, RRTYPE_A, 0, "192.0.2.1", NULL), world_set(1, RRTYPE_AAAA, 0, "2001:db8::1", NULL)},
        .publish = {world_set(2, RRTYPE_A, 30, "192.0.2.2", NULL), {.type = RRTYPE_AAAA}},
        .has_old = true,
        .old = {.owner = 7, .epoch = epoch, .nonce = 0xa},
        .fresh = {.owner = 7, .epoch = epoch + 1, .nonce = 0xb}};
}

#endif
