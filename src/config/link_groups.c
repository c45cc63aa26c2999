/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link_checks.
 * What:  checks that are calculated from others: their children, and that none rests on itself.
 * Why:   who rests on whom must be a tree that ends, and not far down, for each result walks up through all of it.
 */
#include "config/link_look.h"

#include <assert.h>
#include <inttypes.h>

static const struct node *children_of(const struct check_draft *draft, enum check_kind kind)
{
    return kind == CHECK_ALL_OF ? draft->all_of : kind == CHECK_ANY_OF ? draft->any_of : draft->at_least.of;
}

static bool is_among(const uint32_t *children, uint32_t count, uint32_t child)
{
    for (uint32_t i = 0; i < count; i++)
        if (children[i] == child)
            return true;
    return false;
}

static void link_child(struct linker *linker, const struct node *node, uint32_t *children, uint32_t *count)
{
    uint32_t child = link_reference(linker, linker->check_names, node, "check");
    if (child == ID_NONE)
        return;
    if (is_among(children, *count, child))
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "'%s' is listed twice", node->as.text);
    else if (*count < CHECK_CHILDREN_MAX)
        children[(*count)++] = child;
    else
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                       "a calculated check is made of %d others at the most; put some of them into one of their own",
                       CHECK_CHILDREN_MAX);
}

void link_group(struct linker *linker, const struct check_draft *draft, enum check_kind kind,
                struct group_settings *ret)
{
    const struct node *list = children_of(draft, kind);
    const uint32_t listed = list == NULL ? 0 : link_item_count(list), errors = complaints_errors(linker->complaints);
    uint32_t room = listed < CHECK_CHILDREN_MAX ? listed : CHECK_CHILDREN_MAX;
    uint32_t *children = arena_take(linker->arena, room * sizeof(*children));
    for (uint32_t i = 0; i < listed; i++)
        link_child(linker, link_item(list, i), children, &ret->child_count);
    ret->children = children;
    ret->least = kind == CHECK_ALL_OF ? ret->child_count : kind == CHECK_ANY_OF ? 1 : draft->at_least.count;
    if (list != NULL && list->kind == NODE_LIST && list->count == 0)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(list),
                       "the list is empty; name the checks that this one is made of");
    else if (ret->least > ret->child_count && complaints_errors(linker->complaints) == errors && list != NULL)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(draft->at_least.count_node),
                       "'count' is %" PRIu32 " and there are %" PRIu32 " checks: it could never be up", ret->least,
                       ret->child_count);
}

/* ---- who rests on whom ------------------------------------------------------------------------------------------ */

enum visit { VISIT_NEW = 0, VISIT_UNDER_WAY, VISIT_DONE };

struct descent {
    struct linker *linker;
    uint8_t *visits;                    /* by check: enum visit */
    uint8_t *heights;                   /* by check: calculated checks below each other, itself counted */
    uint32_t path[CHECK_DEPTH_MAX + 1]; /* from where we came */
};

static struct place place_of(const struct descent *descent, uint32_t check)
{
    return node_place(descent->linker->sections->checks->as.pairs[check].key);
}

static const char *name_of(const struct descent *descent, uint32_t check)
{
    return ((const struct check_settings *)list_at(&descent->linker->checks, check))->name;
}

static void complain_circle(const struct descent *descent, uint32_t depth, uint32_t check)
{
    char storage[400];
    struct text out = text_over(storage, sizeof(storage));
    uint32_t first = depth;
    while (descent->path[first - 1] != check)
        first--;
    for (uint32_t i = first - 1; i < depth; i++)
        text_addf(&out, "%s > ", foreign(name_of(descent, descent->path[i])).text);
    complaints_add(descent->linker->complaints, COMPLAINT_ERROR, place_of(descent, check),
                   "check '%s' rests on itself: %s%s", foreign(name_of(descent, check)).text, storage,
                   foreign(name_of(descent, check)).text);
}

/* False after a complaint: one is enough, the rest may follow from it. */
static bool descend(struct descent *descent, uint32_t depth, uint32_t number)
{
    struct check_settings *check = list_at(&descent->linker->checks, number);
    if (!check_kind_is_calculated(check->kind) || descent->visits[number] == VISIT_DONE)
        return true;
    if (descent->visits[number] == VISIT_UNDER_WAY) {
        complain_circle(descent, depth, number);
        return false;
    }
    descent->visits[number] = VISIT_UNDER_WAY;
    descent->path[depth] = number;
    descent->heights[number] = 1;
    bool fits = depth < CHECK_DEPTH_MAX;
    for (uint32_t i = 0; fits && i < check->how.group.child_count; i++) {
        uint32_t child = check->how.group.children[i];
        if (!descend(descent, depth + 1, child))
            return false;
        check->per_target |= ((const struct check_settings *)list_at(&descent->linker->checks, child))->per_target;
        if (descent->heights[child] >= descent->heights[number])
            descent->heights[number] = (uint8_t)(descent->heights[child] + 1);
        fits = descent->heights[number] <= CHECK_DEPTH_MAX;
    }
    descent->visits[number] = VISIT_DONE;
    if (!fits)
        complaints_add(descent->linker->complaints, COMPLAINT_ERROR, place_of(descent, number),
                       "more than %d calculated checks rest on each other here", CHECK_DEPTH_MAX);
    return fits;
}

void link_groups_done(struct linker *linker)
{
    const uint32_t count = linker->checks.count;
    struct descent descent = {
        .linker = linker, .visits = arena_take(linker->arena, count), .heights = arena_take(linker->arena, count)};
    linker->groups_are_sound = true;
    for (uint32_t i = 0; i < count && linker->groups_are_sound; i++)
        linker->groups_are_sound = descend(&descent, 0, i);
}
