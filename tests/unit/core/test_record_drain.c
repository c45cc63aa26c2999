/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/record with core/engine_override.
 * What:  what of a record is left when targets or addresses of it are drained, and what its health then is.
 * Names: fault 131.
 */

#include "operator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE 60000

/* fault 131 */
static void test_a_drained_target_is_left_and_never_taken(void **state)
{
    (void)state;
    struct door *door = operator_door(site_new());
    operator_drain(door, "192.0.2.1");
    operator_ask(door, COMMAND_SETTLE);
    door_run(door, 2 * MINUTE);
    operator_check_reply(door, 1, COMMAND_DONE, "");
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_int_equal(door_last(door, NOTICE_FAILOVER)->cause, DECISION_DRAINED);

    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 10 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_int_equal(door_told(door, NOTICE_NO_HEALTHY_TARGET), 1);
    operator_release(door, 3);
    door_run(door, 12 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 0);
    door_close(door);
}

static struct site *two_addresses(enum publish publish, uint16_t least)
{
    struct site *site = site_new();
    site_add_value(site, 0, 1, "198.51.100.9", true); /* of the last target, by its name the secondary */
    site->records[0].publish = publish;
    site->targets[1].least_healthy = least;
    return site;
}

/*
 *   publish    min-healthy    one of two addresses drained
 *   healthy    1              it alone is left out
 *   healthy    2              too few are left: the target is
 *   all        1              all are published or none: the target is
 */
static void test_a_drained_address_is_published_by_no_decision(void **state)
{
    (void)state;
    static const struct {
        enum publish publish;
        uint16_t least;
        bool left_out;
    } rows[] = {{PUBLISH_HEALTHY, 1, true}, {PUBLISH_HEALTHY, 2, false}, {PUBLISH_ALL, 1, false}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct door *door = operator_door(two_addresses(rows[i].publish, rows[i].least));
        operator_drain(door, "198.51.100.9");
        door->verdicts[0] = VERDICT_FAIL;
        door_run(door, 3 * MINUTE);
        assert_int_equal(door_record(door, 0)->current, rows[i].left_out ? 1 : 0);
        if (rows[i].left_out)
            assert_int_equal(door->names[0].sets[0].count, 1);
        door_close(door);
    }
}

/* Clients are sent to what is not drained: when that has died, the target has, whatever the drained one says. */
static void test_a_target_is_as_well_as_its_addresses_that_are_not_drained(void **state)
{
    (void)state;
    struct site *site = two_addresses(PUBLISH_HEALTHY, 1);
    site->records[0].fail_back = FAIL_BACK_MANUAL;
    struct door *door = operator_door(site);
    operator_force(door, 1, 0);
    door_run(door, 2 * MINUTE);
    operator_release(door, 1);
    operator_drain(door, "198.51.100.9");
    door_run(door, 3 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 1);
    assert_int_equal(door->names[0].sets[0].count, 1);

    door->verdicts[1] = VERDICT_FAIL; /* the other one */
    door_run(door, 5 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 0);
    assert_int_equal(door_last(door, NOTICE_FAILOVER)->cause, DECISION_CURRENT_DOWN);
    door_close(door);
}

static void test_a_target_of_which_only_the_drained_address_lives_is_not_taken(void **state)
{
    (void)state;
    struct door *door = operator_door(two_addresses(PUBLISH_HEALTHY, 1));
    operator_drain(door, "198.51.100.9");
    door->verdicts[1] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 6 * MINUTE);
    assert_int_equal(door_record(door, 0)->current, 0);
    assert_int_equal(door_told(door, NOTICE_NO_HEALTHY_TARGET), 1);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_drained_target_is_left_and_never_taken),
        cmocka_unit_test(test_a_drained_address_is_published_by_no_decision),
        cmocka_unit_test(test_a_target_is_as_well_as_its_addresses_that_are_not_drained),
        cmocka_unit_test(test_a_target_of_which_only_the_drained_address_lives_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
