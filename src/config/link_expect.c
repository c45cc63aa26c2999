/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link_checks.
 * What:  what an answer must be.
 */
#include "config/link_look.h"

#include "base/pattern.h"
#include "config/field.h"

#include <string.h>

static void link_statuses(struct linker *linker, const struct node *node, struct expect_settings *ret)
{
    static const struct status_range usual = {.least = 200, .most = 399};
    uint32_t count = link_item_count(node), used = 0;
    struct status_range *statuses = arena_take(linker->arena, (count + 1) * sizeof(*statuses));
    for (uint32_t i = 0; i < count; i++)
        if (status_parse(link_item(node, i)->as.text, &statuses[used], NULL))
            used++;
    if (node != NULL && node->kind == NODE_LIST && node->count == 0)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                       "'status' is an empty list: nothing could ever pass");
    if (node == NULL)
        statuses[used++] = usual;
    ret->statuses = statuses;
    ret->status_count = used;
}

void link_expect(struct linker *linker, const struct check_draft *check, struct expect_settings *ret)
{
    const struct expect_draft *draft = &check->expect;
    link_statuses(linker, draft->statuses, ret);
    ret->contains = link_copy(linker, draft->contains);
    ret->contains_length = draft->contains == NULL ? 0 : strlen(draft->contains);
    ret->not_contains = link_copy(linker, draft->not_contains);
    ret->not_contains_length = draft->not_contains == NULL ? 0 : strlen(draft->not_contains);
    ret->certificate_days = draft->certificate_days;
    ret->has_rcode = draft->rcode_node != NULL;
    ret->rcode = (uint16_t)draft->rcode;
    ret->answer = link_copy(linker, draft->answer);
    struct error err;
    if (draft->regex == NULL)
        return;
    ret->regex = pattern_new(draft->regex, &err);
    if (ret->regex == NULL)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(draft->regex_node),
                       "the regular expression is not valid %s", err.text);
}
