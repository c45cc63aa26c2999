/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_NAMES_H
#define REPOINTD_BASE_NAMES_H

/*
 * Where: base; used by config to join names to places.
 * What:  a map from names to small numbers, and the nearest name for "did you mean".
 */

#include <stdbool.h>
#include <stdint.h>

struct names;

struct names *names_new(void);
void names_free(struct names *names); /* NULL is fine */

/*
 * False if the name is there already; then `*former` (may be NULL) is its number and nothing changes. The name is
 * copied.
 */
bool names_add(struct names *names, const char *name, uint32_t number, uint32_t *former);
bool names_find(const struct names *names, const char *name, uint32_t *ret);

/*
 * The name with the least edit distance, if that is at most a third of its length and at least 1; NULL if none is near.
 */
const char *names_nearest(const struct names *names, const char *name);

/* The same over a plain list ended by NULL. */
const char *names_nearest_of(const char *const *list, const char *name);

#endif
