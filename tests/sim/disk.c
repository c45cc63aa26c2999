/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, beside door and daemon.
 * What:  compare disk.h.
 * Why:   what was written outlives kill -9, but nothing syncs it, so a power loss may take it or bring an older state
 *        back. Both have to be safe (S18).
 */

#include "disk.h"
#include "bare.h"

#include "door.h"

#include "core/record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void disk_init(struct world *world)
{
    world->disk.records = calloc(world->settings->record_count + 1, sizeof *world->disk.records);
    assert(world->disk.records);
}

void disk_done(struct disk *disk)
{
    free(disk->records);
}

/* S18: what may still come is not forgotten while the daemon waits for it. */
static void judge_forgetting(struct world *world, uint32_t record)
{
    if (world->disk.records[record].count == 0 && world->liveness.unsettled_since[record] != MONO_NEVER)
        violate(world, "S18", "record %u: a message that may still come is forgotten", record);
}

void disk_save(struct world *world, uint32_t record)
{
    struct disk_record *disk = &world->disk.records[record];
    const struct record *of = engine_record(world->engine, record);
    struct plan plan;
    struct restore restore;
    memcpy(disk->former, disk->kept, sizeof disk->former);
    disk->former_count = disk->count;
    disk->count = 0;
    for (uint32_t nth = 0; nth < DISK_KEPT_MAX && record_kept(of, nth, &plan, &restore); nth++) {
        struct disk_message *kept = &disk->kept[disk->count++];
        *kept = (struct disk_message){.kind = restore.plan->kind,
                                      .has_old = restore.plan->has_old,
                                      .old = restore.plan->old,
                                      .fresh = restore.plan->fresh,
                                      .target = restore.target};
        contents_of_sets(&world->settings->records[record], restore.plan->expect, &kept->expect);
        contents_of_sets(&world->settings->records[record], restore.plan->publish, &kept->publish);
    }
    judge_forgetting(world, record);
}

void disk_lose(struct world *world)
{
    trace_line(world, "fault   what was not synced is lost");
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        struct disk_record *disk = &world->disk.records[r];
        disk->count = 0;
        if (!chance_one_in(world, 2))
            continue;
        memcpy(disk->kept, disk->former, sizeof disk->kept);
        disk->count = disk->former_count;
    }
}

static void give(struct world *world, uint32_t record, const struct disk_message *kept)
{
    static uint8_t storage[2][CONTENTS_STORAGE];
    const struct record_settings *of = &world->settings->records[record];
    struct observed expect = {0}, publish = {0};
    contents_show(of, &kept->expect, storage[0], &expect);
    contents_show(of, &kept->publish, storage[1], &publish);
    struct plan plan = {.kind = kept->kind,
                        .bare = is_bare(world, record),
                        .has_old = kept->has_old,
                        .old = kept->old,
                        .fresh = kept->fresh};
    memcpy(plan.expect, expect.sets, sizeof plan.expect);
    memcpy(plan.publish, publish.sets, sizeof plan.publish);
    const struct restore restore = {.record = record, .plan = &plan, .target = kept->target};
    door_hand_over(world, &(struct event){.kind = EVENT_RESTORE, .is.restore = &restore});
}

void disk_restore(struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count && !world->violation.is_set; r++) {
        struct disk_record *disk = &world->disk.records[r];
        disk->restored_count = disk->count;
        memcpy(disk->restored, disk->kept, sizeof disk->restored);
        for (uint32_t i = 0; i < disk->restored_count && !world->violation.is_set; i++)
            give(world, r, &disk->kept[i]);
    }
}

bool disk_keeps(const struct world *world, uint32_t record, const struct marker *fresh)
{
    const struct disk_record *disk = &world->disk.records[record];
    for (uint32_t i = 0; i < disk->count; i++)
        if (marker_same(&disk->kept[i].fresh, fresh))
            return true;
    return false;
}

const struct disk_message *disk_restored(const struct world *world, uint32_t record, const struct marker *fresh)
{
    const struct disk_record *disk = &world->disk.records[record];
    for (uint32_t i = 0; i < disk->restored_count && fresh->owner == world->owner; i++)
        if (marker_same(&disk->restored[i].fresh, fresh))
            return &disk->restored[i];
    return NULL;
}
