/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/text_check; fault 134.
 * What:  each kind of byte that no configuration may hold, at its place, and its neighbours that may stand.
 */
#include "config/text_check.h"

#include "reading.h"

#include <string.h>

#define ROW(text) text, sizeof(text) - 1

static void test_good_texts_pass(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
    } rows[] = {{ROW("")},
                {ROW("a: b\r\n\tc\n")},
                {ROW("\xc2\xa0\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf")},
                {ROW("~ \x7e")}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct complaints *complaints = complaints_new();
        struct source *source = complaints_open(complaints, "t", "t");
        source->bytes = rows[i].text;
        source->length = rows[i].length;
        assert_true(text_check(source, complaints));
        assert_int_equal(complaints_errors(complaints), 0);
        complaints_free(complaints);
    }
}

static void test_bad_bytes_are_named_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
        uint32_t line, column;
        const char *words;
    } rows[] = {
        {ROW("a\n b\0c"), 2, 3, "NUL"},
        {ROW("\x1b"), 1, 1, "control"},
        {ROW("\x7f"), 1, 1, "control"},
        {ROW("a\xc2\x80"), 1, 2, "control"},
        {ROW("a\xc2\x9f"), 1, 2, "control"},
        {ROW("a\rb"), 1, 2, "carriage return"},
        {ROW("a\r"), 1, 2, "carriage return"},
        {ROW("\xc3\xbc\xc2\x85"), 1, 2, "odd line end"},
        {ROW("\xe2\x80\xa8"), 1, 1, "odd line end"},
        {ROW("\xe2\x80\xa9"), 1, 1, "odd line end"},
        {ROW("a\xef\xbb\xbf"), 1, 2, "byte order mark"},
        {ROW("\n\xff"), 2, 1, "not UTF-8"},
        {ROW("\xc0\x80"), 1, 1, "not UTF-8"},         /* overlong */
        {ROW("\xe0\x9f\xbf"), 1, 1, "not UTF-8"},     /* overlong */
        {ROW("\xf0\x8f\xbf\xbf"), 1, 1, "not UTF-8"}, /* overlong */
        {ROW("\xed\xa0\x80"), 1, 1, "not UTF-8"},     /* surrogate */
        {ROW("\xf4\x90\x80\x80"), 1, 1, "not UTF-8"}, /* above U+10FFFF */
        {ROW("\xe2\x82"), 1, 1, "not UTF-8"},         /* cut */
        {ROW("\x80"), 1, 1, "not UTF-8"},
        {ROW("\xff\xfe"
             "a\0"),
         0, 0, "UTF-16"},
        {ROW("\xfe\xff\0a"), 0, 0, "UTF-16"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct complaints *complaints = complaints_new();
        struct source *source = complaints_open(complaints, "t", "t");
        source->bytes = rows[i].text;
        source->length = rows[i].length;
        assert_false(text_check(source, complaints));
        assert_int_equal(complaints_errors(complaints), 1);
        const struct complaint *complaint = complaints_get(complaints, 0);
        assert_int_equal(complaint->line, rows[i].line);
        assert_int_equal(complaint->column, rows[i].column);
        assert_non_null(strstr(complaint->message, rows[i].words));
        complaints_free(complaints);
    }
}

static void test_a_mark_in_front_is_counted(void **state)
{
    (void)state;
    assert_int_equal(text_check_mark("\xef\xbb\xbfz", 4), 3);
    assert_int_equal(text_check_mark("\xef\xbb\xbf", 3), 3);
    assert_int_equal(text_check_mark("\xef\xbb", 2), 0);
    assert_int_equal(text_check_mark("", 0), 0);
    struct reading reading = read_well("\xef\xbb\xbf" SERVER CHECK);
    assert_int_equal(reading.config.settings.check_count, 2);
    reading_done(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_texts_pass),
        cmocka_unit_test(test_bad_bytes_are_named_with_their_place),
        cmocka_unit_test(test_a_mark_in_front_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
