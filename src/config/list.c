/* SPDX-License-Identifier: MIT */
/*
 * Where: config, under those who build the arrays of the settings.
 * What:  doubling, and a last move to the arena.
 */
#include "config/list.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void *list_add(struct list *list)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        list->items = realloc(list->items, list->capacity * list->size);
        if (list->items == NULL)
            abort();
    }
    void *item = (char *)list->items + list->count * list->size;
    memset(item, 0, list->size);
    list->count++;
    return item;
}

void *list_at(const struct list *list, uint32_t index)
{
    assert(index < list->count);
    return (char *)list->items + index * list->size;
}

void list_free(struct list *list)
{
    free(list->items);
    *list = (struct list){.size = list->size};
}

void *list_settle(struct list *list, struct arena *arena)
{
    size_t size = list->count * list->size;
    void *items = arena_take(arena, size);
    if (size > 0)
        memcpy(items, list->items, size);
    list_free(list);
    return items;
}
