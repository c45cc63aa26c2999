/* SPDX-License-Identifier: MIT */
/*
 * Where: units of base/arena.
 * What:  zeroed, aligned, never overlapping memory of any size; nothing is left over (the sanitizers watch).
 */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_take_gives_zeroed_aligned_memory_of_its_own(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 17, 4000, 65535, 65536, 65537, 1000000, 3};
    struct arena *arena = arena_new();
    for (int round = 0; round < 20; round++)
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            unsigned char *memory = arena_take(arena, sizes[i]);
            assert_non_null(memory);
            assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
            for (size_t byte = 0; byte < sizes[i]; byte++)
                assert_int_equal(memory[byte], 0);
            memset(memory, 0xaa, sizes[i]); /* would show in a later take that overlaps */
        }
    arena_free(arena);
}

static void test_copy_text_ends_with_a_nul(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_string_equal(arena_copy_text(arena, "abcdef", 3), "abc");
    assert_string_equal(arena_copy_text(arena, NULL, 0), "");
    const char *with_nul = arena_copy_text(arena, "a\0b", 3);
    assert_memory_equal(with_nul, "a\0b", 4);
    arena_free(arena);
}

static void test_free_takes_null(void **state)
{
    (void)state;
    arena_free(NULL);
    arena_free(arena_new());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take_gives_zeroed_aligned_memory_of_its_own),
        cmocka_unit_test(test_copy_text_ends_with_a_nul),
        cmocka_unit_test(test_free_takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
