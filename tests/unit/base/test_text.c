/* SPDX-License-Identifier: MIT */
/*
 * Where: units of base/text.
 * What:  what fits and what just does not; the sanitiser; durations as people write them.
 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_add_fills_to_the_last_byte(void **state)
{
    (void)state;
    char storage[6];
    struct text text = text_over(storage, sizeof(storage));
    assert_string_equal(storage, "");
    text_add(&text, "abc");
    text_addf(&text, "%d", 45);
    assert_string_equal(storage, "abc45");
    assert_int_equal(text.length, 5);
    assert_false(text.truncated);
}

static void test_add_remembers_what_did_not_fit(void **state)
{
    (void)state;
    char storage[6];
    struct text text = text_over(storage, sizeof(storage));
    text_add(&text, "abcdef");
    assert_string_equal(storage, "abcde");
    assert_true(text.truncated);
}

static void test_addf_remembers_what_did_not_fit(void **state)
{
    (void)state;
    char storage[6];
    struct text text = text_over(storage, sizeof(storage));
    text_addf(&text, "ab%s", "cdef");
    assert_string_equal(storage, "abcde");
    assert_int_equal(text.length, 5);
    assert_true(text.truncated);
}

static void test_nothing_is_added_behind_a_cut(void **state)
{
    (void)state;
    char storage[6];
    struct text text = text_over(storage, sizeof(storage));
    text_add_foreign(&text, "abc\n", 4); /* \x0a needs four, two are left */
    assert_string_equal(storage, "abc");
    assert_true(text.truncated);
    text_add(&text, "d");
    text_addf(&text, "e");
    text_add_foreign(&text, "f", 1);
    assert_string_equal(storage, "abc");
}

static void test_room_for_nothing_is_legal(void **state)
{
    (void)state;
    char storage[1];
    struct text text = text_over(storage, 1);
    text_add(&text, "");
    text_addf(&text, "%s", "");
    text_add_bytes(&text, NULL, 0);
    assert_false(text.truncated);
    text_add(&text, "a");
    assert_true(text.truncated);
    assert_string_equal(storage, "");
}

static void test_foreign_shows_every_byte_harmlessly(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char storage[8];
        struct text text = text_over(storage, sizeof(storage));
        char foreign = (char)byte;
        text_add_foreign(&text, &foreign, 1);
        char expected[8] = {foreign, '\0'};
        if (byte < 0x20 || byte > 0x7e || byte == '\\') {
            struct text escaped = text_over(expected, sizeof(expected));
            text_addf(&escaped, "\\x%02x", (unsigned)byte);
        }
        assert_string_equal(storage, expected);
    }
}

static void test_foreign_is_cut_after_its_most_bytes(void **state)
{
    (void)state;
    char foreign[TEXT_FOREIGN_MAX + 1], storage[4 * TEXT_FOREIGN_MAX + 8];
    memset(foreign, 'a', sizeof(foreign));
    struct text text = text_over(storage, sizeof(storage));
    text_add_foreign(&text, foreign, TEXT_FOREIGN_MAX);
    assert_int_equal(text.length, TEXT_FOREIGN_MAX);

    text = text_over(storage, sizeof(storage));
    text_add_foreign(&text, foreign, TEXT_FOREIGN_MAX + 1);
    assert_int_equal(text.length, TEXT_FOREIGN_MAX + 3);
    assert_string_equal(storage + TEXT_FOREIGN_MAX - 1, "a...");
}

static void assert_duration(int64_t duration_ms, const char *expected)
{
    char storage[40];
    struct text text = text_over(storage, sizeof(storage));
    text_add_duration(&text, duration_ms);
    assert_string_equal(storage, expected);
}

static void test_durations_have_two_units_at_the_most(void **state)
{
    (void)state;
    assert_duration(-5, "0ms");
    assert_duration(0, "0ms");
    assert_duration(850, "850ms");
    assert_duration(999, "999ms");
    assert_duration(1000, "1s");
    assert_duration(1049, "1s");
    assert_duration(1050, "1.1s");
    assert_duration(1500, "1.5s");
    assert_duration(1990, "2s");
    assert_duration(9949, "9.9s");
    assert_duration(9950, "10s");
    assert_duration(10499, "10s");
    assert_duration(10500, "11s");
    assert_duration(41499, "41s");
    assert_duration(59499, "59s");
    assert_duration(59500, "1m");
    assert_duration(60000, "1m");
    assert_duration(372000, "6m12s");
    assert_duration(3599499, "59m59s");
    assert_duration(3599500, "1h");
    assert_duration(3600000, "1h");
    assert_duration(3659499, "1h");
    assert_duration(3660000, "1h1m");
    assert_duration(86399499, "23h59m");
    assert_duration(86400000, "1d");
    assert_duration(273600000 + 1799000, "3d4h");
    assert_duration(INT64_MAX, "106751991167d7h");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_fills_to_the_last_byte),
        cmocka_unit_test(test_add_remembers_what_did_not_fit),
        cmocka_unit_test(test_addf_remembers_what_did_not_fit),
        cmocka_unit_test(test_nothing_is_added_behind_a_cut),
        cmocka_unit_test(test_room_for_nothing_is_legal),
        cmocka_unit_test(test_foreign_shows_every_byte_harmlessly),
        cmocka_unit_test(test_foreign_is_cut_after_its_most_bytes),
        cmocka_unit_test(test_durations_have_two_units_at_the_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
