/* SPDX-License-Identifier: MIT */
/*
 * Where: config, at the bottom: under the schema. The only file that sees libyaml.
 * What:  its events, one by one, to nodes.
 * Why:   events and not its document, because it keeps duplicate keys silently, follows aliases without a bound and
 *        nests without one. Each alias counts as many nodes as it stands for, so that a bomb is refused when it is
 *        read and not when it goes off.
 */
#include "config/tree.h"

#include "base/names.h"
#include "config/text_check.h"
#include "config/yaml_words.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define PAIRS_SEARCHED_MAX 16 /* above that a mapping's keys are looked up in a table */

struct anchor {
    const struct node *node; /* NULL: its node is still being read */
    uint64_t weight;         /* nodes that it stands for, itself included */
};

struct reader {
    yaml_parser_t parser;
    yaml_event_t event;
    const struct source *source;
    struct arena *arena;
    struct complaints *complaints;
    struct names *anchor_names;
    struct anchor *anchors;
    uint32_t anchor_count;
    const struct node **stack; /* nodes that wait for their list or mapping to end */
    uint32_t stack_count, stack_capacity;
    uint64_t nodes, aliased; /* made so far; stood for by aliases so far */
    bool failed;
};

static const struct node *read_node(struct reader *reader, uint32_t depth);

/* ---- complaints ------------------------------------------------------------------------------------------------- */

static struct place mark_place(const struct reader *reader, yaml_mark_t mark)
{
    return (struct place){
        .source = reader->source, .line = (uint32_t)mark.line + 1, .column = (uint32_t)mark.column + 1, .width = 1};
}

static const struct node *fail(struct reader *reader, struct place place, const char *message)
{
    if (!reader->failed)
        complaints_add(reader->complaints, COMPLAINT_ERROR, place, "%s", message);
    reader->failed = true;
    return NULL;
}

/* The byte at a mark, whose own index counts code points. */
static const char *text_at(const struct reader *reader, yaml_mark_t mark)
{
    const char *at = reader->source->bytes, *end = at + reader->source->length;
    for (size_t line = 0; line < mark.line && at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline == NULL ? end : newline + 1;
    }
    for (size_t column = 0; column < mark.column && at < end; column++)
        do
            at++;
        while (at < end && ((unsigned char)*at & 0xc0) == 0x80);
    return at;
}

/* What was begun and not ended is to be seen at its beginning, for the end is far away. */
static yaml_mark_t fault_mark(const yaml_parser_t *parser)
{
    const char *context = parser->context == NULL ? "" : parser->context;
    bool unended = strstr(context, "flow sequence") != NULL || strstr(context, "flow mapping") != NULL ||
                   (strstr(context, "quoted scalar") != NULL && strstr(parser->problem, "end of stream") != NULL);
    return unended ? parser->context_mark : parser->problem_mark;
}

/* Takes the next event; false if there is none, and then a complaint was made. */
static bool next(struct reader *reader)
{
    yaml_event_delete(&reader->event);
    memset(&reader->event, 0, sizeof(reader->event));
    if (yaml_parser_parse(&reader->parser, &reader->event))
        return true;
    if (reader->parser.error == YAML_MEMORY_ERROR)
        abort();
    const char *at = text_at(reader, reader->parser.problem_mark);
    fail(reader, mark_place(reader, fault_mark(&reader->parser)),
         yaml_words(reader->parser.problem, at == reader->source->bytes ? '\0' : at[-1], *at));
    return false;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------ */

/* The node of the event at hand, its content still to come. */
static struct node *new_node(struct reader *reader, enum node_kind kind)
{
    const yaml_event_t *event = &reader->event;
    struct node *node = arena_take(reader->arena, sizeof(*node));
    node->kind = (uint8_t)kind;
    node->source = reader->source;
    node->line = (uint32_t)event->start_mark.line + 1;
    node->column = (uint32_t)event->start_mark.column + 1;
    bool one_line = event->end_mark.line == event->start_mark.line && event->end_mark.column > event->start_mark.column;
    node->width = one_line ? (uint32_t)(event->end_mark.column - event->start_mark.column) : 1;
    if (++reader->nodes > TREE_NODES_MAX)
        fail(reader, node_place(node), "the file holds too many values");
    return node;
}

/* A list or mapping in brackets that ends on its line is underlined as a whole. The event at hand is its end. */
static void widen(const struct reader *reader, struct node *node)
{
    const yaml_mark_t end = reader->event.end_mark;
    if (end.line + 1 == node->line && end.column + 1 > node->column)
        node->width = (uint32_t)end.column + 1 - node->column;
}

static void grow_stack(struct reader *reader)
{
    reader->stack_capacity = reader->stack_capacity == 0 ? 256 : reader->stack_capacity * 2;
    reader->stack = realloc(reader->stack, reader->stack_capacity * sizeof(const struct node *));
    if (reader->stack == NULL)
        abort();
}

static void push(struct reader *reader, const struct node *node)
{
    if (reader->stack_count == reader->stack_capacity)
        grow_stack(reader);
    reader->stack[reader->stack_count++] = node;
}

static const struct node *read_scalar(struct reader *reader)
{
    const yaml_event_t *event = &reader->event;
    struct node *node = new_node(reader, NODE_SCALAR);
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    if (text_check_value(value, length) != NULL) {
        char message[128];
        snprintf(message, sizeof(message), "the value holds %s", text_check_value(value, length));
        return fail(reader, node_place(node), message);
    }
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->as.text = arena_copy_text(reader->arena, value, length);
    return node;
}

static const struct node *read_list(struct reader *reader, uint32_t depth)
{
    struct node *node = new_node(reader, NODE_LIST);
    uint32_t base = reader->stack_count;
    while (next(reader) && reader->event.type != YAML_SEQUENCE_END_EVENT) {
        const struct node *item = read_node(reader, depth + 1);
        if (item == NULL)
            return NULL;
        push(reader, item);
    }
    if (reader->failed)
        return NULL;
    node->count = reader->stack_count - base;
    const struct node **items = arena_take(reader->arena, node->count * sizeof(const struct node *));
    if (node->count > 0)
        memcpy(items, reader->stack + base, node->count * sizeof(const struct node *));
    node->as.items = items;
    widen(reader, node);
    reader->stack_count = base;
    return node;
}

/* The key that the event at hand begins; NULL after a complaint. */
static const struct node *read_key(struct reader *reader, uint32_t depth)
{
    struct place place = mark_place(reader, reader->event.start_mark);
    if (reader->event.type != YAML_SCALAR_EVENT && reader->event.type != YAML_ALIAS_EVENT)
        return fail(reader, place,
                    "a key is a plain word; if this is an IPv6 address in brackets or a value with braces, quote it");
    const struct node *key = read_node(reader, depth);
    if (key == NULL)
        return NULL;
    if (key->kind != NODE_SCALAR || key->as.text[0] == '\0')
        return fail(reader, place, "a key is missing in front of the colon");
    if (strcmp(key->as.text, "<<") == 0 && !key->quoted)
        return fail(reader, place, "'<<' is not understood; values that many share belong into 'defaults'");
    if (strpbrk(key->as.text, "\t\r\n") != NULL)
        return fail(reader, place, "a key cannot hold tabs or line ends");
    return key;
}

/* The former key of the same name among `pairs` or, once there are many, in `names`; NULL if there is none. */
static const struct node *former_key(struct names *names, const struct node *const *keys, uint32_t count,
                                     const struct node *key)
{
    uint32_t former = 0;
    if (names != NULL)
        return names_add(names, key->as.text, count, &former) ? NULL : keys[2 * former];
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(keys[2 * i]->as.text, key->as.text) == 0)
            return keys[2 * i];
    return NULL;
}

static void complain_of_double(struct reader *reader, const struct node *key, const struct node *former)
{
    char where[PLACE_TEXT_MAX];
    place_format(node_place(former), where);
    complaints_add(reader->complaints, COMPLAINT_ERROR, node_place(key), "duplicate key '%s'; the first one is at %s",
                   foreign(key->as.text).text, where);
}

/* Reads pairs onto the stack; a double one gets a complaint and is left out. False: failed. */
static bool read_pairs(struct reader *reader, uint32_t base, struct names **names, uint32_t depth)
{
    while (next(reader) && reader->event.type != YAML_MAPPING_END_EVENT) {
        const struct node *key = read_key(reader, depth + 1);
        if (key == NULL || !next(reader))
            return false;
        uint32_t count = (reader->stack_count - base) / 2;
        if (count == PAIRS_SEARCHED_MAX && *names == NULL) {
            *names = names_new();
            for (uint32_t i = 0; i < count; i++)
                names_add(*names, reader->stack[base + 2 * i]->as.text, i, NULL);
        }
        const struct node *former = former_key(*names, reader->stack + base, count, key);
        const struct node *value = read_node(reader, depth + 1);
        if (value == NULL)
            return false;
        if (former != NULL) {
            complain_of_double(reader, key, former);
            continue;
        }
        push(reader, key);
        push(reader, value);
    }
    return !reader->failed;
}

static const struct node *read_mapping(struct reader *reader, uint32_t depth)
{
    struct node *node = new_node(reader, NODE_MAPPING);
    uint32_t base = reader->stack_count;
    struct names *names = NULL;
    bool good = read_pairs(reader, base, &names, depth);
    names_free(names);
    if (!good)
        return NULL;
    node->count = (reader->stack_count - base) / 2;
    struct pair *pairs = arena_take(reader->arena, node->count * sizeof(*pairs));
    for (uint32_t i = 0; i < node->count; i++)
        pairs[i] = (struct pair){.key = reader->stack[base + 2 * i], .value = reader->stack[base + 2 * i + 1]};
    node->as.pairs = pairs;
    widen(reader, node);
    reader->stack_count = base;
    return node;
}

/* ---- anchors ---------------------------------------------------------------------------------------------------- */

static const struct node *read_alias(struct reader *reader)
{
    struct place place = mark_place(reader, reader->event.start_mark);
    uint32_t number = 0;
    if (!names_find(reader->anchor_names, (const char *)reader->event.data.alias.anchor, &number))
        return fail(reader, place, "no anchor of this name stands above; a value that begins with * needs quotes");
    const struct anchor *anchor = &reader->anchors[number];
    if (anchor->node == NULL)
        return fail(reader, place, "the alias stands inside the value that it names");
    reader->aliased += anchor->weight;
    if (reader->aliased > TREE_ALIASED_MAX)
        return fail(reader, place, "the aliases stand for too many values");
    return anchor->node;
}

/*
 * The number of a new anchor, ID_NONE if the event has none or failed. A name may be given again; the last one counts.
 */
static uint32_t open_anchor(struct reader *reader, const yaml_char_t *name)
{
    if (name == NULL)
        return ID_NONE;
    if (!names_add(reader->anchor_names, (const char *)name, reader->anchor_count, NULL)) {
        fail(reader, mark_place(reader, reader->event.start_mark),
             "an anchor of this name stands above already; give it another name");
        return ID_NONE;
    }
    reader->anchors = realloc(reader->anchors, (reader->anchor_count + 1) * sizeof(*reader->anchors));
    if (reader->anchors == NULL)
        abort();
    reader->anchors[reader->anchor_count] = (struct anchor){0};
    return reader->anchor_count++;
}

static const struct node *read_content(struct reader *reader, uint32_t depth)
{
    switch ((int)reader->event.type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(reader);
    case YAML_SEQUENCE_START_EVENT:
        return read_list(reader, depth);
    case YAML_MAPPING_START_EVENT:
        return read_mapping(reader, depth);
    default:
        assert(false); /* libyaml gives no other event where a node may stand */
        return NULL;
    }
}

/* The node that the event at hand begins; NULL after a complaint. */
static const struct node *read_node(struct reader *reader, uint32_t depth)
{
    struct place place = mark_place(reader, reader->event.start_mark);
    if (reader->event.type == YAML_ALIAS_EVENT)
        return read_alias(reader);
    const yaml_char_t *tag = NULL, *anchor_name = NULL;
    if (reader->event.type == YAML_SCALAR_EVENT) {
        tag = reader->event.data.scalar.tag;
        anchor_name = reader->event.data.scalar.anchor;
    } else if (reader->event.type == YAML_SEQUENCE_START_EVENT) {
        tag = reader->event.data.sequence_start.tag;
        anchor_name = reader->event.data.sequence_start.anchor;
    } else if (reader->event.type == YAML_MAPPING_START_EVENT) {
        tag = reader->event.data.mapping_start.tag;
        anchor_name = reader->event.data.mapping_start.anchor;
    }
    if (tag != NULL)
        return fail(reader, place,
                    "a tag is not understood; each key knows its type. A value that begins with ! needs quotes");
    if (depth > TREE_DEPTH_MAX)
        return fail(reader, place, "too many levels, one inside the other");

    uint64_t before = reader->nodes + reader->aliased;
    uint32_t anchor = open_anchor(reader, anchor_name);
    const struct node *node = reader->failed ? NULL : read_content(reader, depth);
    if (anchor != ID_NONE && node != NULL)
        reader->anchors[anchor] = (struct anchor){.node = node, .weight = reader->nodes + reader->aliased - before};
    return reader->failed ? NULL : node;
}

/* ---- the document ----------------------------------------------------------------------------------------------- */

static const struct node *read_document(struct reader *reader)
{
    static const struct node nothing = {.kind = NODE_MAPPING};
    if (!next(reader)) /* stream start */
        return NULL;
    if (!next(reader))
        return NULL;
    if (reader->event.type == YAML_STREAM_END_EVENT) {
        struct node *empty = arena_take(reader->arena, sizeof(*empty));
        *empty = nothing;
        empty->source = reader->source;
        return empty;
    }
    if (!next(reader)) /* what was there was document start */
        return NULL;
    const struct node *root = read_node(reader, 0);
    if (root == NULL || !next(reader) || !next(reader)) /* document end, and what follows it */
        return NULL;
    if (reader->event.type != YAML_STREAM_END_EVENT)
        return fail(reader, mark_place(reader, reader->event.start_mark),
                    "a second document begins here; one file holds one");
    return root;
}

const struct node *tree_read(const struct source *source, struct arena *arena, struct complaints *complaints)
{
    if (!text_check(source, complaints))
        return NULL;
    struct reader reader = {.source = source, .arena = arena, .complaints = complaints, .anchor_names = names_new()};
    grow_stack(&reader);
    if (!yaml_parser_initialize(&reader.parser))
        abort();
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)source->bytes, source->length);
    const struct node *root = read_document(&reader);
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    names_free(reader.anchor_names);
    free(reader.anchors);
    free(reader.stack);
    return root;
}

void tree_library(struct text *out)
{
    text_addf(out, "libyaml %s", yaml_get_version_string());
}
