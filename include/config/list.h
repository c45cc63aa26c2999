/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_LIST_H
#define REPOINTD_CONFIG_LIST_H

/*
 * Where: config; while the arrays of the settings grow.
 * What:  a growing array of things of one size.
 * Why:   how many targets and watches there are is known only when all were read.
 */

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

struct list {
    void *items;
    uint32_t count, capacity;
    size_t size;
};

#define LIST_OF(type) ((struct list){.size = sizeof(type)})

/* Room for one more, zeroed; what list_add and list_at gave before may have moved. */
void *list_add(struct list *list);
void *list_at(const struct list *list, uint32_t index);
void list_free(struct list *list);

/* The items in the arena; the list is empty afterwards. */
void *list_settle(struct list *list, struct arena *arena);

#endif
