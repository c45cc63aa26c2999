/* SPDX-License-Identifier: MIT */
/*
 * A marker of ours stands there: the rows of plan_our_marker, plan_marker_known and plan_ours without any doubt.
 */

#include "core/belief.h"
#include "core/plan.h"
#include "plan_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- our marker ---- */

static void test_plan_takes_what_is_ours_at_first(void **state)
{
    struct plan_case *f = *state;
    assert_int_equal(plan_case_upon(f, SECONDARY, 12).kind, PLAN_IN_SYNC);
    plan_case_stops(plan_case_upon(f, STRANGER, 12), CONDITION_FOREIGN_CHANGE);
    plan_case_stops(plan_case_upon(f, "", 12), CONDITION_MISSING);
}

static void test_plan_later_takes_an_unknown_nonce_for_a_clones(void **state)
{
    struct plan_case *f = *state;
    f->belief.first = false;
    plan_case_stops(plan_case_upon(f, PRIMARY, 12), CONDITION_CLONE);
    plan_case_believe(f, PRIMARY, 12);
    plan_case_stops(plan_case_upon(f, PRIMARY, 13), CONDITION_CLONE);
    struct marker twin = plan_case_marker(12);
    twin.nonce++;
    struct observed seen = site_seen(f->site, PRIMARY, &twin);
    plan_case_stops(plan_case_of(f, &seen), CONDITION_CLONE);
}

/* It was read without a marker, and so is ours to adopt: who writes one with our owner id in between is a clone. */
static void test_plan_takes_a_marker_that_came_later_for_a_clones(void **state)
{
    struct plan_case *f = *state;
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    belief_learn(&f->belief, &seen, 0, 1);
    assert_true(f->belief.first);
    plan_case_stops(plan_case_upon(f, PRIMARY, 12), CONDITION_CLONE);
    plan_case_stops(plan_case_upon(f, SECONDARY, 1), CONDITION_CLONE);
}

static void test_plan_stops_at_a_lower_epoch(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    plan_case_stops(plan_case_upon(f, PRIMARY, 11), CONDITION_ROLLBACK);
}

static void test_plan_switches_from_exactly_what_was_seen(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    plan_case_want(f, SECONDARY);
    struct plan plan = plan_case_upon(f, PRIMARY, 12);
    assert_int_equal(plan.kind, PLAN_SWITCH);
    assert_true(plan.has_old);
    struct marker old = plan_case_marker(12);
    assert_true(marker_equal(&plan.old, &old));
    assert_int_equal(plan.fresh.epoch, 13);
    assert_true(rrset_same_data(&plan.publish[0], &f->wanted_sets[0]));
    assert_int_equal(plan.expect[0].count, 1);
}

static void test_plan_writes_the_ttl_of_the_file(void **state)
{
    struct plan_case *f = *state;
    f->site->records[0].ttl_s = 15;
    plan_case_believe(f, PRIMARY, 12);
    plan_case_want(f, SECONDARY);
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).publish[0].ttl_s, 15);
}

static void test_plan_is_in_sync_with_what_is_wanted(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).kind, PLAN_IN_SYNC);
    plan_case_want(f, PRIMARY);
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).kind, PLAN_IN_SYNC);
}

static void test_plan_leaves_a_foreign_change_alone(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    plan_case_want(f, SECONDARY);
    plan_case_stops(plan_case_upon(f, SECONDARY, 12), CONDITION_FOREIGN_CHANGE);
    plan_case_stops(plan_case_upon(f, STRANGER, 12), CONDITION_FOREIGN_CHANGE);
    plan_case_stops(plan_case_upon(f, PRIMARY " " STRANGER, 12), CONDITION_FOREIGN_CHANGE);
}

static void test_plan_knows_its_part_of_a_target(void **state)
{
    struct plan_case *f = *state;
    site_add_value(f->site, 0, 0, "192.0.2.99", true);
    f->site->records[0].publish = PUBLISH_HEALTHY;
    plan_case_believe(f, PRIMARY, 12);
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).kind, PLAN_IN_SYNC);
    plan_case_stops(plan_case_upon(f, "192.0.2.99", 12), CONDITION_FOREIGN_CHANGE);
    f->belief.known = false; /* at first any part is */
    assert_int_equal(plan_case_upon(f, "192.0.2.99", 12).kind, PLAN_IN_SYNC);
    f->site->records[0].publish = PUBLISH_ALL;
    plan_case_stops(plan_case_upon(f, "192.0.2.99", 12), CONDITION_FOREIGN_CHANGE);
}

static void test_plan_fills_an_emptied_record_only_where_told(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    plan_case_want(f, SECONDARY);
    plan_case_stops(plan_case_upon(f, "", 12), CONDITION_MISSING);
    f->site->records[0].create = true;
    struct plan plan = plan_case_upon(f, "", 12);
    assert_int_equal(plan.kind, PLAN_SWITCH);
    assert_int_equal(plan.expect[0].count, 0);
    f->wanted = NULL;
    assert_int_equal(plan_case_upon(f, "", 12).kind, PLAN_IN_SYNC);
}

static void test_plan_repairs_a_ttl_when_due(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    struct marker marker = plan_case_marker(12);
    struct observed seen = site_seen(f->site, PRIMARY, &marker);
    seen.sets[0].ttl_s = 31;
    assert_int_equal(plan_case_of(f, &seen).kind, PLAN_IN_SYNC);
    f->belief.ttl_due = true;
    struct plan plan = plan_case_of(f, &seen);
    assert_int_equal(plan.kind, PLAN_TTL);
    assert_int_equal(plan.publish[0].ttl_s, 30);
    assert_true(rrset_same_data(&plan.publish[0], &seen.sets[0]));
    seen.sets[0].ttl_s = 30;
    assert_int_equal(plan_case_of(f, &seen).kind, PLAN_IN_SYNC);
}

#define WITH_RECORD(test) cmocka_unit_test_setup_teardown(test, plan_case_setup, plan_case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RECORD(test_plan_takes_what_is_ours_at_first),
        WITH_RECORD(test_plan_later_takes_an_unknown_nonce_for_a_clones),
        WITH_RECORD(test_plan_takes_a_marker_that_came_later_for_a_clones),
        WITH_RECORD(test_plan_stops_at_a_lower_epoch),
        WITH_RECORD(test_plan_switches_from_exactly_what_was_seen),
        WITH_RECORD(test_plan_writes_the_ttl_of_the_file),
        WITH_RECORD(test_plan_is_in_sync_with_what_is_wanted),
        WITH_RECORD(test_plan_leaves_a_foreign_change_alone),
        WITH_RECORD(test_plan_knows_its_part_of_a_target),
        WITH_RECORD(test_plan_fills_an_emptied_record_only_where_told),
        WITH_RECORD(test_plan_repairs_a_ttl_when_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
