/* SPDX-License-Identifier: MIT */
/*
 * Where: config, between the joined sections and the settings.
 * What:  the order of the parts, what they share, and the reverse rows.
 * Why:   names are numbered before anything refers to them, so the order of keys in the file is free.
 */
#include "config/link.h"

#include "config/schema.h"

#include <assert.h>
#include <string.h>

const char *link_copy(struct linker *linker, const char *text)
{
    return text == NULL ? NULL : arena_copy_text(linker->arena, text, strlen(text));
}

uint32_t link_item_count(const struct node *node)
{
    if (node == NULL || node->kind == NODE_MAPPING)
        return 0;
    if (node->kind == NODE_SCALAR)
        return 1;
    uint32_t count = 0;
    while (count < node->count && node->as.items[count]->kind == NODE_SCALAR) /* the schema complained of the rest */
        count++;
    return count;
}

const struct node *link_item(const struct node *node, uint32_t index)
{
    return node->kind == NODE_SCALAR ? node : node->as.items[index];
}

struct names *link_names_of(const struct node *mapping)
{
    struct names *names = names_new();
    for (uint32_t i = 0; mapping != NULL && i < mapping->count; i++)
        (void)names_add(names, mapping->as.pairs[i].key->as.text, i, NULL);
    return names;
}

uint32_t link_reference(struct linker *linker, const struct names *names, const struct node *node, const char *what)
{
    uint32_t number = ID_NONE;
    if (names_find(names, node->as.text, &number))
        return number;
    if (!linker->names_are_whole)
        return ID_NONE;
    const char *near = names_nearest(names, node->as.text);
    complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "no %s named '%s'%s%s%s", what,
                   foreign(node->as.text).text, near == NULL ? "" : "; did you mean '", near == NULL ? "" : near,
                   near == NULL ? "" : "'?");
    return ID_NONE;
}

bool link_name_is_good(struct linker *linker, const struct node *name, const char *what, size_t most)
{
    size_t length = strlen(name->as.text);
    bool visible = true;
    for (const char *c = name->as.text; *c != '\0'; c++)
        visible = visible && *c > ' ' && *c <= '~';
    if (visible && length <= most)
        return true;
    complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(name),
                   "the name of a %s has 1 to %zu characters, visible ASCII without blanks", what, most);
    return false;
}

/* The values that each watch judges, as runs of one array. */
static const uint32_t *link_users(struct linker *linker, struct watch_settings *watches, uint32_t watch_count,
                                  const struct value_settings *values, uint32_t value_count, uint32_t *ret_count)
{
    uint32_t count = 0;
    for (uint32_t v = 0; v < value_count; v++)
        if (values[v].watch != ID_NONE) {
            watches[values[v].watch].user_count++;
            count++;
        }
    uint32_t *users = arena_take(linker->arena, count * sizeof(*users)), first = 0;
    for (uint32_t w = 0; w < watch_count; w++) {
        watches[w].user_first = first;
        first += watches[w].user_count;
        watches[w].user_count = 0;
    }
    for (uint32_t v = 0; v < value_count; v++)
        if (values[v].watch != ID_NONE) {
            struct watch_settings *watch = &watches[values[v].watch];
            users[watch->user_first + watch->user_count++] = v;
        }
    *ret_count = count;
    return users;
}

static void settle(struct linker *linker, struct settings *ret)
{
    ret->server_count = linker->servers.count;
    ret->zone_count = linker->zones.count;
    ret->check_count = linker->checks.count;
    ret->record_count = linker->records.count;
    ret->target_count = linker->targets.count;
    ret->value_count = linker->values.count;
    ret->watch_count = linker->watches.count;
    ret->child_count = linker->children.count;
    ret->name_count = linker->hosts.count;
    ret->notifier_count = linker->notifiers.count;
    ret->route_count = linker->routes.count;
    struct watch_settings *watches = list_settle(&linker->watches, linker->arena);
    ret->watches = watches;
    ret->servers = list_settle(&linker->servers, linker->arena);
    ret->zones = list_settle(&linker->zones, linker->arena);
    ret->checks = list_settle(&linker->checks, linker->arena);
    ret->records = list_settle(&linker->records, linker->arena);
    ret->targets = list_settle(&linker->targets, linker->arena);
    ret->values = list_settle(&linker->values, linker->arena);
    ret->names = list_settle(&linker->hosts, linker->arena);
    ret->children = list_settle(&linker->children, linker->arena);
    ret->notifiers = list_settle(&linker->notifiers, linker->arena);
    ret->routes = list_settle(&linker->routes, linker->arena);
    ret->above = link_above(linker, watches, ret->watch_count, ret->children, &ret->above_count);
    link_slowest(watches, ret->watch_count, ret->children, ret->checks);
    ret->users = link_users(linker, watches, ret->watch_count, ret->values, ret->value_count, &ret->user_count);
}

static void complain_open_keys(const struct linker *linker)
{
    if (linker->open_keys == 0)
        return;
    char more[64] = "";
    struct text out = text_over(more, sizeof(more));
    if (linker->open_keys > 1)
        text_addf(&out, " (and %u more)", linker->open_keys - 1);
    complaints_add(linker->complaints, COMPLAINT_WARNING, linker->open_key,
                   "other users can read or change this key file%s; chmod 0640 or 0600 keeps them out", more);
}

void link_settings(struct linker *linker, struct settings *ret)
{
    linker->servers = LIST_OF(struct server_settings);
    linker->zones = LIST_OF(struct zone_settings);
    linker->checks = LIST_OF(struct check_settings);
    linker->records = LIST_OF(struct record_settings);
    linker->targets = LIST_OF(struct target_settings);
    linker->values = LIST_OF(struct value_settings);
    linker->watches = LIST_OF(struct watch_settings);
    linker->children = LIST_OF(uint32_t);
    linker->hosts = LIST_OF(struct name_settings);
    linker->notifiers = LIST_OF(struct notifier_settings);
    linker->routes = LIST_OF(uint32_t);
    linker->server_names = link_names_of(linker->sections->servers);
    linker->check_names = link_names_of(linker->sections->checks);
    linker->notifier_names = link_names_of(linker->sections->notify);
    linker->zone_names = names_new();
    linker->owner_names = names_new();
    linker->watch_names = names_new();
    linker->host_names = names_new();

    link_servers(linker);
    link_checks(linker);
    link_records(linker);
    link_notifiers(linker);
    complain_open_keys(linker);
    link_safety(linker, &ret->safety);
    link_web(linker, &ret->web);
    settle(linker, ret);

    names_free(linker->server_names);
    names_free(linker->check_names);
    names_free(linker->notifier_names);
    names_free(linker->zone_names);
    names_free(linker->owner_names);
    names_free(linker->watch_names);
    names_free(linker->host_names);
}
