/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_TREE_H
#define REPOINTD_CONFIG_TREE_H

/*
 * Where: config; the only file that sees libyaml is behind it.
 * What:  a YAML text as scalars, lists and mappings that remember where they stand.
 * Why:   what a scalar means is the schema's to say, so a scalar is text here and nothing else.
 *
 * Refused with one clear complaint each: more than one document, duplicate keys (with both places), keys that are no
 * scalars, tags, `<<`, unknown anchors, an alias inside what it stands for, NUL and other control characters, tabs
 * that indent, a foreign encoding, too many bytes, nodes or levels, and aliases that stand for too much.
 */

#include "base/arena.h"
#include "base/text.h"
#include "config/complaints.h"

#include <stdbool.h>
#include <stdint.h>

#define TREE_BYTES_MAX   (64u << 20)
#define TREE_NODES_MAX   4000000u /* 100,000 records of forty values each */
#define TREE_ALIASED_MAX 1000000u /* nodes that all aliases together stand for */
#define TREE_DEPTH_MAX   32

enum node_kind { NODE_SCALAR = 1, NODE_LIST, NODE_MAPPING };

/* An alias is the very node that the anchor names, so a node may be reached on several ways. */
struct node {
    uint8_t kind; /* enum node_kind */
    bool quoted;  /* a scalar in quotes, or as a block of text */
    uint32_t line, column, width;
    uint32_t count; /* of items or pairs */
    const struct source *source;
    union {
        const char *text; /* no control characters but tab, CR and LF; those only from quotes or blocks */
        const struct node *const *items;
        const struct pair *pairs;
    } as;
};

struct pair {
    const struct node *key, *value;
};

/*
 * The root of the text of `source`, an empty mapping for an empty text; NULL if something is wrong, and then the
 * complaints say what. Nodes live in `arena` and view nothing of the source.
 */
const struct node *tree_read(const struct source *source, struct arena *arena, struct complaints *complaints);

struct place node_place(const struct node *node);

/* Nothing was written, or a word for nothing: an empty scalar, ~ or null. */
bool node_is_nothing(const struct node *node);

/* The value of a key in a mapping; NULL if there is none, or `node` is NULL or no mapping. */
const struct node *node_find(const struct node *node, const char *key);

/* Name and version of the library behind this, for --version. */
void tree_library(struct text *out);

#endif
