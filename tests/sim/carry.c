/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under reload.
 * What:  everything that the world and the judges hold by the number of a record, a target, an address or a watch moves
 *        to the numbers of the next edition.
 * Why:   one table, so that nothing is forgotten: what is not in it goes wrong with the first record that moves.
 */

#include "reload.h"

#include "world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- arrays ---- */

/* The nth of the new ones is the from[nth]th of the old ones, or blank. */
static void move(void *array, size_t size, const uint32_t *from, uint32_t count, const void *blank)
{
    uint8_t *moved = calloc(count + 1, size), *items = array;
    assert(moved);
    for (uint32_t i = 0; i < count; i++) {
        if (from[i] != ID_NONE)
            memcpy(moved + i * size, items + from[i] * size, size);
        else if (blank)
            memcpy(moved + i * size, blank, size);
    }
    memcpy(array, moved, count * size);
    free(moved);
}

#define BY_RECORD(array)        {(array), sizeof *(array), renumbering->old_record, renumbering->records, NULL}
#define BY_TARGET(array, blank) {(array), sizeof *(array), renumbering->old_target, fresh->target_count, (blank)}
#define BY_VALUE(array)         {(array), sizeof *(array), renumbering->old_value, fresh->value_count, NULL}
#define BY_WATCH(array, blank)  {(array), sizeof *(array), renumbering->old_watch, fresh->watch_count, (blank)}

static void move_arrays(struct world *world, const struct renumbering *renumbering)
{
    const struct settings *fresh = renumbering->fresh;
    static const mono_ms never = MONO_NEVER;
    const struct endpoint_truth endpoint = {
        .mode = ENDPOINT_ALIVE, .failing_as = REASON_REFUSED, .since = world->now};
    const struct {
        void *array;
        size_t size;
        const uint32_t *from;
        uint32_t count;
        const void *blank;
    } rows[] = {
        BY_RECORD(world->safety.ledgers),
        BY_RECORD(world->judge.records),
        BY_RECORD(world->operators.words),
        BY_RECORD(world->standing.waiting),
        BY_RECORD(world->standing.changed_at),
        BY_RECORD(world->standing.returns),
        BY_RECORD(world->liveness.unknown_since),
        BY_RECORD(world->liveness.unsettled_since),
        BY_RECORD(world->liveness.troubles),
        BY_RECORD(world->disk.records),
        BY_RECORD(world->secondaries.looks),
        BY_RECORD(world->servers.reads),
        BY_RECORD(world->servers.lags),
        BY_TARGET(world->judge.up_since, &never),
        BY_VALUE(world->safety.told),
        BY_VALUE(world->reload.said),
        BY_WATCH(world->judge.watches, NULL),
        BY_WATCH(world->safety.probe_started, &never),
        BY_WATCH(world->network.endpoints, &endpoint),
        BY_WATCH(world->network.probes, NULL),
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
        move(rows[i].array, rows[i].size, rows[i].from, rows[i].count, rows[i].blank);
}

/* ---- names and messages ---- */

static void move_nodes(struct nodes *nodes, const struct renumbering *renumbering)
{
    uint32_t *from = calloc(2 * renumbering->records + 1, sizeof *from);
    assert(from);
    for (uint32_t r = 0; r < renumbering->records; r++) {
        from[name_of_owner(r)] = name_of_owner(renumbering->old_record[r]);
        from[name_of_marker(r)] = name_of_marker(renumbering->old_record[r]);
    }
    move(nodes->items, sizeof *nodes->items, from, 2 * renumbering->records, NULL);
    free(from);
    for (uint32_t n = 0; n < 2 * renumbering->records; n++)
        for (uint32_t i = 0; i < nodes->items[n].count; i++)
            nodes->items[n].rrs[i].name = n;
}

static void rename_list(struct rr_list *list, const struct renumbering *renumbering)
{
    for (uint32_t i = 0; i < list->count; i++)
        list->items[i].name = 2 * renumbering->new_record[list->items[i].name / 2] + list->items[i].name % 2;
}

/* To whoever begins anew with this record, what was sent before is of a former life. */
static bool has_heir(const struct renumbering *renumbering, uint32_t record)
{
    return record < renumbering->fresh->record_count && renumbering->heirs[record] != ID_NONE;
}

static void rename_message(struct message *message, const struct renumbering *renumbering)
{
    rename_list(&message->prerequisites, renumbering);
    rename_list(&message->updates, renumbering);
    for (uint32_t m = 0; m < message->members; m++) {
        message->sent[m].record = renumbering->new_record[message->sent[m].record];
        if (!has_heir(renumbering, message->sent[m].record))
            message->sent[m].life = 0;
    }
}

static void move_messages(struct world *world, const struct renumbering *renumbering)
{
    for (uint32_t m = 0; m < world->servers.message_count; m++)
        if (world->servers.messages[m].is_used)
            rename_message(&world->servers.messages[m], renumbering);
    for (uint32_t t = 0; t < world->rival.task_count; t++)
        if (world->rival.tasks[t].kind == RIVAL_ARRIVAL)
            rename_message(&world->rival.tasks[t].message, renumbering);
}

/* ---- what was drawn, laid, or is to come ---- */

static bool is_of_old_engine(enum happening_kind kind)
{
    return kind <= HAPPENS_LOOK_ANSWER;
}

static bool revise(struct happening *happening, void *ctx)
{
    const struct renumbering *renumbering = ctx;
    if (is_of_old_engine((enum happening_kind)happening->kind))
        return false;
    if (happening->kind == HAPPENS_RESTORED)
        happening->subject = renumbering->new_record[happening->subject];
    if (happening->kind == HAPPENS_BEAT)
        happening->subject = renumbering->new_watch[happening->subject];
    if (happening->kind == HAPPENS_BEAT && happening->subject == ID_NONE)
        return false;
    return happening->kind != HAPPENS_FAULT_END || fault_moves(happening, renumbering);
}

static uint32_t new_name(const struct renumbering *renumbering, uint32_t name)
{
    for (uint32_t n = 0; n < renumbering->fresh->name_count; n++)
        if (dname_equal(&renumbering->fresh->names[n].name, &renumbering->old->names[name].name))
            return n;
    return ID_NONE;
}

static void move_overrides(struct world *world, const struct renumbering *renumbering)
{
    struct standing *standing = &world->standing;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < standing->count; i++) {
        struct override item = standing->items[i];
        uint32_t place = item.target, former = item.record;
        if (former != ID_NONE)
            item.record = renumbering->new_record[former];
        bool is_gone = former != ID_NONE && item.record >= renumbering->fresh->record_count;
        if (item.kind == OVERRIDE_FAILOVER && !is_gone) {
            uint32_t target = renumbering->new_target[renumbering->old->records[former].target_first + place];
            item.target = target - renumbering->fresh->records[item.record].target_first;
            is_gone = target == ID_NONE;
        }
        if (item.kind == OVERRIDE_DRAIN && item.name != ID_NONE) {
            item.name = new_name(renumbering, item.name);
            is_gone = item.name == ID_NONE;
        }
        if (!is_gone)
            standing->items[kept++] = item;
    }
    standing->count = kept;
}

static void move_places(struct disk_message *messages, uint32_t count, const struct renumbering *renumbering,
                        uint32_t record)
{
    for (uint32_t i = 0; i < count; i++)
        messages[i].target = renumbered_place(renumbering, renumbering->old_record[record], messages[i].target);
}

static void move_disk(struct world *world, const struct renumbering *renumbering)
{
    for (uint32_t r = 0; r < renumbering->records; r++) {
        struct disk_record *disk = &world->disk.records[r];
        if (!has_heir(renumbering, r))
            disk->count = disk->former_count = disk->restored_count = 0;
        move_places(disk->kept, disk->count, renumbering, r);
        move_places(disk->former, disk->former_count, renumbering, r);
        move_places(disk->restored, disk->restored_count, renumbering, r);
    }
}

void reload_carry(struct world *world, const struct renumbering *renumbering)
{
    move_arrays(world, renumbering);
    move_nodes(&world->servers.nodes, renumbering);
    move_nodes(&world->servers.backup, renumbering);
    move_messages(world, renumbering);
    move_overrides(world, renumbering);
    move_disk(world, renumbering);
    if (world->servers.denied_record != ID_NONE)
        world->servers.denied_record = renumbering->new_record[world->servers.denied_record];
    agenda_revise(&world->agenda, revise, (void *)(uintptr_t)renumbering);
}
