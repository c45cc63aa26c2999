/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_pace.
 * What:  both sides of 200 questions a second, and more servers than are remembered.
 */
#include "io/dns_pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct dns_pace pace;

static struct endpoint server(uint8_t number, uint16_t port)
{
    return (struct endpoint){.address = {.family = ADDRESS_V4, .bytes = {127, 0, 0, number}}, .port = port};
}

static mono_ms take(uint8_t number, uint16_t port, uint32_t questions, mono_ms now)
{
    struct endpoint peer = server(number, port);
    return dns_pace_take(&pace, &peer, questions, now);
}

static int set_up(void **state)
{
    (void)state;
    memset(&pace, 0, sizeof pace);
    return 0;
}

static void test_pace_is_200_a_second(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 200; i++)
        assert_int_equal(take(1, 53, 3, 1000), 1000 + i * 15);
    assert_int_equal(take(1, 53, 1, 4001), 4001); /* the time was not used up */
    assert_int_equal(take(1, 53, 1, 4005), 4006);
}

static void test_pace_is_each_servers_own(void **state)
{
    (void)state;
    assert_int_equal(take(1, 53, 100, 1000), 1000);
    assert_int_equal(take(2, 53, 1, 1000), 1000);
    assert_int_equal(take(1, 54, 1, 1000), 1000);
    assert_int_equal(take(1, 53, 1, 1000), 1500);
}

static void test_pace_forgets_who_rests_longest(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < DNS_PACE_MAX; i++)
        (void)take((uint8_t)i, 53, 2 + i, 1000);
    assert_int_equal(pace.count, DNS_PACE_MAX);
    assert_int_equal(take(7, 5353, 1, 1000), 1000);
    assert_int_equal(pace.count, DNS_PACE_MAX);
    assert_int_equal(take(1, 53, 1, 1000), 1015); /* still known */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_pace_is_200_a_second, set_up),
        cmocka_unit_test_setup(test_pace_is_each_servers_own, set_up),
        cmocka_unit_test_setup(test_pace_forgets_who_rests_longest, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
