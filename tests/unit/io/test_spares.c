/* SPDX-License-Identifier: MIT */
/*
 * What: what comes back is used again, whole and aligned; sizes at both sides of each step; what does not fit.
 */
#include "io/spares.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_spares_give_the_same_block_again(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 63, 64, 65, 128, 129, 2047, 2048};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t *block = spares_malloc(sizes[i]);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % _Alignof(max_align_t), 0);
        memset(block, 0xa5, sizes[i]);
        spares_free(block);
        assert_true(spares_kept() > 0);
        assert_ptr_equal(spares_malloc(sizes[i]), block);
        assert_int_equal(spares_kept(), 0);
        spares_free(block);
        spares_drop();
    }
    assert_int_equal(spares_kept(), 0);
}

static void test_spares_of_another_size_stay(void **state)
{
    (void)state;
    void *small = spares_malloc(64), *large = spares_malloc(65);
    spares_free(small);
    spares_free(large);
    assert_ptr_equal(spares_malloc(65), large);
    assert_ptr_equal(spares_malloc(64), small);
    spares_free(small);
    spares_free(large);
    spares_drop();
}

static void test_spares_zero_what_was_used_before(void **state)
{
    (void)state;
    uint8_t *block = spares_malloc(500);
    memset(block, 0xff, 500);
    spares_free(block);
    uint8_t *zeroed = spares_calloc(5, 100);
    assert_ptr_equal(zeroed, block);
    for (size_t i = 0; i < 500; i++)
        assert_int_equal(zeroed[i], 0);
    spares_free(zeroed);
    spares_drop();
}

static void test_spares_move_with_their_content(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 64, 65, 2048, 2049, 100000, 3000, 2048, 10};
    uint8_t *block = spares_realloc(NULL, 10);
    memcpy(block, "0123456789", 10);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        block = spares_realloc(block, sizes[i]);
        assert_memory_equal(block, "0123456789", sizes[i] < 10 ? sizes[i] : 10);
        if (sizes[i] < 10)
            memcpy(block = spares_realloc(block, 10), "0123456789", 10);
    }
    spares_free(block);
    spares_free(NULL);
    char *words = spares_strdup("some words");
    assert_string_equal(words, "some words");
    spares_free(words);
    spares_drop();
}

static void test_spares_refuse_what_cannot_be(void **state)
{
    (void)state;
    assert_null(spares_malloc(SIZE_MAX));
    assert_null(spares_calloc(SIZE_MAX / 2, 3));
    void *block = spares_malloc(1);
    assert_null(spares_realloc(block, SIZE_MAX));
    spares_free(block);
    spares_drop();
}

static void test_spares_keep_no_more_than_their_most(void **state)
{
    (void)state;
    enum { BLOCKS = SPARES_KEPT_MAX / 2048 + 10 };
    void **blocks = calloc(BLOCKS, sizeof *blocks);
    for (size_t i = 0; i < BLOCKS; i++)
        blocks[i] = spares_malloc(2000);
    for (size_t i = 0; i < BLOCKS; i++)
        spares_free(blocks[i]);
    assert_int_equal(spares_kept(), SPARES_KEPT_MAX);
    void *large = spares_malloc(5000); /* goes straight through */
    spares_free(large);
    assert_int_equal(spares_kept(), SPARES_KEPT_MAX);
    spares_drop();
    free(blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spares_give_the_same_block_again),
        cmocka_unit_test(test_spares_of_another_size_stay),
        cmocka_unit_test(test_spares_zero_what_was_used_before),
        cmocka_unit_test(test_spares_move_with_their_content),
        cmocka_unit_test(test_spares_refuse_what_cannot_be),
        cmocka_unit_test(test_spares_keep_no_more_than_their_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
