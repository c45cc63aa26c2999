/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/schema, over a table of its own, and of the real rows.
 * What:  defaults, values over defaults, bad values, forms, what is required, inherited, hidden or not yet supported.
 */
#include "config/schema.h"

#include "config/rows.h"
#include "reading.h"

#include <string.h>

struct inner_draft {
    const struct node *node;
    uint32_t wait_ms;
};

struct sample_draft {
    const struct node *node;
    uint16_t count;
    uint32_t time_ms;
    const char *label;
    bool on;
    struct inner_draft inner;
    const struct node *list, *either;
    uint32_t either_ms;
};

static const struct row inner_rows[] = {
    {.key = "wait",
     .rule = {.kind = FIELD_DURATION, .least = 0, .most = 60000},
     .forms = FORM_SCALAR,
     .offset = offsetof(struct inner_draft, wait_ms),
     .initial = "5s",
     .help = "x"},
};
static const struct table inner_table = {
    .name = "inner", .rows = inner_rows, .count = ARRAY_COUNT(inner_rows), .size = sizeof(struct inner_draft)};
#define AT(member) offsetof(struct sample_draft, member)
static const struct row sample_rows[] = {
    {.key = "count",
     .rule = {.kind = FIELD_COUNT, .least = 1, .most = 9},
     .forms = FORM_SCALAR,
     .offset = AT(count),
     .initial = "3",
     .inherited = true,
     .help = "x"},
    {.key = "time",
     .rule = {.kind = FIELD_DURATION, .least = 1, .most = 60000},
     .forms = FORM_SCALAR,
     .offset = AT(time_ms),
     .initial = "10s",
     .inherited = true,
     .help = "x"},
    {.key = "label",
     .rule = {.kind = FIELD_TEXT, .least = 1, .most = 20},
     .forms = FORM_SCALAR,
     .offset = AT(label),
     .required = true,
     .help = "x"},
    {.key = "switch",
     .rule = {.kind = FIELD_SWITCH},
     .forms = FORM_SCALAR,
     .offset = AT(on),
     .initial = "on",
     .support = SUPPORT_INITIAL,
     .help = "x"},
    {.key = "inner", .forms = FORM_SECTION, .table = &inner_table, .section_offset = AT(inner), .help = "x"},
    {.key = "list",
     .rule = {.kind = FIELD_COUNT, .least = 1, .most = 9},
     .forms = FORM_LIST,
     .node_offset = AT(list),
     .help = "x"},
    {.key = "either",
     .rule = {.kind = FIELD_DURATION, .least = 1, .most = 60000},
     .forms = FORM_SCALAR | FORM_SECTION,
     .table = &inner_table,
     .offset = AT(either_ms),
     .node_offset = AT(either),
     .help = "x"},
    {.key = "future",
     .rule = {.kind = FIELD_TEXT, .least = 0, .most = 20},
     .forms = FORM_SCALAR | FORM_LIST,
     .support = SUPPORT_LATER,
     .help = "x"},
};
#undef AT
static const struct table sample_table = {
    .name = "sample", .rows = sample_rows, .count = ARRAY_COUNT(sample_rows), .size = sizeof(struct sample_draft)};

struct sample {
    struct arena *arena;
    struct complaints *complaints;
    struct sample_draft draft;
};

static struct sample read_sample(const char *text, bool defaults)
{
    struct sample sample = {.arena = arena_new(), .complaints = complaints_new()};
    struct source *source = complaints_open(sample.complaints, "t", "t");
    const struct owner owner = {.what = defaults ? NULL : "sample",
                                .name = "it",
                                .place = {.source = source, .line = 99},
                                .defaults = defaults};
    source->bytes = text;
    source->length = strlen(text);
    const struct node *root = tree_read(source, sample.arena, sample.complaints);
    assert_non_null(root);
    schema_initial(&sample_table, &sample.draft);
    schema_read(&sample_table, root, &owner, &sample.draft, sample.complaints);
    return sample;
}

static void sample_done(struct sample *sample)
{
    complaints_free(sample->complaints);
    arena_free(sample->arena);
}

static void test_what_is_not_written_keeps_its_default(void **state)
{
    (void)state;
    struct sample sample = read_sample("label: x\n", false);
    assert_int_equal(complaints_errors(sample.complaints), 0);
    assert_int_equal(sample.draft.count, 3);
    assert_int_equal(sample.draft.time_ms, 10000);
    assert_int_equal(sample.draft.inner.wait_ms, 5000);
    assert_string_equal(sample.draft.label, "x");
    assert_true(sample.draft.on);
    assert_null(sample.draft.list);
    assert_null(sample.draft.either);
    assert_non_null(sample.draft.node);
    sample_done(&sample);
}

static void test_what_is_written_stands_over_it(void **state)
{
    (void)state;
    struct sample sample = read_sample(
        "label: y\ncount: 9\ntime: 1ms\ninner: {wait: 0s}\nlist: [1, 2]\neither: 2s\nswitch: yes\n", false);
    assert_int_equal(complaints_errors(sample.complaints), 0);
    assert_int_equal(sample.draft.count, 9);
    assert_int_equal(sample.draft.time_ms, 1);
    assert_int_equal(sample.draft.inner.wait_ms, 0);
    assert_int_equal(sample.draft.list->count, 2);
    assert_int_equal(sample.draft.either->kind, NODE_SCALAR);
    assert_int_equal(sample.draft.either_ms, 2000);
    sample_done(&sample);
}

/* A section that is written over an inherited one begins at its own defaults. */
static void test_a_section_replaces_the_inherited_one(void **state)
{
    (void)state;
    struct sample sample = read_sample("label: x\n", false);
    sample.draft.inner.wait_ms = 1234;
    static const struct owner owner = {.what = "sample", .name = "it"};
    struct source *source = complaints_open(sample.complaints, "u", "u");
    source->bytes = "label: x\ninner: {}\n";
    source->length = strlen(source->bytes);
    schema_read(&sample_table, tree_read(source, sample.arena, sample.complaints), &owner, &sample.draft, NULL);
    assert_int_equal(sample.draft.inner.wait_ms, 5000);
    sample_done(&sample);
}

static void test_a_bad_value_leaves_zero(void **state)
{
    (void)state;
    struct sample sample = read_sample("label: x\ncount: 10\ntime: 10\n", false);
    assert_int_equal(complaints_errors(sample.complaints), 2);
    assert_int_equal(sample.draft.count, 0);
    assert_int_equal(sample.draft.time_ms, 0);
    sample_done(&sample);
}

static void test_complaints_of_a_mapping(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool defaults;
        uint32_t line, column;
        const char *message;
    } rows[] = {
        {"labl: x\n", false, 1, 1,
         "unknown key 'labl' in sample 'it'; did you mean 'label'?"}, /* and none is missing */
        {"label: x\nqqqq: x\n", false, 2, 1, "unknown key 'qqqq' in sample 'it'"},
        {"label: x\ninner: {wiat: 1s}\n", false, 2, 9,
         "unknown key 'wiat' in 'inner' of sample 'it'; did you mean 'wait'?"},
        {"count: 2\n", false, 99, 0, "'label' is missing in sample 'it'"},
        {"label: [x]\n", false, 1, 8, "'label' takes one value, and here is a list"},
        {"label: {x: y}\n", false, 1, 8, "'label' takes one value, and here is a mapping"},
        {"label:\n", false, 1, 7, "'label' has no value"},
        {"label: x\ninner: 5s\n", false, 2, 8, "'inner' takes a mapping of keys, and here is one value"},
        {"label: x\nlist: 1\n", false, 2, 7, "'list' takes a list, and here is one value"},
        {"label: x\nlist: [1, [2]]\n", false, 2, 11, "'list' takes one value, and here is a list"},
        {"label: x\neither: [1s]\n", false, 2, 9, "'either' takes one value or a mapping of keys, and here is a list"},
        {"label: x\nlist: [1, 10]\n", false, 2, 11, "'10' is out of range: 1 to 9 is allowed"},
        {"label: x\nfuture: y\n", false, 2, 1, "'future' in sample 'it' is not yet supported"},
        {"label: x\nswitch: off\n", false, 2, 1, "'switch' in sample 'it' is not yet supported; only 'on' is so far"},
        {"label: x\nswitch: maybe\n", false, 2, 9, "'maybe' is neither on nor off; write on or off"},
        {"list: [1]\ncount: 2\n", true, 1, 1, "'list' cannot stand in 'defaults'; write it in each sample"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct sample sample = read_sample(rows[i].text, rows[i].defaults);
        const struct complaint *complaint = complaints_errors(sample.complaints) == 0
                                                ? NULL
                                                : complaints_get(sample.complaints, 0);
        if (complaint == NULL || strcmp(complaint->message, rows[i].message) != 0)
            fail_msg("%s: %s", rows[i].text, complaint == NULL ? "no complaint" : complaint->message);
        assert_int_equal(complaints_errors(sample.complaints),
                         rows[i].defaults ? 2 : 1); /* a default misses its label */
        assert_int_equal(complaint->line, rows[i].line);
        assert_int_equal(complaint->column, rows[i].column);
        sample_done(&sample);
    }
}

static void test_empty_sections_and_empty_futures_are_fine(void **state)
{
    (void)state;
    struct sample sample = read_sample("label: x\ninner:\nlist: ~\nfuture: []\neither: {}\n", false);
    assert_int_equal(complaints_errors(sample.complaints), 0);
    sample_done(&sample);
}

/* Every row can be printed, described and, where it has one, filled with its own default. */
static void check_table_rows(const struct table *table)
{
    unsigned char storage[4096];
    assert_true(table->size <= sizeof(storage));
    memset(storage, 0, sizeof(storage));
    schema_initial(table, storage);
    for (uint32_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        union field_value value;
        assert_non_null(row->help);
        assert_ptr_equal(table_row(table, row->key), row); /* no key twice */
        assert_true(row->forms != 0);
        assert_int_equal((row->forms & (FORM_SECTION | FORM_EACH)) != 0, row->table != NULL);
        assert_true(row->offset < table->size && row->section_offset < table->size && row->node_offset < table->size);
        assert_true(row->support != SUPPORT_INITIAL || row->initial != NULL);
        if (row->initial != NULL && (row->forms & FORM_SCALAR) != 0)
            assert_true(field_read(&row->rule, row->initial, &value, NULL));
        if (row->table != NULL && row->table != table)
            check_table_rows(row->table);
    }
}

static void test_the_real_rows_are_whole(void **state)
{
    (void)state;
    check_table_rows(&file_table);
    check_table_rows(&target_table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_written_keeps_its_default),
        cmocka_unit_test(test_what_is_written_stands_over_it),
        cmocka_unit_test(test_a_section_replaces_the_inherited_one),
        cmocka_unit_test(test_a_bad_value_leaves_zero),
        cmocka_unit_test(test_complaints_of_a_mapping),
        cmocka_unit_test(test_empty_sections_and_empty_futures_are_fine),
        cmocka_unit_test(test_the_real_rows_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
