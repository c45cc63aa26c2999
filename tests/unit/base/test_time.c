/* SPDX-License-Identifier: MIT */
/*
 * Where: units of base/time.
 * What:  the arithmetic of instants, at its end above all.
 */
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_earlier_and_later_choose(void **state)
{
    (void)state;
    assert_int_equal(mono_earlier(1, 2), 1);
    assert_int_equal(mono_earlier(2, 1), 1);
    assert_int_equal(mono_later(1, 2), 2);
    assert_int_equal(mono_later(2, 1), 2);
    assert_int_equal(mono_earlier(MONO_NEVER, 5), 5);
    assert_int_equal(mono_later(-1, -2), -1);
}

static void test_after_never_wraps(void **state)
{
    (void)state;
    assert_int_equal(mono_after(5, 0), 5);
    assert_int_equal(mono_after(-5, 7), 2);
    assert_int_equal(mono_after(MONO_NEVER - 7, 6), MONO_NEVER - 1);
    assert_int_equal(mono_after(MONO_NEVER - 7, 7), MONO_NEVER);
    assert_int_equal(mono_after(MONO_NEVER - 7, 8), MONO_NEVER);
    assert_int_equal(mono_after(MONO_NEVER, INT64_MAX), MONO_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_earlier_and_later_choose),
        cmocka_unit_test(test_after_never_wraps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
