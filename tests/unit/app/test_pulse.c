/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/pulse.
 * What:  when the watchdog is no longer pinged. LOG-12, fault 115.
 */
#include "app/pulse.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The check of the fixture may take 4 s. */
#define OVERDUE_MS (4000 + PULSE_GRACE_MS)

static void test_idle_daemon_is_sound(void **state)
{
    (void)state;
    struct pulse pulse;
    pulse_init(&pulse, &fixture_settings, 16, 1000);
    assert_true(pulse_is_sound(&pulse, 1000));
    assert_true(pulse_is_sound(&pulse, 1000 + 100 * OVERDUE_MS));
    pulse_asked(&pulse, 1, 2000);
    pulse_answered(&pulse, 1, 2500);
    assert_true(pulse_is_sound(&pulse, 1000 + 100 * OVERDUE_MS));
    pulse_done(&pulse);

    struct settings nothing = {0};
    pulse_init(&pulse, &nothing, 16, 0);
    assert_true(pulse_is_sound(&pulse, 1000000));
    pulse_done(&pulse);
}

static void test_one_overdue_probe_is_enough(void **state)
{
    (void)state;
    struct pulse pulse;
    pulse_init(&pulse, &fixture_settings, 16, 0);
    pulse_asked(&pulse, 2, 5000);
    assert_true(pulse_is_sound(&pulse, 5000 + OVERDUE_MS));
    assert_false(pulse_is_sound(&pulse, 5000 + OVERDUE_MS + 1));
    /* Others come back, this one does not. */
    pulse_asked(&pulse, 0, 5000 + OVERDUE_MS);
    pulse_answered(&pulse, 0, 5000 + OVERDUE_MS);
    assert_false(pulse_is_sound(&pulse, 5000 + OVERDUE_MS + 1));
    pulse_answered(&pulse, 2, 5000 + OVERDUE_MS + 2);
    assert_true(pulse_is_sound(&pulse, 5000 + OVERDUE_MS + 2));
    pulse_done(&pulse);
}

/* More out than may run: those that wait are late by no fault of the loop's. */
static void test_queue_is_no_sign_of_trouble_while_it_moves(void **state)
{
    (void)state;
    struct pulse pulse;
    pulse_init(&pulse, &fixture_settings, 2, 0);
    for (uint32_t watch = 0; watch < 4; watch++)
        pulse_asked(&pulse, watch, 0);
    pulse_answered(&pulse, 0, OVERDUE_MS);
    assert_true(pulse_is_sound(&pulse, 2 * OVERDUE_MS));
    assert_false(pulse_is_sound(&pulse, 2 * OVERDUE_MS + 1));
    /* Two left for two places: none waits, so both are overdue. */
    pulse_answered(&pulse, 1, 2 * OVERDUE_MS);
    assert_false(pulse_is_sound(&pulse, 2 * OVERDUE_MS));
    pulse_done(&pulse);
}

static void test_time_stood_still_does_not_count(void **state)
{
    (void)state;
    struct pulse pulse;
    pulse_init(&pulse, &fixture_settings, 16, 0);
    pulse_asked(&pulse, 3, 100);
    pulse_stood_still(&pulse, 60000);
    assert_true(pulse_is_sound(&pulse, 100 + 60000 + OVERDUE_MS));
    assert_false(pulse_is_sound(&pulse, 100 + 60000 + OVERDUE_MS + 1));
    pulse_done(&pulse);
}

static void test_answers_nobody_waits_for_are_ignored(void **state)
{
    (void)state;
    struct pulse pulse;
    pulse_init(&pulse, &fixture_settings, 16, 0);
    pulse_answered(&pulse, 0, 5);
    pulse_asked(&pulse, 0, 10);
    pulse_asked(&pulse, 0, 20);
    assert_int_equal(pulse.out, 1);
    pulse_answered(&pulse, 0, 30);
    pulse_answered(&pulse, 0, 40);
    assert_int_equal(pulse.out, 0);
    pulse_done(&pulse);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle_daemon_is_sound),
        cmocka_unit_test(test_one_overdue_probe_is_enough),
        cmocka_unit_test(test_queue_is_no_sign_of_trouble_while_it_moves),
        cmocka_unit_test(test_time_stood_still_does_not_count),
        cmocka_unit_test(test_answers_nobody_waits_for_are_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
