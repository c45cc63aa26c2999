/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under server.
 * What:  RFC 2136 section 3 over a table of names.
 * Why:   compare zone.h.
 */

#include "zone.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void nodes_init(struct nodes *nodes, uint32_t count)
{
    nodes->items = calloc(count, sizeof *nodes->items);
    nodes->count = count;
    assert(nodes->items);
}

void nodes_done(struct nodes *nodes)
{
    for (uint32_t n = 0; n < nodes->count; n++)
        free(nodes->items[n].rrs);
    free(nodes->items);
    *nodes = (struct nodes){0};
}

static void *grow(void *items, uint32_t *room, size_t size)
{
    *room = *room ? *room * 2 : 2;
    void *grown = realloc(items, *room * size);
    assert(grown);
    return grown;
}

struct rr *rr_list_add(struct rr_list *list, uint32_t name, uint16_t type, uint16_t class, uint32_t ttl_s)
{
    if (list->count == list->room)
        list->items = grow(list->items, &list->room, sizeof *list->items);
    struct rr *rr = &list->items[list->count++];
    *rr = (struct rr){.name = name, .type = type, .class = class, .ttl_s = ttl_s};
    return rr;
}

void rr_list_done(struct rr_list *list)
{
    free(list->items);
    *list = (struct rr_list){0};
}

bool rr_same(const struct rr *a, const struct rr *b)
{
    return a->name == b->name && a->type == b->type && a->length == b->length &&
           memcmp(a->data, b->data, a->length) == 0;
}

uint32_t node_count_of(const struct node *node, uint16_t type)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < node->count; i++)
        count += type == TYPE_ANY || node->rrs[i].type == type;
    return count;
}

/* 3.2.3: the RRset in the prerequisites and the one in the zone have the same members; order and TTL do not count. */
static bool same_set(const struct node *node, const struct rr_list *list, const struct rr *first)
{
    uint32_t wanted = 0, found = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct rr *rr = &list->items[i];
        if (rr->class != CLASS_IN || rr->name != first->name || rr->type != first->type)
            continue;
        wanted++;
        for (uint32_t k = 0; k < node->count; k++)
            found += rr_same(&node->rrs[k], rr);
    }
    return wanted == found && wanted == node_count_of(node, first->type);
}

enum rcode zone_judge_prerequisites(const struct nodes *nodes, const struct rr_list *prerequisites)
{
    for (uint32_t i = 0; i < prerequisites->count; i++) {
        const struct rr *rr = &prerequisites->items[i];
        const struct node *node = &nodes->items[rr->name];
        bool there = node_count_of(node, rr->type) > 0;
        if (rr->ttl_s != 0)
            return RCODE_FORMERR;
        switch (rr->class) {
        case CLASS_ANY:
            if (rr->length != 0)
                return RCODE_FORMERR;
            if (!there)
                return rr->type == TYPE_ANY ? RCODE_NXDOMAIN : RCODE_NXRRSET;
            break;
        case CLASS_NONE:
            if (rr->length != 0)
                return RCODE_FORMERR;
            if (there)
                return rr->type == TYPE_ANY ? RCODE_YXDOMAIN : RCODE_YXRRSET;
            break;
        case CLASS_IN:
            if (rr->type == TYPE_ANY || rr->length == 0)
                return RCODE_FORMERR;
            break;
        default:
            return RCODE_FORMERR;
        }
    }
    for (uint32_t i = 0; i < prerequisites->count; i++) {
        const struct rr *rr = &prerequisites->items[i];
        if (rr->class == CLASS_IN && !same_set(&nodes->items[rr->name], prerequisites, rr))
            return RCODE_NXRRSET;
    }
    return RCODE_NOERROR;
}

/* 3.4.2.2, in short: a CNAME and other data exclude each other silently; the same data again only changes the TTL. */
static bool add_rr(struct node *node, const struct rr *rr)
{
    uint32_t cnames = node_count_of(node, RRTYPE_CNAME);
    bool is_cname = rr->type == RRTYPE_CNAME;
    if (is_cname ? node->count > cnames : cnames > 0)
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        struct rr *old = &node->rrs[i];
        if (!rr_same(old, rr) && !(is_cname && old->type == RRTYPE_CNAME))
            continue;
        bool changed = old->ttl_s != rr->ttl_s || !rr_same(old, rr);
        *old = *rr;
        return changed;
    }
    node_put(node, rr);
    return true;
}

static bool remove_rr(struct node *node, const struct rr *rr)
{
    for (uint32_t i = 0; i < node->count; i++) {
        if (!rr_same(&node->rrs[i], rr))
            continue;
        node->rrs[i] = node->rrs[--node->count];
        return true;
    }
    return false;
}

bool zone_update(struct nodes *nodes, const struct rr_list *updates)
{
    bool changed = false;
    for (uint32_t i = 0; i < updates->count; i++) {
        const struct rr *rr = &updates->items[i];
        struct node *node = &nodes->items[rr->name];
        if (rr->class == CLASS_IN) {
            changed |= add_rr(node, rr);
        } else if (rr->class == CLASS_ANY) {
            changed |= node_count_of(node, rr->type) > 0;
            node_clear(node, rr->type);
        } else {
            changed |= remove_rr(node, rr);
        }
    }
    return changed;
}

void node_put(struct node *node, const struct rr *rr)
{
    if (node->count == node->room)
        node->rrs = grow(node->rrs, &node->room, sizeof *node->rrs);
    node->rrs[node->count] = *rr;
    node->rrs[node->count++].class = CLASS_IN;
}

void node_clear(struct node *node, uint16_t type)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < node->count; i++)
        if (type != TYPE_ANY && node->rrs[i].type != type)
            node->rrs[kept++] = node->rrs[i];
    node->count = kept;
}

void node_copy(const struct node *from, struct node *to)
{
    to->count = 0;
    for (uint32_t i = 0; i < from->count; i++)
        node_put(to, &from->rrs[i]);
}
