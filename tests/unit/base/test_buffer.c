/* SPDX-License-Identifier: MIT */
/*
 * Where: units of base/buffer.
 * What:  it grows; it stops whole at its bound; numbers.
 */
#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_it_grows(void **state)
{
    (void)state;
    struct buffer buffer = {.most = 100000};
    for (unsigned i = 0; i < 10000; i++)
        buffer_addf(&buffer, "%04u ", i);
    assert_int_equal(buffer.length, 50000);
    assert_false(buffer.truncated);
    assert_memory_equal(buffer.bytes, "0000 0001 ", 10);
    assert_memory_equal(buffer.bytes + 49990, "9998 9999 ", 10);
    buffer_done(&buffer);
    assert_null(buffer.bytes);
}

static void test_what_passes_the_bound_is_left_out_whole(void **state)
{
    (void)state;
    struct buffer buffer = {.most = 8};
    buffer_add(&buffer, "12345678");
    assert_false(buffer.truncated);
    buffer_add(&buffer, "9");
    assert_true(buffer.truncated);
    assert_int_equal(buffer.length, 8);
    buffer_done(&buffer);
    buffer.truncated = false;
    buffer_add(&buffer, "123456");
    buffer_addf(&buffer, "%d", 789);
    buffer_add(&buffer, "x"); /* nothing follows a hole */
    assert_true(buffer.truncated);
    assert_int_equal(buffer.length, 6);
    buffer_done(&buffer);
}

static void test_numbers(void **state)
{
    (void)state;
    struct buffer buffer = {.most = 100};
    const uint64_t numbers[] = {0, 9, 10, 1234567890, UINT64_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        buffer_add_uint(&buffer, numbers[i]);
        buffer_add(&buffer, " ");
    }
    assert_memory_equal(buffer.bytes, "0 9 10 1234567890 18446744073709551615 ", buffer.length);
    char *bytes = buffer_take(&buffer);
    assert_int_equal(buffer.length, 0);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_grows),
        cmocka_unit_test(test_what_passes_the_bound_is_left_out_whole),
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
