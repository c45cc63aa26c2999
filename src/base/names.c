/* SPDX-License-Identifier: MIT */
/*
 * Where: base, under config. The only file that sees uthash.
 * What:  a hash map in the order of insertion, and the search for the name that was meant.
 * Why:   the distance counts two neighbours that changed places as one slip ("smpt" for "smtp"), for that is how
 *        fingers err. Among equals the first added wins, so that a message is the same in each run.
 */
#include "base/names.h"

#include <stdlib.h>
#include <string.h>

#define uthash_fatal(message) abort()
#include <uthash.h>

/* Longer names are compared by nobody's eye. */
#define NAMES_NEAR_LENGTH_MAX 128

struct names_entry {
    UT_hash_handle hh;
    uint32_t number;
    char name[];
};

struct names {
    struct names_entry *first;
};

struct names *names_new(void)
{
    struct names *names = calloc(1, sizeof(*names));
    if (names == NULL)
        abort();
    return names;
}

void names_free(struct names *names)
{
    if (names == NULL)
        return;
    struct names_entry *entry = names->first;
    HASH_CLEAR(hh, names->first); /* gives back the table; the entries are still a chain */
    while (entry != NULL) {
        struct names_entry *next = entry->hh.next;
        free(entry);
        entry = next;
    }
    free(names);
}

static struct names_entry *names_look_up(const struct names *names, const char *name)
{
    struct names_entry *entry = NULL;
    HASH_FIND_STR(names->first, name, entry);
    return entry;
}

bool names_add(struct names *names, const char *name, uint32_t number, uint32_t *former)
{
    const struct names_entry *there = names_look_up(names, name);
    if (there != NULL) {
        if (former != NULL)
            *former = there->number;
        return false;
    }
    size_t length = strlen(name);
    struct names_entry *entry = calloc(1, sizeof(*entry) + length + 1);
    if (entry == NULL)
        abort();
    memcpy(entry->name, name, length);
    entry->number = number;
    HASH_ADD_KEYPTR(hh, names->first, entry->name, length, entry);
    return true;
}

bool names_find(const struct names *names, const char *name, uint32_t *ret)
{
    const struct names_entry *entry = names_look_up(names, name);
    if (entry == NULL)
        return false;
    *ret = entry->number;
    return true;
}

static size_t names_least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/*
 * Insertions, deletions, replacements and swaps of neighbours that lead from one name to the other (optimal string
 * alignment).
 */
static size_t names_distance(const char *from, size_t from_length, const char *to, size_t to_length)
{
    size_t rows[3][NAMES_NEAR_LENGTH_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= to_length; j++)
        above[j] = j;
    for (size_t i = 1; i <= from_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= to_length; j++) {
            size_t replaced = above[j - 1] + (from[i - 1] != to[j - 1]);
            row[j] = names_least(replaced, names_least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                row[j] = names_least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[to_length];
}

struct names_search {
    const char *name, *best;
    size_t length, least; /* `least`: the distance that has to be beaten */
};

static struct names_search names_search_for(const char *name)
{
    size_t length = strlen(name);
    return (struct names_search){
        .name = name, .length = length, .least = length > NAMES_NEAR_LENGTH_MAX ? 0 : length / 3 + 1};
}

static void names_consider(struct names_search *search, const char *candidate)
{
    size_t length = strlen(candidate);
    size_t apart = length > search->length ? length - search->length : search->length - length;
    if (apart >= search->least || length > NAMES_NEAR_LENGTH_MAX) /* apart is the least that the distance can be */
        return;
    size_t distance = names_distance(search->name, search->length, candidate, length);
    if (distance == 0 || distance >= search->least)
        return;
    search->best = candidate;
    search->least = distance;
}

const char *names_nearest(const struct names *names, const char *name)
{
    struct names_search search = names_search_for(name);
    for (const struct names_entry *entry = names->first; entry != NULL; entry = entry->hh.next)
        names_consider(&search, entry->name);
    return search.best;
}

const char *names_nearest_of(const char *const *list, const char *name)
{
    struct names_search search = names_search_for(name);
    for (; *list != NULL; list++)
        names_consider(&search, *list);
    return search.best;
}
