/* SPDX-License-Identifier: MIT */
/*
 * Where: units of base/error.
 * What:  texts that are set, prefixed, cut; and that they stay one line.
 */
#include "base/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_set_tells_code_and_text(void **state)
{
    (void)state;
    struct error err = {.sys_errno = EIO};
    error_set(&err, ERROR_RANGE, "%s is out of %d", "this", 7);
    assert_int_equal(err.code, ERROR_RANGE);
    assert_int_equal(err.sys_errno, 0);
    assert_string_equal(err.text, "this is out of 7");
}

static void test_set_errno_adds_the_words_of_the_system(void **state)
{
    (void)state;
    struct error err = {.code = ERROR_NONE};
    error_set_errno(&err, ECONNREFUSED, "connect to %s port %d", "192.0.2.53", 53);
    assert_int_equal(err.code, ERROR_SYSTEM);
    assert_int_equal(err.sys_errno, ECONNREFUSED);
    assert_string_equal(err.text, "connect to 192.0.2.53 port 53: Connection refused");
}

static void test_set_errno_gives_the_number_where_there_are_no_words(void **state)
{
    (void)state;
    struct error err = {.code = ERROR_NONE};
    error_set_errno(&err, 99999, "read");
    assert_string_equal(err.text, "read: error number 99999");
    assert_int_equal(err.sys_errno, 99999);
}

static void test_prefix_keeps_code_and_errno(void **state)
{
    (void)state;
    struct error err = {.code = ERROR_NONE};
    error_set_errno(&err, ENOENT, "open");
    error_prefix(&err, "key file %s: ", "/etc/k");
    assert_string_equal(err.text, "key file /etc/k: open: No such file or directory");
    assert_int_equal(err.code, ERROR_SYSTEM);
    assert_int_equal(err.sys_errno, ENOENT);
}

static void test_set_may_quote_its_own_text(void **state)
{
    (void)state;
    struct error err = {.code = ERROR_NONE};
    error_set(&err, ERROR_SYNTAX, "inner");
    error_set(&err, ERROR_CONFLICT, "outer: %s", err.text);
    assert_string_equal(err.text, "outer: inner");
}

static void test_texts_are_cut_at_their_room_and_not_before(void **state)
{
    (void)state;
    struct error err = {.code = ERROR_NONE};
    char words[ERROR_TEXT_MAX + 1];
    memset(words, 'a', sizeof(words));
    words[ERROR_TEXT_MAX - 1] = '\0';
    error_set(&err, ERROR_LIMIT, "%s", words);
    assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
    assert_string_equal(err.text, words);

    words[ERROR_TEXT_MAX - 1] = 'a';
    words[ERROR_TEXT_MAX] = '\0';
    error_set(&err, ERROR_LIMIT, "%s", words);
    assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);

    error_prefix(&err, "front ");
    assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
    assert_memory_equal(err.text, "front aaa", 9);
}

static void test_text_stays_one_line(void **state)
{
    (void)state;
    struct error err = {.code = ERROR_NONE};
    error_set(&err, ERROR_SYNTAX, "a\nb\tc\x1b[31m\x7f~ ");
    assert_string_equal(err.text, "a b c [31m ~ ");
}

static void test_nobody_who_wants_to_know_is_fine(void **state)
{
    (void)state;
    error_set(NULL, ERROR_RANGE, "%d", 1);
    error_set_errno(NULL, EIO, "%d", 1);
    error_prefix(NULL, "%d", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_tells_code_and_text),
        cmocka_unit_test(test_set_errno_adds_the_words_of_the_system),
        cmocka_unit_test(test_set_errno_gives_the_number_where_there_are_no_words),
        cmocka_unit_test(test_prefix_keeps_code_and_errno),
        cmocka_unit_test(test_set_may_quote_its_own_text),
        cmocka_unit_test(test_texts_are_cut_at_their_room_and_not_before),
        cmocka_unit_test(test_text_stays_one_line),
        cmocka_unit_test(test_nobody_who_wants_to_know_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
