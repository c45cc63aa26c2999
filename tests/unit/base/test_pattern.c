/* SPDX-License-Identifier: MIT */
/*
 * Where: units of base/pattern.
 * What:  lines, octets, what is refused and where, and that no text keeps a pattern busy.
 */
#include "base/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum pattern_result search(const char *text, const char *bytes, size_t length)
{
    struct error err;
    struct pattern *pattern = pattern_new(text, &err);
    assert_non_null(pattern);
    enum pattern_result result = pattern_search(pattern, bytes, length);
    assert_int_equal(pattern_matches(pattern, bytes, length), result == PATTERN_FOUND);
    pattern_free(pattern);
    return result;
}

static void test_lines_and_octets(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        size_t length;
        enum pattern_result result;
    } rows[] = {
        {"^220 ", "220 mail.example.com", 20, PATTERN_FOUND},
        {"^220 ", "x220 mail", 9, PATTERN_ABSENT},
        {"^build: [0-9a-f]{7,}$", "ok\nbuild: 0123abc\nend", 21, PATTERN_FOUND},
        {"^build: [0-9a-f]{7,}$", "ok\r\nbuild: 0123abc\r\nend", 23, PATTERN_FOUND},
        {"^build: [0-9a-f]{7,}$", "ok\rbuild: 0123abc\rend", 21, PATTERN_FOUND},
        {"^build: [0-9a-f]{7,}$", "build: 0123ab", 13, PATTERN_ABSENT},
        {"b$", "a\0b", 3, PATTERN_FOUND}, /* a NUL is an octet */
        {"\\xff.", "\xff\xfe", 2, PATTERN_FOUND},
        {"OK", "ok", 2, PATTERN_ABSENT}, /* case counts … */
        {"(?i)OK", "ok", 2, PATTERN_FOUND},
        {"a", "", 0, PATTERN_ABSENT},
        {"", "", 0, PATTERN_FOUND},
        {"abc", "ab", 2, PATTERN_ABSENT}, /* and the length is the end */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(search(rows[i].pattern, rows[i].text, rows[i].length), rows[i].result);
}

static void test_what_is_refused_and_where(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *words;
    } rows[] = {
        {"a(b", "at character 4: missing closing parenthesis"},
        {"*", "at character 1: quantifier does not follow"},
        {"[a-", "missing terminating ]"},
        {"(*UTF)a", "UTF"},
        {"\\Ca", "\\C"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct error err;
        assert_null(pattern_new(rows[i].pattern, &err));
        assert_non_null(strstr(err.text, rows[i].words));
    }
    pattern_free(NULL);
}

static void test_gives_up_instead_of_taking_for_ever(void **state)
{
    (void)state;
    size_t length = 65536;
    char *text = malloc(length);
    assert_non_null(text);
    memset(text, 'a', length);
    assert_int_equal(search("(a+)+[bc]", text, length), PATTERN_GAVE_UP);
    assert_int_equal(search("^(a|aa)+[bc]", text, length), PATTERN_GAVE_UP);
    assert_int_equal(search("a{10}$", text, 5000), PATTERN_FOUND);
    assert_int_equal(search("^.*z", text, 5000), PATTERN_ABSENT); /* a long line alone is no reason */
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_and_octets),
        cmocka_unit_test(test_what_is_refused_and_where),
        cmocka_unit_test(test_gives_up_instead_of_taking_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
