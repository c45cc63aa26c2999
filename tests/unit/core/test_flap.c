/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/flap.
 * What:  the window, the doubling delay and the latch, both sides of each bound. Built-in values: 60 s doubling to
 *        1 h, window 1 h, latch at 6.
 */

#include "core/flap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define ROOM_MOST 1000

static mono_ms times[ROOM_MOST];

static const struct record_settings built_in = {
    .fail_back_ms = 60000, .fail_back_most_ms = 3600000, .flap_window_ms = 3600000, .switches_most = 6};

static struct flap flap_of(const struct record_settings *settings)
{
    struct flap flap;
    memset(times, 0x5a, sizeof times); /* storage is not initialised */
    flap_init(&flap, times, flap_room(settings));
    return flap;
}

static void test_room_follows_the_configuration(void **state)
{
    (void)state;
    assert_int_equal(flap_room(&built_in), 6);
    assert_int_equal(flap_room(&(struct record_settings){.switches_most = 1}), 1);
    assert_int_equal(flap_room(&(struct record_settings){.switches_most = 1000}), 1000);
}

static void test_a_quiet_record_waits_the_delay(void **state)
{
    (void)state;
    struct flap flap = flap_of(&built_in);

    assert_int_equal(flap_count(&flap, &built_in, HOUR_MS), 0);
    assert_int_equal(flap_delay_ms(&flap, &built_in, HOUR_MS), 60000);
    assert_true(flap_changes_at(&flap, &built_in, HOUR_MS) == MONO_NEVER);
    assert_false(flap_is_latched(&flap));
    assert_int_equal(times[0], 0x5a5a5a5a5a5a5a5a); /* nothing is written before the first switch */
}

static void test_the_delay_doubles_with_each_switch_after_the_first(void **state)
{
    (void)state;
    const struct record_settings settings = {
        .fail_back_ms = 60000, .fail_back_most_ms = 3600000, .flap_window_ms = 3600000, .switches_most = 100};
    static const uint32_t delays_s[] = {60, 120, 240, 480, 960, 1920, 3600, 3600};
    struct flap flap = flap_of(&settings);

    for (uint32_t n = 0; n < 8; n++) {
        flap_note(&flap, &settings, (n + 1) * MINUTE_MS);
        assert_int_equal(flap_count(&flap, &settings, (n + 1) * MINUTE_MS), n + 1);
        assert_int_equal(flap_delay_ms(&flap, &settings, (n + 1) * MINUTE_MS), delays_s[n] * 1000);
    }
}

static void test_the_delay_reaches_its_most_exactly(void **state)
{
    (void)state;
    const struct record_settings settings = {
        .fail_back_ms = 100, .fail_back_most_ms = 400, .flap_window_ms = 3600000, .switches_most = 100};
    static const uint32_t delays_ms[] = {100, 200, 400, 400};
    struct flap flap = flap_of(&settings);

    for (uint32_t n = 0; n < 4; n++) {
        flap_note(&flap, &settings, n);
        assert_int_equal(flap_delay_ms(&flap, &settings, n), delays_ms[n]);
    }
}

static uint32_t delay_after_five(uint32_t fail_back_ms, uint32_t most_ms)
{
    const struct record_settings settings = {
        .fail_back_ms = fail_back_ms, .fail_back_most_ms = most_ms, .flap_window_ms = 3600000, .switches_most = 100};
    struct flap flap = flap_of(&settings);
    for (uint32_t n = 0; n < 5; n++)
        flap_note(&flap, &settings, n);
    return flap_delay_ms(&flap, &settings, 5);
}

static void test_the_delay_has_odd_settings_too(void **state)
{
    (void)state;
    assert_int_equal(delay_after_five(0, 3600000), 0);
    assert_int_equal(delay_after_five(0, 0), 0);
    assert_int_equal(delay_after_five(90000, 60000), 90000);
    assert_int_equal(delay_after_five(60000, 60000), 60000);
    assert_int_equal(delay_after_five(1, 86400000), 16);
}

/* Doubling a day a thousand times must not run over. */
static void test_the_delay_does_not_run_over(void **state)
{
    (void)state;
    const struct record_settings settings = {
        .fail_back_ms = 86399999, .fail_back_most_ms = 86400000, .flap_window_ms = 604800000, .switches_most = 1000};
    struct flap flap = flap_of(&settings);
    for (uint32_t n = 0; n < 1000; n++)
        flap_note(&flap, &settings, n);
    assert_int_equal(flap_delay_ms(&flap, &settings, 1000), 86400000);
    assert_int_equal(flap_count(&flap, &settings, 1000), 1000);
}

static void test_a_switch_leaves_the_window_when_it_is_as_old(void **state)
{
    (void)state;
    struct flap flap = flap_of(&built_in);
    flap_note(&flap, &built_in, 10 * SECOND_MS);
    flap_note(&flap, &built_in, 20 * SECOND_MS);
    flap_note(&flap, &built_in, 20 * SECOND_MS);

    assert_int_equal(flap_count(&flap, &built_in, 10 * SECOND_MS + HOUR_MS - 1), 3);
    assert_int_equal(flap_changes_at(&flap, &built_in, 30 * SECOND_MS), 10 * SECOND_MS + HOUR_MS);
    assert_int_equal(flap_count(&flap, &built_in, 10 * SECOND_MS + HOUR_MS), 2);
    assert_int_equal(flap_delay_ms(&flap, &built_in, 10 * SECOND_MS + HOUR_MS), 120000);
    assert_int_equal(flap_changes_at(&flap, &built_in, 10 * SECOND_MS + HOUR_MS), 20 * SECOND_MS + HOUR_MS);

    /* L7: after one quiet window the delay is the first one again. */
    assert_int_equal(flap_count(&flap, &built_in, 20 * SECOND_MS + HOUR_MS), 0);
    assert_int_equal(flap_delay_ms(&flap, &built_in, 20 * SECOND_MS + HOUR_MS), 60000);
}

static void test_it_latches_at_max_switches_inside_the_window(void **state)
{
    (void)state;
    for (int too_old = 0; too_old < 2; too_old++) {
        struct flap flap = flap_of(&built_in);
        flap_note(&flap, &built_in, 0);
        for (int n = 1; n < 5; n++)
            flap_note(&flap, &built_in, n * MINUTE_MS);
        assert_false(flap_is_latched(&flap));
        flap_note(&flap, &built_in, HOUR_MS - 1 + too_old);
        assert_int_equal(flap_is_latched(&flap), !too_old);
    }
}

static void test_the_latch_stays_until_it_is_released(void **state)
{
    (void)state;
    struct flap flap = flap_of(&built_in);
    for (int n = 0; n < 20; n++) /* more than there is room for */
        flap_note(&flap, &built_in, n * MINUTE_MS);

    assert_int_equal(flap_count(&flap, &built_in, 20 * MINUTE_MS), 6);
    assert_int_equal(flap_count(&flap, &built_in, 100 * HOUR_MS), 0);
    assert_true(flap_is_latched(&flap));
    flap_release(&flap);
    assert_false(flap_is_latched(&flap));
}

/* After a release the record has the whole budget again. */
static void test_a_release_begins_the_count_anew(void **state)
{
    (void)state;
    struct flap flap = flap_of(&built_in);
    for (int n = 0; n < 8; n++)
        flap_note(&flap, &built_in, n * MINUTE_MS);
    flap_release(&flap);

    assert_int_equal(flap_count(&flap, &built_in, 8 * MINUTE_MS), 0);
    assert_int_equal(flap_delay_ms(&flap, &built_in, 8 * MINUTE_MS), 60000);
    for (int n = 8; n < 13; n++)
        flap_note(&flap, &built_in, n * MINUTE_MS);
    assert_false(flap_is_latched(&flap));
    flap_note(&flap, &built_in, 13 * MINUTE_MS);
    assert_true(flap_is_latched(&flap));
}

static void test_max_switches_of_one_latches_at_once(void **state)
{
    (void)state;
    const struct record_settings settings = {.flap_window_ms = 60000, .switches_most = 1};
    struct flap flap = flap_of(&settings);

    flap_note(&flap, &settings, 1);
    assert_true(flap_is_latched(&flap));
    flap_note(&flap, &settings, 2);
    assert_int_equal(flap_count(&flap, &settings, 2), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_room_follows_the_configuration),
        cmocka_unit_test(test_a_quiet_record_waits_the_delay),
        cmocka_unit_test(test_the_delay_doubles_with_each_switch_after_the_first),
        cmocka_unit_test(test_the_delay_reaches_its_most_exactly),
        cmocka_unit_test(test_the_delay_has_odd_settings_too),
        cmocka_unit_test(test_the_delay_does_not_run_over),
        cmocka_unit_test(test_a_switch_leaves_the_window_when_it_is_as_old),
        cmocka_unit_test(test_it_latches_at_max_switches_inside_the_window),
        cmocka_unit_test(test_the_latch_stays_until_it_is_released),
        cmocka_unit_test(test_a_release_begins_the_count_anew),
        cmocka_unit_test(test_max_switches_of_one_latches_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
