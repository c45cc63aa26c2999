/* SPDX-License-Identifier: MIT */
/*
 * Where: config, between the tree and the structs; above field, below config and link.
 * What:  walks a mapping by the rows of its table.
 * Why:   reading and complaining are one walk. A second reading of the same node, without complaints, gives the same
 *        values, so nobody needs to keep half-read things.
 */
#include "config/schema.h"

#include "base/names.h"
#include "config/url.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 64

struct walk {
    const struct row *row;
    const struct owner *owner;
    struct complaints *complaints;
};

static void read_value(const struct walk *walk, const struct node *value, void *base);

void owner_format(const struct owner *owner, char text[OWNER_TEXT_MAX])
{
    struct text out = text_over(text, OWNER_TEXT_MAX);
    text_add(&out, "");
    if (owner->name == NULL)
        return;
    text_add(&out, " in ");
    if (owner->section != NULL)
        text_addf(&out, "'%s' of ", owner->section);
    if (owner->what != NULL)
        text_addf(&out, "%s ", owner->what);
    text_addf(&out, "'%s'", foreign(owner->name).text);
}

const struct row *table_row(const struct table *table, const char *key)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].key, key) == 0)
            return &table->rows[i];
    return NULL;
}

static void *at(void *base, size_t offset)
{
    return (char *)base + offset;
}

void schema_initial(const struct table *table, void *base)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        if (row->section_offset != 0)
            schema_initial(row->table, at(base, row->section_offset));
        if (row->offset == 0 || row->initial == NULL)
            continue;
        union field_value value;
        bool good = field_read(&row->rule, row->initial, &value, NULL);
        assert(good);
        (void)good;
        field_store(&row->rule, &value, at(base, row->offset));
    }
}

/* ---- complaints ------------------------------------------------------------------------------------------------- */

/* The key that was meant; NULL if none is near. */
static const char *nearest_key(const struct table *table, const char *key, bool defaults)
{
    const char *list[ROWS_MAX + 1] = {NULL};
    uint32_t count = 0;
    assert(table->count <= ROWS_MAX);
    for (uint32_t i = 0; i < table->count; i++)
        if (!defaults || table->rows[i].inherited)
            list[count++] = table->rows[i].key;
    return names_nearest_of(list, key);
}

static void complain_unknown(const struct table *table, const struct node *key, const struct owner *owner,
                             struct complaints *complaints)
{
    const char *near = nearest_key(table, key->as.text, owner->defaults);
    char where[OWNER_TEXT_MAX];
    owner_format(owner, where);
    complaints_add(complaints, COMPLAINT_ERROR, node_place(key), "unknown key '%s'%s%s%s%s", foreign(key->as.text).text,
                   where, near == NULL ? "" : "; did you mean '", near == NULL ? "" : near, near == NULL ? "" : "'?");
}

/* A required key that is not there, unless it is there with a slip in it. */
static void check_required(const struct table *table, const struct row *row, const struct node *mapping,
                           const struct owner *owner, struct complaints *complaints)
{
    if (!row->required || node_find(mapping, row->key) != NULL)
        return;
    for (uint32_t i = 0; i < mapping->count; i++) {
        const char *key = mapping->as.pairs[i].key->as.text;
        const char *near = table_row(table, key) != NULL ? NULL : nearest_key(table, key, false);
        if (near != NULL && strcmp(near, row->key) == 0)
            return;
    }
    char where[OWNER_TEXT_MAX];
    owner_format(owner, where);
    complaints_add(complaints, COMPLAINT_ERROR, owner->place, "'%s' is missing%s", row->key, where);
}

static void complain_not_inherited(const struct table *table, const struct node *key, struct complaints *complaints)
{
    complaints_add(complaints, COMPLAINT_ERROR, node_place(key), "'%s' cannot stand in 'defaults'; write it in each %s",
                   key->as.text, table->name);
}

void complain_form(const struct row *row, const struct node *value, struct complaints *complaints)
{
    static const struct {
        unsigned forms;
        const char *words;
    } wanted[] = {{FORM_SCALAR, "one value"},
                  {FORM_LIST | FORM_LISTED, "a list"},
                  {FORM_SECTION, "a mapping of keys"},
                  {FORM_NAMED | FORM_EACH, "a mapping of names"}};
    static const char *const found[] = {
        [NODE_SCALAR] = "one value", [NODE_LIST] = "a list", [NODE_MAPPING] = "a mapping"};
    char storage[128];
    struct text out = text_over(storage, sizeof(storage));
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++)
        if ((row->forms & wanted[i].forms) != 0)
            text_addf(&out, "%s%s", out.length == 0 ? "" : " or ", wanted[i].words);
    if (row->table != NULL && row->table->secret && value->kind != NODE_MAPPING)
        complaints_add(complaints, COMPLAINT_ERROR, node_place(value),
                       "a secret never stands in this file; '%s' takes {file: PATH} or {credential: NAME}", row->key);
    else if (node_is_nothing(value))
        complaints_add(complaints, COMPLAINT_ERROR, node_place(value), "'%s' has no value", row->key);
    else
        complaints_add(complaints, COMPLAINT_ERROR, node_place(value), "'%s' takes %s, and here is %s", row->key,
                       storage, found[value->kind]);
}

/* "'regex' in 'expect' of check 'web' is not yet supported" */
static void complain_support(const struct walk *walk, const struct node *key)
{
    char where[OWNER_TEXT_MAX];
    owner_format(walk->owner, where);
    if (walk->row->support == SUPPORT_INITIAL)
        complaints_add(walk->complaints, COMPLAINT_ERROR, node_place(key),
                       "'%s'%s is not yet supported; only '%s' is so far", walk->row->key, where, walk->row->initial);
    else
        complaints_add(walk->complaints, COMPLAINT_ERROR, node_place(key), "'%s'%s is not yet supported",
                       walk->row->key, where);
}

/* ---- values ----------------------------------------------------------------------------------------------------- */

/* A scalar to its field (NULL: only looked over); zero where it is bad. */
static void read_scalar(const struct walk *walk, const struct node *scalar, void *field)
{
    const struct field_rule *rule = &walk->row->rule;
    struct error err;
    union field_value value;
    memset(&value, 0, sizeof(value));
    if (!scalar->quoted && scalar->as.text[0] == '\0') {
        complain_form(walk->row, scalar, walk->complaints);
    } else if (!field_read(rule, scalar->as.text, &value, &err)) {
        memset(&value, 0, sizeof(value));
        if (rule->kind == FIELD_URL && url_has_user(scalar->as.text))
            complaints_hide(walk->complaints, node_place(scalar));
        complaints_add(walk->complaints, COMPLAINT_ERROR, node_place(scalar), "%s", err.text);
    }
    if (field != NULL)
        field_store(rule, &value, field);
}

static void read_section(const struct walk *walk, const struct node *section, void *base)
{
    const struct row *row = walk->row;
    assert(row->table != NULL);
    struct owner inner = *walk->owner;
    inner.section = walk->owner->name == NULL ? NULL : row->key;
    inner.name = walk->owner->name == NULL ? row->key : walk->owner->name;
    inner.place = node_place(section);
    inner.defaults = false;
    if (row->section_offset != 0) {
        schema_initial(row->table, at(base, row->section_offset));
        schema_read(row->table, section, &inner, at(base, row->section_offset), walk->complaints);
        return;
    }
    void *scratch = calloc(1, row->table->size);
    if (scratch == NULL)
        abort();
    schema_read(row->table, section, &inner, scratch, walk->complaints);
    free(scratch);
}

/* Items of lists are only looked over here; who wants them walks the node. */
static void read_list(const struct walk *walk, const struct node *list, void *base)
{
    struct row item_row = *walk->row;
    item_row.forms = (walk->row->forms & FORM_LISTED) != 0 ? walk->row->forms & ~(unsigned)FORM_LISTED : FORM_SCALAR;
    const struct walk items = {.row = &item_row, .owner = walk->owner, .complaints = walk->complaints};
    for (uint32_t i = 0; i < list->count; i++)
        read_value(&items, list->as.items[i], base);
}

static void read_named(const struct walk *walk, const struct node *mapping)
{
    for (uint32_t i = 0; i < mapping->count; i++) {
        static const struct field_rule token = {.kind = FIELD_TOKEN};
        const struct node *name = mapping->as.pairs[i].key, *value = mapping->as.pairs[i].value;
        union field_value read;
        struct error err;
        complaints_hide(walk->complaints, node_place(value)); /* a header may be a password */
        if (!field_read(&token, name->as.text, &read, &err))
            complaints_add(walk->complaints, COMPLAINT_ERROR, node_place(name), "%s", err.text);
        if (value->kind == NODE_SCALAR)
            read_scalar(walk, value, NULL);
        else
            complain_form(walk->row, value, walk->complaints);
    }
}

/* A mapping of names to sections that nobody keeps. */
static void read_each(const struct walk *walk, const struct node *mapping)
{
    const struct row *row = walk->row;
    assert(row->table != NULL);
    void *scratch = calloc(1, row->table->size);
    if (scratch == NULL)
        abort();
    for (uint32_t i = 0; i < mapping->count; i++) {
        const struct pair *pair = &mapping->as.pairs[i];
        const struct owner owner = {
            .what = row->table->name, .name = pair->key->as.text, .place = node_place(pair->key)};
        if (pair->value->kind == NODE_MAPPING)
            schema_read(row->table, pair->value, &owner, scratch, walk->complaints);
        else
            complaints_add(walk->complaints, COMPLAINT_ERROR, node_place(pair->value),
                           "%s '%s' takes a mapping of keys", row->table->name, foreign(pair->key->as.text).text);
    }
    free(scratch);
}

static bool form_fits(const struct row *row, const struct node *value)
{
    static const unsigned fitting[] = {[NODE_SCALAR] = FORM_SCALAR,
                                       [NODE_LIST] = FORM_LIST | FORM_LISTED,
                                       [NODE_MAPPING] = FORM_SECTION | FORM_NAMED | FORM_EACH};
    unsigned forms = (row->forms & FORM_LISTED) != 0 ? FORM_LISTED : row->forms;
    return (forms & fitting[value->kind]) != 0;
}

static void read_value(const struct walk *walk, const struct node *value, void *base)
{
    const struct row *row = walk->row;
    if (row->table != NULL && row->table->secret && value->kind != NODE_MAPPING)
        complaints_hide(walk->complaints, node_place(value));
    if (node_is_nothing(value) && (row->forms & FORM_SCALAR) == 0 && !row->required)
        return;
    if (!form_fits(row, value))
        complain_form(row, value, walk->complaints);
    else if (row->deferred)
        return;
    else if (value->kind == NODE_SCALAR)
        read_scalar(walk, value, row->offset == 0 ? NULL : at(base, row->offset));
    else if (value->kind == NODE_LIST)
        read_list(walk, value, base);
    else if ((row->forms & FORM_SECTION) != 0)
        read_section(walk, value, base);
    else if ((row->forms & FORM_NAMED) != 0)
        read_named(walk, value);
    else
        read_each(walk, value);
}

bool table_requires(const struct table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (table->rows[i].required)
            return true;
    return false;
}

bool row_asks_for_later(const struct row *row)
{
    return row->support == SUPPORT_LATER && row->kinds == 0 && (row->forms & FORM_SECTION) != 0 &&
           table_requires(row->table);
}

static bool is_supported(const struct row *row, const struct node *value)
{
    union field_value written, initial;
    switch (row->support) {
    case SUPPORT_NOW:
        return true;
    case SUPPORT_LATER:
        return node_is_nothing(value) || (value->kind != NODE_SCALAR && value->count == 0 && !row_asks_for_later(row));
    case SUPPORT_INITIAL:
        return value->kind == NODE_SCALAR && field_read(&row->rule, value->as.text, &written, NULL) &&
               field_read(&row->rule, row->initial, &initial, NULL) && field_equal(&row->rule, &written, &initial);
    }
    assert(false);
    return false;
}

static void read_pair(const struct walk *walk, const struct pair *pair, void *base)
{
    const uint32_t before = walk->complaints == NULL ? 0 : complaints_errors(walk->complaints);
    if (walk->row->node_offset != 0 && form_fits(walk->row, pair->value))
        memcpy(at(base, walk->row->node_offset), &pair->value, sizeof(const struct node *));
    if (pair->value->kind != NODE_MAPPING || pair->value->count > 0 || !row_asks_for_later(walk->row))
        read_value(walk, pair->value, base);
    if (walk->complaints != NULL && complaints_errors(walk->complaints) == before &&
        !is_supported(walk->row, pair->value))
        complain_support(walk, pair->key);
}

void schema_read(const struct table *table, const struct node *mapping, const struct owner *owner, void *base,
                 struct complaints *complaints)
{
    assert(mapping->kind == NODE_MAPPING);
    memcpy(base, &mapping, sizeof(const struct node *));
    for (uint32_t i = 0; i < mapping->count; i++) {
        const struct pair *pair = &mapping->as.pairs[i];
        const struct row *row = table_row(table, pair->key->as.text);
        const struct walk walk = {.row = row, .owner = owner, .complaints = complaints};
        if (row == NULL && table->secret)
            complaints_hide(complaints, node_place(pair->value));
        if (row == NULL && table->secret)
            complaints_add(complaints, COMPLAINT_ERROR, node_place(pair->key),
                           "a secret never stands in this file; '%s' takes {file: PATH} or {credential: NAME}",
                           owner->section == NULL ? owner->name : owner->section);
        else if (row == NULL)
            complain_unknown(table, pair->key, owner, complaints);
        else if (owner->defaults && !row->inherited)
            complain_not_inherited(table, pair->key, complaints);
        else
            read_pair(&walk, pair, base);
    }
    for (uint32_t i = 0; i < table->count; i++)
        check_required(table, &table->rows[i], mapping, owner, complaints);
}
