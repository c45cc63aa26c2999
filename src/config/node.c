/* SPDX-License-Identifier: MIT */
/*
 * Where: config, over the tree that tree.c makes.
 * What:  the few questions that everybody asks a node.
 */
#include "config/tree.h"

#include <string.h>

struct place node_place(const struct node *node)
{
    return (struct place){.source = node->source, .line = node->line, .column = node->column, .width = node->width};
}

bool node_is_nothing(const struct node *node)
{
    return node->kind == NODE_SCALAR && !node->quoted &&
           (node->as.text[0] == '\0' || strcmp(node->as.text, "~") == 0 || strcmp(node->as.text, "null") == 0);
}

const struct node *node_find(const struct node *node, const char *key)
{
    if (node == NULL || node->kind != NODE_MAPPING)
        return NULL;
    for (uint32_t i = 0; i < node->count; i++)
        if (strcmp(node->as.pairs[i].key->as.text, key) == 0)
            return node->as.pairs[i].value;
    return NULL;
}
