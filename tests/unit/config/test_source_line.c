/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/source_line.
 * What:  the right line, made harmless, a window of a long one, and never what follows the word "secret".
 */
#include "config/source_line.h"

#include "reading.h"

#include <string.h>

static struct source source_over(const char *text)
{
    return (struct source){.name = "t", .shown = "t", .bytes = text, .length = strlen(text)};
}

static struct shown_line show(const struct source *source, uint32_t line, uint32_t column, uint32_t hidden_from)
{
    struct line_cursor cursor = {.source = NULL};
    struct shown_line shown;
    const struct place place = {.source = source, .line = line, .column = column, .width = 1};
    assert_true(source_line_show(&cursor, place, hidden_from, &shown));
    return shown;
}

static void test_lines_are_found_in_any_order(void **state)
{
    (void)state;
    const struct source source = source_over("one\r\ntwo\n\nfour");
    struct line_cursor cursor = {.source = NULL};
    static const struct {
        uint32_t line;
        const char *text;
    } rows[] = {{1, "one"}, {4, "four"}, {2, "two"}, {3, ""}, {1, "one"}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct shown_line shown;
        const struct place place = {.source = &source, .line = rows[i].line, .column = 1, .width = 1};
        assert_true(source_line_show(&cursor, place, 0, &shown));
        assert_string_equal(shown.text, rows[i].text);
    }
    struct shown_line shown;
    assert_false(source_line_show(&cursor, (struct place){.source = &source, .line = 5, .column = 1}, 0, &shown));
}

static void test_what_a_terminal_obeys_is_not_shown(void **state)
{
    (void)state;
    const struct source source = source_over("a\x1b[31m\tZ\xc3\xbcrich \xe2\x80\xae x\n");
    struct shown_line shown = show(&source, 1, 8, 0);
    assert_string_equal(shown.text, "a?[31m Z?rich ? x");
    assert_int_equal(shown.caret, 7); /* a column is a code point */
}

static void test_a_long_line_shows_a_window(void **state)
{
    (void)state;
    char text[2001];
    for (size_t i = 0; i < 2000; i++)
        text[i] = (char)('a' + i % 26);
    text[2000] = '\0';
    const struct source source = source_over(text);
    struct shown_line shown = show(&source, 1, 1, 0);
    assert_int_equal(strlen(shown.text), SHOWN_LINE_MAX);
    assert_int_equal(shown.caret, 0);
    static const uint32_t columns[] = {SHOWN_LINE_MAX - 40, SHOWN_LINE_MAX - 39, 1000, 2000};
    for (size_t i = 0; i < ARRAY_COUNT(columns); i++) {
        shown = show(&source, 1, columns[i], 0);
        assert_true(strlen(shown.text) <= SHOWN_LINE_MAX);
        assert_int_equal(shown.text[shown.caret], text[columns[i] - 1]);
        assert_true(shown.width >= 1 && shown.caret + shown.width <= strlen(shown.text));
    }
}

static void test_a_caret_behind_the_line_stays_there(void **state)
{
    (void)state;
    const struct source source = source_over("ab\n");
    struct shown_line shown = show(&source, 1, 9, 0);
    assert_int_equal(shown.caret, 2);
    assert_int_equal(shown.width, 1);
}

static void test_what_follows_the_word_secret_is_never_shown(void **state)
{
    (void)state;
    static const struct {
        const char *line, *shown;
    } rows[] = {
        {"key: {secret: geheim}", "key: {secret:<redacted>"},
        {"\tSecret \"geheim\";", " Secret <redacted>"},
        {"secret=geheim", "secret=<redacted>"},
        {"secrets are fine", "secrets are fine"},
        {"my secret", "my secret"},
        {"\xc3\xbc secret: geheim", "? secret:<redacted>"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct source source = source_over(rows[i].line);
        assert_string_equal(show(&source, 1, 1, 0).text, rows[i].shown);
    }
}

static void test_hidden_columns_are_redacted(void **state)
{
    (void)state;
    const struct source source = source_over("key: geheim # secret: more\n");
    assert_string_equal(show(&source, 1, 1, 6).text, "key: <redacted>");
    assert_string_equal(show(&source, 1, 1, 1).text, "<redacted>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_found_in_any_order),
        cmocka_unit_test(test_what_a_terminal_obeys_is_not_shown),
        cmocka_unit_test(test_a_long_line_shows_a_window),
        cmocka_unit_test(test_a_caret_behind_the_line_stays_there),
        cmocka_unit_test(test_what_follows_the_word_secret_is_never_shown),
        cmocka_unit_test(test_hidden_columns_are_redacted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
