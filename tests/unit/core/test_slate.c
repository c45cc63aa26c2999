/* SPDX-License-Identifier: MIT */
/*
 * Trouble is told at once, after 5 min, then hourly; and anew only when it is new.
 */

#include "core/slate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE 60000
#define HOUR   3600000

static void test_slate_tells_at_once_after_5_min_and_hourly(void **state)
{
    (void)state;
    struct slate slate = {.active = false};
    assert_int_equal(slate_deadline(&slate), MONO_NEVER);
    assert_true(slate_raise(&slate, 7));
    assert_int_equal(slate_deadline(&slate), 7 + 5 * MINUTE);
    assert_false(slate_raise(&slate, 7 + 5 * MINUTE - 1));
    assert_true(slate_raise(&slate, 7 + 5 * MINUTE));
    assert_false(slate_raise(&slate, 7 + 5 * MINUTE + HOUR - 1));
    assert_true(slate_raise(&slate, 7 + 5 * MINUTE + HOUR));
    assert_int_equal(slate.told, 3);
    assert_int_equal(slate.since, 7);
}

static void test_slate_that_was_lowered_is_the_same_for_5_min(void **state)
{
    (void)state;
    struct slate slate = {.active = false};
    slate_raise(&slate, 0);
    slate_lower(&slate, 1000);
    assert_int_equal(slate_deadline(&slate), MONO_NEVER);
    assert_false(slate_raise(&slate, 5 * MINUTE - 1));
    slate_lower(&slate, 5 * MINUTE - 1);
    assert_true(slate_raise(&slate, 6 * MINUTE)); /* it never really went away */
    assert_int_equal(slate.told, 2);
    slate_lower(&slate, 10 * MINUTE);
    slate_lower(&slate, 12 * MINUTE); /* it was lowered already */
    assert_false(slate_raise(&slate, 15 * MINUTE - 1));
    slate_lower(&slate, 16 * MINUTE);
    assert_true(slate_raise(&slate, 21 * MINUTE)); /* gone for 5 min: a new one, and the hour is not waited for */
    assert_int_equal(slate.told, 1);
    assert_int_equal(slate.since, 21 * MINUTE);
}

static void test_slate_that_was_cleaned_is_new(void **state)
{
    (void)state;
    struct slate slate = {.active = false};
    slate_raise(&slate, 0);
    slate_clean(&slate);
    assert_true(slate_raise(&slate, 1));
    assert_int_equal(slate.told, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slate_tells_at_once_after_5_min_and_hourly),
        cmocka_unit_test(test_slate_that_was_lowered_is_the_same_for_5_min),
        cmocka_unit_test(test_slate_that_was_cleaned_is_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
