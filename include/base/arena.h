/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_ARENA_H
#define REPOINTD_BASE_ARENA_H

/*
 * Where: base; holds one configuration, or one YAML tree.
 * What:  memory that lives and dies together.
 * Why:   a configuration is thousands of small things with one life. Aborts when memory is out: it is used at start and
 *        load only.
 */

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is fine */

/* Zeroed, aligned for any type; never NULL, also for size 0. */
void *arena_take(struct arena *arena, size_t size);

/* A copy of `length` bytes with a NUL behind. */
char *arena_copy_text(struct arena *arena, const char *bytes, size_t length);

#endif
