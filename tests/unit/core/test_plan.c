/* SPDX-License-Identifier: MIT */
/*
 * Rows of plan_make and plan_unmarked; families; words. Our marker is in test_plan_ours.c, doubt in
 * test_plan_doubt.c.
 */

#include "core/belief.h"
#include "core/plan.h"
#include "plan_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- the first table: what kind of answer is it ---- */

static void test_plan_believes_nothing_unauthenticated(void **state)
{
    struct plan_case *f = *state;
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    seen.authenticated = false;
    seen.beside = true;
    assert_int_equal(plan_case_of(f, &seen).kind, PLAN_READ_AGAIN);
}

static void test_plan_reads_again_without_authority(void **state)
{
    struct plan_case *f = *state;
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    seen.aa = false;
    assert_int_equal(plan_case_of(f, &seen).kind, PLAN_READ_AGAIN);
}

static void test_plan_stops_where_something_stands_above(void **state)
{
    struct plan_case *f = *state;
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    seen.beside = true;
    plan_case_stops(plan_case_of(f, &seen), CONDITION_OCCLUDED);
    seen.beside = false;
    seen.occluded = true;
    seen.aa = false;
    plan_case_stops(plan_case_of(f, &seen), CONDITION_OCCLUDED);
}

static void test_plan_stops_at_a_foreign_text(void **state)
{
    struct plan_case *f = *state;
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    seen.form = MARKER_FORM_FOREIGN;
    plan_case_stops(plan_case_of(f, &seen), CONDITION_FOREIGN);
}

static void test_plan_stops_at_another_owner(void **state)
{
    struct plan_case *f = *state;
    struct marker theirs = {.owner = OWNER + 1, .epoch = 57, .nonce = 1};
    struct observed seen = site_seen(f->site, PRIMARY, &theirs);
    plan_case_stops(plan_case_of(f, &seen), CONDITION_OTHER_OWNER);
}

/* ---- no marker ---- */

static void test_plan_adopts_one_targets_set(void **state)
{
    struct plan_case *f = *state;
    plan_case_want(f, SECONDARY); /* the wish comes later */
    struct plan plan = plan_case_upon(f, PRIMARY, 0);
    assert_int_equal(plan.kind, PLAN_ADOPT);
    assert_false(plan.has_old);
    assert_int_equal(plan.fresh.owner, OWNER);
    assert_int_equal(plan.fresh.epoch, 1);
    assert_int_equal(plan.fresh.nonce, 77);
    assert_int_equal(plan.expect[0].count, 1);
    assert_int_equal(plan.publish[0].count, 0);
}

static void test_plan_does_not_adopt_what_it_may_not(void **state)
{
    struct plan_case *f = *state;
    f->site->records[0].adopt = false;
    plan_case_stops(plan_case_upon(f, PRIMARY, 0), CONDITION_UNOWNED);
    f->site->records[0].adopt = true;
    f->belief.first = false;
    plan_case_stops(plan_case_upon(f, PRIMARY, 0), CONDITION_UNOWNED);
}

static void test_plan_does_not_adopt_two_targets_or_a_part(void **state)
{
    struct plan_case *f = *state;
    plan_case_stops(plan_case_upon(f, PRIMARY " " SECONDARY, 0), CONDITION_FOREIGN);
    plan_case_stops(plan_case_upon(f, STRANGER, 0), CONDITION_FOREIGN);
    site_add_value(f->site, 0, 0, "192.0.2.99", true);
    plan_case_stops(plan_case_upon(f, PRIMARY, 0), CONDITION_FOREIGN);
    f->site->records[0].publish = PUBLISH_HEALTHY;
    plan_case_stops(plan_case_upon(f, PRIMARY, 0), CONDITION_UNOWNED);
    assert_int_equal(plan_case_upon(f, PRIMARY " 192.0.2.99", 0).kind, PLAN_ADOPT);
}

static void test_plan_tells_a_vanished_marker(void **state)
{
    struct plan_case *f = *state;
    plan_case_believe(f, PRIMARY, 4);
    plan_case_stops(plan_case_upon(f, PRIMARY, 0), CONDITION_UNOWNED);
    plan_case_stops(plan_case_upon(f, SECONDARY, 0), CONDITION_UNOWNED);
    plan_case_stops(plan_case_upon(f, STRANGER, 0), CONDITION_FOREIGN);
}

static void test_plan_adopts_again_with_the_same_nonce(void **state)
{
    struct plan_case *f = *state;
    struct plan first = plan_case_upon(f, PRIMARY, 0);
    struct marker none = {.owner = 0};
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    belief_learn(&f->belief, &seen, 0, 1);
    plan_case_send(f, first, 0, true);
    (void)none;
    struct plan again = plan_make(&f->site->settings, &f->site->records[0], &seen, &f->belief, NULL, 78);
    assert_int_equal(again.kind, PLAN_ADOPT);
    assert_int_equal(again.fresh.nonce, 77);
    struct plan other = plan_make(
        &f->site->settings, &f->site->records[0],
        &(struct observed){.authenticated = true, .aa = true, .sets = {site_set(f->site, RRTYPE_A, 30, SECONDARY)}},
        &f->belief, NULL, 79);
    assert_int_equal(other.kind, PLAN_ADOPT);
    assert_int_equal(other.fresh.nonce, 79);
}

static void test_plan_creates_only_where_told_and_wanted(void **state)
{
    struct plan_case *f = *state;
    plan_case_want(f, PRIMARY);
    plan_case_stops(plan_case_upon(f, "", 0), CONDITION_MISSING);
    f->site->records[0].create = true;
    struct plan plan = plan_case_upon(f, "", 0);
    assert_int_equal(plan.kind, PLAN_CREATE);
    assert_int_equal(plan.publish[0].count, 1);
    assert_int_equal(plan.publish[0].ttl_s, 30);
    assert_int_equal(plan.fresh.epoch, 1);
    f->wanted = NULL;
    assert_int_equal(plan_case_upon(f, "", 0).kind, PLAN_IN_SYNC);
}

static void test_plan_creates_again_with_the_same_nonce(void **state)
{
    struct plan_case *f = *state;
    f->site->records[0].create = true;
    plan_case_want(f, PRIMARY);
    plan_case_send(f, plan_case_upon(f, "", 0), 0, true);
    f->belief.pending.plan.fresh.nonce = 5;
    assert_int_equal(plan_case_upon(f, "", 0).fresh.nonce, 5);
    plan_case_want(f, SECONDARY);
    assert_int_equal(plan_case_upon(f, "", 0).fresh.nonce, 77);
}

/* ---- families, names ---- */

static void test_plan_pins_both_families(void **state)
{
    struct plan_case *f = *state;
    site_add_value(f->site, 0, 0, "2001:db8::1", true);
    struct marker marker = plan_case_marker(3);
    struct observed seen = site_seen(f->site, PRIMARY, &marker);
    assert_int_equal(plan_whole_target(&f->site->settings, &f->site->records[0], seen.sets), ID_NONE);
    seen.sets[1] = site_set(f->site, RRTYPE_AAAA, 30, "2001:db8::1");
    assert_int_equal(plan_whole_target(&f->site->settings, &f->site->records[0], seen.sets), 0);
    assert_int_equal(plan_case_of(f, &seen).kind, PLAN_IN_SYNC);
    plan_case_want(f, SECONDARY);
    f->wanted_sets[1] = (struct rrset){.type = RRTYPE_AAAA};
    struct plan plan = plan_case_of(f, &seen);
    assert_int_equal(plan.kind, PLAN_SWITCH);
    assert_int_equal(plan.expect[1].count, 1);
    assert_int_equal(plan.publish[1].count, 0);
    seen.sets[1] = site_set(f->site, RRTYPE_AAAA, 30, "2001:db8::2");
    assert_int_equal(plan_current_target(&f->site->settings, &f->site->records[0], seen.sets), ID_NONE);
}

static void test_plan_knows_a_record_of_one_family_by_the_other(void **state)
{
    struct plan_case *f = *state;
    site_add_value(f->site, 0, 0, "2001:db8::1", true);
    struct observed seen = site_seen(f->site, "", NULL);
    seen.sets[1] = site_set(f->site, RRTYPE_AAAA, 30, "2001:db8::1");
    assert_int_equal(plan_current_target(&f->site->settings, &f->site->records[0], seen.sets), ID_NONE);
    f->site->records[0].publish = PUBLISH_HEALTHY;
    assert_int_equal(plan_current_target(&f->site->settings, &f->site->records[0], seen.sets), 0);
    belief_init(&f->belief, &f->site->records[0], OWNER, f->storage);
    belief_learn(&f->belief, &seen, 0, 1);
    assert_false(belief_is_absent(&f->belief));
}

static void test_plan_kinds_have_words(void **state)
{
    (void)state;
    assert_string_equal(plan_kind_name(PLAN_IN_SYNC), "in-sync");
    assert_string_equal(plan_kind_name(PLAN_APPLIED), "applied");
    assert_string_equal(plan_kind_name(PLAN_READ_AGAIN), "read-again");
    assert_string_equal(plan_kind_name(PLAN_STOP), "stop");
    assert_string_equal(plan_kind_name(PLAN_ASSERT), "assert");
    assert_string_equal(plan_kind_name(PLAN_ADOPT), "adopt");
    assert_string_equal(plan_kind_name(PLAN_CREATE), "create");
    assert_string_equal(plan_kind_name(PLAN_SWITCH), "switch");
    assert_string_equal(plan_kind_name(PLAN_TTL), "ttl");
    assert_string_equal(plan_kind_name(PLAN_FENCE), "fence");
    assert_string_equal(plan_kind_name((enum plan_kind)0), "none");
}

#define WITH_RECORD(test) cmocka_unit_test_setup_teardown(test, plan_case_setup, plan_case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RECORD(test_plan_believes_nothing_unauthenticated),
        WITH_RECORD(test_plan_reads_again_without_authority),
        WITH_RECORD(test_plan_stops_where_something_stands_above),
        WITH_RECORD(test_plan_stops_at_a_foreign_text),
        WITH_RECORD(test_plan_stops_at_another_owner),
        WITH_RECORD(test_plan_adopts_one_targets_set),
        WITH_RECORD(test_plan_does_not_adopt_what_it_may_not),
        WITH_RECORD(test_plan_does_not_adopt_two_targets_or_a_part),
        WITH_RECORD(test_plan_tells_a_vanished_marker),
        WITH_RECORD(test_plan_adopts_again_with_the_same_nonce),
        WITH_RECORD(test_plan_creates_only_where_told_and_wanted),
        WITH_RECORD(test_plan_creates_again_with_the_same_nonce),
        WITH_RECORD(test_plan_pins_both_families),
        WITH_RECORD(test_plan_knows_a_record_of_one_family_by_the_other),
        cmocka_unit_test(test_plan_kinds_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
