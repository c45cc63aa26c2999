/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app.
 * What:  settings by hand, as config would make them.
 */
#include "fixture.h"

#define NAME(text)                            \
    {                                         \
        (const uint8_t *)(text), sizeof(text) \
    }
#define V4(a, b, c, d)                                \
    {                                                 \
        .family = ADDRESS_V4, .bytes = { a, b, c, d } \
    }

static const struct check_settings checks[] = {
    {.name = "web",
     .kind = CHECK_HTTP,
     .how.http = {.url = "http://www.example.com/", .host = "www.example.com", .port = 80},
     .interval_ms = 10000,
     .interval_changing_ms = 10000,
     .total_ms = 4000,
     .rise = 3,
     .fall = 3},
};
static const struct watch_settings watches[] = {
    {.check = 0, .name = ID_NONE, .address = V4(192, 0, 2, 10), .user_first = 0, .user_count = 1},
    {.check = 0,
     .name = ID_NONE,
     .address = {.family = ADDRESS_V6, .bytes = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x10}},
     .user_first = 1,
     .user_count = 1},
    {.check = 0, .name = ID_NONE, .address = V4(198, 51, 100, 20), .user_first = 2, .user_count = 1},
    {.check = 0, .name = ID_NONE, .address = V4(192, 0, 2, 30), .user_first = 3, .user_count = 1},
};
static const struct value_settings values[] = {
    {.address = V4(192, 0, 2, 10), .name = ID_NONE, .watch = 0, .target = 0},
    {.address = {.family = ADDRESS_V6, .bytes = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x10}},
     .name = ID_NONE,
     .watch = 1,
     .target = 0},
    {.address = V4(198, 51, 100, 20), .name = ID_NONE, .watch = 2, .target = 1},
    {.address = V4(192, 0, 2, 30), .name = ID_NONE, .watch = 3, .target = 2},
    {.address = V4(198, 51, 100, 30), .name = ID_NONE, .watch = ID_NONE, .target = 3},
};
static const uint32_t users[] = {0, 1, 2, 3};
static const struct target_settings targets[] = {
    {.role = "primary", .label = "fra1", .record = 0, .value_first = 0, .value_count = 2, .least_healthy = 1},
    {.role = "secondary", .record = 0, .value_first = 2, .value_count = 1, .least_healthy = 1},
    {.role = "primary", .record = 1, .value_first = 3, .value_count = 1, .least_healthy = 1},
    {.role = "secondary", .record = 1, .value_first = 4, .value_count = 1, .least_healthy = 1},
};
static const struct record_settings records[] = {
    {.id = "www.example.com",
     .owner = NAME("\3www\7example\3com"),
     .marker = NAME("\11_repointd\3www\7example\3com"),
     .target_first = 0,
     .target_count = 2,
     .fallback = ID_NONE,
     .type_count = 2,
     .types = {RRTYPE_A, RRTYPE_AAAA},
     .flap_window_ms = 3600000,
     .switches_most = 6,
     .all_down = ALL_DOWN_KEEP,
     .adopt = true,
     .enabled = true},
    {.id = "db.example.com",
     .owner = NAME("\2db\7example\3com"),
     .marker = NAME("\11_repointd\2db\7example\3com"),
     .target_first = 2,
     .target_count = 2,
     .fallback = ID_NONE,
     .type_count = 1,
     .types = {RRTYPE_A},
     .flap_window_ms = 3600000,
     .switches_most = 6,
     .all_down = ALL_DOWN_PRIMARY,
     .enabled = true},
};
static const struct zone_settings zones[] = {{.name = NAME("\7example\3com"), .server = 0}};
static const struct endpoint server_addresses[] = {{.address = V4(127, 0, 0, 1), .port = 53}};
static const struct server_settings servers[] = {
    {.name = "ns1",
     .addresses = server_addresses,
     .address_count = 1,
     .key = {.name = NAME("\10repointd"), .algorithm = TSIG_HMAC_SHA256}},
};

const struct settings fixture_settings = {
    .checks = checks,
    .watches = watches,
    .records = records,
    .targets = targets,
    .values = values,
    .users = users,
    .zones = zones,
    .servers = servers,
    .check_count = ARRAY_COUNT(checks),
    .watch_count = ARRAY_COUNT(watches),
    .record_count = ARRAY_COUNT(records),
    .target_count = ARRAY_COUNT(targets),
    .value_count = ARRAY_COUNT(values),
    .user_count = ARRAY_COUNT(users),
    .zone_count = ARRAY_COUNT(zones),
    .server_count = ARRAY_COUNT(servers),
};

struct notice fixture_notice(enum notice_kind kind, uint32_t record)
{
    return (struct notice){.kind = kind,
                           .record = record,
                           .value = ID_NONE,
                           .watch = ID_NONE,
                           .target = ID_NONE,
                           .from = ID_NONE,
                           .to = ID_NONE,
                           .duration_ms = -1,
                           .next_ms = -1,
                           .latency_us = -1};
}
