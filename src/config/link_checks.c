/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  checks: which kind one is, what goes with that kind, and its times.
 * Why:   the kind is the key that names it, so two such keys are a slip and none is one as well. Everything inherited
 *        is in the draft already when the check's own keys are read over it.
 */
#include "config/link.h"

#include "config/check_kind.h"
#include "config/files.h"
#include "config/program.h"
#include "config/rows.h"
#include "config/url.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

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
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(name),
                       "check '%s' says nothing to look at; write 'http: URL' or 'tcp: PORT'",
                       foreign(name->as.text).text);
    return found;
}

/* What the rows cannot tell: kinds that come later, also with an empty value. */
static void check_support(struct linker *linker, const struct check_draft *draft, const struct check_kind_row *kind)
{
    if (kind->form == CHECK_FORM_HTTP || kind->form == CHECK_FORM_TCP)
        return;
    for (uint32_t i = 0; i < draft->node->count; i++) {
        const struct node *key = draft->node->as.pairs[i].key;
        if (strcmp(key->as.text, kind->key) == 0)
            complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(key),
                           "'%s' in check '%s' is not yet supported", key->as.text,
                           foreign(draft->name->as.text).text);
    }
}

static void check_references(struct linker *linker, const struct check_draft *draft)
{
    const struct node *lists[] = {draft->all_of, draft->any_of, node_find(draft->at_least, "of")};
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++)
        for (uint32_t k = 0; lists[i] != NULL && lists[i]->kind == NODE_LIST && k < lists[i]->count; k++)
            if (lists[i]->as.items[k]->kind == NODE_SCALAR)
                (void)link_reference(linker, linker->check_names, lists[i]->as.items[k], "check");
    program_check(draft->exec, true, linker->complaints);
}

/* ---- http ------------------------------------------------------------------------------------------------------- */

static void link_ca(struct linker *linker, const struct tls_draft *tls, struct tls_settings *ret)
{
    if (tls->ca == NULL || strcmp(tls->ca, "system") == 0)
        return;
    const char *path = files_beside(tls->ca_node, tls->ca, linker->arena);
    if (access(path, R_OK) != 0) {
        bool is_warning = errno == EACCES && linker->environment->purpose == CONFIG_FOR_CHECK;
        struct error err;
        error_set_errno(&err, errno, "'%s' cannot be read", path);
        complaints_add(linker->complaints, is_warning ? COMPLAINT_WARNING : COMPLAINT_ERROR, node_place(tls->ca_node),
                       "%s%s", err.text, is_warning ? "; the certificates are not checked here" : "");
    }
    ret->ca = path;
}

static void link_http(struct linker *linker, const struct check_draft *draft, struct http_settings *ret)
{
    struct url url;
    if (draft->url == NULL || !url_parse(draft->url, &url, NULL))
        return;
    ret->url = link_copy(linker, url.text);
    ret->host = link_copy(linker, url.host);
    ret->port = url.port;
    ret->secure = url.secure;
    ret->tls.verify = draft->tls.verify;
    ret->tls.sni = link_copy(linker, draft->tls.sni);
    link_ca(linker, &draft->tls, &ret->tls);
    if (!url.secure && draft->tls.node != NULL && draft->tls.node->count > 0)
        complaints_add(linker->complaints, COMPLAINT_WARNING, node_place(draft->tls.node),
                       "'tls' has no effect on a URL that begins with http://");
}

static void link_expect(struct linker *linker, const struct expect_draft *draft, struct expect_settings *ret)
{
    static const struct status_range usual = {.least = 200, .most = 399};
    uint32_t count = link_item_count(draft->statuses), used = 0;
    struct status_range *statuses = arena_take(linker->arena, (count + 1) * sizeof(*statuses));
    for (uint32_t i = 0; i < count; i++)
        if (status_parse(link_item(draft->statuses, i)->as.text, &statuses[used], NULL))
            used++;
    if (draft->statuses != NULL && draft->statuses->kind == NODE_LIST && draft->statuses->count == 0)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(draft->statuses),
                       "'status' is an empty list: nothing could ever pass");
    if (draft->statuses == NULL)
        statuses[used++] = usual;
    ret->statuses = statuses;
    ret->status_count = used;
    ret->contains = link_copy(linker, draft->contains);
    ret->contains_length = draft->contains == NULL ? 0 : strlen(draft->contains);
}

/* ---- times ------------------------------------------------------------------------------------------------------ */

/*
 * timeout    then
 * unset      4s, or 80 % of an interval below 5s
 * one        that for the whole probe and for each phase
 * a mapping  a budget for each phase, and their sum for the whole
 */
static void link_times(const struct check_draft *draft, struct check_settings *ret)
{
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

/* ---- one check -------------------------------------------------------------------------------------------------- */

static void link_check(struct linker *linker, const struct pair *pair, const struct check_draft *initial)
{
    struct check_settings *check = list_add(&linker->checks);
    struct check_draft draft = *initial;
    const struct owner owner = {.what = "check", .name = pair->key->as.text, .place = node_place(pair->key)};
    draft.name = pair->key;
    check->name = link_copy(linker, pair->key->as.text);
    if (link_name_is_good(linker, pair->key, "check", 64) && strcmp(pair->key->as.text, "none") == 0)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(pair->key),
                       "'none' means that there is no check; give it another name");
    if (pair->value->kind != NODE_MAPPING) {
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(pair->key),
                       "check '%s' says nothing to look at; write 'http: URL' or 'tcp: PORT'",
                       foreign(owner.name).text);
        return;
    }
    uint32_t errors = complaints_errors(linker->complaints);
    schema_read(&check_table, pair->value, &owner, &draft, linker->complaints);
    const struct check_kind_row *kind = find_kind(linker, pair->key, pair->value,
                                                  complaints_errors(linker->complaints) == errors);
    if (kind != NULL) {
        check_fit(linker, &check_table, pair->value, kind);
        check_fit(linker, &expect_table, draft.expect.node, kind);
        check_support(linker, &draft, kind);
    }
    check_references(linker, &draft);
    if (kind != NULL && kind->form == CHECK_FORM_HTTP) {
        check->kind = CHECK_HTTP;
        link_http(linker, &draft, &check->how.http);
        link_expect(linker, &draft.expect, &check->expect);
    } else if (kind != NULL && kind->form == CHECK_FORM_TCP) {
        check->kind = CHECK_TCP;
        check->how.tcp.port = draft.port;
    }
    link_times(&draft, check);
    check->rise = draft.rise;
    check->fall = draft.fall;
    check->jitter_permille = draft.jitter_permille;
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
}
