/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/adopt.
 * What:  calculated watches at a reload: what they say is what those below them say now, from the first moment.
 */

#include "core/adopt.h"
#include "core/policy.h"
#include "group_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* Watches of the row web, smtp, site at two targets, and what of them is found again. */
static const uint32_t all[6] = {0, 1, 2, 3, 4, 5};
static const uint32_t children[6] = {0, 1, ID_NONE, 3, 4, ID_NONE};
static const uint32_t group_and_web[6] = {0, ID_NONE, 2, 3, ID_NONE, 5};
static const uint32_t record[1] = {0};

static struct site *site(uint32_t least)
{
    struct group_check row[] = {group_probe("web"), group_probe("smtp"), group_of("site", least, 2)};
    return group_site(row, 3);
}

static struct door *quiet(uint32_t least)
{
    struct door *door = door_quiet(site(least));
    door_run(door, 61000);
    return door;
}

static void reload(struct door *door, struct site *fresh, const uint32_t *watches)
{
    const struct adoption adoption = {.watches = watches, .records = record};
    void *rows = (void *)door->site->settings.checks;
    door_reload(door, fresh, &adoption);
    free(rows);
}

/* The same children, another sum. */
static void test_a_changed_group_speaks_at_once(void **state)
{
    (void)state;
    struct door *door = quiet(1);
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 3 * 61000);
    assert_int_equal(group_health(door, 0, 0)->state, HEALTH_DOWN);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_UP);
    reload(door, site(2), children);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_DOWN);
    assert_int_equal(group_health(door, 1, 2)->state, HEALTH_UP);
    assert_true(group_health(door, 0, 2)->failing_start == group_health(door, 0, 0)->failing_start);
    door_run(door, door->now + 1000);
    assert_int_equal(door_record(door, 0)->current, 1); /* the first failure is old, the other's proof is new */
    group_close(door);
}

/* The same group, of which one child is not known any more. */
static void test_a_changed_child_is_followed_at_once(void **state)
{
    (void)state;
    struct door *door = quiet(2);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_UP);
    reload(door, site(2), group_and_web);
    assert_int_equal(group_health(door, 0, 1)->state, HEALTH_UNKNOWN);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_UNKNOWN);
    door_run(door, door->now + 61000);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_UP);
    assert_int_equal(door->send_count, 0);
    group_close(door);
}

/* Nothing has changed: neither does what it says, nor since when. */
static void test_an_unchanged_group_goes_on(void **state)
{
    (void)state;
    struct door *door = quiet(2);
    const struct health before = *group_health(door, 0, 2);
    reload(door, site(2), all);
    const struct health *after = group_health(door, 0, 2);
    assert_int_equal(after->state, before.state);
    assert_true(after->since == before.since && after->passed_start == before.passed_start);
    assert_int_equal(after->streak, before.streak);
    group_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_changed_group_speaks_at_once),
        cmocka_unit_test(test_a_changed_child_is_followed_at_once),
        cmocka_unit_test(test_an_unchanged_group_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
