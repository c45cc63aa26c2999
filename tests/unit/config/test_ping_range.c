/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/ping_range.
 * What:  both sides of each bound of the range, and what the kernel of this machine says.
 */
#include "config/ping_range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool allows(const char *text, gid_t first, gid_t second)
{
    const gid_t groups[] = {first, second};
    return ping_range_allows(text, groups, 2);
}

static void test_one_group_in_the_range_is_enough(void **state)
{
    (void)state;
    assert_true(allows("100\t200", 99, 100));
    assert_true(allows("100\t200", 200, 201));
    assert_false(allows("100\t200", 99, 201));
    assert_true(allows("0\t2147483647", 0, 65534));
    assert_false(allows("1\t0", 0, 1)); /* the kernel's own default: nobody */
    assert_true(allows("", 0, 1));
    assert_true(allows("what", 0, 1));
}

static void test_the_kernel_is_asked(void **state)
{
    (void)state;
    char text[PING_RANGE_TEXT_MAX];
    (void)ping_is_allowed(text);
    assert_null(strpbrk(text, "\t\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_group_in_the_range_is_enough),
        cmocka_unit_test(test_the_kernel_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
