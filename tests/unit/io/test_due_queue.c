/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/due_queue.
 * What:  order, removal from anywhere, and a long random life beside a plain list.
 */
#include "io/due_queue.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_due_queue_gives_the_earliest_first(void **state)
{
    (void)state;
    static const mono_ms due[] = {50, 10, 40, 20, 30, 0, 60};
    struct due_queue queue;
    assert_true(due_queue_init(&queue, 7));
    for (uint32_t i = 0; i < 7; i++)
        due_queue_put(&queue, i, due[i]);
    due_queue_remove(&queue, 2);
    due_queue_remove(&queue, 6);
    static const uint32_t wanted[] = {5, 1, 3, 4, 0};
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(due_queue_take(&queue), wanted[i]);
    assert_int_equal(queue.count, 0);
    due_queue_done(&queue);
}

static void test_due_queue_agrees_with_a_list(void **state)
{
    (void)state;
    enum { COUNT = 60 };
    struct due_queue queue;
    bool in[COUNT] = {false};
    mono_ms due[COUNT];
    struct random random = random_from_seed(11);
    assert_true(due_queue_init(&queue, COUNT));
    for (uint32_t step = 0; step < 20000; step++) {
        uint32_t watch = (uint32_t)random_below(&random, COUNT);
        if (in[watch]) {
            due_queue_remove(&queue, watch);
        } else {
            due[watch] = (mono_ms)random_below(&random, 100);
            due_queue_put(&queue, watch, due[watch]);
        }
        in[watch] = !in[watch];
        if (queue.count > 0 && random_below(&random, 3) == 0) {
            uint32_t first = due_queue_take(&queue);
            assert_true(in[first]);
            in[first] = false;
            for (uint32_t i = 0; i < COUNT; i++)
                assert_true(!in[i] || due[i] >= due[first]);
        }
    }
    due_queue_done(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_due_queue_gives_the_earliest_first),
        cmocka_unit_test(test_due_queue_agrees_with_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
