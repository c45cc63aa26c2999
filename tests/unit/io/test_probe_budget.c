/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/probe_budget.
 * What:  a row of its table each.
 */
#include "io/probe_budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_each_phase_has_its_budget(void **state)
{
    (void)state;
    static const struct {
        enum probe_phase phase;
        uint32_t phased_ms;
    } rows[] = {{PROBE_RESOLVE, 1},  {PROBE_CONNECT, 1}, {PROBE_TLS, 1},
                {PROBE_RESPONSE, 2}, {PROBE_BODY, 3},    {PROBE_RUN, 9}};
    struct check_settings check = {.connect_ms = 1, .response_ms = 2, .body_ms = 3, .total_ms = 9, .phased = true};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check.phased = true;
        assert_int_equal(probe_budget_ms(&check, rows[i].phase), rows[i].phased_ms);
        check.phased = false; /* one number for all of it */
        assert_int_equal(probe_budget_ms(&check, rows[i].phase), 9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_phase_has_its_budget)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
