/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under fault.
 * What:  what people do to a record behind our back.
 */

#include "writer.h"
#include "host.h"
#include "world.h"

#include <assert.h>
#include <string.h>

#define OTHER_OWNER 0x4be1c0de77aa0912u

static void put_text(struct world *world, uint32_t record, const char *words)
{
    struct rr rr = {.name = name_of_marker(record), .type = RRTYPE_TXT, .ttl_s = MARKER_TTL_S};
    size_t length = strlen(words);
    rr.length = (uint16_t)(length + 1);
    rr.data[0] = (uint8_t)length;
    memcpy(&rr.data[1], words, length);
    node_put(&world->servers.nodes.items[rr.name], &rr);
}

void writer_put(struct world *world, uint32_t record, const struct contents *contents)
{
    struct servers *servers = &world->servers;
    servers_note_change(world, record);
    struct node *owner = &servers->nodes.items[name_of_owner(record)];
    struct node *marker = &servers->nodes.items[name_of_marker(record)];
    node_clear(owner, TYPE_ANY);
    node_clear(marker, TYPE_ANY);
    for (uint32_t i = 0; i < contents->count; i++) {
        struct rr rr = {.name = name_of_owner(record), .ttl_s = contents->ttl_s};
        address_rr(&contents->addresses[i], &rr);
        node_put(owner, &rr);
    }
    if (contents->cname) {
        bool is_cname = settings_is_cname(&world->settings->records[record]);
        const struct address beside = is_cname ? (struct address){.family = ADDRESS_V4, .bytes = {203, 0, 113, 9}}
                                               : host_address(0xfffe);
        struct rr rr = {.name = name_of_owner(record), .ttl_s = 60};
        address_rr(&beside, &rr);
        node_put(owner, &rr);
    }
    if (contents->form == MARKER_FORM_ONE) {
        struct rr rr = {.name = name_of_marker(record), .type = RRTYPE_TXT, .ttl_s = MARKER_TTL_S};
        marker_rr(&contents->marker, &rr);
        node_put(marker, &rr);
    } else if (contents->form == MARKER_FORM_FOREIGN) {
        put_text(world, record, "v=spf1 -all");
        if (chance_one_in(world, 2))
            put_text(world, record, "repointd1 o=4be1c0de77aa0912 e=7 n=0000000000000001");
    }
    servers->serials[world->settings->records[record].zone]++;
    if (world->trace.mode) {
        char text[160];
        contents_format(contents, text, sizeof text);
        trace_line(world, "person  record %u is now %s", record, text);
    }
    safety_on_edit(world, record);
}

/* Documentation addresses that are no target's. */
static void add_stranger(struct world *world, const struct record_settings *record, struct contents *contents)
{
    enum rrtype type = record->types[chance_between(world, 0, record->type_count - 1u)];
    struct address stranger = {
        .family = type == RRTYPE_AAAA ? ADDRESS_V6 : ADDRESS_V4,
        .bytes = {type == RRTYPE_AAAA ? 0xfd : 203, 0, 113, (uint8_t)chance_between(world, 1, 200)}};
    if (type == RRTYPE_CNAME) {
        stranger = host_address(0xff00 + chance_between(world, 1, 200));
        contents->count = 0;
    }
    contents->addresses[contents->count++] = stranger;
}

void writer_edit_sets(struct world *world, uint32_t record)
{
    const struct record_settings *of = &world->settings->records[record];
    struct contents contents;
    contents_now(world, record, &contents);
    if (contents.ttl_s == 0)
        contents.ttl_s = 300;
    uint32_t target = of->target_first + chance_between(world, 0, of->target_count - 1);
    struct contents others;
    contents_of_target(world->settings, target, &others);
    contents.cname = false;
    switch (chance_between(world, 0, 4)) {
    case 0:
    case 1:
        memcpy(contents.addresses, others.addresses, sizeof others.addresses);
        contents.count = others.count;
        break;
    case 2:
        contents.count = chance_one_in(world, 2) ? 0 : contents.count;
        for (uint32_t more = chance_one_in(world, 4) ? 30 : 1; more > 0 && contents.count < CONTENTS_MAX; more--)
            add_stranger(world, of, &contents);
        break;
    case 3:
        if (contents.count > 0)
            contents.count--;
        break;
    default:
        contents.count = 0;
        break;
    }
    contents_sort(&contents);
    for (uint32_t i = 1; i < contents.count; i++)
        if (memcmp(&contents.addresses[i], &contents.addresses[i - 1], sizeof contents.addresses[0]) == 0) {
            memmove(&contents.addresses[i], &contents.addresses[i + 1],
                    (contents.count - i - 1) * sizeof contents.addresses[0]);
            contents.count--;
            i--;
        }
    writer_put(world, record, &contents);
}

void writer_edit_marker(struct world *world, uint32_t record)
{
    struct contents contents;
    contents_now(world, record, &contents);
    bool is_marked = contents.form == MARKER_FORM_ONE;
    contents.form = MARKER_FORM_ONE;
    switch (chance_between(world, 0, is_marked ? 5 : 2)) {
    case 0:
        contents.form = MARKER_FORM_NONE;
        break;
    case 1:
        contents.form = MARKER_FORM_FOREIGN;
        break;
    case 2:
        contents.marker = (struct marker){
            .owner = OTHER_OWNER, .epoch = chance_between(world, 1, 100), .nonce = random_u64(&world->chance)};
        break;
    case 3:
        contents.marker.epoch = contents.marker.epoch > 1 ? contents.marker.epoch - 1 : 1;
        contents.marker.nonce = random_u64(&world->chance);
        break;
    case 4:
        contents.marker.nonce = random_u64(&world->chance);
        break;
    default:
        contents.marker.epoch += chance_between(world, 1, 3);
        contents.marker.nonce = random_u64(&world->chance);
        break;
    }
    writer_put(world, record, &contents);
}

void writer_edit_ttl(struct world *world, uint32_t record)
{
    static const uint32_t ttls_s[] = {0, 1, 600, 2147483647};
    struct contents contents;
    contents_now(world, record, &contents);
    contents.ttl_s = ttls_s[chance_between(world, 0, 3)];
    writer_put(world, record, &contents);
}

void writer_put_cname(struct world *world, uint32_t record)
{
    struct contents contents;
    contents_now(world, record, &contents);
    contents.count = 0;
    contents.cname = true;
    writer_put(world, record, &contents);
}

void writer_restore(struct world *world, uint32_t record)
{
    if (world->safety.ledgers[record].has_ours)
        writer_put(world, record, &world->safety.ledgers[record].ours);
}

void writer_begin(struct world *world, uint32_t record)
{
    const struct record_settings *of = &world->settings->records[record];
    struct contents contents;
    uint32_t place = chance_one_in(world, 4) ? chance_between(world, 0, of->target_count - 1) : 0;
    contents_of_target(world->settings, of->target_first + place, &contents);
    switch (chance_between(world, 0, 15)) {
    case 0:
    case 1:
    case 2:
    case 3:
        contents.form = MARKER_FORM_ONE;
        contents.marker = (struct marker){
            .owner = world->owner, .epoch = chance_between(world, 1, 50), .nonce = random_u64(&world->chance)};
        break;
    case 4:
        contents.form = MARKER_FORM_ONE;
        contents.marker = (struct marker){.owner = OTHER_OWNER, .epoch = 9, .nonce = 1};
        break;
    case 5:
        contents.count = 0;
        break;
    case 6:
        add_stranger(world, of, &contents);
        contents_sort(&contents);
        break;
    case 7:
        contents.form = chance_one_in(world, 2) ? MARKER_FORM_FOREIGN : MARKER_FORM_NONE;
        break;
    default:
        break;
    }
    writer_put(world, record, &contents);
}
