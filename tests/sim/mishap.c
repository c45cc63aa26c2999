/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under fault.
 * What:  what a fault does: to endpoints, to this host, to name servers, to the zone.
 */

#include "mishap.h"

#include "world.h"
#include "writer.h"

/*
 * The endpoints that one fault concerns: those of a target, or one watch, or one family of a target, or a whole
 * record.
 */
void mishap_at_endpoints(struct world *world, uint32_t class, uint32_t number, bool is_begin)
{
    static const enum endpoint_mode modes[FAULT_COUNT] = {
        [FAULT_TARGET_DIES] = ENDPOINT_DEAD, [FAULT_ADDRESS_DIES] = ENDPOINT_DEAD, [FAULT_ALL_DIE] = ENDPOINT_DEAD,
        [FAULT_FAMILY_DIES] = ENDPOINT_DEAD, [FAULT_FLAPS] = ENDPOINT_FLAPPING,    [FAULT_KTH] = ENDPOINT_KTH,
        [FAULT_SLOW] = ENDPOINT_SLOW,        [FAULT_LOSSY] = ENDPOINT_LOSSY,
    };
    enum endpoint_mode mode = is_begin ? modes[class] : ENDPOINT_ALIVE;
    const struct settings *settings = world->settings;
    if (class == FAULT_ADDRESS_DIES) {
        if (settings->watch_count > 0)
            endpoint_draw_mode(world, number % settings->watch_count, mode);
        return;
    }
    const struct record_settings *record = &settings->records[settings->targets[number].record];
    uint32_t first = class == FAULT_ALL_DIE ? record->target_first : number;
    uint32_t count = class == FAULT_ALL_DIE ? record->target_count : 1;
    for (uint32_t t = first; t < first + count; t++) {
        const struct target_settings *target = &settings->targets[t];
        for (uint32_t v = target->value_first; v < target->value_first + target->value_count; v++) {
            const struct value_settings *value = &settings->values[v];
            if (value->watch != ID_NONE && (class != FAULT_FAMILY_DIES || value->address.family == ADDRESS_V6))
                endpoint_draw_mode(world, value->watch, mode);
        }
    }
}

void mishap_begins_at_host(struct world *world, uint32_t class)
{
    switch (class) {
    case FAULT_NO_FAMILY:
        world->faults.lost_family = chance_one_in(world, 2) ? ADDRESS_V4 : ADDRESS_V6;
        world_crash_daemon(world);
        break;
    case FAULT_FAMILY_LOST:
        world->faults.lost_family = chance_one_in(world, 2) ? ADDRESS_V4 : ADDRESS_V6;
        break;
    case FAULT_OWNER_LOST:
        world_crash_daemon(world);
        world->lost_owner = world->owner;
        world->owner = random_u64(&world->chance);
        break;
    case FAULT_RIVAL:
    case FAULT_CLONE:
        rival_begins(world, class == FAULT_CLONE);
        break;
    default:
        break;
    }
}

/* What a clone has written keeps us from writing, until somebody says whose it is. */
static void after_clone(struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count && !world->violation.is_set; r++)
        if (world->safety.ledgers[r].is_stopped && chance_one_in(world, 2))
            operator_adopts(world, r, true);
}

void mishap_ends_at_host(struct world *world, uint32_t class)
{
    switch (class) {
    case FAULT_NO_FAMILY:
    case FAULT_FAMILY_LOST:
        if (!fault_is_active(world, FAULT_NO_FAMILY) && !fault_is_active(world, FAULT_FAMILY_LOST))
            world->faults.lost_family = 0;
        break;
    case FAULT_OWNER_LOST:
        world_crash_daemon(world);
        world->owner = world->lost_owner;
        break;
    case FAULT_RIVAL:
    case FAULT_CLONE:
        rival_ends(world);
        if (class == FAULT_CLONE)
            after_clone(world);
        break;
    default:
        break;
    }
}

static void take_backup(struct world *world)
{
    for (uint32_t n = 0; n < 2 * world->setup.settings.record_count; n++)
        node_copy(&world->servers.nodes.items[n], &world->servers.backup.items[n]);
    world->servers.has_backup = true;
}

/* The server comes back as it was when the backup was taken. */
void mishap_restores_backup(struct world *world, uint32_t server)
{
    for (uint32_t r = 0; r < world->settings->record_count && world->servers.has_backup; r++) {
        struct contents was, is;
        if (server_of_record(world, r) != server)
            continue;
        contents_of_nodes(world->settings, &world->servers.backup, r, &was);
        contents_now(world, r, &is);
        if (!contents_same_addresses(&was, &is) || !contents_same_marker(&was, &is))
            writer_put(world, r, &was);
    }
    world->servers.has_backup = false;
}

void mishap_begins_at_server(struct world *world, uint32_t class)
{
    if (class == FAULT_RESTORED_BACKUP)
        take_backup(world);
    else if (class == FAULT_REFUSED || class == FAULT_SERVFAIL || class == FAULT_FORMERR)
        world->servers.reads_too = chance_one_in(world, 3);
}

void mishap_happens(struct world *world, uint32_t class)
{
    uint32_t record = chance_between(world, 0, world->settings->record_count - 1);
    static const uint32_t gaps_ms[] = {1100, 3000, 12000, 40000, 70000, 300000, 1800000};
    switch (class) {
    case FAULT_GAP:
        world_gap(world, chance_between(world, 1001, gaps_ms[chance_between(world, 0, ARRAY_COUNT(gaps_ms) - 1)]));
        break;
    case FAULT_CRASH:
        world_crash_daemon(world);
        break;
    case FAULT_STOP:
        world_stop_daemon(world);
        break;
    case FAULT_EDIT_SETS:
        writer_edit_sets(world, record);
        break;
    case FAULT_EDIT_MARKER:
        writer_edit_marker(world, record);
        break;
    case FAULT_EDIT_TTL:
        writer_edit_ttl(world, record);
        break;
    case FAULT_EDIT_CNAME:
        writer_put_cname(world, record);
        break;
    case FAULT_OPERATOR:
        operator_by_chance(world);
        break;
    case FAULT_OVERRIDE:
        standing_by_chance(world);
        break;
    case FAULT_RELOAD:
        reload_by_chance(world);
        break;
    default:
        break;
    }
    bool is_edit = class == FAULT_EDIT_SETS || class == FAULT_EDIT_MARKER || class == FAULT_EDIT_CNAME;
    if (is_edit && !chance_one_in(world, 3))
        agenda_add(&world->agenda, (struct happening){.at = world->now + chance_about(world, 900000),
                                                      .kind = HAPPENS_RESTORED,
                                                      .subject = record});
}
