/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  looks over notifiers: one way of telling each, and a program that can be run.
 * Why:   they are not built yet, but a slip in one is told as what it is.
 */
#include "config/link.h"

#include "config/program.h"

#include <string.h>

static bool is_way(const char *key)
{
    static const char *const ways[] = {"slack", "alertmanager", "exec", "email", "webhook"};
    for (size_t i = 0; i < ARRAY_COUNT(ways); i++)
        if (strcmp(key, ways[i]) == 0)
            return true;
    return false;
}

static void check_notifier(struct linker *linker, const struct pair *pair)
{
    uint32_t ways = 0;
    if (!link_name_is_good(linker, pair->key, "notifier", 64) || pair->value->kind != NODE_MAPPING)
        return;
    for (uint32_t i = 0; i < pair->value->count; i++)
        ways += is_way(pair->value->as.pairs[i].key->as.text);
    if (ways != 1)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(pair->key),
                       "notifier '%s' takes one of slack, alertmanager, exec, email and webhook",
                       foreign(pair->key->as.text).text);
    program_check(node_find(pair->value, "exec"), false, linker->complaints);
}

void link_notifiers(struct linker *linker)
{
    const struct node *section = linker->sections->notify;
    for (uint32_t i = 0; section != NULL && i < section->count; i++)
        check_notifier(linker, &section->as.pairs[i]);
}
