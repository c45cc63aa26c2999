/* SPDX-License-Identifier: MIT */
/*
 * Where: units of base/random.
 * What:  the numbers of the published generators, replay, bounds, and that no number is favoured.
 */
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* splitmix64 from 0 gives this state, as its authors' code does. */
static void test_seed_is_spread_by_splitmix(void **state)
{
    (void)state;
    struct random random = random_from_seed(0);
    assert_true(random.state[0] == 0xe220a8397b1dcdafU);
    assert_true(random.state[1] == 0x6e789e6aa1b965f4U);
    assert_true(random.state[2] == 0x06c45d188009454fU);
    assert_true(random.state[3] == 0xf88bb8a8724c81ecU);
}

/* xoshiro256** from the state 1, 2, 3, 4: the first numbers follow by hand from its definition. */
static void test_numbers_are_those_of_xoshiro(void **state)
{
    (void)state;
    struct random random = {.state = {1, 2, 3, 4}};
    static const uint64_t expected[] = {11520, 0, 1509978240, 1215971899390074240U};
    for (size_t i = 0; i < 4; i++)
        assert_true(random_u64(&random) == expected[i]);
}

static void test_same_seed_same_numbers(void **state)
{
    (void)state;
    struct random a = random_from_seed(42), b = random_from_seed(42), c = random_from_seed(43);
    int unlike = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t number = random_u64(&a);
        assert_true(number == random_u64(&b));
        unlike += number != random_u64(&c);
    }
    assert_true(unlike > 990);
}

static void test_below_stays_below(void **state)
{
    (void)state;
    static const uint64_t bounds[] = {1, 2, 3, 10, 1U << 31, (1ULL << 63) + 1, UINT64_MAX};
    struct random random = random_from_seed(7);
    for (size_t b = 0; b < sizeof(bounds) / sizeof(bounds[0]); b++)
        for (int i = 0; i < 1000; i++)
            assert_true(random_below(&random, bounds[b]) < bounds[b]);
}

static void test_below_reaches_each_number_alike(void **state)
{
    (void)state;
    struct random random = random_from_seed(1);
    int counts[10] = {0};
    for (int i = 0; i < 100000; i++)
        counts[random_below(&random, 10)]++;
    for (int i = 0; i < 10; i++)
        assert_in_range(counts[i], 9500, 10500);
}

/*
 * With 2^63 + 1 nearly half of all numbers have to be thrown away; if they were not, the low ones would come twice as
 * often.
 */
static void test_below_throws_uneven_numbers_away(void **state)
{
    (void)state;
    struct random random = random_from_seed(3);
    int low = 0;
    for (int i = 0; i < 10000; i++)
        low += random_below(&random, (1ULL << 63) + (1ULL << 62)) < (1ULL << 62);
    assert_in_range(low, 3100, 3570); /* a third, and not a half */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seed_is_spread_by_splitmix),      cmocka_unit_test(test_numbers_are_those_of_xoshiro),
        cmocka_unit_test(test_same_seed_same_numbers),          cmocka_unit_test(test_below_stays_below),
        cmocka_unit_test(test_below_reaches_each_number_alike), cmocka_unit_test(test_below_throws_uneven_numbers_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
