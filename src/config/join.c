/* SPDX-License-Identifier: MIT */
/*
 * Where: config, between the files and those who read the sections.
 * What:  joins mappings key by key.
 * Why:   the pairs of one file are taken as they are (the usual case costs nothing); only what comes from several
 *        files is copied, and each node goes on to know its own file.
 */
#include "config/join.h"

#include "base/names.h"
#include "config/list.h"
#include "config/rows.h"

#include <string.h>

struct joining {
    struct arena *arena;
    struct complaints *complaints;
};

static void add_part(struct list *parts, const struct node *node)
{
    if (node != NULL && node->kind == NODE_MAPPING)
        *(const struct node **)list_add(parts) = node;
}

static const struct node *part_at(const struct list *parts, uint32_t index)
{
    return *(const struct node **)list_at(parts, index);
}

static void add_pair(const struct joining *joining, struct names *names, struct list *pairs, const struct pair *pair,
                     const char *what)
{
    uint32_t former = 0;
    if (names_add(names, pair->key->as.text, pairs->count, &former)) {
        *(struct pair *)list_add(pairs) = *pair;
        return;
    }
    char where[PLACE_TEXT_MAX];
    place_format(node_place(((const struct pair *)list_at(pairs, former))->key), where);
    complaints_add(joining->complaints, COMPLAINT_ERROR, node_place(pair->key),
                   "duplicate %s '%s'; the first one is at %s", what, foreign(pair->key->as.text).text, where);
}

/* One mapping from the parts, which are used up; NULL if there is none. */
static const struct node *join_parts(const struct joining *joining, struct list *parts, const char *what)
{
    if (parts->count <= 1) {
        const struct node *only = parts->count == 0 ? NULL : part_at(parts, 0);
        list_free(parts);
        return only;
    }
    struct names *names = names_new();
    struct list pairs = LIST_OF(struct pair);
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct node *part = part_at(parts, i);
        for (uint32_t k = 0; k < part->count; k++)
            add_pair(joining, names, &pairs, &part->as.pairs[k], what);
    }
    struct node *joined = arena_take(joining->arena, sizeof(*joined));
    *joined = *part_at(parts, 0);
    joined->count = pairs.count;
    joined->as.pairs = list_settle(&pairs, joining->arena);
    names_free(names);
    list_free(parts);
    return joined;
}

static const struct node *join_section(const struct joining *joining, const struct files *files, size_t offset,
                                       const char *what)
{
    struct list parts = LIST_OF(const struct node *);
    for (uint32_t i = 0; i < files->count; i++) {
        const struct node *node = NULL;
        memcpy(&node, (const char *)&files->drafts[i] + offset, sizeof(const struct node *));
        add_part(&parts, node);
    }
    return join_parts(joining, &parts, what);
}

/* `defaults` holds two sections that are joined each for itself. */
static struct defaults_draft join_defaults(const struct joining *joining, const struct files *files)
{
    struct list checks = LIST_OF(const struct node *), records = LIST_OF(const struct node *);
    for (uint32_t i = 0; i < files->count; i++) {
        const struct node *node = files->drafts[i].defaults;
        if (node == NULL)
            continue;
        const struct owner owner = {.name = "defaults", .place = node_place(node)};
        struct defaults_draft draft = {0};
        schema_read(&defaults_table, node, &owner, &draft, joining->complaints);
        add_part(&checks, draft.check);
        add_part(&records, draft.record);
    }
    return (struct defaults_draft){.check = join_parts(joining, &checks, "key"),
                                   .record = join_parts(joining, &records, "key")};
}

struct sections join_files(const struct files *files, struct arena *arena, struct complaints *complaints)
{
    const struct joining joining = {.arena = arena, .complaints = complaints};
    struct defaults_draft defaults = join_defaults(&joining, files);
    return (struct sections){
        .check_defaults = defaults.check,
        .record_defaults = defaults.record,
        .servers = join_section(&joining, files, offsetof(struct file_draft, servers), "server"),
        .checks = join_section(&joining, files, offsetof(struct file_draft, checks), "check"),
        .records = join_section(&joining, files, offsetof(struct file_draft, records), "record"),
        .safety = join_section(&joining, files, offsetof(struct file_draft, safety), "key"),
        .notify = join_section(&joining, files, offsetof(struct file_draft, notify), "notifier"),
        .web = join_section(&joining, files, offsetof(struct file_draft, web), "key"),
        .daemon = join_section(&joining, files, offsetof(struct file_draft, daemon), "key"),
    };
}
