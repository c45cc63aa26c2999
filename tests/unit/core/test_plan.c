/* SPDX-License-Identifier: MIT */
/* Each row of the tables over plan_make and its parts, and whose sets are whose. */

#include "core/belief.h"
#include "core/plan.h"
#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define OWNER     UINT64_C(0x4be1c0de77aa0912)
#define PRIMARY   "192.0.2.1"
#define SECONDARY "198.51.100.1"
#define STRANGER  "203.0.113.5"

/* One record, what is believed of it, and what is wanted. */
struct fixture {
    struct site *site;
    struct belief belief;
    uint8_t storage[512];
    const struct rrset *wanted;
    struct rrset wanted_sets[2];
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->site = site_new();
    belief_init(&f->belief, &f->site->records[0], OWNER, f->storage);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    site_free(f->site);
    free(f);
    return 0;
}

static struct marker ours(uint64_t epoch)
{
    return (struct marker){.owner = OWNER, .epoch = epoch, .nonce = 1000 + epoch};
}

static void want(struct fixture *f, const char *addresses)
{
    f->wanted_sets[0] = site_set(f->site, RRTYPE_A, 30, addresses);
    f->wanted = f->wanted_sets;
}

/* What was read last: these addresses under our marker of this epoch. */
static void believe(struct fixture *f, const char *addresses, uint64_t epoch)
{
    struct marker marker = ours(epoch);
    struct observed seen = site_seen(f->site, addresses, &marker);
    belief_learn(&f->belief, &seen, plan_current_target(&f->site->settings, &f->site->records[0], seen.sets), 1);
}

static struct plan plan_of(struct fixture *f, const struct observed *seen)
{
    return plan_make(&f->site->settings, &f->site->records[0], seen, &f->belief, f->wanted, 77);
}

/* The plan upon these addresses and our marker of this epoch; 0: no marker. */
static struct plan plan_upon(struct fixture *f, const char *addresses, uint64_t epoch)
{
    struct marker marker = ours(epoch);
    struct observed seen = site_seen(f->site, addresses, epoch == 0 ? NULL : &marker);
    return plan_of(f, &seen);
}

static void assert_stops(struct plan plan, enum condition condition)
{
    assert_int_equal(plan.kind, PLAN_STOP);
    assert_int_equal(plan.condition, condition);
}

/* A message of this kind is sent; `doubt`: nobody knows what became of it. */
static void send(struct fixture *f, struct plan plan, uint32_t target, bool doubt)
{
    belief_intend(&f->belief, &plan, target);
    f->belief.pending.sent = true;
    f->belief.pending.in_doubt = doubt;
}

/* ---- the first table: what kind of answer is it ---- */

static void test_plan_believes_nothing_unauthenticated(void **state)
{
    struct fixture *f = *state;
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    seen.authenticated = false;
    seen.cname = true;
    assert_int_equal(plan_of(f, &seen).kind, PLAN_READ_AGAIN);
}

static void test_plan_reads_again_without_authority(void **state)
{
    struct fixture *f = *state;
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    seen.aa = false;
    assert_int_equal(plan_of(f, &seen).kind, PLAN_READ_AGAIN);
}

static void test_plan_stops_where_something_stands_above(void **state)
{
    struct fixture *f = *state;
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    seen.cname = true;
    assert_stops(plan_of(f, &seen), CONDITION_OCCLUDED);
    seen.cname = false;
    seen.occluded = true;
    seen.aa = false;
    assert_stops(plan_of(f, &seen), CONDITION_OCCLUDED);
}

static void test_plan_stops_at_a_foreign_text(void **state)
{
    struct fixture *f = *state;
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    seen.form = MARKER_FORM_FOREIGN;
    assert_stops(plan_of(f, &seen), CONDITION_FOREIGN);
}

static void test_plan_stops_at_another_owner(void **state)
{
    struct fixture *f = *state;
    struct marker theirs = {.owner = OWNER + 1, .epoch = 57, .nonce = 1};
    struct observed seen = site_seen(f->site, PRIMARY, &theirs);
    assert_stops(plan_of(f, &seen), CONDITION_OTHER_OWNER);
}

/* ---- no marker ---- */

static void test_plan_adopts_one_targets_set(void **state)
{
    struct fixture *f = *state;
    want(f, SECONDARY); /* the wish comes later */
    struct plan plan = plan_upon(f, PRIMARY, 0);
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
    struct fixture *f = *state;
    f->site->records[0].adopt = false;
    assert_stops(plan_upon(f, PRIMARY, 0), CONDITION_UNOWNED);
    f->site->records[0].adopt = true;
    f->belief.first = false;
    assert_stops(plan_upon(f, PRIMARY, 0), CONDITION_UNOWNED);
}

static void test_plan_does_not_adopt_two_targets_or_a_part(void **state)
{
    struct fixture *f = *state;
    assert_stops(plan_upon(f, PRIMARY " " SECONDARY, 0), CONDITION_FOREIGN);
    assert_stops(plan_upon(f, STRANGER, 0), CONDITION_FOREIGN);
    site_add_value(f->site, 0, 0, "192.0.2.99", true);
    assert_stops(plan_upon(f, PRIMARY, 0), CONDITION_FOREIGN);
    f->site->records[0].publish = PUBLISH_HEALTHY;
    assert_stops(plan_upon(f, PRIMARY, 0), CONDITION_UNOWNED);
    assert_int_equal(plan_upon(f, PRIMARY " 192.0.2.99", 0).kind, PLAN_ADOPT);
}

static void test_plan_tells_a_vanished_marker(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 4);
    assert_stops(plan_upon(f, PRIMARY, 0), CONDITION_UNOWNED);
    assert_stops(plan_upon(f, SECONDARY, 0), CONDITION_UNOWNED);
    assert_stops(plan_upon(f, STRANGER, 0), CONDITION_FOREIGN);
}

static void test_plan_adopts_again_with_the_same_nonce(void **state)
{
    struct fixture *f = *state;
    struct plan first = plan_upon(f, PRIMARY, 0);
    struct marker none = {.owner = 0};
    struct observed seen = site_seen(f->site, PRIMARY, NULL);
    belief_learn(&f->belief, &seen, 0, 1);
    send(f, first, 0, true);
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
    struct fixture *f = *state;
    want(f, PRIMARY);
    assert_stops(plan_upon(f, "", 0), CONDITION_MISSING);
    f->site->records[0].create = true;
    struct plan plan = plan_upon(f, "", 0);
    assert_int_equal(plan.kind, PLAN_CREATE);
    assert_int_equal(plan.publish[0].count, 1);
    assert_int_equal(plan.publish[0].ttl_s, 30);
    assert_int_equal(plan.fresh.epoch, 1);
    f->wanted = NULL;
    assert_int_equal(plan_upon(f, "", 0).kind, PLAN_IN_SYNC);
}

static void test_plan_creates_again_with_the_same_nonce(void **state)
{
    struct fixture *f = *state;
    f->site->records[0].create = true;
    want(f, PRIMARY);
    send(f, plan_upon(f, "", 0), 0, true);
    f->belief.pending.plan.fresh.nonce = 5;
    assert_int_equal(plan_upon(f, "", 0).fresh.nonce, 5);
    want(f, SECONDARY);
    assert_int_equal(plan_upon(f, "", 0).fresh.nonce, 77);
}

/* ---- our marker ---- */

static void test_plan_takes_what_is_ours_at_first(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(plan_upon(f, SECONDARY, 12).kind, PLAN_IN_SYNC);
    assert_stops(plan_upon(f, STRANGER, 12), CONDITION_FOREIGN_CHANGE);
    assert_stops(plan_upon(f, "", 12), CONDITION_MISSING);
}

static void test_plan_later_takes_an_unknown_nonce_for_a_clones(void **state)
{
    struct fixture *f = *state;
    f->belief.first = false;
    assert_stops(plan_upon(f, PRIMARY, 12), CONDITION_CLONE);
    believe(f, PRIMARY, 12);
    assert_stops(plan_upon(f, PRIMARY, 13), CONDITION_CLONE);
    struct marker twin = ours(12);
    twin.nonce++;
    struct observed seen = site_seen(f->site, PRIMARY, &twin);
    assert_stops(plan_of(f, &seen), CONDITION_CLONE);
}

static void test_plan_stops_at_a_lower_epoch(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    assert_stops(plan_upon(f, PRIMARY, 11), CONDITION_ROLLBACK);
}

static void test_plan_switches_from_exactly_what_was_seen(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    want(f, SECONDARY);
    struct plan plan = plan_upon(f, PRIMARY, 12);
    assert_int_equal(plan.kind, PLAN_SWITCH);
    assert_true(plan.has_old);
    struct marker old = ours(12);
    assert_true(marker_equal(&plan.old, &old));
    assert_int_equal(plan.fresh.epoch, 13);
    assert_true(rrset_same_data(&plan.publish[0], &f->wanted_sets[0]));
    assert_int_equal(plan.expect[0].count, 1);
}

static void test_plan_writes_the_ttl_of_the_file(void **state)
{
    struct fixture *f = *state;
    f->site->records[0].ttl_s = 15;
    believe(f, PRIMARY, 12);
    want(f, SECONDARY);
    assert_int_equal(plan_upon(f, PRIMARY, 12).publish[0].ttl_s, 15);
}

static void test_plan_is_in_sync_with_what_is_wanted(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    assert_int_equal(plan_upon(f, PRIMARY, 12).kind, PLAN_IN_SYNC);
    want(f, PRIMARY);
    assert_int_equal(plan_upon(f, PRIMARY, 12).kind, PLAN_IN_SYNC);
}

static void test_plan_leaves_a_foreign_change_alone(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    want(f, SECONDARY);
    assert_stops(plan_upon(f, SECONDARY, 12), CONDITION_FOREIGN_CHANGE);
    assert_stops(plan_upon(f, STRANGER, 12), CONDITION_FOREIGN_CHANGE);
    assert_stops(plan_upon(f, PRIMARY " " STRANGER, 12), CONDITION_FOREIGN_CHANGE);
}

static void test_plan_knows_its_part_of_a_target(void **state)
{
    struct fixture *f = *state;
    site_add_value(f->site, 0, 0, "192.0.2.99", true);
    f->site->records[0].publish = PUBLISH_HEALTHY;
    believe(f, PRIMARY, 12);
    assert_int_equal(plan_upon(f, PRIMARY, 12).kind, PLAN_IN_SYNC);
    assert_stops(plan_upon(f, "192.0.2.99", 12), CONDITION_FOREIGN_CHANGE);
    f->belief.known = false; /* at first any part is */
    assert_int_equal(plan_upon(f, "192.0.2.99", 12).kind, PLAN_IN_SYNC);
    f->site->records[0].publish = PUBLISH_ALL;
    assert_stops(plan_upon(f, "192.0.2.99", 12), CONDITION_FOREIGN_CHANGE);
}

static void test_plan_fills_an_emptied_record_only_where_told(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    want(f, SECONDARY);
    assert_stops(plan_upon(f, "", 12), CONDITION_MISSING);
    f->site->records[0].create = true;
    struct plan plan = plan_upon(f, "", 12);
    assert_int_equal(plan.kind, PLAN_SWITCH);
    assert_int_equal(plan.expect[0].count, 0);
    f->wanted = NULL;
    assert_int_equal(plan_upon(f, "", 12).kind, PLAN_IN_SYNC);
}

static void test_plan_repairs_a_ttl_when_due(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    struct marker marker = ours(12);
    struct observed seen = site_seen(f->site, PRIMARY, &marker);
    seen.sets[0].ttl_s = 31;
    assert_int_equal(plan_of(f, &seen).kind, PLAN_IN_SYNC);
    f->belief.ttl_due = true;
    struct plan plan = plan_of(f, &seen);
    assert_int_equal(plan.kind, PLAN_TTL);
    assert_int_equal(plan.publish[0].ttl_s, 30);
    assert_true(rrset_same_data(&plan.publish[0], &seen.sets[0]));
    seen.sets[0].ttl_s = 30;
    assert_int_equal(plan_of(f, &seen).kind, PLAN_IN_SYNC);
}

/* ---- our own messages ---- */

static void send_switch(struct fixture *f, const char *addresses, bool doubt)
{
    want(f, addresses);
    send(f, plan_upon(f, PRIMARY, 12), 1, doubt);
}

static void test_plan_finds_its_message_applied(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, true);
    struct observed seen = site_seen(f->site, SECONDARY, &f->belief.pending.plan.fresh);
    assert_int_equal(plan_of(f, &seen).kind, PLAN_APPLIED);
    seen = site_seen(f->site, PRIMARY, &f->belief.pending.plan.fresh);
    assert_stops(plan_of(f, &seen), CONDITION_PARTIAL);
    f->belief.pending.sent = false; /* a marker that never left us is somebody else's */
    assert_stops(plan_of(f, &seen), CONDITION_CLONE);
}

static void test_plan_sends_the_same_again_for_the_same_wish(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, true);
    f->belief.pending.plan.fresh.nonce = 5;
    assert_int_equal(plan_upon(f, PRIMARY, 12).fresh.nonce, 5);
    f->belief.pending.in_doubt = false; /* refused: never the same bytes again */
    assert_int_equal(plan_upon(f, PRIMARY, 12).fresh.nonce, 77);
}

static void test_plan_fences_before_it_changes_its_mind(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, true);
    f->wanted = NULL;
    struct plan fence = plan_upon(f, PRIMARY, 12);
    assert_int_equal(fence.kind, PLAN_FENCE);
    assert_int_equal(fence.fresh.epoch, 13);
    assert_int_equal(fence.publish[0].count, 0);
    want(f, PRIMARY);
    assert_int_equal(plan_upon(f, PRIMARY, 12).kind, PLAN_FENCE);
    send(f, fence, ID_NONE, true);
    f->belief.pending.plan.fresh.nonce = 6;
    assert_int_equal(plan_upon(f, PRIMARY, 12).fresh.nonce, 6);
    f->belief.pending.in_doubt = false; /* the fence was refused; what it was for is still in doubt */
    assert_int_equal(plan_upon(f, PRIMARY, 12).kind, PLAN_FENCE);
    assert_int_equal(plan_upon(f, PRIMARY, 12).fresh.nonce, 77);
}

static void test_plan_switches_elsewhere_past_a_doubt(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, true);
    want(f, STRANGER);
    struct plan plan = plan_upon(f, PRIMARY, 12);
    assert_int_equal(plan.kind, PLAN_SWITCH);
    assert_int_equal(plan.fresh.nonce, 77);
}

static void test_plan_fences_when_it_can_remember_no_more(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, true);
    f->belief.stray_count = STRAYS_MAX - 2;
    for (uint32_t i = 0; i < STRAYS_MAX; i++)
        f->belief.strays[i] = (struct stray){PLAN_SWITCH, ours(40 + i), 1, true};
    want(f, STRANGER);
    assert_int_equal(plan_upon(f, PRIMARY, 12).kind, PLAN_SWITCH);
    f->belief.stray_count = STRAYS_MAX - 1;
    assert_int_equal(plan_upon(f, PRIMARY, 12).kind, PLAN_FENCE);
    want(f, SECONDARY); /* the one that is pending may go again */
    assert_int_equal(plan_upon(f, PRIMARY, 12).kind, PLAN_SWITCH);
}

static void test_plan_repeats_a_ttl_in_doubt(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    f->belief.ttl_due = true;
    struct marker marker = ours(12);
    struct observed seen = site_seen(f->site, PRIMARY, &marker);
    seen.sets[0].ttl_s = 31;
    send(f, plan_of(f, &seen), ID_NONE, true);
    f->belief.pending.plan.fresh.nonce = 9;
    assert_int_equal(plan_of(f, &seen).kind, PLAN_TTL);
    assert_int_equal(plan_of(f, &seen).fresh.nonce, 9);
}

static void test_plan_knows_its_strays(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    f->belief.stray_count = 2;
    f->belief.strays[0] = (struct stray){PLAN_FENCE, ours(20), ID_NONE, false};
    f->belief.strays[1] = (struct stray){PLAN_SWITCH, ours(21), 1, true};
    assert_int_equal(plan_upon(f, PRIMARY, 20).kind, PLAN_APPLIED);
    assert_stops(plan_upon(f, SECONDARY, 20), CONDITION_PARTIAL);
    assert_int_equal(plan_upon(f, SECONDARY, 21).kind, PLAN_APPLIED);
    assert_stops(plan_upon(f, PRIMARY, 21), CONDITION_PARTIAL);
    assert_stops(plan_upon(f, "", 21), CONDITION_PARTIAL);
}

static void test_plan_knows_a_part_by_its_stray(void **state)
{
    struct fixture *f = *state;
    site_add_value(f->site, 0, 1, "198.51.100.99", true);
    believe(f, PRIMARY, 12);
    f->belief.stray_count = 1;
    f->belief.strays[0] = (struct stray){PLAN_SWITCH, ours(21), 1, true};
    assert_stops(plan_upon(f, SECONDARY, 21), CONDITION_PARTIAL);
    f->site->records[0].publish = PUBLISH_HEALTHY;
    assert_int_equal(plan_upon(f, SECONDARY, 21).kind, PLAN_APPLIED);
}

static void test_plan_tells_sets_that_came_without_their_marker(void **state)
{
    struct fixture *f = *state;
    believe(f, PRIMARY, 12);
    send_switch(f, SECONDARY, false);
    assert_stops(plan_upon(f, SECONDARY, 12), CONDITION_FOREIGN_CHANGE);
    f->belief.pending.accepted = true;
    assert_stops(plan_upon(f, SECONDARY, 12), CONDITION_PARTIAL);
    assert_stops(plan_upon(f, STRANGER, 12), CONDITION_FOREIGN_CHANGE);
}

static void test_plan_stays_partial_until_the_sets_are_there(void **state)
{
    struct fixture *f = *state;
    believe(f, SECONDARY, 13);
    f->belief.partial = true;
    assert_stops(plan_upon(f, PRIMARY, 13), CONDITION_PARTIAL);
    assert_int_equal(plan_upon(f, SECONDARY, 13).kind, PLAN_IN_SYNC);
    f->belief.known = false;
    assert_stops(plan_upon(f, SECONDARY, 13), CONDITION_PARTIAL);
}

/* ---- families, names ---- */

static void test_plan_pins_both_families(void **state)
{
    struct fixture *f = *state;
    site_add_value(f->site, 0, 0, "2001:db8::1", true);
    struct marker marker = ours(3);
    struct observed seen = site_seen(f->site, PRIMARY, &marker);
    assert_int_equal(plan_whole_target(&f->site->settings, &f->site->records[0], seen.sets), ID_NONE);
    seen.sets[1] = site_set(f->site, RRTYPE_AAAA, 30, "2001:db8::1");
    assert_int_equal(plan_whole_target(&f->site->settings, &f->site->records[0], seen.sets), 0);
    assert_int_equal(plan_of(f, &seen).kind, PLAN_IN_SYNC);
    want(f, SECONDARY);
    f->wanted_sets[1] = (struct rrset){.type = RRTYPE_AAAA};
    struct plan plan = plan_of(f, &seen);
    assert_int_equal(plan.kind, PLAN_SWITCH);
    assert_int_equal(plan.expect[1].count, 1);
    assert_int_equal(plan.publish[1].count, 0);
    seen.sets[1] = site_set(f->site, RRTYPE_AAAA, 30, "2001:db8::2");
    assert_int_equal(plan_current_target(&f->site->settings, &f->site->records[0], seen.sets), ID_NONE);
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

#define WITH_RECORD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

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
        WITH_RECORD(test_plan_takes_what_is_ours_at_first),
        WITH_RECORD(test_plan_later_takes_an_unknown_nonce_for_a_clones),
        WITH_RECORD(test_plan_stops_at_a_lower_epoch),
        WITH_RECORD(test_plan_switches_from_exactly_what_was_seen),
        WITH_RECORD(test_plan_writes_the_ttl_of_the_file),
        WITH_RECORD(test_plan_is_in_sync_with_what_is_wanted),
        WITH_RECORD(test_plan_leaves_a_foreign_change_alone),
        WITH_RECORD(test_plan_knows_its_part_of_a_target),
        WITH_RECORD(test_plan_fills_an_emptied_record_only_where_told),
        WITH_RECORD(test_plan_repairs_a_ttl_when_due),
        WITH_RECORD(test_plan_finds_its_message_applied),
        WITH_RECORD(test_plan_sends_the_same_again_for_the_same_wish),
        WITH_RECORD(test_plan_fences_before_it_changes_its_mind),
        WITH_RECORD(test_plan_switches_elsewhere_past_a_doubt),
        WITH_RECORD(test_plan_fences_when_it_can_remember_no_more),
        WITH_RECORD(test_plan_repeats_a_ttl_in_doubt),
        WITH_RECORD(test_plan_knows_its_strays),
        WITH_RECORD(test_plan_knows_a_part_by_its_stray),
        WITH_RECORD(test_plan_tells_sets_that_came_without_their_marker),
        WITH_RECORD(test_plan_stays_partial_until_the_sets_are_there),
        WITH_RECORD(test_plan_pins_both_families),
        cmocka_unit_test(test_plan_kinds_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
