/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_DISK_H
#define REPOINTD_SIM_DISK_H

/*
 * Where: the simulator; what stands behind EFFECT_SAVE and gives EVENT_RESTORE.
 * What:  the messages that each record had under way, as the state directory holds them; and what a power loss leaves
 *        of it.
 */

#include "contents.h"
#include "core/message.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

#define DISK_KEPT_MAX 8

struct disk_message {
    enum plan_kind kind;
    bool has_old;
    struct marker old, fresh;
    uint32_t target;
    struct contents expect, publish;
};

struct disk_record {
    uint32_t count, former_count, restored_count;
    struct disk_message kept[DISK_KEPT_MAX], former[DISK_KEPT_MAX]; /* as written last, and before */
    struct disk_message restored[DISK_KEPT_MAX];                    /* what the daemon was given at its start */
};

struct disk {
    struct disk_record *records;
};

void disk_init(struct world *world);
void disk_done(struct disk *disk);

void disk_save(struct world *world, uint32_t record);

/* The power fails: what was not synced is lost, or an older state comes back. */
void disk_lose(struct world *world);

/* The daemon has just started: gives it what is kept. */
void disk_restore(struct world *world);

/* A message with this marker is kept now. */
bool disk_keeps(const struct world *world, uint32_t record, const struct marker *fresh);

/* The daemon was given it at its start; NULL: it was not. */
const struct disk_message *disk_restored(const struct world *world, uint32_t record, const struct marker *fresh);

#endif
