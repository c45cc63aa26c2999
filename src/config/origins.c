/* SPDX-License-Identifier: MIT */
/*
 * Where: config; between the settings and the files they came from.
 * What:  finds the node behind an object or a key of it.
 * Why:   found by walking when somebody asks, which is when something is wrong; nothing is kept for each value.
 */
#include "config/origins.h"

#include "config/link.h"

#include <string.h>

static const struct place nowhere = {.source = NULL};

static const struct pair *pair_at(const struct node *section, uint32_t index)
{
    return section != NULL && index < section->count ? &section->as.pairs[index] : NULL;
}

static struct place place_of(const struct pair *pair)
{
    return pair == NULL ? nowhere : node_place(pair->key);
}

/* The value of a key in the object itself, else in the defaults, else the object's own name. */
static struct place place_of_key(const struct pair *pair, const struct node *defaults, const char *key)
{
    const struct node *value = pair == NULL ? NULL : node_find(pair->value, key);
    if (value == NULL)
        value = node_find(defaults, key);
    return value == NULL ? place_of(pair) : node_place(value);
}

struct place origins_record(const struct config_origins *origins, uint32_t record)
{
    return origins == NULL ? nowhere : place_of(pair_at(origins->sections.records, record));
}

struct place origins_check_pair(const struct config_origins *origins, uint32_t check, const char *first,
                                const char *second, bool *ret_own)
{
    const struct pair *pair = origins == NULL ? NULL : pair_at(origins->sections.checks, check);
    const char *const keys[] = {first, second};
    *ret_own = true;
    for (size_t i = 0; pair != NULL && i < ARRAY_COUNT(keys); i++)
        if (node_find(pair->value, keys[i]) != NULL)
            return node_place(node_find(pair->value, keys[i]));
    for (size_t i = 0; pair != NULL && i < ARRAY_COUNT(keys); i++)
        if (node_find(origins->sections.check_defaults, keys[i]) != NULL) {
            *ret_own = false;
            return node_place(node_find(origins->sections.check_defaults, keys[i]));
        }
    return place_of(pair);
}

struct place origins_record_key(const struct config_origins *origins, uint32_t record, const char *key)
{
    if (origins == NULL)
        return nowhere;
    return place_of_key(pair_at(origins->sections.records, record), origins->sections.record_defaults, key);
}

struct place origins_daemon_key(const struct config_origins *origins, const char *key)
{
    const struct node *value = origins == NULL ? NULL : node_find(origins->sections.daemon, key);
    return value == NULL ? nowhere : node_place(value);
}

bool origins_has_connectivity(const struct config_origins *origins)
{
    const struct node *node = origins == NULL ? NULL : node_find(origins->sections.safety, "connectivity");
    return node != NULL && !node_is_nothing(node);
}

struct place origins_target(const struct config_origins *origins, const struct settings *settings, uint32_t target)
{
    const struct target_settings *wanted = &settings->targets[target];
    const struct pair *pair = origins == NULL ? NULL : pair_at(origins->sections.records, wanted->record);
    const struct node *body = pair == NULL ? NULL : pair->value;
    const struct node *node = node_find(body, wanted->role);
    const struct node *list = node_find(body, "targets");
    uint32_t place = target - settings->records[wanted->record].target_first;
    if (list != NULL && list->kind == NODE_LIST && place < list->count)
        node = list->as.items[place];
    return node == NULL ? place_of(pair) : node_place(node);
}
