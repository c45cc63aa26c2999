/* SPDX-License-Identifier: MIT */
/*
 * Where: units of ctl/rows.
 * What:  what the tables promise to those who print them: help in two columns, one way to read each option.
 */
#include "ctl/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_names_and_summaries_fit_their_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        assert_in_range(strlen(command_rows[i].name), 1, 10);
        assert_in_range(strlen(command_rows[i].summary), 1, 25);
        const char *details = command_rows[i].details;
        assert_int_equal(details[strlen(details) - 1], '\n');
    }
}

static void test_each_command_and_option_is_found_once(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (size_t i = 0; i < command_count; i++)
        assert_ptr_equal(rows_find(command_rows[i].name), &command_rows[i]);
    for (size_t i = 0; i < option_count; i++) {
        char word[64] = "--";
        (void)strncat(word, option_rows[i].name, sizeof word - 3);
        assert_ptr_equal(rows_find_option(word, strlen(word)), &option_rows[i]);
        assert_int_equal(seen & option_rows[i].bit, 0);
        seen |= option_rows[i].bit;
    }
    assert_null(rows_find("nonsense"));
    assert_null(rows_find_option("--jso", 5));
    assert_ptr_equal(rows_find_option("-h", 2), rows_find_option("--help", 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_summaries_fit_their_columns),
        cmocka_unit_test(test_each_command_and_option_is_found_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
