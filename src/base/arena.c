/* SPDX-License-Identifier: MIT */
/*
 * Where: base, under config.
 * What:  a chain of zeroed blocks; what is larger than a block gets one of its own.
 * Why:   nothing is ever given back alone, so there is nothing to keep but the chain.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK_SIZE 65536

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    max_align_t bytes[];
};

struct arena {
    struct arena_block *newest;
};

/* Memory that is out at load has nobody left who could tell it better. */
static void *arena_claim(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        abort();
    return memory;
}

struct arena *arena_new(void)
{
    return arena_claim(sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct arena_block *block = arena->newest, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

void *arena_take(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        abort();
    size_t padded = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    struct arena_block *block = arena->newest;
    if (block == NULL || padded > block->size - block->used) {
        size_t room = padded > ARENA_BLOCK_SIZE ? padded : ARENA_BLOCK_SIZE;
        block = arena_claim(sizeof(*block) + room);
        block->size = room;
        block->next = arena->newest;
        arena->newest = block;
    }
    void *memory = (char *)block->bytes + block->used;
    block->used += padded;
    return memory;
}

char *arena_copy_text(struct arena *arena, const char *bytes, size_t length)
{
    if (length == SIZE_MAX)
        abort();
    char *copy = arena_take(arena, length + 1);
    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}
