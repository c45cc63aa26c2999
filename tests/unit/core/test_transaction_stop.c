/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/transaction_read.
 * What:  when a record stops, what it remembers, how it leaves; creation and TTL.
 */

#include "core/policy.h"
#include "txn_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- stopped ---- */

static void test_stop_ends_when_the_zone_holds_what_we_wrote(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_settle(c);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, STRANGER, &marker), CONDITION_FOREIGN_CHANGE);
    case_want(c, 1, SECONDARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE); /* wishes do not count */
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, SECONDARY, &marker), CONDITION_FOREIGN_CHANGE); /* fault 84 */
    case_wait_and_read(c);
    case_want(c, ID_NONE, "");
    struct txn_step step = case_reads(c, PRIMARY, &marker);
    assert_int_equal(step.word, TXN_WORD_SETTLED);
    assert_int_equal(c->txn.condition, CONDITION_OK);
    assert_int_equal(txn_current(&c->txn), 0);
}

static void test_stop_at_first_remembers_the_marker(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12), other = case_marker(13);
    case_consider(c);
    case_assert_stopped(c, case_reads(c, STRANGER, &marker), CONDITION_FOREIGN_CHANGE);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, PRIMARY, &other), CONDITION_CLONE);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, &marker).word, TXN_WORD_SETTLED);
}

static void test_stop_at_first_closes_adoption(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_consider(c);
    case_assert_stopped(c, case_reads(c, STRANGER, NULL), CONDITION_FOREIGN);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, PRIMARY, NULL), CONDITION_UNOWNED);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, PRIMARY, &marker), CONDITION_CLONE);
}

static void test_stop_forgets_what_was_to_be_adopted(void **state)
{
    struct txn_case *c = *state;
    c->wish.frozen = true;
    case_consider(c);
    case_reads(c, PRIMARY, NULL);
    assert_int_equal(txn_current(&c->txn), 0);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, STRANGER, NULL), CONDITION_FOREIGN);
}

static void test_stopped_record_whose_audit_fails_is_paused(void **state)
{
    struct txn_case *c = *state;
    struct marker theirs = {.owner = 1, .epoch = 57};
    case_consider(c);
    case_assert_stopped(c, case_reads(c, PRIMARY, &theirs), CONDITION_OTHER_OWNER);
    assert_int_equal(c->txn.seen.marker.owner, 1);
    case_wait_and_read(c);
    assert_int_equal(case_read_fails(c, OUTCOME_NOT_SENT).word, TXN_WORD_FAILED);
    assert_int_equal(c->txn.state, TXN_PAUSED);
    assert_int_equal(txn_current(&c->txn), ID_NONE);
    case_want(c, 1, SECONDARY);
    assert_true(case_wait_and_read(c) <= 1000);
    case_assert_stopped(c, case_reads(c, PRIMARY, &theirs), CONDITION_OTHER_OWNER);
}

static void test_lost_message_is_known_after_a_stop(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_lose_switch(c);
    struct marker fresh = case_fresh(c);
    case_assert_stopped(c, case_reads(c, STRANGER, &marker), CONDITION_FOREIGN_CHANGE);
    case_wait_and_read(c);
    struct txn_step step = case_reads(c, SECONDARY, &fresh);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_true(step.answer_was_lost);
}

/* ---- missing, TTL ---- */

static void test_missing_record_waits_to_be_created(void **state)
{
    struct txn_case *c = *state;
    c->site->records[0].create = true;
    case_consider(c);
    assert_int_equal(case_reads(c, "", NULL).word, TXN_WORD_SETTLED);
    assert_int_equal(c->txn.condition, CONDITION_MISSING);
    assert_int_equal(txn_current(&c->txn), TARGET_RETIRED);
    case_want(c, 0, PRIMARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_CREATE);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fresh = case_fresh(c);
    struct txn_step step = case_reads(c, PRIMARY, &fresh);
    assert_int_equal(step.kind, PLAN_CREATE);
    assert_int_equal(c->txn.condition, CONDITION_OK);
    assert_int_equal(txn_current(&c->txn), 0);
}

static void test_emptied_record_that_is_filled_by_others_stops(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    c->site->records[0].create = true;
    case_settle(c);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, "", &marker).word, TXN_WORD_SETTLED);
    assert_int_equal(txn_current(&c->txn), TARGET_RETIRED);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, STRANGER, &marker), CONDITION_FOREIGN_CHANGE);
}

static void test_lost_switch_is_not_sent_again_when_the_sets_are_gone(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12), lost;
    c->site->records[0].create = true;
    case_lose_switch(c);
    lost = case_fresh(c);
    assert_int_equal(case_reads(c, "", &marker).act, TXN_ACT_JOIN); /* somebody emptied it and left the marker */
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_SWITCH);
    assert_int_equal(c->txn.belief.pending.plan.expect[0].count, 0);
    assert_false(marker_equal(&c->txn.belief.pending.plan.fresh, &lost));
    assert_int_equal(c->txn.belief.stray_count, 1);
    assert_true(c->txn.belief.strays[0].in_doubt);
}

static void test_not_applied_is_in_doubt_even_when_the_sets_are_gone(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    c->site->records[0].create = true;
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    c->now += 2000;
    assert_int_equal(case_reads(c, "", &marker).word, TXN_WORD_FAILED);
    assert_int_equal(c->txn.belief.pending.plan.kind, 0);
    assert_true(belief_is_in_doubt(&c->txn.belief));
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, "", &marker).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.expect[0].count, 0);
}

static void test_fence_with_other_sets_is_partial(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_lose_switch(c);
    case_want(c, ID_NONE, "");
    case_reads(c, PRIMARY, &marker);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fence = case_fresh(c);
    c->now += 2000;
    case_assert_stopped(c, case_reads(c, STRANGER, &fence), CONDITION_PARTIAL);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, &fence).word, TXN_WORD_SETTLED);
    assert_int_equal(txn_current(&c->txn), 0);
}

static void test_missing_record_stops_where_it_may_not_be_created(void **state)
{
    struct txn_case *c = *state;
    case_settle(c);
    case_wait_and_read(c);
    struct marker marker = case_marker(12);
    case_assert_stopped(c, case_reads(c, "", &marker), CONDITION_MISSING); /* fault 87 */
    assert_string_equal(c->txn.report.detail, "no A");
}

static void test_ttl_is_repaired_once_an_audit(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    struct observed seen = site_seen(c->site, PRIMARY, &marker);
    seen.sets[0].ttl_s = 60;
    case_consider(c);
    assert_int_equal(case_seen(c, &seen).act, TXN_ACT_JOIN); /* fault 91 */
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_TTL);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    txn_sent(&c->txn, c->now);
    assert_int_equal(case_answer(c, OUTCOME_DENIED).word, TXN_WORD_FAILED);
    assert_int_equal(case_wait_and_read(c), c->txn.server->retry_most_ms);
    struct txn_step step = case_seen(c, &seen);
    assert_int_equal(step.act, TXN_ACT_NONE);
    assert_int_equal(step.word, TXN_WORD_NONE); /* not settled: it is still wrong */
    c->now = c->txn.ttl_at - 1;
    c->txn.wake_at = c->now;
    case_consider(c);
    assert_int_equal(case_seen(c, &seen).act, TXN_ACT_NONE);
    c->now += 1;
    c->txn.wake_at = c->now;
    case_consider(c);
    assert_int_equal(case_seen(c, &seen).act, TXN_ACT_JOIN);
}

static void test_refused_ttl_waits_for_the_pause_where_audits_are_closer(void **state)
{
    struct txn_case *c = *state;
    c->site->servers[0].audit_ms = 10000;
    c->site->servers[0].retry_most_ms = 120000;
    struct marker marker = case_marker(12);
    struct observed seen = site_seen(c->site, PRIMARY, &marker);
    seen.sets[0].ttl_s = 60;
    case_consider(c);
    case_seen(c, &seen);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_DENIED);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    assert_int_equal(case_wait_and_read(c), 120000);
    assert_int_equal(case_seen(c, &seen).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_TTL);
}

static void test_both_families_are_described(void **state)
{
    struct txn_case *c = *state;
    site_add_value(c->site, 0, 0, "2001:db8::1", true);
    txn_init(&c->txn, &c->site->settings, &c->site->records[0], CASE_OWNER, c->storage, 1000);
    struct observed seen = site_seen(c->site, PRIMARY, NULL);
    case_consider(c);
    case_assert_stopped(c, case_seen(c, &seen), CONDITION_FOREIGN);
    assert_string_equal(c->txn.report.detail, "A 192.0.2.1, no AAAA");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, txn_case_setup, txn_case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_stop_ends_when_the_zone_holds_what_we_wrote),
        CASE(test_stop_at_first_remembers_the_marker),
        CASE(test_stop_at_first_closes_adoption),
        CASE(test_stop_forgets_what_was_to_be_adopted),
        CASE(test_stopped_record_whose_audit_fails_is_paused),
        CASE(test_lost_message_is_known_after_a_stop),
        CASE(test_missing_record_waits_to_be_created),
        CASE(test_emptied_record_that_is_filled_by_others_stops),
        CASE(test_lost_switch_is_not_sent_again_when_the_sets_are_gone),
        CASE(test_not_applied_is_in_doubt_even_when_the_sets_are_gone),
        CASE(test_fence_with_other_sets_is_partial),
        CASE(test_missing_record_stops_where_it_may_not_be_created),
        CASE(test_ttl_is_repaired_once_an_audit),
        CASE(test_refused_ttl_waits_for_the_pause_where_audits_are_closer),
        CASE(test_both_families_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
