/* SPDX-License-Identifier: MIT */
/*
 * Rows of plan_bare: a record without a marker. docs/faults.md 60, 64.
 */

#include "core/belief.h"
#include "core/plan.h"
#include "plan_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int bare_setup(void **state)
{
    plan_case_setup(state);
    struct plan_case *f = *state;
    f->site->records[0].ownership = OWNERSHIP_NONE;
    return 0;
}

/* What was read last, and is ours. */
static void believe(struct plan_case *f, const char *addresses)
{
    struct observed seen = site_seen(f->site, addresses, NULL);
    belief_learn(&f->belief, &seen, plan_current_target(&f->site->settings, &f->site->records[0], seen.sets), 1);
    f->belief.first = false;
}

static void in_sync(struct plan plan)
{
    assert_int_equal(plan.kind, PLAN_IN_SYNC);
}

/* A switch to the secondary has left. */
static struct plan send_switch(struct plan_case *f, bool doubt)
{
    believe(f, PRIMARY);
    plan_case_want(f, SECONDARY);
    struct plan plan = plan_case_upon(f, PRIMARY, 0);
    assert_int_equal(plan.kind, PLAN_SWITCH);
    plan_case_send(f, plan, 1, doubt);
    return plan;
}

/* ---- nothing believed ---- */

static void test_bare_believes_one_targets_set_at_first(void **state)
{
    struct plan_case *f = *state;
    in_sync(plan_case_upon(f, SECONDARY, 0));
    f->site->records[0].adopt = false; /* nothing is written for it */
    in_sync(plan_case_upon(f, SECONDARY, 0));
    plan_case_stops(plan_case_upon(f, STRANGER, 0), CONDITION_FOREIGN);
    plan_case_stops(plan_case_upon(f, PRIMARY " " SECONDARY, 0), CONDITION_FOREIGN);
    plan_case_stops(plan_case_upon(f, "", 0), CONDITION_MISSING);
}

static void test_bare_stays_stopped_once_it_was(void **state)
{
    struct plan_case *f = *state;
    f->belief.first = false;
    plan_case_stops(plan_case_upon(f, PRIMARY, 0), CONDITION_FOREIGN_CHANGE);
    plan_case_stops(plan_case_upon(f, STRANGER, 0), CONDITION_FOREIGN);
    f->belief.changed = true;
    plan_case_stops(plan_case_upon(f, STRANGER, 0), CONDITION_FOREIGN_CHANGE);
    plan_case_stops(plan_case_upon(f, "", 0), CONDITION_MISSING);
}

static void test_bare_creates_only_what_never_was(void **state)
{
    struct plan_case *f = *state;
    f->site->records[0].create = true;
    in_sync(plan_case_upon(f, "", 0));
    plan_case_want(f, PRIMARY);
    struct plan plan = plan_case_upon(f, "", 0);
    assert_int_equal(plan.kind, PLAN_CREATE);
    assert_true(plan.bare);
    assert_int_equal(plan.publish[0].count, 1);
    f->belief.changed = true;
    plan_case_stops(plan_case_upon(f, "", 0), CONDITION_MISSING);
}

/* What others had there is gone: that they took it away is a change of theirs, too. */
static void test_bare_creates_nothing_where_it_was_stopped(void **state)
{
    struct plan_case *f = *state;
    f->site->records[0].create = true;
    plan_case_want(f, PRIMARY);
    f->belief.first = false; /* as after a stop */
    plan_case_stops(plan_case_upon(f, "", 0), CONDITION_MISSING);
    believe(f, ""); /* an operator has adopted that there is nothing */
    assert_int_equal(plan_case_upon(f, "", 0).kind, PLAN_CREATE);
}

static void test_bare_part_of_a_target_is_a_targets_where_parts_are_published(void **state)
{
    struct plan_case *f = *state;
    site_add_value(f->site, 0, 0, "192.0.2.99", true);
    plan_case_stops(plan_case_upon(f, PRIMARY, 0), CONDITION_FOREIGN);
    f->site->records[0].publish = PUBLISH_HEALTHY;
    in_sync(plan_case_upon(f, PRIMARY, 0));
}

/* ---- V is believed ---- */

static void test_bare_switch_pins_values_alone(void **state)
{
    struct plan_case *f = *state;
    struct plan plan = send_switch(f, false);
    assert_true(plan.bare);
    assert_false(plan.has_old);
    assert_int_equal(plan.expect[0].count, 1);
    assert_int_equal(plan.publish[0].ttl_s, 30);
    assert_int_equal(plan.fresh.owner, OWNER);
}

static void test_bare_looks_at_no_marker(void **state)
{
    struct plan_case *f = *state;
    believe(f, PRIMARY);
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    seen.form = MARKER_FORM_FOREIGN;
    in_sync(plan_case_of(f, &seen));
}

static void test_bare_stops_at_any_change(void **state)
{
    struct plan_case *f = *state;
    believe(f, PRIMARY);
    plan_case_stops(plan_case_upon(f, STRANGER, 0), CONDITION_FOREIGN_CHANGE);
    plan_case_stops(plan_case_upon(f, SECONDARY, 0), CONDITION_FOREIGN_CHANGE);
    plan_case_stops(plan_case_upon(f, PRIMARY " " STRANGER, 0), CONDITION_FOREIGN_CHANGE);
    f->site->records[0].create = true; /* to fill it again would be a repair */
    plan_case_want(f, PRIMARY);
    plan_case_stops(plan_case_upon(f, "", 0), CONDITION_MISSING);
    plan_case_want(f, SECONDARY); /* that it is what we want makes it no less a change */
    plan_case_stops(plan_case_upon(f, SECONDARY, 0), CONDITION_FOREIGN_CHANGE);
}

static void test_bare_repairs_no_ttl(void **state)
{
    struct plan_case *f = *state;
    believe(f, PRIMARY);
    f->belief.ttl_due = true;
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    seen.sets[0].ttl_s = 600;
    in_sync(plan_case_of(f, &seen));
    plan_case_want(f, PRIMARY);
    in_sync(plan_case_of(f, &seen));
}

/* ---- messages ---- */

static void test_bare_finds_its_message_by_the_values(void **state)
{
    struct plan_case *f = *state;
    send_switch(f, true);
    assert_int_equal(plan_case_upon(f, SECONDARY, 0).kind, PLAN_APPLIED);
    f->belief.pending.in_doubt = false; /* it was refused: somebody else did that */
    plan_case_stops(plan_case_upon(f, SECONDARY, 0), CONDITION_FOREIGN_CHANGE);
    f->belief.pending.accepted = true;
    assert_int_equal(plan_case_upon(f, SECONDARY, 0).kind, PLAN_APPLIED);
    plan_case_stops(plan_case_upon(f, STRANGER, 0), CONDITION_FOREIGN_CHANGE);
}

static void test_bare_sends_the_same_again(void **state)
{
    struct plan_case *f = *state;
    struct plan plan = send_switch(f, true);
    struct plan again = plan_make(&f->site->settings, &f->site->records[0],
                                  &(struct observed){.authenticated = true,
                                                     .aa = true,
                                                     .sets = {site_set(f->site, RRTYPE_A, 30, PRIMARY)}},
                                  &f->belief, f->wanted, 78);
    assert_int_equal(again.kind, PLAN_SWITCH);
    assert_int_equal(again.fresh.nonce, plan.fresh.nonce);
}

static void test_bare_waits_with_what_contradicts_a_doubt(void **state)
{
    struct plan_case *f = *state;
    send_switch(f, true);
    plan_case_want(f, STRANGER);
    in_sync(plan_case_upon(f, PRIMARY, 0));
    f->wanted = NULL; /* and there is no fence */
    in_sync(plan_case_upon(f, PRIMARY, 0));
    belief_settle(&f->belief);
    plan_case_want(f, STRANGER);
    assert_int_equal(plan_case_upon(f, PRIMARY, 0).kind, PLAN_SWITCH);
}

static void test_bare_knows_messages_of_a_former_life(void **state)
{
    struct plan_case *f = *state;
    struct plan plan = {.kind = PLAN_SWITCH, .bare = true, .fresh = plan_case_marker(1)};
    belief_restore(&f->belief, &plan, 1);
    assert_int_equal(plan_case_upon(f, SECONDARY, 0).kind, PLAN_APPLIED);
    in_sync(plan_case_upon(f, PRIMARY, 0));
    believe(f, PRIMARY);
    plan_case_want(f, SECONDARY); /* the same switch once more does no harm */
    assert_int_equal(plan_case_upon(f, PRIMARY, 0).kind, PLAN_SWITCH);
    believe(f, SECONDARY);
    plan_case_want(f, PRIMARY);
    in_sync(plan_case_upon(f, SECONDARY, 0));
}

#define BARE(test) cmocka_unit_test_setup_teardown(test, bare_setup, plan_case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARE(test_bare_believes_one_targets_set_at_first),
        BARE(test_bare_stays_stopped_once_it_was),
        BARE(test_bare_creates_only_what_never_was),
        BARE(test_bare_creates_nothing_where_it_was_stopped),
        BARE(test_bare_part_of_a_target_is_a_targets_where_parts_are_published),
        BARE(test_bare_switch_pins_values_alone),
        BARE(test_bare_looks_at_no_marker),
        BARE(test_bare_stops_at_any_change),
        BARE(test_bare_repairs_no_ttl),
        BARE(test_bare_finds_its_message_by_the_values),
        BARE(test_bare_sends_the_same_again),
        BARE(test_bare_waits_with_what_contradicts_a_doubt),
        BARE(test_bare_knows_messages_of_a_former_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
