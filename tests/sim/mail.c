/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under server.
 * What:  the prerequisites and updates of each kind of plan (the table in core/plan.h), as resource records.
 */

#include "mail.h"

#include "host.h"
#include "world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A class of its own sign: IN is "exactly these" before the update and "add" in it. */
static void add_addresses(struct rr_list *list, uint32_t name, const struct contents *contents, uint16_t type,
                          uint32_t ttl_s)
{
    for (uint32_t i = 0; i < contents->count; i++) {
        struct rr rr = {0};
        address_rr(&contents->addresses[i], &rr);
        if (rr.type != type)
            continue;
        struct rr *fresh = rr_list_add(list, name, type, CLASS_IN, ttl_s);
        fresh->length = rr.length;
        memcpy(fresh->data, rr.data, rr.length);
    }
}

static void add_marker(struct rr_list *list, uint32_t name, const struct marker *marker, uint16_t class, uint32_t ttl_s)
{
    marker_rr(marker, rr_list_add(list, name, RRTYPE_TXT, class, ttl_s));
}

static uint32_t count_of(const struct contents *contents, uint16_t type)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < contents->count; i++)
        count += place_type(&contents->addresses[i]) == type;
    return count;
}

/* P(V) of the protocol: each managed type exactly, and no CNAME; where that is what is managed, this one or no name. */
static void expect_values(struct message *message, const struct record_settings *record, const struct sent *sent)
{
    uint32_t name = name_of_owner(sent->record);
    for (uint32_t t = 0; t < record->type_count; t++) {
        uint16_t type = (uint16_t)record->types[t];
        if (count_of(&sent->expect, type) == 0)
            rr_list_add(&message->prerequisites, name, type == RRTYPE_CNAME ? TYPE_ANY : type, CLASS_NONE, 0);
        else
            add_addresses(&message->prerequisites, name, &sent->expect, type, 0);
    }
    if (!settings_is_cname(record))
        rr_list_add(&message->prerequisites, name, RRTYPE_CNAME, CLASS_NONE, 0);
}

static bool has_marker(const struct record_settings *record)
{
    return record->ownership != OWNERSHIP_NONE;
}

static void expect_marker(struct message *message, const struct record_settings *record, const struct sent *sent)
{
    if (!has_marker(record))
        return;
    if (sent->has_old)
        add_marker(&message->prerequisites, name_of_marker(sent->record), &sent->old, CLASS_IN, 0);
    else
        rr_list_add(&message->prerequisites, name_of_marker(sent->record), RRTYPE_TXT, CLASS_NONE, 0);
}

/* Deletions come before additions. */
static void replace_all(struct message *message, const struct record_settings *record, const struct sent *sent)
{
    uint32_t name = name_of_owner(sent->record);
    for (uint32_t t = 0; t < record->type_count; t++)
        rr_list_add(&message->updates, name, (uint16_t)record->types[t], CLASS_ANY, 0);
    if (sent->has_old)
        add_marker(&message->updates, name_of_marker(sent->record), &sent->old, CLASS_NONE, 0);
    for (uint32_t t = 0; t < record->type_count; t++)
        add_addresses(&message->updates, name, &sent->publish, (uint16_t)record->types[t], sent->publish.ttl_s);
    if (has_marker(record))
        add_marker(&message->updates, name_of_marker(sent->record), &sent->fresh, CLASS_IN, MARKER_TTL_S);
}

/* What is there is added once more; of what is not, something that is not is taken away; of a CNAME in any case. */
static void rehearse(struct message *message, const struct record_settings *record, const struct sent *sent)
{
    uint32_t name = name_of_owner(sent->record);
    for (uint32_t t = 0; t < record->type_count; t++) {
        uint16_t type = (uint16_t)record->types[t];
        if (count_of(&sent->expect, type) > 0 && type != RRTYPE_CNAME) {
            add_addresses(&message->updates, name, &sent->expect, type, sent->expect.ttl_s);
            continue;
        }
        struct rr *rr = rr_list_add(&message->updates, name, type, CLASS_NONE, 0);
        const struct address nobody = host_address(0xffff);
        if (type == RRTYPE_CNAME)
            address_rr(&nobody, rr);
        else
            rr->length = type == RRTYPE_AAAA ? 16 : 4;
    }
    if (sent->has_old)
        add_marker(&message->updates, name_of_marker(sent->record), &sent->old, CLASS_IN, MARKER_TTL_S);
}

static void write_member(struct message *message, const struct record_settings *record, const struct sent *sent)
{
    assert(sent->kind >= PLAN_ASSERT);
    switch (sent->kind) {
    case PLAN_ASSERT:
        expect_values(message, record, sent);
        expect_marker(message, record, sent);
        break;
    case PLAN_REHEARSE:
        expect_values(message, record, sent);
        expect_marker(message, record, sent);
        rehearse(message, record, sent);
        break;
    case PLAN_ADOPT:
    case PLAN_TAKE_OVER:
        expect_values(message, record, sent);
        expect_marker(message, record, sent);
        if (sent->has_old)
            add_marker(&message->updates, name_of_marker(sent->record), &sent->old, CLASS_NONE, 0);
        add_marker(&message->updates, name_of_marker(sent->record), &sent->fresh, CLASS_IN, MARKER_TTL_S);
        break;
    case PLAN_DISOWN:
        expect_marker(message, record, sent);
        add_marker(&message->updates, name_of_marker(sent->record), &sent->old, CLASS_NONE, 0);
        break;
    case PLAN_CREATE:
    case PLAN_SWITCH:
    case PLAN_TTL:
        expect_values(message, record, sent);
        expect_marker(message, record, sent);
        replace_all(message, record, sent);
        break;
    case PLAN_FENCE:
        expect_marker(message, record, sent);
        if (sent->has_old)
            add_marker(&message->updates, name_of_marker(sent->record), &sent->old, CLASS_NONE, 0);
        add_marker(&message->updates, name_of_marker(sent->record), &sent->fresh, CLASS_IN, MARKER_TTL_S);
        break;
    case PLAN_IN_SYNC:
    case PLAN_APPLIED:
    case PLAN_READ_AGAIN:
    case PLAN_STOP:
        break;
    }
}

void mail_write(struct world *world, struct message *message, uint32_t zone, const struct batch_view *batch)
{
    message->zone = zone;
    message->members = batch->count;
    message->sent = calloc(batch->count + 1, sizeof *message->sent);
    assert(message->sent);
    for (uint32_t m = 0; m < batch->count; m++) {
        const struct plan *plan = batch->members[m].plan;
        uint32_t index = batch->members[m].record;
        if (index >= world->settings->record_count || plan->kind < PLAN_ASSERT) {
            violate(world, "S10", "zone %u: member %u of a message is no plan that can be sent", zone, m);
            message->members = m;
            return;
        }
        const struct record_settings *record = &world->settings->records[index];
        struct sent *sent = &message->sent[m];
        *sent = (struct sent){.record = index,
                              .kind = plan->kind,
                              .has_old = plan->has_old,
                              .old = plan->old,
                              .fresh = plan->fresh,
                              .left = world->now,
                              .life = world->life};
        contents_of_sets(record, plan->expect, &sent->expect);
        if (plan->kind != PLAN_ASSERT && plan->kind != PLAN_FENCE && plan->kind != PLAN_ADOPT &&
            plan->kind != PLAN_TAKE_OVER && plan->kind != PLAN_DISOWN && plan->kind != PLAN_REHEARSE)
            contents_of_sets(record, plan->publish, &sent->publish);
        write_member(message, record, sent);
    }
}

void mail_done(struct message *message)
{
    free(message->sent);
    rr_list_done(&message->prerequisites);
    rr_list_done(&message->updates);
    *message = (struct message){0};
}

static uint32_t name_octets(const struct world *world, uint32_t name)
{
    const struct record_settings *record = &world->settings->records[name / 2];
    return name % 2 ? record->marker.length : record->owner.length;
}

uint32_t mail_octets(const struct world *world, const struct message *message)
{
    uint32_t octets = 12 + world->settings->zones[message->zone].name.length + 4;
    const struct rr_list *lists[] = {&message->prerequisites, &message->updates};
    for (uint32_t l = 0; l < 2; l++)
        for (uint32_t i = 0; i < lists[l]->count; i++)
            octets += name_octets(world, lists[l]->items[i].name) + 10 + lists[l]->items[i].length;
    const struct key_settings *key = &world->settings->servers[world->settings->zones[message->zone].server].key;
    return octets + key->name.length + 10u + 60u + 64u;
}
