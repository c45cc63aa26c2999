/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/policy.
 * What:  which values of the chosen target are published. r53 77.
 */

#include "core/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define UP (&(const struct health){.state = HEALTH_UP, .counted = true})
#define DOWN (&(const struct health){.state = HEALTH_DOWN, .counted = true})
#define UNKNOWN (&(const struct health){.state = HEALTH_UNKNOWN, .counted = true})
#define LOCAL_ONLY (&(const struct health){.state = HEALTH_UNKNOWN, .local_only = true})
#define NO_CHECK NULL

static const struct record_settings all = {.publish = PUBLISH_ALL}, healthy = {.publish = PUBLISH_HEALTHY};

/* `wanted` has a letter for each of three values: w wanted, - not. */
static void assert_wanted(const struct record_settings *settings, const struct health *const members[3],
                          const uint8_t *drained, const char *wanted)
{
    uint8_t got[4] = {7, 7, 7, 7};
    uint32_t count = 0;
    uint32_t said = policy_values(settings, members, drained, 3, got);
    for (int n = 0; n < 3; n++) {
        assert_int_equal(got[n], wanted[n] == 'w');
        count += wanted[n] == 'w';
    }
    assert_int_equal(said, count);
    assert_int_equal(got[3], 7);
}

static void test_all_are_published_whatever_their_health(void **state)
{
    (void)state;
    const struct health *const members[] = {DOWN, UP, UNKNOWN};
    assert_wanted(&all, members, NULL, "www");
    assert_wanted(&all, members, (const uint8_t[]){1, 1, 1}, "www");
}

static void test_healthy_are_published_alone(void **state)
{
    (void)state;
    assert_wanted(&healthy, (const struct health *const[]){DOWN, UP, UNKNOWN}, NULL, "-w-");
    assert_wanted(&healthy, (const struct health *const[]){UP, UP, UP}, NULL, "www");
    assert_wanted(&healthy, (const struct health *const[]){NO_CHECK, DOWN, DOWN}, NULL, "w--");
}

static void test_healthy_and_drained_are_not_published(void **state)
{
    (void)state;
    const struct health *const members[] = {UP, UP, DOWN};
    assert_wanted(&healthy, members, (const uint8_t[]){1, 0, 0}, "-w-");
    assert_wanted(&healthy, members, (const uint8_t[]){0, 0, 1}, "ww-");
}

/* Not judged is not unhealthy: a host with one family alone still publishes both. */
static void test_healthy_includes_what_cannot_be_judged(void **state)
{
    (void)state;
    assert_wanted(&healthy, (const struct health *const[]){UP, LOCAL_ONLY, DOWN}, NULL, "ww-");
    assert_wanted(&healthy, (const struct health *const[]){UP, LOCAL_ONLY, DOWN}, (const uint8_t[]){0, 1, 0}, "w--");
}

/* N6: never an empty answer. */
static void test_healthy_publishes_all_when_none_is_up(void **state)
{
    (void)state;
    assert_wanted(&healthy, (const struct health *const[]){DOWN, DOWN, DOWN}, NULL, "www");
    assert_wanted(&healthy, (const struct health *const[]){DOWN, UNKNOWN, DOWN}, NULL, "www");
    assert_wanted(&healthy, (const struct health *const[]){DOWN, LOCAL_ONLY, DOWN}, NULL, "www");
    assert_wanted(&healthy, (const struct health *const[]){LOCAL_ONLY, LOCAL_ONLY, LOCAL_ONLY}, NULL, "www");
    assert_wanted(&healthy, (const struct health *const[]){UP, DOWN, DOWN}, (const uint8_t[]){1, 0, 0}, "www");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_are_published_whatever_their_health),
        cmocka_unit_test(test_healthy_are_published_alone),
        cmocka_unit_test(test_healthy_and_drained_are_not_published),
        cmocka_unit_test(test_healthy_includes_what_cannot_be_judged),
        cmocka_unit_test(test_healthy_publishes_all_when_none_is_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
