/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind invariants.h; called for each member of a message.
 * What:  S10: what it expects and what it would leave behind belong to its kind, to one target, and to the file.
 */

#include "host.h"
#include "world.h"

/* The addresses of a target that are up, or that nobody can judge, and not drained; all where none is up. */
static void healthy_part(const struct world *world, uint32_t index, struct contents *ret)
{
    const struct target_settings *target = &world->settings->targets[index];
    contents_of_target(world->settings, index, ret);
    struct contents part = *ret;
    bool any_up = false;
    part.count = 0;
    for (uint32_t v = target->value_first; v < target->value_first + target->value_count; v++) {
        uint32_t watch = world->settings->values[v].watch;
        bool is_up = watch == ID_NONE || judge_state(world, watch) == HEALTH_UP;
        if (standing_drains_value(world, v))
            continue;
        any_up |= is_up;
        if (is_up || judge_is_left_out(world, target, watch))
            part.addresses[part.count++] = place_of_value(world->settings, v);
    }
    contents_sort(&part);
    if (any_up)
        *ret = part;
}

static bool just_fell_silent(const struct world *world, uint32_t watch)
{
    const struct watch_settings *of = &world->settings->watches[watch];
    for (uint32_t i = 0; i < of->child_count; i++)
        if (just_fell_silent(world, judge_child(world, watch, i)))
            return true;
    const struct opinion *opinion = &world->judge.watches[watch];
    return of->child_count == 0 && opinion->silent_at != 0 && opinion->turned_at == world->now;
}

bool safety_just_fell_silent(const struct world *world, uint32_t index)
{
    const struct target_settings *target = &world->settings->targets[index];
    for (uint32_t v = target->value_first; v < target->value_first + target->value_count; v++)
        if (world->settings->values[v].watch != ID_NONE && just_fell_silent(world, world->settings->values[v].watch))
            return true;
    return false;
}

/* S10: what it would leave behind is one target, wholly or its healthy part, with the TTL of the file. */
void safety_judge_shape(struct world *world, const struct sent *sent)
{
    const struct record_settings *record = &world->settings->records[sent->record];
    bool wants_old = record->ownership != OWNERSHIP_NONE && sent->kind != PLAN_CREATE && sent->kind != PLAN_ADOPT;
    bool is_free = sent->kind == PLAN_ADOPT && sent->is_ordered; /* beside a marker of ours, or none */
    if (sent_matters(sent) && sent->has_old != wants_old && !is_free)
        violate(world, "S10", "record %u: %s %s a marker to be there", sent->record, plan_kind_name(sent->kind),
                sent->has_old ? "expects" : "does not expect");
    if (sent->kind == PLAN_CREATE && (sent->expect.count != 0 || !record->create))
        violate(world, "S10", "record %u: creates what is there, or must not be", sent->record);
    if ((sent->kind == PLAN_TAKE_OVER || sent->kind == PLAN_DISOWN) && !sent->is_ordered)
        violate(world, "S16", "record %u: a %s that no operator has asked for", sent->record,
                plan_kind_name(sent->kind));
    if (sent->kind == PLAN_ADOPT && !sent->is_ordered &&
        (!record->adopt || contents_target(world->settings, sent->record, &sent->expect) == ID_NONE))
        violate(world, "S10", "record %u: adopts what is no target's, or must not be", sent->record);
    if (sent->kind != PLAN_SWITCH && sent->kind != PLAN_CREATE && sent->kind != PLAN_TTL)
        return;
    const struct ledger *ledger = &world->safety.ledgers[sent->record];
    if (safety_is_restore(world, sent) && ledger->has_known && contents_same_addresses(&sent->publish, &ledger->known))
        return; /* what we wrote last */
    uint32_t to = contents_target(world->settings, sent->record, &sent->publish);
    bool is_named = ledger->has_known && contents_same_addresses(&sent->publish, &ledger->known); /* adopted */
    if (to == ID_NONE && !(sent->kind == PLAN_TTL && is_named)) {
        violate(world, "S10", "record %u: publishes %u addresses that are no target's", sent->record,
                sent->publish.count);
        return;
    }
    if (sent->publish.ttl_s != record->ttl_s || sent->publish.mixed_ttl)
        violate(world, "S10", "record %u: publishes TTL %u, not %u", sent->record, sent->publish.ttl_s, record->ttl_s);
    if (sent->kind == PLAN_TTL) {
        if (!contents_same_addresses(&sent->expect, &sent->publish))
            violate(world, "S10", "record %u: changes addresses in the name of their TTL", sent->record);
        return;
    }
    struct contents wanted;
    contents_of_target(world->settings, record->target_first + to, &wanted);
    if (record->publish == PUBLISH_HEALTHY)
        healthy_part(world, record->target_first + to, &wanted);
    if (!contents_same_addresses(&wanted, &sent->publish))
        violate(world, "S10", "record %u: publishes %u addresses of target %u where %u are right", sent->record,
                sent->publish.count, to, wanted.count);
}
