/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, between setup and reload.
 * What:  compare edition.h.
 */

#include "edition.h"

#include "host.h"
#include "world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void *take(size_t count, size_t size)
{
    void *taken = calloc(count + 1, size);
    assert(taken);
    return taken;
}

static struct numbers new_numbers(const struct setup *whole)
{
    return (struct numbers){.records = take(whole->room.records, sizeof(uint32_t)),
                            .targets = take(whole->room.targets, sizeof(uint32_t)),
                            .values = take(whole->room.values, sizeof(uint32_t))};
}

/* ---- building one ---- */

struct builder {
    const struct setup *whole;
    const struct editions *editions;
    struct setup *ret;
    struct numbers *numbers;
};

static void add_value(struct builder *builder, uint32_t value)
{
    struct setup *ret = builder->ret;
    builder->numbers->values[ret->settings.value_count] = value;
    const struct address place = place_of_value(&builder->whole->settings, value);
    setup_add_value(ret, &place, builder->whole->value_checks[value]);
}

static void add_target(struct builder *builder, uint32_t target)
{
    struct setup *ret = builder->ret;
    const struct target_settings *of = &builder->whole->targets[target];
    builder->numbers->targets[ret->settings.target_count] = target;
    uint32_t index = setup_add_target(ret, of->role, of->fallback);
    ret->targets[index].label = of->label;
    for (uint32_t v = of->value_first; v < of->value_first + of->value_count; v++)
        if (builder->editions->has_value[v])
            add_value(builder, v);
    uint32_t count = ret->targets[index].value_count;
    ret->targets[index].least_healthy = of->least_healthy < count ? of->least_healthy : (uint16_t)count;
}

static void add_record(struct builder *builder, uint32_t record)
{
    struct settings *settings = &builder->ret->settings;
    const struct record_settings *of = &builder->whole->records[record];
    uint32_t index = settings->record_count++;
    builder->numbers->records[index] = record;
    builder->ret->records[index] = *of;
    builder->ret->records[index].target_first = settings->target_count;
    builder->ret->records[index].target_count = 0;
    builder->ret->records[index].fallback = ID_NONE;
    for (uint32_t t = of->target_first; t < of->target_first + of->target_count; t++)
        if (builder->editions->has_target[builder->editions->order[t]])
            add_target(builder, builder->editions->order[t]);
    if (builder->ret->records[index].fallback == ID_NONE && of->all_down == ALL_DOWN_FALLBACK)
        builder->ret->records[index].all_down = ALL_DOWN_KEEP;
}

static void add_records(struct builder *builder, bool are_present)
{
    for (uint32_t r = 0; r < builder->whole->settings.record_count; r++)
        if (builder->editions->has_record[r] == are_present)
            add_record(builder, r);
}

static uint32_t named_checks(const struct setup *whole)
{
    return whole->settings.check_count - whole->settings.safety.connectivity.check_count;
}

static void build(struct world *world, uint32_t which)
{
    struct editions *editions = &world->editions;
    const struct setup *whole = &world->setup;
    struct builder builder = {whole, editions, &editions->setups[which], &editions->numbers[which]};
    setup_begin(builder.ret, whole->room);
    struct settings *settings = &builder.ret->settings;
    builder.ret->references = whole->references;
    builder.ret->addresses_differ = whole->addresses_differ;
    for (uint32_t c = 0; c < named_checks(whole); c++)
        setup_add_check(builder.ret, &whole->checks[c]);
    memcpy(builder.ret->servers, whole->servers, whole->settings.server_count * sizeof *whole->servers);
    memcpy(builder.ret->zones, whole->zones, whole->settings.zone_count * sizeof *whole->zones);
    settings->server_count = whole->settings.server_count;
    settings->zone_count = whole->settings.zone_count;
    settings->safety = whole->settings.safety;
    settings->safety.connectivity = (struct connectivity_settings){.watch_count = 0};
    add_records(&builder, true);
    setup_finish(builder.ret);
    const struct settings present = *settings;
    add_records(&builder, false); /* beyond all counts: for whoever still has to do with them */
    settings->record_count = present.record_count;
    settings->target_count = present.target_count;
    settings->value_count = present.value_count;
}

void editions_begin(struct world *world)
{
    struct editions *editions = &world->editions;
    const struct setup *whole = &world->setup;
    const struct settings *settings = &whole->settings;
    editions->is_on = true;
    editions->numbers[0] = new_numbers(whole);
    editions->numbers[1] = new_numbers(whole);
    editions->has_record = take(settings->record_count, sizeof(bool));
    editions->has_target = take(settings->target_count, sizeof(bool));
    editions->has_value = take(settings->value_count, sizeof(bool));
    editions->looks_else = take(settings->check_count, sizeof(bool));
    editions->order = take(settings->target_count, sizeof(uint32_t));
    memset(editions->has_record, true, settings->record_count);
    memset(editions->has_target, true, settings->target_count);
    memset(editions->has_value, true, settings->value_count);
    for (uint32_t t = 0; t < settings->target_count; t++)
        editions->order[t] = t;
    build(world, 0);
    world->settings = &editions->setups[0].settings;
}

void editions_done(struct world *world)
{
    struct editions *editions = &world->editions;
    for (uint32_t i = 0; i < 2 && editions->is_on; i++) {
        setup_done(&editions->setups[i]);
        free(editions->numbers[i].records);
        free(editions->numbers[i].targets);
        free(editions->numbers[i].values);
    }
    free(editions->has_record);
    free(editions->has_target);
    free(editions->has_value);
    free(editions->looks_else);
    free(editions->order);
}

const struct settings *edition_build(struct world *world)
{
    build(world, !world->editions.now);
    return &world->editions.setups[!world->editions.now].settings;
}

void edition_drop(struct world *world)
{
    setup_done(&world->editions.setups[!world->editions.now]);
}

void edition_take(struct world *world)
{
    struct editions *editions = &world->editions;
    editions->now = !editions->now;
    editions->edits = 0;
    memset(editions->looks_else, false, named_checks(&world->setup));
    world->settings = &editions->setups[editions->now].settings;
}

/* ---- who is who ---- */

/* By numbers of the whole: from a list of `count` of them to where each stands in it. */
static void find_places(const uint32_t *list, uint32_t count, uint32_t *ret, uint32_t room)
{
    for (uint32_t i = 0; i < room; i++)
        ret[i] = ID_NONE;
    for (uint32_t i = 0; i < count; i++)
        ret[list[i]] = i;
}

/* For each of `fresh` its number among `old`. */
static void match(const uint32_t *fresh, uint32_t fresh_count, const uint32_t *old, uint32_t old_count, uint32_t whole,
                  uint32_t *ret)
{
    uint32_t *places = take(whole, sizeof *places);
    find_places(old, old_count, places, whole);
    for (uint32_t i = 0; i < fresh_count; i++)
        ret[i] = places[fresh[i]];
    free(places);
}

static bool looks_else(const struct world *world, uint32_t check)
{
    const struct check_settings *of = &world->setup.checks[check];
    if (check >= named_checks(&world->setup))
        return false;
    bool differs = world->editions.looks_else[check];
    for (uint32_t i = 0; check_kind_is_calculated(of->kind) && i < of->how.group.child_count; i++)
        differs = differs || looks_else(world, of->how.group.children[i]);
    return differs;
}

static uint32_t former_watch(const struct renumbering *renumbering, uint32_t watch)
{
    const struct settings *old = renumbering->old, *fresh = renumbering->fresh;
    const struct address place = place_of_watch(fresh, watch);
    for (uint32_t w = 0; w < old->watch_count; w++) {
        const struct address there = place_of_watch(old, w);
        if (old->watches[w].check == fresh->watches[watch].check && memcmp(&there, &place, sizeof place) == 0)
            return w;
    }
    return ID_NONE;
}

static void match_watches(const struct world *world, struct renumbering *renumbering)
{
    const struct settings *old = renumbering->old, *fresh = renumbering->fresh;
    for (uint32_t w = 0; w < old->watch_count; w++)
        renumbering->new_watch[w] = ID_NONE;
    for (uint32_t w = 0; w < fresh->watch_count; w++) {
        bool differs = looks_else(world, fresh->watches[w].check);
        renumbering->old_watch[w] = differs ? ID_NONE : former_watch(renumbering, w);
        if (renumbering->old_watch[w] != ID_NONE)
            renumbering->new_watch[renumbering->old_watch[w]] = w;
    }
    const struct connectivity_settings *is = &fresh->safety.connectivity, *was = &old->safety.connectivity;
    renumbering->same_references = is->watch_count == was->watch_count;
}

/* As config/difference finds records: the same name and server, of the same types, owned in the same way. */
static void find_heirs(struct renumbering *renumbering)
{
    const struct settings *old = renumbering->old, *fresh = renumbering->fresh;
    for (uint32_t r = 0; r < fresh->record_count; r++) {
        uint32_t former = renumbering->old_record[r];
        const struct record_settings *is = &fresh->records[r], *was = &old->records[former];
        bool same = former < old->record_count && is->type_count == was->type_count &&
                    memcmp(is->types, was->types, is->type_count * sizeof is->types[0]) == 0 &&
                    is->ownership == was->ownership;
        renumbering->heirs[r] = same ? former : ID_NONE;
    }
}

struct renumbering renumber(const struct world *world)
{
    const struct editions *editions = &world->editions;
    const struct settings *whole = &world->setup.settings;
    const struct numbers *was = &editions->numbers[editions->now], *is = &editions->numbers[!editions->now];
    struct renumbering renumbering = {.old = &editions->setups[editions->now].settings,
                                      .fresh = &editions->setups[!editions->now].settings,
                                      .records = whole->record_count};
    const struct settings *old = renumbering.old, *fresh = renumbering.fresh;
    renumbering.old_record = take(whole->record_count, sizeof(uint32_t));
    renumbering.new_record = take(whole->record_count, sizeof(uint32_t));
    renumbering.heirs = take(whole->record_count, sizeof(uint32_t));
    renumbering.old_target = take(fresh->target_count, sizeof(uint32_t));
    renumbering.new_target = take(old->target_count, sizeof(uint32_t));
    renumbering.old_value = take(fresh->value_count, sizeof(uint32_t));
    renumbering.old_watch = take(fresh->watch_count, sizeof(uint32_t));
    renumbering.new_watch = take(old->watch_count, sizeof(uint32_t));
    match(is->records, whole->record_count, was->records, whole->record_count, whole->record_count,
          renumbering.old_record);
    match(was->records, whole->record_count, is->records, whole->record_count, whole->record_count,
          renumbering.new_record);
    match(is->targets, fresh->target_count, was->targets, old->target_count, whole->target_count,
          renumbering.old_target);
    match(was->targets, old->target_count, is->targets, fresh->target_count, whole->target_count,
          renumbering.new_target);
    match(is->values, fresh->value_count, was->values, old->value_count, whole->value_count, renumbering.old_value);
    match_watches(world, &renumbering);
    find_heirs(&renumbering);
    return renumbering;
}

void renumbering_done(struct renumbering *renumbering)
{
    free(renumbering->old_record);
    free(renumbering->new_record);
    free(renumbering->heirs);
    free(renumbering->old_target);
    free(renumbering->new_target);
    free(renumbering->old_value);
    free(renumbering->old_watch);
    free(renumbering->new_watch);
}

bool renumbered_same_values(const struct renumbering *renumbering, uint32_t old_target, uint32_t new_target)
{
    struct contents was, is;
    contents_of_target(renumbering->old, old_target, &was);
    contents_of_target(renumbering->fresh, new_target, &is);
    return contents_same_addresses(&was, &is);
}

uint32_t renumbered_place(const struct renumbering *renumbering, uint32_t old_record, uint32_t place)
{
    const struct record_settings *was = &renumbering->old->records[old_record];
    if (old_record >= renumbering->old->record_count || place >= was->target_count)
        return ID_NONE;
    const struct record_settings *is = &renumbering->fresh->records[renumbering->new_record[old_record]];
    uint32_t target = renumbering->new_target[was->target_first + place];
    if (target == ID_NONE || !renumbered_same_values(renumbering, was->target_first + place, target))
        return ID_NONE;
    return target - is->target_first;
}
