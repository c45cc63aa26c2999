/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/complaints; rule CFG-4.
 * What:  reading order whatever the order of finding; each complaint once; fifty and a count; one and many; --strict.
 */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

static struct source *add_source(struct complaints *complaints, const char *name, const char *text)
{
    struct source *source = complaints_open(complaints, name, name);
    char *bytes = complaints_room(complaints, strlen(text));
    memcpy(bytes, text, strlen(text));
    source->bytes = bytes;
    source->length = strlen(text);
    return source;
}

static struct place place_at(const struct source *source, uint32_t line, uint32_t column, uint32_t width)
{
    return (struct place){.source = source, .line = line, .column = column, .width = width};
}

static void assert_printed(const struct complaints *complaints, bool strict, const char *expected)
{
    char *text = printed(complaints, strict);
    assert_string_equal(text, expected);
    free(text);
}

static void test_print_shows_place_line_and_caret(void **state)
{
    (void)state;
    struct complaints *complaints = complaints_new();
    struct source *source = add_source(complaints, "a.yaml", "checks:\n  web:\n    intervall: 5s\n");
    complaints_add(complaints, COMPLAINT_ERROR, place_at(source, 3, 5, 9), "unknown key '%s'", "intervall");
    assert_printed(complaints, false,
                   "a.yaml:3:5: error: unknown key 'intervall'\n"
                   "    3 |     intervall: 5s\n"
                   "      |     ^~~~~~~~~\n"
                   "1 error in 1 file; this configuration would be refused\n");
    complaints_free(complaints);
}

static void test_complaints_come_in_reading_order(void **state)
{
    (void)state;
    struct complaints *complaints = complaints_new();
    struct source *first = add_source(complaints, "first.yaml", "ab\ncd\n");
    struct source *second = add_source(complaints, "second.yaml", "ef\n");
    complaints_add(complaints, COMPLAINT_ERROR, place_at(second, 1, 1, 1), "six");
    complaints_add(complaints, COMPLAINT_WARNING, place_at(first, 2, 1, 1), "four");
    complaints_add(complaints, COMPLAINT_ERROR, place_at(first, 2, 2, 1), "five");
    complaints_add(complaints, COMPLAINT_ERROR, place_at(first, 1, 2, 1), "two");
    complaints_add(complaints, COMPLAINT_ERROR, place_at(first, 1, 2, 1), "three");
    complaints_add(complaints, COMPLAINT_ERROR, (struct place){.source = first}, "one");
    complaints_add(complaints, COMPLAINT_WARNING, (struct place){.source = NULL}, "seven");
    static const char *const order[] = {"one", "two", "three", "four", "five", "six", "seven"};
    for (uint32_t i = 0; i < ARRAY_COUNT(order); i++)
        assert_string_equal(complaints_get(complaints, i)->message, order[i]);
    assert_int_equal(complaints_errors(complaints), 5);
    assert_int_equal(complaints_warnings(complaints), 2);
    assert_int_equal(complaints_files(complaints), 2);
    complaints_free(complaints);
}

static void test_the_same_complaint_is_kept_once(void **state)
{
    (void)state;
    struct complaints *complaints = complaints_new();
    struct source *source = add_source(complaints, "a.yaml", "x\n");
    for (int i = 0; i < 3; i++)
        complaints_add(complaints, COMPLAINT_ERROR, place_at(source, 1, 1, 1), "the same");
    complaints_add(complaints, COMPLAINT_ERROR, place_at(source, 1, 1, 1), "another");
    complaints_add(complaints, COMPLAINT_ERROR, place_at(source, 2, 1, 1), "the same");
    assert_int_equal(complaints_errors(complaints), 3);
    complaints_free(complaints);
}

static void test_counts_are_singular_and_plural(void **state)
{
    (void)state;
    struct complaints *complaints = complaints_new();
    struct source *source = complaints_open(complaints, "a.yaml", "a.yaml");
    assert_printed(complaints, false, "");
    complaints_add(complaints, COMPLAINT_WARNING, (struct place){.source = source}, "w1");
    assert_printed(complaints, false, "a.yaml: warning: w1\n");
    assert_printed(complaints, true, "a.yaml: error: w1\n1 error in 1 file; this configuration would be refused\n");
    complaints_add(complaints, COMPLAINT_ERROR, (struct place){.source = source}, "e1");
    assert_printed(complaints, false,
                   "a.yaml: warning: w1\na.yaml: error: e1\n"
                   "1 error, 1 warning in 1 file; this configuration would be refused\n");
    complaints_open(complaints, "b.yaml", "b.yaml");
    complaints_add(complaints, COMPLAINT_WARNING, (struct place){.source = source}, "w2");
    complaints_add(complaints, COMPLAINT_ERROR, (struct place){.source = source}, "e2");
    char *text = printed(complaints, false);
    assert_non_null(strstr(text, "\n2 errors, 2 warnings in 2 files; this configuration would be refused\n"));
    free(text);
    text = printed(complaints, true);
    assert_non_null(strstr(text, "\n4 errors in 2 files; this configuration would be refused\n"));
    assert_null(strstr(text, "warning:"));
    free(text);
    complaints_free(complaints);
}

static uint32_t count_lines(const char *text, const char *ending)
{
    uint32_t count = 0;
    for (const char *at = strstr(text, ending); at != NULL; at = strstr(at + 1, ending))
        count++;
    return count;
}

static void test_fifty_are_shown_and_the_rest_counted(void **state)
{
    (void)state;
    for (uint32_t wanted = 50; wanted <= 52; wanted++) {
        struct complaints *complaints = complaints_new();
        struct source *source = complaints_open(complaints, "a.yaml", "a.yaml");
        for (uint32_t i = 0; i < wanted; i++)
            complaints_add(complaints, COMPLAINT_ERROR, place_at(source, i + 1, 1, 1), "e");
        char *text = printed(complaints, false), more[32];
        snprintf(more, sizeof(more), "... and %u more\n", wanted - 50);
        assert_int_equal(count_lines(text, ": error: e\n"), 50);
        assert_int_equal(strstr(text, more) != NULL, wanted > 50);
        assert_int_equal(strstr(text, "more") != NULL, wanted > 50);
        free(text);
        complaints_free(complaints);
    }
}

static void test_a_hidden_place_is_hidden_in_earlier_complaints_too(void **state)
{
    (void)state;
    struct complaints *complaints = complaints_new();
    struct source *source = add_source(complaints, "a.yaml", "key: [abc, geheim]\n");
    complaints_add(complaints, COMPLAINT_ERROR, place_at(source, 1, 1, 3), "early");
    complaints_hide(complaints, place_at(source, 1, 12, 6));
    complaints_hide(complaints, place_at(source, 2, 1, 1)); /* another line's */
    char *text = printed(complaints, false);
    assert_non_null(strstr(text, "    1 | key: [abc, <redacted>\n"));
    assert_null(strstr(text, "geheim"));
    free(text);
    complaints_free(complaints);
}

static void test_nobody_wants_to_know(void **state)
{
    (void)state;
    complaints_add(NULL, COMPLAINT_ERROR, (struct place){.source = NULL}, "x");
    complaints_hide(NULL, (struct place){.source = NULL});
    complaints_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print_shows_place_line_and_caret),
        cmocka_unit_test(test_complaints_come_in_reading_order),
        cmocka_unit_test(test_the_same_complaint_is_kept_once),
        cmocka_unit_test(test_counts_are_singular_and_plural),
        cmocka_unit_test(test_fifty_are_shown_and_the_rest_counted),
        cmocka_unit_test(test_a_hidden_place_is_hidden_in_earlier_complaints_too),
        cmocka_unit_test(test_nobody_wants_to_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
