/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/transaction_read.
 * What:  what a read means while checking, resolving and stopped: applied, lost, refused, fenced, foreign.
 */

#include "core/policy.h"
#include "txn_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct marker fresh_of(const struct txn_case *c)
{
    return c->txn.belief.pending.plan.fresh;
}

static void assert_stopped(const struct txn_case *c, struct txn_step step, enum condition condition)
{
    assert_int_equal(step.word, TXN_WORD_STOPPED);
    assert_int_equal(step.act, TXN_ACT_NONE);
    assert_int_equal(c->txn.state, TXN_STOPPED);
    assert_int_equal(c->txn.condition, condition);
    assert_int_equal(txn_current(&c->txn), ID_NONE);
    assert_in_range(txn_deadline(&c->txn) - c->now, 270000, 300000);
}

/* ---- no trustworthy answer ---- */

static void test_read_counts_only_when_it_can_be_trusted(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    struct observed seen = site_seen(c->site, PRIMARY, &marker);
    case_consider(c);
    seen.authenticated = false;
    assert_int_equal(case_seen(c, &seen).word, TXN_WORD_FAILED);
    assert_int_equal(c->txn.report.outcome, OUTCOME_UNKNOWN);
    case_wait_and_read(c);
    seen.authenticated = true;
    seen.aa = false;
    assert_int_equal(case_seen(c, &seen).word, TXN_WORD_FAILED);
    case_wait_and_read(c);
    assert_int_equal(case_seen(c, NULL).word, TXN_WORD_FAILED);
    case_wait_and_read(c);
    assert_int_equal(case_read_fails(c, OUTCOME_CLOCK).word, TXN_WORD_FAILED);
    assert_int_equal(c->txn.report.outcome, OUTCOME_CLOCK);
    assert_int_equal(c->txn.condition, CONDITION_UNREAD);
}

static void test_read_of_a_referral_stops(void **state)
{
    struct txn_case *c = *state;
    struct observed seen = site_seen(c->site, "", NULL);
    case_consider(c);
    seen.aa = false;
    seen.occluded = true;
    assert_stopped(c, case_seen(c, &seen), CONDITION_OCCLUDED);
    case_wait_and_read(c);
    seen.occluded = false;
    seen.cname = true;
    assert_stopped(c, case_seen(c, &seen), CONDITION_OCCLUDED);
    assert_non_null(strstr(c->txn.report.detail, "CNAME"));
}

static void test_resolving_only_reads_while_reads_fail(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    case_answer(c, OUTCOME_UNKNOWN);
    for (int round = 0; round < 20; round++) {
        assert_int_equal(case_read_fails(c, OUTCOME_UNKNOWN).word, TXN_WORD_FAILED);
        assert_int_equal(c->txn.state, TXN_RESOLVING);
        case_wait_and_read(c);
        case_want(c, round % 2 == 0 ? ID_NONE : 1, round % 2 == 0 ? "" : SECONDARY);
    }
    assert_true(c->txn.belief.pending.in_doubt);
}

/* ---- checking ---- */

static void test_checking_polls_for_two_seconds(void **state)
{
    static const int64_t polls[] = {10, 50, 200, 500, 1000, 1500, 2000};
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    mono_ms accepted = c->now;
    for (uint32_t i = 0; i < 7; i++) {
        struct txn_step step = case_reads(c, PRIMARY, &marker);
        assert_int_equal(step.word, TXN_WORD_NONE);
        assert_int_equal(c->txn.state, TXN_CHECKING);
        case_wait_and_read(c);
        assert_int_equal(c->now - accepted, polls[i]);
    }
    struct txn_step step = case_reads(c, PRIMARY, &marker);
    assert_int_equal(step.word, TXN_WORD_FAILED); /* fault 74: not applied */
    assert_int_equal(c->txn.state, TXN_PAUSED);
    assert_int_equal(c->txn.report.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(txn_deadline(&c->txn) - c->now, 30000);
    assert_true(c->txn.belief.pending.in_doubt); /* it may come yet */
}

static void test_checking_ends_at_two_seconds_whatever_the_polls(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    c->now += 1999;
    assert_int_equal(case_reads(c, PRIMARY, &marker).word, TXN_WORD_NONE);
    assert_int_equal(c->txn.state, TXN_CHECKING);
    c->now += 1;
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
    assert_int_equal(case_reads(c, PRIMARY, &marker).word, TXN_WORD_FAILED);
}

static void test_not_applied_is_sent_again_unchanged(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12), fresh;
    case_send_switch(c);
    fresh = fresh_of(c);
    case_answer(c, OUTCOME_ACCEPTED);
    c->now += 2000;
    case_reads(c, PRIMARY, &marker);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_true(marker_equal(&c->txn.belief.pending.plan.fresh, &fresh));
}

static void test_checking_looks_again_when_a_read_fails(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    assert_int_equal(case_read_fails(c, OUTCOME_NOT_SENT).word, TXN_WORD_NONE);
    assert_int_equal(c->txn.state, TXN_CHECKING);
    assert_int_equal(c->txn.report.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(case_wait_and_read(c), 10);
    c->now += 1990;
    assert_int_equal(case_read_fails(c, OUTCOME_NOT_SENT).word, TXN_WORD_FAILED);
    assert_int_equal(c->txn.state, TXN_RESOLVING);
    assert_true(c->txn.belief.pending.in_doubt);
    assert_int_equal(c->txn.report.outcome, OUTCOME_NOT_SENT);
    case_wait_and_read(c);
    struct marker fresh = fresh_of(c);
    struct txn_step step = case_reads(c, SECONDARY, &fresh);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_true(step.answer_was_lost);
}

static void test_checking_waits_for_the_ttl_too(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fresh = fresh_of(c);
    struct observed seen = site_seen(c->site, SECONDARY, &fresh);
    seen.sets[0].ttl_s = 60;
    assert_int_equal(case_seen(c, &seen).word, TXN_WORD_NONE);
    c->now += 2000;
    case_consider(c);
    struct txn_step step = case_seen(c, &seen); /* it is published; the TTL is repaired as any other */
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_int_equal(step.act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_TTL);
}

static void test_adoption_shows_by_its_marker(void **state)
{
    struct txn_case *c = *state;
    case_consider(c);
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_JOIN);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fresh = fresh_of(c);
    struct observed seen = site_seen(c->site, PRIMARY, &fresh);
    seen.sets[0].ttl_s = 60; /* untouched by it */
    struct txn_step step = case_seen(c, &seen);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_int_equal(step.kind, PLAN_ADOPT);
    assert_int_equal(txn_current(&c->txn), 0);
}

static void test_checking_goes_on_with_the_newer_wish(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    case_want(c, 0, PRIMARY);
    struct marker fresh = fresh_of(c);
    struct txn_step step = case_reads(c, SECONDARY, &fresh);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_int_equal(step.act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.fresh.epoch, 14);
    assert_int_equal(c->txn.belief.pending.target, 0);
}

static void test_partial_stops_and_remembers_what_was_written(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fresh = fresh_of(c);
    c->now += 2000;
    assert_stopped(c, case_reads(c, PRIMARY, &fresh), CONDITION_PARTIAL); /* fault 75 */
    assert_string_equal(c->txn.report.detail, "A 192.0.2.1");
    case_wait_and_read(c);
    assert_stopped(c, case_reads(c, PRIMARY, &fresh), CONDITION_PARTIAL);
    case_wait_and_read(c);
    struct txn_step step = case_reads(c, SECONDARY, &fresh);
    assert_int_equal(step.word, TXN_WORD_SETTLED);
    assert_int_equal(txn_current(&c->txn), 1);
}

static void test_partial_without_the_marker_ends_when_either_is_whole(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fresh = fresh_of(c);
    c->now += 2000;
    assert_stopped(c, case_reads(c, SECONDARY, &marker), CONDITION_PARTIAL);
    case_wait_and_read(c);
    struct txn_step step = case_reads(c, SECONDARY, &fresh);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_int_equal(txn_current(&c->txn), 1);
}

static void test_partial_by_a_stray_stays(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_send_switch(c);
    struct marker stray = fresh_of(c);
    case_answer(c, OUTCOME_BUG);
    case_wait_and_read(c);
    case_reads(c, PRIMARY, &marker); /* queued anew: the first one strays */
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_BUG);
    case_wait_and_read(c);
    assert_stopped(c, case_reads(c, PRIMARY, &stray), CONDITION_PARTIAL);
    case_wait_and_read(c);
    assert_stopped(c, case_reads(c, PRIMARY, &stray), CONDITION_PARTIAL);
}

/* ---- resolving ---- */

static void lose_switch(struct txn_case *c)
{
    case_send_switch(c);
    assert_int_equal(case_answer(c, OUTCOME_UNKNOWN).act, TXN_ACT_READ);
}

static void test_lost_answer_was_applied(void **state)
{
    struct txn_case *c = *state;
    lose_switch(c); /* fault 66 */
    struct marker fresh = fresh_of(c);
    struct txn_step step = case_reads(c, SECONDARY, &fresh);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_true(step.answer_was_lost);
    assert_int_equal(step.act, TXN_ACT_NONE);
    assert_int_equal(txn_current(&c->txn), 1);
    assert_false(belief_is_in_doubt(&c->txn.belief));
}

static void test_lost_message_goes_again(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    lose_switch(c);
    struct marker fresh = fresh_of(c);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_true(marker_equal(&c->txn.belief.pending.plan.fresh, &fresh));
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_ACCEPTED);
    struct txn_step step = case_reads(c, SECONDARY, &fresh);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
}

static void test_changed_mind_fences_first(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    lose_switch(c);
    case_want(c, ID_NONE, "");
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_FENCE);
    assert_int_equal(c->txn.belief.stray_count, 1);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fence = fresh_of(c);
    struct txn_step step = case_reads(c, PRIMARY, &fence);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_int_equal(step.kind, PLAN_FENCE);
    assert_false(belief_is_in_doubt(&c->txn.belief));
    assert_int_equal(txn_current(&c->txn), 0);
}

static void test_fence_that_lost_the_race_finds_the_winner(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    lose_switch(c);
    struct marker late = fresh_of(c);
    case_want(c, ID_NONE, "");
    case_reads(c, PRIMARY, &marker);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
    struct txn_step step = case_reads(c, SECONDARY, &late); /* fault 69 */
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_int_equal(step.kind, PLAN_SWITCH);
    assert_true(step.answer_was_lost);
    assert_int_equal(txn_current(&c->txn), 1);
    assert_int_equal(c->txn.belief.stray_count, 0);
}

/* ---- refused prerequisites ---- */

static void refuse_switch(struct txn_case *c)
{
    case_send_switch(c);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
}

static void test_refused_with_reads_unchanged_asks_by_assertion(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    refuse_switch(c);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_ASSERT);
    assert_int_equal(c->txn.belief.pending.plan.publish[0].count, 0);
    assert_true(c->txn.belief.pending.plan.has_old);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE); /* it keeps its place */
    txn_sent(&c->txn, c->now);
    assert_false(c->txn.belief.pending.sent); /* nothing that could turn up */
    assert_int_equal(case_answer(c, OUTCOME_ACCEPTED).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_SWITCH);
}

static void test_assertion_refused_stops_inconsistent(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    refuse_switch(c);
    case_reads(c, PRIMARY, &marker);
    txn_sent(&c->txn, c->now);
    assert_stopped(c, case_answer(c, OUTCOME_PREREQ), CONDITION_INCONSISTENT); /* fault 83 */
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN); /* tried again at each audit */
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_SWITCH);
}

static void test_assertion_refused_without_a_marker_stops_occluded(void **state)
{
    struct txn_case *c = *state;
    case_consider(c);
    case_reads(c, PRIMARY, NULL);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_ASSERT);
    txn_sent(&c->txn, c->now);
    assert_stopped(c, case_answer(c, OUTCOME_PREREQ), CONDITION_OCCLUDED); /* fault 89 */
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_JOIN); /* the wildcard may be gone: asked again */
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_ADOPT);
}

static void test_refused_again_after_the_assertion_held_stops_inconsistent(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    refuse_switch(c);
    case_reads(c, PRIMARY, &marker);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_ACCEPTED);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
    assert_stopped(c, case_reads(c, PRIMARY, &marker), CONDITION_INCONSISTENT);
}

static void test_assertion_lost_leaves_no_doubt(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    refuse_switch(c);
    case_reads(c, PRIMARY, &marker);
    txn_sent(&c->txn, c->now);
    assert_int_equal(case_answer(c, OUTCOME_UNKNOWN).act, TXN_ACT_READ);
    assert_false(belief_is_in_doubt(&c->txn.belief));
    case_want(c, ID_NONE, "");
    assert_int_equal(case_reads(c, PRIMARY, &marker).word, TXN_WORD_SETTLED);
}

static void test_assertion_that_held_for_a_wish_now_gone(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    refuse_switch(c);
    case_reads(c, PRIMARY, &marker);
    txn_sent(&c->txn, c->now);
    case_want(c, ID_NONE, "");
    assert_int_equal(case_answer(c, OUTCOME_ACCEPTED).act, TXN_ACT_NONE);
    assert_int_equal(c->txn.state, TXN_IDLE);
}

/* A record that is created: what stands there may change without its being a foreign change. */
static void refuse_creation(struct txn_case *c)
{
    c->site->records[0].create = true;
    case_want(c, 0, PRIMARY);
    case_consider(c);
    assert_int_equal(case_reads(c, "", NULL).act, TXN_ACT_JOIN);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
}

static void test_refused_after_a_change_is_built_anew_once(void **state)
{
    struct txn_case *c = *state;
    refuse_creation(c);
    assert_int_equal(case_reads(c, SECONDARY, NULL).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_ADOPT);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
    assert_stopped(c, case_reads(c, PRIMARY, NULL), CONDITION_CONFLICT); /* fault 55 */
}

static void test_refused_twice_for_two_wishes_is_no_conflict(void **state)
{
    struct txn_case *c = *state;
    refuse_creation(c);
    case_reads(c, SECONDARY, NULL);
    txn_sent(&c->txn, c->now);
    case_want(c, 1, SECONDARY);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_JOIN);
}

static void test_refused_and_gone_is_settled(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    refuse_switch(c);
    case_want(c, ID_NONE, "");
    assert_int_equal(case_reads(c, PRIMARY, &marker).word, TXN_WORD_SETTLED);
    assert_int_equal(c->txn.refusals, 0);
}

static void test_refused_because_of_a_person_stops(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    refuse_switch(c);
    assert_stopped(c, case_reads(c, STRANGER, &marker), CONDITION_FOREIGN_CHANGE);
    assert_string_equal(c->txn.report.detail, "A 203.0.113.5");
}

/* ---- stopped ---- */

static void test_stop_ends_when_the_zone_holds_what_we_wrote(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_settle(c);
    case_wait_and_read(c);
    assert_stopped(c, case_reads(c, STRANGER, &marker), CONDITION_FOREIGN_CHANGE);
    case_want(c, 1, SECONDARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE); /* wishes do not count */
    case_wait_and_read(c);
    assert_stopped(c, case_reads(c, SECONDARY, &marker), CONDITION_FOREIGN_CHANGE); /* fault 84 */
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
    assert_stopped(c, case_reads(c, STRANGER, &marker), CONDITION_FOREIGN_CHANGE);
    case_wait_and_read(c);
    assert_stopped(c, case_reads(c, PRIMARY, &other), CONDITION_CLONE);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, &marker).word, TXN_WORD_SETTLED);
}

static void test_stop_at_first_closes_adoption(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_consider(c);
    assert_stopped(c, case_reads(c, STRANGER, NULL), CONDITION_FOREIGN);
    case_wait_and_read(c);
    assert_stopped(c, case_reads(c, PRIMARY, NULL), CONDITION_UNOWNED);
    case_wait_and_read(c);
    assert_stopped(c, case_reads(c, PRIMARY, &marker), CONDITION_CLONE);
}

static void test_stop_forgets_what_was_to_be_adopted(void **state)
{
    struct txn_case *c = *state;
    c->wish.frozen = true;
    case_consider(c);
    case_reads(c, PRIMARY, NULL);
    assert_int_equal(txn_current(&c->txn), 0);
    case_wait_and_read(c);
    assert_stopped(c, case_reads(c, STRANGER, NULL), CONDITION_FOREIGN);
}

static void test_stopped_record_whose_audit_fails_is_paused(void **state)
{
    struct txn_case *c = *state;
    struct marker theirs = {.owner = 1, .epoch = 57};
    case_consider(c);
    assert_stopped(c, case_reads(c, PRIMARY, &theirs), CONDITION_OTHER_OWNER);
    assert_int_equal(c->txn.seen.marker.owner, 1);
    case_wait_and_read(c);
    assert_int_equal(case_read_fails(c, OUTCOME_NOT_SENT).word, TXN_WORD_FAILED);
    assert_int_equal(c->txn.state, TXN_PAUSED);
    assert_int_equal(txn_current(&c->txn), ID_NONE);
    case_want(c, 1, SECONDARY);
    assert_true(case_wait_and_read(c) <= 1000);
    assert_stopped(c, case_reads(c, PRIMARY, &theirs), CONDITION_OTHER_OWNER);
}

static void test_lost_message_is_known_after_a_stop(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    lose_switch(c);
    struct marker fresh = fresh_of(c);
    assert_stopped(c, case_reads(c, STRANGER, &marker), CONDITION_FOREIGN_CHANGE);
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
    struct marker fresh = fresh_of(c);
    struct txn_step step = case_reads(c, PRIMARY, &fresh);
    assert_int_equal(step.kind, PLAN_CREATE);
    assert_int_equal(c->txn.condition, CONDITION_OK);
    assert_int_equal(txn_current(&c->txn), 0);
}

static void test_missing_record_stops_where_it_may_not_be_created(void **state)
{
    struct txn_case *c = *state;
    case_settle(c);
    case_wait_and_read(c);
    struct marker marker = case_marker(12);
    assert_stopped(c, case_reads(c, "", &marker), CONDITION_MISSING); /* fault 87 */
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
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
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

static void test_both_families_are_described(void **state)
{
    struct txn_case *c = *state;
    site_add_value(c->site, 0, 0, "2001:db8::1", true);
    txn_init(&c->txn, &c->site->settings, &c->site->records[0], CASE_OWNER, c->storage, 1000);
    struct observed seen = site_seen(c->site, PRIMARY, NULL);
    case_consider(c);
    assert_stopped(c, case_seen(c, &seen), CONDITION_FOREIGN);
    assert_string_equal(c->txn.report.detail, "A 192.0.2.1, no AAAA");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, txn_case_setup, txn_case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_read_counts_only_when_it_can_be_trusted),
        CASE(test_read_of_a_referral_stops),
        CASE(test_resolving_only_reads_while_reads_fail),
        CASE(test_checking_polls_for_two_seconds),
        CASE(test_checking_ends_at_two_seconds_whatever_the_polls),
        CASE(test_not_applied_is_sent_again_unchanged),
        CASE(test_checking_looks_again_when_a_read_fails),
        CASE(test_checking_waits_for_the_ttl_too),
        CASE(test_adoption_shows_by_its_marker),
        CASE(test_checking_goes_on_with_the_newer_wish),
        CASE(test_partial_stops_and_remembers_what_was_written),
        CASE(test_partial_without_the_marker_ends_when_either_is_whole),
        CASE(test_partial_by_a_stray_stays),
        CASE(test_lost_answer_was_applied),
        CASE(test_lost_message_goes_again),
        CASE(test_changed_mind_fences_first),
        CASE(test_fence_that_lost_the_race_finds_the_winner),
        CASE(test_refused_with_reads_unchanged_asks_by_assertion),
        CASE(test_assertion_refused_stops_inconsistent),
        CASE(test_assertion_refused_without_a_marker_stops_occluded),
        CASE(test_refused_again_after_the_assertion_held_stops_inconsistent),
        CASE(test_assertion_lost_leaves_no_doubt),
        CASE(test_assertion_that_held_for_a_wish_now_gone),
        CASE(test_refused_after_a_change_is_built_anew_once),
        CASE(test_refused_twice_for_two_wishes_is_no_conflict),
        CASE(test_refused_and_gone_is_settled),
        CASE(test_refused_because_of_a_person_stops),
        CASE(test_stop_ends_when_the_zone_holds_what_we_wrote),
        CASE(test_stop_at_first_remembers_the_marker),
        CASE(test_stop_at_first_closes_adoption),
        CASE(test_stop_forgets_what_was_to_be_adopted),
        CASE(test_stopped_record_whose_audit_fails_is_paused),
        CASE(test_lost_message_is_known_after_a_stop),
        CASE(test_missing_record_waits_to_be_created),
        CASE(test_missing_record_stops_where_it_may_not_be_created),
        CASE(test_ttl_is_repaired_once_an_audit),
        CASE(test_both_families_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
