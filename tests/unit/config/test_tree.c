/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/tree; fault 134, rules CFG-2, CFG-7, CFG-12.
 * What:  scalars, lists and mappings with their places; aliases; each trick refused once, both sides of each bound.
 */
#include "config/tree.h"

#include "reading.h"

#include <stdlib.h>
#include <string.h>

struct grove {
    struct arena *arena;
    struct complaints *complaints;
    const struct node *root;
};

static struct grove grow(const char *text)
{
    struct grove grove = {.arena = arena_new(), .complaints = complaints_new()};
    struct source *source = complaints_open(grove.complaints, "t.yaml", "t.yaml");
    source->bytes = text;
    source->length = strlen(text);
    grove.root = tree_read(source, grove.arena, grove.complaints);
    return grove;
}

static void fell(struct grove *grove)
{
    complaints_free(grove->complaints);
    arena_free(grove->arena);
}

static void assert_place(const struct node *node, uint32_t line, uint32_t column, uint32_t width)
{
    assert_int_equal(node->line, line);
    assert_int_equal(node->column, column);
    assert_int_equal(node->width, width);
    assert_string_equal(node->source->name, "t.yaml");
}

static void test_nodes_remember_their_place(void **state)
{
    (void)state;
    struct grove grove = grow(
        "\xc3\xbc: 'it''s'\nlist: [1, \"two\"]\nmap:\n  inner: {a: b}\n  text: |\n    x\n    y\n");
    const struct node *root = grove.root;
    assert_non_null(root);
    assert_int_equal(root->kind, NODE_MAPPING);
    assert_int_equal(root->count, 3);
    assert_place(root->as.pairs[0].key, 1, 1, 1);
    const struct node *quoted = root->as.pairs[0].value;
    assert_place(quoted, 1, 4, 7);
    assert_true(quoted->quoted);
    assert_string_equal(quoted->as.text, "it's");

    const struct node *list = node_find(root, "list");
    assert_int_equal(list->kind, NODE_LIST);
    assert_place(list, 2, 7, 10);
    assert_int_equal(list->count, 2);
    assert_place(list->as.items[0], 2, 8, 1);
    assert_false(list->as.items[0]->quoted);
    assert_place(list->as.items[1], 2, 11, 5);

    const struct node *map = node_find(root, "map");
    assert_place(map, 4, 3, 1);
    assert_place(node_find(map, "inner"), 4, 10, 6);
    assert_string_equal(node_find(map, "text")->as.text, "x\ny\n");
    assert_place(node_find(map, "text"), 5, 9, 1);
    assert_null(node_find(map, "nothing"));
    assert_null(node_find(NULL, "nothing"));
    assert_null(node_find(list, "nothing"));
    fell(&grove);
}

static void test_nothing_is_an_empty_mapping(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "# a comment\n", "\n\n"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        struct grove grove = grow(texts[i]);
        assert_non_null(grove.root);
        assert_int_equal(grove.root->kind, NODE_MAPPING);
        assert_int_equal(grove.root->count, 0);
        assert_int_equal(complaints_errors(grove.complaints), 0);
        fell(&grove);
    }
}

static void test_words_for_nothing_count_unquoted_only(void **state)
{
    (void)state;
    struct grove grove = grow("a:\nb: ~\nc: null\nd: ''\ne: 'null'\nf: none\ng: []\n");
    static const bool nothing[] = {true, true, true, false, false, false, false};
    for (uint32_t i = 0; i < ARRAY_COUNT(nothing); i++)
        assert_int_equal(node_is_nothing(grove.root->as.pairs[i].value), nothing[i]);
    fell(&grove);
}

static void test_an_alias_is_the_node_itself(void **state)
{
    (void)state;
    struct grove grove = grow("a: &x {k: v}\nb: *x\nc: [*x, &y z, *y]\n*y : w\n");
    assert_non_null(grove.root);
    const struct node *a = node_find(grove.root, "a");
    assert_ptr_equal(node_find(grove.root, "b"), a);
    const struct node *c = node_find(grove.root, "c");
    assert_ptr_equal(c->as.items[0], a);
    assert_ptr_equal(c->as.items[1], c->as.items[2]);
    assert_string_equal(node_find(grove.root, "z")->as.text, "w");
    fell(&grove);
}

static void assert_refused(const char *text, uint32_t line, uint32_t column, const char *words)
{
    struct grove grove = grow(text);
    bool told = complaints_errors(grove.complaints) == 1;
    const struct complaint *complaint = told ? complaints_get(grove.complaints, 0) : NULL;
    if (!told || strstr(complaint->message, words) == NULL || complaint->line != line || complaint->column != column) {
        print_error("%s\nwanted at %u:%u: %s, got %u complaints, the first at %u:%u: %s\n", text, line, column, words,
                    complaints_errors(grove.complaints), told ? complaint->line : 0, told ? complaint->column : 0,
                    told ? complaint->message : "");
        fail();
    }
    fell(&grove);
}

static void test_tricks_are_refused_with_one_complaint(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *words;
    } rows[] = {
        {"a: !!int 1\n", 1, 4, "tag"},
        {"a: !x [1]\n", 1, 4, "tag"},
        {"! a: 1\n", 1, 1, "tag"},
        {"a: {b: c}\nd: {<<: *x}\n", 2, 5, "'<<'"},
        {"a: 1\n---\nb: 2\n", 2, 1, "second document"},
        {"a: 1\n...\nb: 2\n", 3, 1, "document"},
        {"a: *b\n", 1, 4, "no anchor"},
        {"a: &b [*b]\n", 1, 8, "inside the value"},
        {"a: &b 1\nc: &b 2\n", 2, 4, "above already"},
        {"? [a]\n: b\n", 1, 3, "a key is a plain word"},
        {"? {a: b}\n: c\n", 1, 3, "a key is a plain word"},
        {"? \n: a\n", 1, 2, "a key is missing"},
        {"'': a\n", 1, 1, "a key is missing"},
        {"\"a\\tb\": c\n", 1, 1, "tabs or line ends"},
        {"a: \"\\0\"\n", 1, 4, "NUL character"},
        {"a: \"\\x9b2J\"\n", 1, 4, "control character"},
        {"a: \"\\L\"\n", 1, 4, "odd line end"},
        {"a: \"\\e[2J\"\n", 1, 4, "control character"},
        {"a:\n\tb: 1\n", 2, 1, "a tab indents"},
        {"a: [::1]\n", 1, 5, "needs quotes"},
        {"a: [2001:db8::1]:53\n", 1, 17, "needs quotes"},
        {"a: [1, 2\nb: 3\n", 1, 4, "not closed"},
        {"a: {b: 1\nc: 3\n", 1, 4, "not closed"},
        {"a: 'b\nc: d\n", 1, 4, "not closed"},
        {"a: b: c\n", 1, 5, "colon is not expected"},
        {"a: %1\n", 1, 4, "cannot begin with this character"},
        {"a:\n  b: 1\n c: 2\n", 3, 2, "indented like its neighbours"},
        {"a\nb: 1\n", 2, 2, "has the one above a space behind its colon"},
        {"a: 1\nb\nc: 2\n", 3, 1, "needs a colon"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        assert_refused(rows[i].text, rows[i].line, rows[i].column, rows[i].words);
}

static void test_duplicate_keys_are_told_with_both_places_and_the_first_counts(void **state)
{
    (void)state;
    struct grove grove = grow("a: 1\nb: 2\na: 3\n\"a\": 4\n");
    assert_non_null(grove.root);
    assert_int_equal(complaints_errors(grove.complaints), 2);
    assert_string_equal(complaints_get(grove.complaints, 0)->message,
                        "duplicate key 'a'; the first one is at t.yaml:1:1");
    assert_int_equal(complaints_get(grove.complaints, 0)->line, 3);
    assert_int_equal(complaints_get(grove.complaints, 1)->line, 4);
    assert_string_equal(node_find(grove.root, "a")->as.text, "1");
    assert_int_equal(grove.root->count, 2);
    fell(&grove);
}

/* Above sixteen pairs a mapping looks its keys up in a table. */
static void test_duplicates_are_found_in_small_and_large_mappings(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= 40; count++)
        for (uint32_t twice = 0; twice < count; twice += 7) {
            char text[1024];
            struct text out = text_over(text, sizeof(text));
            for (uint32_t i = 0; i < count; i++)
                text_addf(&out, "key%u: v\n", i);
            text_addf(&out, "key%u: w\nlast: x\n", twice);
            struct grove grove = grow(text);
            assert_non_null(grove.root);
            assert_int_equal(grove.root->count, count + 1);
            assert_int_equal(complaints_errors(grove.complaints), 1);
            assert_int_equal(complaints_get(grove.complaints, 0)->line, count + 1);
            fell(&grove);
        }
}

static void test_depth_is_bounded(void **state)
{
    (void)state;
    for (uint32_t depth = TREE_DEPTH_MAX; depth <= TREE_DEPTH_MAX + 1; depth++) {
        char text[256];
        struct text out = text_over(text, sizeof(text));
        for (uint32_t i = 0; i < depth; i++) /* the innermost stands at level depth - 1, an item in it one deeper */
            text_add(&out, "[");
        text_add(&out, "x");
        for (uint32_t i = 0; i < depth; i++)
            text_add(&out, "]");
        struct grove grove = grow(text);
        assert_int_equal(grove.root != NULL, depth <= TREE_DEPTH_MAX);
        assert_int_equal(complaints_errors(grove.complaints), depth > TREE_DEPTH_MAX);
        fell(&grove);
    }
}

/* A few levels of ten stand for more nodes than anybody needs: refused as soon as the bound is passed. */
static void test_an_alias_counts_as_what_it_stands_for(void **state)
{
    (void)state;
    for (uint32_t levels = 4; levels <= 7; levels++) {
        char text[1024];
        struct text out = text_over(text, sizeof(text));
        text_add(&out, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (uint32_t i = 1; i < levels; i++) {
            text_addf(&out, "a%u: &a%u [", i, i);
            for (uint32_t k = 0; k < 10; k++)
                text_addf(&out, "%s*a%u", k == 0 ? "" : ",", i - 1);
            text_add(&out, "]\n");
        }
        struct grove grove = grow(text); /* the last level has about 1.1 * 10^levels nodes */
        assert_int_equal(grove.root != NULL, levels <= 5);
        assert_int_equal(complaints_errors(grove.complaints), levels > 5);
        fell(&grove);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes_remember_their_place),
        cmocka_unit_test(test_nothing_is_an_empty_mapping),
        cmocka_unit_test(test_words_for_nothing_count_unquoted_only),
        cmocka_unit_test(test_an_alias_is_the_node_itself),
        cmocka_unit_test(test_tricks_are_refused_with_one_complaint),
        cmocka_unit_test(test_duplicate_keys_are_told_with_both_places_and_the_first_counts),
        cmocka_unit_test(test_duplicates_are_found_in_small_and_large_mappings),
        cmocka_unit_test(test_depth_is_bounded),
        cmocka_unit_test(test_an_alias_counts_as_what_it_stands_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
