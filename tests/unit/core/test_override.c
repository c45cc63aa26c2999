/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/override.
 * What:  what is in force, for whom, until when; that a newer one takes the place of an older one about the same.
 */

#include "core/override.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct override storage[OVERRIDES_MAX];
static struct overrides overrides;

static int set_up(void **state)
{
    (void)state;
    overrides_init(&overrides, storage);
    return 0;
}

static bool force(uint32_t id, uint32_t record, uint32_t target, mono_ms until)
{
    return overrides_set(
        &overrides,
        &(struct override){.id = id, .kind = OVERRIDE_FAILOVER, .record = record, .target = target, .until = until});
}

static bool hold(uint32_t id, uint32_t record, mono_ms until)
{
    return overrides_set(&overrides,
                         &(struct override){.id = id, .kind = OVERRIDE_HOLD, .record = record, .until = until});
}

static bool drain(uint32_t id, const char *address, const char *label)
{
    struct override override = {
        .id = id, .kind = OVERRIDE_DRAIN, .record = ID_NONE, .label = label, .until = MONO_NEVER};
    if (address != NULL)
        assert_true(address_parse(address, &override.address, NULL));
    return overrides_set(&overrides, &override);
}

static bool is_drained(const char *text, const char *label)
{
    struct value_settings value = {.name = ID_NONE};
    assert_true(address_parse(text, &value.address, NULL));
    return overrides_drain(&overrides, &value, label);
}

/* A value at a host name, by its number. */
static bool is_name_drained(uint32_t name)
{
    const struct value_settings value = {.name = name};
    return overrides_drain(&overrides, &value, NULL);
}

static void test_none_at_first(void **state)
{
    (void)state;
    struct override_view view = overrides_of(&overrides, 0);

    assert_false(view.held);
    assert_int_equal(view.forced, ID_NONE);
    assert_int_equal(view.hold_id + view.forced_id, 0);
    assert_true(overrides_deadline(&overrides) == MONO_NEVER);
    assert_false(overrides_expire(&overrides, MONO_NEVER - 1, NULL));
    assert_false(is_drained("192.0.2.1", "fra1"));
}

static void test_a_forced_target_is_its_records_alone(void **state)
{
    (void)state;
    assert_true(force(1, 7, 1, 5000));

    struct override_view view = overrides_of(&overrides, 7);
    assert_int_equal(view.forced, 1);
    assert_int_equal(view.forced_id, 1);
    assert_true(view.forced_until == 5000);
    assert_false(view.held);
    assert_int_equal(overrides_of(&overrides, 8).forced, ID_NONE);
}

static void test_a_newer_one_about_the_same_replaces(void **state)
{
    (void)state;
    assert_true(force(1, 7, 1, 5000));
    assert_true(force(2, 7, 0, MONO_NEVER));
    assert_true(hold(3, 7, 100));
    assert_true(hold(4, 7, 200));
    assert_true(drain(5, "192.0.2.1", NULL));
    assert_true(drain(6, "192.0.2.1", NULL));
    assert_true(drain(7, NULL, "fra1"));
    assert_true(drain(8, NULL, "fra1"));

    assert_int_equal(overrides.count, 4);
    assert_int_equal(overrides_of(&overrides, 7).forced, 0);
    assert_int_equal(overrides_of(&overrides, 7).hold_id, 4);
    assert_false(overrides_release(&overrides, 1, NULL));
    assert_false(overrides_release(&overrides, 7, NULL));
}

static void test_a_hold_is_of_one_record_or_of_all_and_the_last_to_end_counts(void **state)
{
    (void)state;
    assert_true(hold(1, ID_NONE, 300));
    assert_true(hold(2, 7, 200));

    assert_true(overrides_of(&overrides, 8).held);
    assert_true(overrides_of(&overrides, 7).hold_until == 300);
    assert_int_equal(overrides_of(&overrides, 7).hold_id, 1);
    assert_true(hold(3, 7, MONO_NEVER));
    assert_int_equal(overrides_of(&overrides, 7).hold_id, 3);
    assert_true(overrides_release(&overrides, 1, NULL));
    assert_false(overrides_of(&overrides, 8).held);
    assert_true(overrides_of(&overrides, 7).held);
}

static void test_a_drain_is_by_address_or_by_label(void **state)
{
    (void)state;
    assert_true(drain(1, "192.0.2.1", NULL));
    assert_true(drain(2, NULL, "fra1"));

    assert_true(is_drained("192.0.2.1", NULL));
    assert_true(is_drained("192.0.2.1", "ams2"));
    assert_false(is_drained("192.0.2.2", "ams2"));
    assert_false(is_drained("192.0.2.2", NULL));
    assert_true(is_drained("192.0.2.2", "fra1"));
    assert_true(overrides_release(&overrides, 2, NULL));
    assert_false(is_drained("192.0.2.2", "fra1"));
}

static void test_each_ends_once_and_at_its_time(void **state)
{
    (void)state;
    struct override ended;
    assert_true(force(1, 7, 1, 5000));
    assert_true(hold(2, 8, 4000));
    assert_true(drain(3, "192.0.2.1", NULL));

    assert_true(overrides_deadline(&overrides) == 4000);
    assert_false(overrides_expire(&overrides, 3999, &ended));
    assert_true(overrides_expire(&overrides, 4000, &ended));
    assert_int_equal(ended.id, 2);
    assert_false(overrides_expire(&overrides, 4000, &ended));
    assert_true(overrides_deadline(&overrides) == 5000);
    assert_true(overrides_expire(&overrides, 5000, NULL));
    assert_int_equal(overrides_of(&overrides, 7).forced, ID_NONE);
    assert_true(overrides_deadline(&overrides) == MONO_NEVER);
    assert_true(is_drained("192.0.2.1", NULL));
}

static void test_a_released_one_is_given_back(void **state)
{
    (void)state;
    struct override ended = {.id = 0};
    assert_true(force(1, 7, 1, 5000));

    assert_false(overrides_release(&overrides, 2, &ended));
    assert_int_equal(ended.id, 0);
    assert_true(overrides_release(&overrides, 1, &ended));
    assert_int_equal(ended.record, 7);
    assert_int_equal(overrides.count, 0);
}

static void test_a_drain_by_host_name_is_of_that_name_alone(void **state)
{
    (void)state;
    struct override by_name = {.id = 1, .kind = OVERRIDE_DRAIN, .record = ID_NONE, .name = 2, .until = MONO_NEVER};
    assert_true(overrides_set(&overrides, &by_name));
    assert_true(drain(2, NULL, "fra1"));
    assert_true(is_name_drained(2));
    assert_false(is_name_drained(0));
    assert_false(is_name_drained(ID_NONE));
    assert_false(is_drained("192.0.2.1", NULL));
    by_name.id = 3;
    assert_true(overrides_set(&overrides, &by_name)); /* in the place of the first */
    assert_false(overrides_release(&overrides, 1, NULL));
    assert_true(overrides_release(&overrides, 3, NULL));
    assert_false(is_name_drained(2));
    assert_true(is_drained("192.0.2.1", "fra1"));
}

static void test_there_is_room_for_so_many_and_no_more(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < OVERRIDES_MAX; i++)
        assert_true(hold(i + 1, i, MONO_NEVER));

    assert_false(hold(OVERRIDES_MAX + 1, OVERRIDES_MAX, MONO_NEVER));
    assert_false(overrides_of(&overrides, OVERRIDES_MAX).held);
    assert_true(hold(OVERRIDES_MAX + 1, 0, 5)); /* it replaces one */
    assert_true(overrides_of(&overrides, 0).hold_until == 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_none_at_first, set_up),
        cmocka_unit_test_setup(test_a_forced_target_is_its_records_alone, set_up),
        cmocka_unit_test_setup(test_a_newer_one_about_the_same_replaces, set_up),
        cmocka_unit_test_setup(test_a_hold_is_of_one_record_or_of_all_and_the_last_to_end_counts, set_up),
        cmocka_unit_test_setup(test_a_drain_is_by_address_or_by_label, set_up),
        cmocka_unit_test_setup(test_a_drain_by_host_name_is_of_that_name_alone, set_up),
        cmocka_unit_test_setup(test_each_ends_once_and_at_its_time, set_up),
        cmocka_unit_test_setup(test_a_released_one_is_given_back, set_up),
        cmocka_unit_test_setup(test_there_is_room_for_so_many_and_no_more, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
