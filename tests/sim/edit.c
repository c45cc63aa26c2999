/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, beside edition.
 * What:  what somebody changes in the file before it is read again: nothing, a knob, who stands in it, in which order.
 * Why:   bounds are those that config would hold it to, and an edit is small: people change a thing or two at a time.
 */

#include "edition.h"

#include "world.h"
#include "writer.h"

#include <string.h>

#define PICK(world, list) ((list)[chance_between((world), 0, ARRAY_COUNT(list) - 1)])

/* ---- who stands in it ---- */

static uint32_t count_present(const bool *has, uint32_t first, uint32_t count)
{
    uint32_t present = 0;
    for (uint32_t i = first; i < first + count; i++)
        present += has[i];
    return present;
}

/* Its targets but for the fallback, which is none of choice. */
static uint32_t choices(const struct world *world, uint32_t record)
{
    const struct record_settings *of = &world->setup.records[record];
    uint32_t present = 0;
    for (uint32_t t = of->target_first; t < of->target_first + of->target_count; t++)
        present += world->editions.has_target[t] && !world->setup.targets[t].fallback;
    return present;
}

void edition_toggle_target(struct world *world, uint32_t target)
{
    struct editions *editions = &world->editions;
    const struct target_settings *of = &world->setup.targets[target];
    if (!editions->has_target[target] || of->fallback || choices(world, of->record) > 1)
        editions->has_target[target] = !editions->has_target[target];
}

static void toggle_value(struct world *world, uint32_t value)
{
    struct editions *editions = &world->editions;
    const struct target_settings *of = &world->setup.targets[world->setup.values[value].target];
    if (!editions->has_value[value] || count_present(editions->has_value, of->value_first, of->value_count) > 1)
        editions->has_value[value] = !editions->has_value[value];
}

void edition_toggle_record(struct world *world, uint32_t record)
{
    struct editions *editions = &world->editions;
    if (!editions->has_record[record] ||
        count_present(editions->has_record, 0, world->setup.settings.record_count) > 1)
        editions->has_record[record] = !editions->has_record[record];
}

/* A target changes places with the one behind it; a fallback stays the last. */
static void swap_targets(struct world *world, uint32_t record)
{
    uint32_t *order = world->editions.order;
    const struct record_settings *of = &world->setup.records[record];
    if (of->target_count < 2)
        return;
    uint32_t place = of->target_first + chance_between(world, 0, of->target_count - 2);
    if (world->setup.targets[order[place + 1]].fallback)
        return;
    uint32_t moved = order[place];
    order[place] = order[place + 1];
    order[place + 1] = moved;
}

/* ---- knobs ---- */

static void turn_check(struct world *world, struct check_settings *check, uint32_t index)
{
    static const uint16_t counts[] = {1, 2, 3, 3, 4, 5, 10};
    switch (chance_between(world, 0, check->kind == CHECK_HEARTBEAT ? 3 : 5)) {
    case 0:
    case 1:
        check->rise = PICK(world, counts);
        break;
    case 2:
    case 3:
        check->fall = PICK(world, counts);
        break;
    case 4:
        check->interval_ms = chance_one_in(world, 2) && check->interval_ms >= 10000 ? check->interval_ms / 2
                                                                                    : check->interval_ms * 2;
        check->interval_ms = check->interval_ms > 240000 ? 240000 : check->interval_ms;
        check->interval_changing_ms = check->interval_ms;
        if (check->total_ms > check->interval_changing_ms * 4 / 5)
            check->total_ms = check->interval_changing_ms * 4 / 5;
        break;
    default:
        check->how.tcp.port++;
        world->editions.looks_else[index] = true;
        break;
    }
}

static void turn_any_check(struct world *world)
{
    uint32_t named = world->setup.settings.check_count - world->setup.settings.safety.connectivity.check_count;
    uint32_t index = chance_between(world, 0, named - 1);
    if (!check_kind_is_calculated(world->setup.checks[index].kind))
        turn_check(world, &world->setup.checks[index], index);
}

static void turn_patience(struct world *world, struct record_settings *record)
{
    static const uint32_t delays_ms[] = {0, 10000, 60000, 300000};
    static const uint32_t windows_ms[] = {60000, 900000, 3600000, 7200000};
    static const uint16_t switches[] = {1, 2, 4, 6, 10, 1000};
    switch (chance_between(world, 0, 3)) {
    case 0:
        record->fail_back_ms = PICK(world, delays_ms);
        break;
    case 1:
        record->flap_window_ms = PICK(world, windows_ms);
        break;
    case 2:
        record->switches_most = PICK(world, switches);
        break;
    default:
        record->fail_back = record->fail_back == FAIL_BACK_AUTO ? FAIL_BACK_MANUAL : FAIL_BACK_AUTO;
        break;
    }
}

static void turn_record(struct world *world, struct record_settings *record)
{
    static const uint32_t ttls_s[] = {1, 30, 60, 300, 86400};
    switch (chance_between(world, 0, 6)) {
    case 0:
        record->ttl_s = PICK(world, ttls_s);
        break;
    case 1:
        record->all_down = record->all_down == ALL_DOWN_KEEP ? ALL_DOWN_PRIMARY : ALL_DOWN_KEEP;
        break;
    case 2:
        record->publish = record->publish == PUBLISH_ALL ? PUBLISH_HEALTHY : PUBLISH_ALL;
        break;
    case 3:
        record->verify_failover = !record->verify_failover;
        break;
    case 4:
        record->enabled = !record->enabled;
        break;
    default:
        turn_patience(world, record);
        break;
    }
}

static void turn_server(struct world *world, struct server_settings *server)
{
    static const uint32_t mosts_ms[] = {5000, 30000, 120000};
    static const uint32_t audits_ms[] = {10000, 60000, 300000, 1800000};
    static const uint32_t timeouts_ms[] = {100, 1000, 3000, 10000};
    static const uint16_t batches[] = {1, 2, 8, 64};
    bool is_large = world->setup.settings.record_count > 16;
    switch (chance_between(world, 0, 3)) {
    case 0:
        server->retry_most_ms = PICK(world, mosts_ms);
        break;
    case 1:
        server->audit_ms = is_large ? server->audit_ms : PICK(world, audits_ms);
        break;
    case 2:
        server->timeout_ms = PICK(world, timeouts_ms);
        break;
    default:
        server->batch = PICK(world, batches);
        break;
    }
}

static void turn_safety(struct world *world, struct safety_settings *safety)
{
    static const uint32_t graces_ms[] = {0, 30000, 300000};
    switch (chance_between(world, 0, 3)) {
    case 0:
        safety->start_grace_ms = PICK(world, graces_ms);
        break;
    case 1:
        safety->dry_run = !safety->dry_run && chance_one_in(world, 3);
        break;
    case 2:
        safety->foreign_change = safety->foreign_change == FOREIGN_CHANGE_HOLD ? FOREIGN_CHANGE_RESTORE
                                                                               : FOREIGN_CHANGE_HOLD;
        break;
    default:
        world->setup.references = chance_between(world, 0, 3);
        break;
    }
}

static void edit_once(struct world *world)
{
    struct setup *whole = &world->setup;
    uint32_t record = chance_between(world, 0, whole->settings.record_count - 1);
    const struct record_settings *of = &whole->records[record];
    world->editions.edits++;
    switch (chance_between(world, 0, 9)) {
    case 0:
    case 1:
        turn_any_check(world);
        break;
    case 2:
        turn_record(world, &whole->records[record]);
        break;
    case 3:
        turn_server(world, &whole->servers[chance_between(world, 0, whole->settings.server_count - 1)]);
        break;
    case 4:
        turn_safety(world, &whole->settings.safety);
        break;
    case 5:
        edition_toggle_record(world, record);
        break;
    case 6:
    case 7:
        edition_toggle_target(world, of->target_first + chance_between(world, 0, of->target_count - 1));
        break;
    case 8:
        toggle_value(world, chance_between(world, 0, whole->settings.value_count - 1));
        break;
    default:
        swap_targets(world, record);
        break;
    }
}

void edition_edit(struct world *world)
{
    uint32_t edits = chance_one_in(world, 4) ? 0 : chance_between(world, 1, 3);
    for (uint32_t i = 0; i < edits; i++)
        edit_once(world);
}
