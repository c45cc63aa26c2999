/* SPDX-License-Identifier: MIT */
/*
 * Messages of ours that were sent and may still turn up: applied, the same again, fences, strays, partial ones.
 */

#include "core/belief.h"
#include "core/plan.h"
#include "plan_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- our own messages ---- */

static void send_switch(struct plan_case *f, const char *addresses, bool doubt)
{
    plan_case_want(f, addresses);
    plan_case_send(f, plan_case_upon(f, PRIMARY, 12), 1, doubt);
}

static void test_plan_finds_its_message_applied(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, true);
    struct observed seen = site_seen(f->site, SECONDARY, &f->belief.pending.plan.fresh);
    assert_int_equal(plan_case_of(f, &seen).kind, PLAN_APPLIED);
    seen = site_seen(f->site, PRIMARY, &f->belief.pending.plan.fresh);
    plan_case_stops(plan_case_of(f, &seen), CONDITION_PARTIAL);
    f->belief.pending.sent = false; /* a marker that never left us is somebody else's */
    plan_case_stops(plan_case_of(f, &seen), CONDITION_CLONE);
}

static void test_plan_sends_the_same_again_for_the_same_wish(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, true);
    f->belief.pending.plan.fresh.nonce = 5;
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).fresh.nonce, 5);
    f->belief.pending.in_doubt = false; /* refused: never the same bytes again */
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).fresh.nonce, 77);
}

static void test_plan_fences_before_it_changes_its_mind(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, true);
    f->wanted = NULL;
    struct plan fence = plan_case_upon(f, PRIMARY, 12);
    assert_int_equal(fence.kind, PLAN_FENCE);
    assert_int_equal(fence.fresh.epoch, 13);
    assert_int_equal(fence.publish[0].count, 0);
    plan_case_want(f, PRIMARY);
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).kind, PLAN_FENCE);
    plan_case_send(f, fence, ID_NONE, true);
    f->belief.pending.plan.fresh.nonce = 6;
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).fresh.nonce, 6);
    f->belief.pending.in_doubt = false; /* the fence was refused; what it was for is still in doubt */
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).kind, PLAN_FENCE);
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).fresh.nonce, 77);
}

static void test_plan_switches_elsewhere_past_a_doubt(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, true);
    plan_case_want(f, STRANGER);
    struct plan plan = plan_case_upon(f, PRIMARY, 12);
    assert_int_equal(plan.kind, PLAN_SWITCH);
    assert_int_equal(plan.fresh.nonce, 77);
}

static void test_plan_fences_when_it_can_remember_no_more(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, true);
    f->belief.stray_count = DOUBTS_MOST - 2;
    for (uint32_t i = 0; i < DOUBTS_MOST; i++)
        f->belief.strays[i] = (struct stray){PLAN_SWITCH, plan_case_marker(40 + i), 1, true};
    plan_case_want(f, STRANGER);
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).kind, PLAN_SWITCH);
    f->belief.stray_count = DOUBTS_MOST - 1;
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).kind, PLAN_FENCE);
    plan_case_want(f, SECONDARY); /* the one that is pending may go again */
    assert_int_equal(plan_case_upon(f, PRIMARY, 12).kind, PLAN_SWITCH);
}

static void test_plan_repeats_a_ttl_in_doubt(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    f->belief.ttl_due = true;
    struct marker marker = plan_case_marker(12);
    struct observed seen = site_seen(f->site, PRIMARY, &marker);
    seen.sets[0].ttl_s = 31;
    plan_case_send(f, plan_case_of(f, &seen), ID_NONE, true);
    f->belief.pending.plan.fresh.nonce = 9;
    assert_int_equal(plan_case_of(f, &seen).kind, PLAN_TTL);
    assert_int_equal(plan_case_of(f, &seen).fresh.nonce, 9);
}

static void test_plan_knows_its_strays(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    f->belief.stray_count = 2;
    f->belief.strays[0] = (struct stray){PLAN_FENCE, plan_case_marker(20), ID_NONE, false};
    f->belief.strays[1] = (struct stray){PLAN_SWITCH, plan_case_marker(21), 1, true};
    assert_int_equal(plan_case_upon(f, PRIMARY, 20).kind, PLAN_APPLIED);
    plan_case_stops(plan_case_upon(f, SECONDARY, 20), CONDITION_PARTIAL);
    assert_int_equal(plan_case_upon(f, SECONDARY, 21).kind, PLAN_APPLIED);
    plan_case_stops(plan_case_upon(f, PRIMARY, 21), CONDITION_PARTIAL);
    plan_case_stops(plan_case_upon(f, "", 21), CONDITION_PARTIAL);
}

/* An operator's adopt of strange addresses, kept over a restart, comes after the first read: our marker, no clone's. */
static void test_plan_knows_an_adopt_of_a_former_life(void **state)
{
    struct plan_case *f = *state;
    f->belief.stray_count = 1;
    f->belief.strays[0] = (struct stray){PLAN_ADOPT, plan_case_marker(13), ID_NONE, true};
    f->belief.first = false;
    f->belief.marked = true;
    f->belief.marker = plan_case_marker(12);
    plan_case_stops(plan_case_upon(f, STRANGER, 13), CONDITION_FOREIGN_CHANGE);
    assert_int_equal(plan_case_upon(f, PRIMARY, 13).kind, PLAN_APPLIED);
    plan_case_stops(plan_case_upon(f, STRANGER, 14), CONDITION_CLONE);
}

static void test_plan_knows_a_part_by_its_stray(void **state)
{
    struct plan_case *f = *state;
    site_add_value(f->site, 0, 1, "198.51.100.99", true);
    plan_case_believe(f, PRIMARY, 12);
    f->belief.stray_count = 1;
    f->belief.strays[0] = (struct stray){PLAN_SWITCH, plan_case_marker(21), 1, true};
    plan_case_stops(plan_case_upon(f, SECONDARY, 21), CONDITION_PARTIAL);
    f->site->records[0].publish = PUBLISH_HEALTHY;
    assert_int_equal(plan_case_upon(f, SECONDARY, 21).kind, PLAN_APPLIED);
}

static void test_plan_tells_sets_that_came_without_their_marker(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, false);
    plan_case_stops(plan_case_upon(f, SECONDARY, 12), CONDITION_FOREIGN_CHANGE);
    f->belief.pending.accepted = true;
    plan_case_stops(plan_case_upon(f, SECONDARY, 12), CONDITION_PARTIAL);
    plan_case_stops(plan_case_upon(f, STRANGER, 12), CONDITION_FOREIGN_CHANGE);
}

static void test_plan_stays_partial_until_the_sets_are_there(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, SECONDARY, 13);
    f->belief.partial = true;
    plan_case_stops(plan_case_upon(f, PRIMARY, 13), CONDITION_PARTIAL);
    assert_int_equal(plan_case_upon(f, SECONDARY, 13).kind, PLAN_IN_SYNC);
    f->belief.known = false;
    plan_case_stops(plan_case_upon(f, SECONDARY, 13), CONDITION_PARTIAL);
}

#define WITH_RECORD(test) cmocka_unit_test_setup_teardown(test, plan_case_setup, plan_case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RECORD(test_plan_finds_its_message_applied),
        WITH_RECORD(test_plan_sends_the_same_again_for_the_same_wish),
        WITH_RECORD(test_plan_fences_before_it_changes_its_mind),
        WITH_RECORD(test_plan_switches_elsewhere_past_a_doubt),
        WITH_RECORD(test_plan_fences_when_it_can_remember_no_more),
        WITH_RECORD(test_plan_repeats_a_ttl_in_doubt),
        WITH_RECORD(test_plan_knows_its_strays),
        WITH_RECORD(test_plan_knows_an_adopt_of_a_former_life),
        WITH_RECORD(test_plan_knows_a_part_by_its_stray),
        WITH_RECORD(test_plan_tells_sets_that_came_without_their_marker),
        WITH_RECORD(test_plan_stays_partial_until_the_sets_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
