/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  checks: which kind one is, what goes with that kind, and its times. What each kind does is in link_look.
 * Why:   the kind is the key that names it, so two such keys are a slip and none is one as well. Everything inherited
 *        is in the draft already when the check's own keys are read over it.
 */
#include "config/link.h"

#include "config/check_kind.h"
#include "config/link_look.h"
#include "config/rows.h"

#include <string.h>

#define TIMEOUT_UNSET_MS  4000
#define INTERVAL_SHORT_MS 5000 /* below it the timeout follows: 80 % */

/* ---- what goes with what ---------------------------------------------------------------------------------------- */

static void check_fit(struct linker *linker, const struct table *table, const struct node *mapping,
                      const struct check_kind_row *kind)
{
    for (uint32_t i = 0; mapping != NULL && i < mapping->count; i++) {
        const struct node *key = mapping->as.pairs[i].key;
        const struct row *row = table_row(table, key->as.text);
        if (row != NULL && row->support != SUPPORT_LATER && row->kinds != 0 && (row->kinds & kind->form) == 0 &&
            check_kind_of(&mapping->as.pairs[i]) == NULL)
            complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(key),
                           "'%s' does not go with a check of the kind '%s'", row->key, kind->key);
    }
}

static void complain_nothing(struct linker *linker, const struct node *name)
{
    complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(name),
                   "check '%s' says nothing to look at; write 'http: URL' or 'tcp: PORT'", foreign(name->as.text).text);
}

/* The one kind; NULL after a complaint, or where something else was complained of already. */
static const struct check_kind_row *find_kind(struct linker *linker, const struct node *name,
                                              const struct node *mapping, bool read_well)
{
    const struct check_kind_row *found = NULL;
    for (uint32_t i = 0; i < mapping->count; i++) {
        const struct check_kind_row *kind = check_kind_of(&mapping->as.pairs[i]);
        if (kind == NULL)
            continue;
        if (found != NULL) {
            complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(mapping->as.pairs[i].key),
                           "check '%s' has two kinds, '%s' and '%s'; make two checks", foreign(name->as.text).text,
                           found->key, kind->key);
            return NULL;
        }
        found = kind;
    }
    if (found == NULL && read_well)
        complain_nothing(linker, name);
    return found;
}

static void check_support(struct linker *linker, const struct check_draft *draft, const struct check_kind_row *kind)
{
    for (uint32_t i = 0; kind->support != SUPPORT_NOW && i < draft->node->count; i++) {
        const struct node *key = draft->node->as.pairs[i].key;
        if (strcmp(key->as.text, kind->key) == 0)
            complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(key),
                           "'%s' in check '%s' is not yet supported", key->as.text, foreign(draft->name->as.text).text);
    }
}

/* ---- times ------------------------------------------------------------------------------------------------------ */

/*
 * timeout    then
 * unset      4s, or 80 % of an interval below 5s
 * one        that for the whole probe and for each phase
 * a mapping  a budget for each phase, and their sum for the whole
 */
static void link_probing(const struct check_draft *draft, struct check_settings *ret)
{
    ret->jitter_permille = draft->jitter_permille;
    ret->interval_ms = draft->interval_ms;
    ret->interval_changing_ms = draft->interval_changing == NULL ? draft->interval_ms : draft->interval_changing_ms;
    ret->phased = draft->timeout != NULL && draft->timeout->kind == NODE_MAPPING;
    if (ret->phased) {
        ret->connect_ms = draft->budgets.connect_ms;
        ret->response_ms = draft->budgets.response_ms;
        ret->body_ms = draft->budgets.body_ms;
        bool whole = ret->connect_ms != 0 && ret->response_ms != 0 && ret->body_ms != 0;
        ret->total_ms = whole ? ret->connect_ms + ret->response_ms + ret->body_ms : 0;
        return;
    }
    if (draft->timeout != NULL)
        ret->total_ms = draft->total_ms;
    else
        ret->total_ms = draft->interval_ms < INTERVAL_SHORT_MS ? draft->interval_ms / 5 * 4 : TIMEOUT_UNSET_MS;
    ret->connect_ms = ret->response_ms = ret->body_ms = ret->total_ms;
}

/* A threshold of the check itself, else 1: results that are pushed or calculated are not one look among many. */
static uint16_t own_threshold(const struct check_draft *draft, const char *key, uint16_t threshold)
{
    return node_find(draft->node, key) != NULL ? threshold : 1;
}

static void link_times(const struct check_draft *draft, struct check_settings *ret)
{
    ret->rise = draft->rise;
    ret->fall = draft->fall;
    if (check_kind_probes(ret->kind)) {
        link_probing(draft, ret);
        return;
    }
    ret->rise = own_threshold(draft, "rise", draft->rise);
    ret->fall = own_threshold(draft, "fall", draft->fall);
    if (ret->kind == CHECK_HEARTBEAT)
        ret->interval_ms = ret->interval_changing_ms = draft->silence_ms;
}

/* ---- one check -------------------------------------------------------------------------------------------------- */

static void link_check(struct linker *linker, const struct pair *pair, const struct check_draft *initial)
{
    struct check_settings *check = list_add(&linker->checks);
    struct check_draft draft = *initial;
    const struct owner owner = {.what = "check", .name = pair->key->as.text, .place = node_place(pair->key)};
    draft.name = pair->key;
    check->kind = CHECK_TCP; /* until it is known: a kind without more to it */
    check->name = link_copy(linker, pair->key->as.text);
    if (link_name_is_good(linker, pair->key, "check", 64) && strcmp(pair->key->as.text, "none") == 0)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(pair->key),
                       "'none' means that there is no check; give it another name");
    if (pair->value->kind != NODE_MAPPING) {
        complain_nothing(linker, pair->key);
        return;
    }
    uint32_t errors = complaints_errors(linker->complaints);
    schema_read(&check_table, pair->value, &owner, &draft, linker->complaints);
    const struct check_kind_row *kind = find_kind(linker, pair->key, pair->value,
                                                  complaints_errors(linker->complaints) == errors);
    if (kind != NULL) {
        check->kind = kind->kind;
        check_fit(linker, &check_table, pair->value, kind);
        check_fit(linker, &expect_table, draft.expect.node, kind);
        check_support(linker, &draft, kind);
        link_look(linker, &draft, check);
    }
    check->invert = draft.invert;
    link_times(&draft, check);
}

void link_checks(struct linker *linker)
{
    const struct node *section = linker->sections->checks, *defaults = linker->sections->check_defaults;
    struct check_draft initial = {0};
    schema_initial(&check_table, &initial);
    if (defaults != NULL) {
        const struct owner owner = {.name = "defaults.check", .place = node_place(defaults), .defaults = true};
        schema_read(&check_table, defaults, &owner, &initial, linker->complaints);
    }
    for (uint32_t i = 0; section != NULL && i < section->count; i++)
        link_check(linker, &section->as.pairs[i], &initial);
    link_groups_done(linker);
}
