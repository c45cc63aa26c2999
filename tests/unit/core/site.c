/* SPDX-License-Identifier: MIT */
/*
 * What: the small configuration of site.h, built in one block.
 */
#include "site.h"

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

static uint32_t add_watch(struct site *site, struct address address)
{
    site->watches[site->settings.watch_count] = (struct watch_settings){
        .check = 0, .address = address, .name = ID_NONE};
    return site->settings.watch_count++;
}

static void add_target(struct site *site, struct record_settings *record, const char *role, struct address address,
                       uint32_t watch)
{
    uint32_t place = site->settings.target_count++, value = site->settings.value_count++;
    site->targets[place] = (struct target_settings){.role = role,
                                                    .record = (uint32_t)(record - site->records),
                                                    .value_first = value,
                                                    .value_count = 1,
                                                    .least_healthy = 1};
    site->values[value] = (struct value_settings){.address = address, .name = ID_NONE, .watch = watch, .target = place};
    record->target_count++;
}

static void add_record(struct site *site, uint32_t nth, uint32_t zones, bool shared)
{
    struct record_settings *record = &site->records[site->settings.record_count++];
    *record = (struct record_settings){.id = "www.example.com",
                                       .zone = nth % zones,
                                       .ttl_s = 30,
                                       .target_first = site->settings.target_count,
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
    add_target(site, record, "primary", primary, shared && nth > 0 ? 0 : add_watch(site, primary));
    add_target(site, record, "secondary", secondary, add_watch(site, secondary));
}

static void join_users(struct site *site)
{
    struct settings *settings = &site->settings;
    settings->user_count = 0;
    for (uint32_t watch = 0; watch < settings->watch_count; watch++) {
        site->watches[watch].user_first = settings->user_count;
        site->watches[watch].user_count = 0;
        for (uint32_t value = 0; value < settings->value_count; value++)
            if (site->values[value].watch == watch) {
                site->users[settings->user_count++] = value;
                site->watches[watch].user_count++;
            }
    }
}

struct site *site_of(uint32_t records, uint32_t zones, bool shared)
{
    struct site *site = calloc(1, sizeof(*site));
    assert(site != NULL && records <= SITE_RECORDS_MAX && zones <= ARRAY_COUNT(site->zones));
    site->check = (struct check_settings){.name = "web",
                                          .kind = CHECK_TCP,
                                          .interval_ms = 10000,
                                          .interval_changing_ms = 10000,
                                          .total_ms = 4000,
                                          .rise = 3,
                                          .fall = 3,
                                          .jitter_permille = 100};
    site->servers[0] = (struct server_settings){.name = "ns1",
                                                .timeout_ms = 3000,
                                                .retry_first_ms = 1000,
                                                .retry_most_ms = 30000,
                                                .audit_ms = 300000,
                                                .batch = 64};
    site->settings = (struct settings){.checks = &site->check,
                                       .watches = site->watches,
                                       .records = site->records,
                                       .targets = site->targets,
                                       .values = site->values,
                                       .users = site->users,
                                       .zones = site->zones,
                                       .servers = site->servers,
                                       .check_count = 1,
                                       .zone_count = zones,
                                       .server_count = 1,
                                       .safety = {.start_grace_ms = 30000}};
    for (uint32_t i = 0; i < records; i++)
        add_record(site, i, zones, shared);
    join_users(site);
    return site;
}

struct site *site_new(void)
{
    return site_of(1, 1, false);
}

void site_free(struct site *site)
{
    free(site);
}

void site_add_value(struct site *site, uint32_t record, uint32_t place, const char *text, bool watched)
{
    struct record_settings *settings = &site->records[record];
    struct target_settings *target = &site->targets[settings->target_first + place];
    struct address address = address_of(text);
    /* Values of a target stand together: those behind move on. */
    uint32_t at = target->value_first + target->value_count;
    memmove(&site->values[at + 1], &site->values[at], (site->settings.value_count - at) * sizeof(site->values[0]));
    site->values[at] = (struct value_settings){.address = address,
                                               .name = ID_NONE,
                                               .watch = watched ? add_watch(site, address) : ID_NONE,
                                               .target = settings->target_first + place};
    for (uint32_t i = settings->target_first + place + 1; i < site->settings.target_count; i++)
        site->targets[i].value_first++;
    target->value_count++;
    site->settings.value_count++;
    if (address.family == ADDRESS_V6 && settings->type_count == 1) {
        settings->type_count = 2;
        settings->types[1] = RRTYPE_AAAA;
        settings->room[1] = 128;
    }
    join_users(site);
}

void site_add_target(struct site *site, const char *role, const char *text)
{
    struct address address = address_of(text);
    add_target(site, &site->records[site->settings.record_count - 1], role, address, add_watch(site, address));
    join_users(site);
}

void site_add_references(struct site *site, uint32_t count)
{
    struct settings *settings = &site->settings;
    site->checks[0] = site->check;
    site->checks[1] = (struct check_settings){.name = "connectivity",
                                              .kind = CHECK_TCP,
                                              .interval_ms = 5000,
                                              .interval_changing_ms = 5000,
                                              .total_ms = 2000,
                                              .rise = 1,
                                              .fall = 1};
    settings->checks = site->checks;
    settings->check_count = 2;
    settings->safety.connectivity = (struct connectivity_settings){
        .watch_first = settings->watch_count, .watch_count = count, .check_count = 1};
    for (uint32_t i = 0; i < count; i++)
        site->watches[settings->watch_count++] = (struct watch_settings){
            .check = 1, .name = ID_NONE, .address = {.family = ADDRESS_V4, .bytes = {203, 0, 113, (uint8_t)(1 + i)}}};
    join_users(site);
}

struct rrset site_set(struct site *site, enum rrtype type, uint32_t ttl_s, const char *addresses)
{
    uint8_t *storage = site->bytes + site->used;
    struct rrset_builder builder = rrset_builder_over(type, ttl_s, storage,
                                                      (uint16_t)(sizeof(site->bytes) - site->used));
    char text[512], *rest = NULL;
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
    site->used += builder.length;
    return set;
}

struct observed site_seen(struct site *site, const char *addresses, const struct marker *marker)
{
    struct observed seen = {
        .authenticated = true, .aa = true, .form = marker == NULL ? MARKER_FORM_NONE : MARKER_FORM_ONE};
    seen.sets[0] = site_set(site, RRTYPE_A, 30, addresses);
    seen.sets[1].type = RRTYPE_AAAA;
    if (marker != NULL)
        seen.marker = *marker;
    return seen;
}
