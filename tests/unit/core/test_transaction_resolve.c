/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/transaction_read.
 * What:  a message whose answer was lost, and one whose prerequisites were refused.
 */

#include "txn_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- resolving ---- */

static void test_lost_answer_was_applied(void **state)
{
    struct txn_case *c = *state;
    case_lose_switch(c); /* fault 66 */
    struct marker fresh = case_fresh(c);
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
    case_lose_switch(c);
    struct marker fresh = case_fresh(c);
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
    case_lose_switch(c);
    case_want(c, ID_NONE, "");
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_FENCE);
    assert_int_equal(c->txn.belief.stray_count, 1);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fence = case_fresh(c);
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
    case_lose_switch(c);
    struct marker late = case_fresh(c);
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
    case_assert_stopped(c, case_answer(c, OUTCOME_PREREQ), CONDITION_INCONSISTENT); /* fault 83 */
}

/* Nothing but assertions, one at each audit, until one holds; that tells nobody anything new. */
static void test_contradiction_lasts_until_an_assertion_holds(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    refuse_switch(c);
    case_reads(c, PRIMARY, &marker);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_PREREQ);
    static const enum outcome outcomes[] = {OUTCOME_PREREQ, OUTCOME_NOT_SENT, OUTCOME_UNKNOWN, OUTCOME_DENIED};
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        case_wait_and_read(c);
        assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
        assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_ASSERT);
        assert_int_equal(c->txn.condition, CONDITION_INCONSISTENT);
        assert_int_equal(txn_current(&c->txn), ID_NONE);
        assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
        txn_sent(&c->txn, c->now);
        case_assert_stopped(c, case_answer(c, outcomes[i]), CONDITION_INCONSISTENT);
        assert_false(belief_is_in_doubt(&c->txn.belief));
    }
    case_wait_and_read(c);
    case_want(c, ID_NONE, "");
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    txn_sent(&c->txn, c->now);
    assert_int_equal(case_answer(c, OUTCOME_ACCEPTED).word, TXN_WORD_SETTLED);
    assert_int_equal(c->txn.state, TXN_IDLE);
    assert_int_equal(c->txn.condition, CONDITION_OK);
    assert_int_equal(txn_current(&c->txn), 0);
}

/* What is read may change meanwhile: to something that has a name of its own, or to what a message of ours brings. */
static void test_contradiction_ends_by_what_is_read(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12), other = {.owner = 1, .epoch = 3, .nonce = 5};
    refuse_switch(c);
    case_reads(c, PRIMARY, &marker);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, PRIMARY, &other), CONDITION_OTHER_OWNER);
    assert_int_equal(c->txn.disputed, CONDITION_OK);
}

/* While nothing may be sent the contradiction stays, and nothing else is sent afterwards. */
static void test_contradiction_waits_where_nothing_may_be_sent(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    refuse_switch(c);
    case_reads(c, PRIMARY, &marker);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
    c->wish.fences_only = true;
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_NONE);
    assert_int_equal(c->txn.condition, CONDITION_INCONSISTENT);
    c->wish.fences_only = false;
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_ASSERT);
}

/* At the start it is the rehearsal that meets it. */
static void rehearse_in_vain(struct txn_case *c)
{
    case_settle(c);
    c->txn.rehearse_at = c->now;
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_REHEARSE);
    txn_sent(&c->txn, c->now);
    assert_int_equal(case_answer(c, OUTCOME_PREREQ).act, TXN_ACT_READ);
}

static void test_rehearsal_refused_with_reads_unchanged_asks_by_assertion(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    rehearse_in_vain(c);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_ASSERT);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    txn_sent(&c->txn, c->now);
    case_assert_stopped(c, case_answer(c, OUTCOME_PREREQ), CONDITION_INCONSISTENT); /* fault 83 */
}

static void test_rehearsal_refused_after_a_change_says_nothing(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    rehearse_in_vain(c);
    marker.epoch++; /* our own, of a neighbour of ours: whatever it is, it is new */
    case_assert_stopped(c, case_reads(c, PRIMARY, &marker), CONDITION_CLONE);
}

static void test_assertion_refused_without_a_marker_keeps_adoption_open(void **state)
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
    case_assert_stopped(c, case_answer(c, OUTCOME_PREREQ), CONDITION_INCONSISTENT);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_ASSERT);
    txn_sent(&c->txn, c->now);
    assert_int_equal(case_answer(c, OUTCOME_ACCEPTED).act, TXN_ACT_JOIN);
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
    case_assert_stopped(c, case_reads(c, PRIMARY, &marker), CONDITION_INCONSISTENT);
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
    case_assert_stopped(c, case_reads(c, PRIMARY, NULL), CONDITION_CONFLICT); /* fault 55 */
}

static void test_refused_after_a_change_and_then_without_one_is_a_conflict(void **state)
{
    struct txn_case *c = *state;
    refuse_creation(c);
    case_reads(c, SECONDARY, NULL);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, SECONDARY, NULL), CONDITION_CONFLICT);
}

static void test_refused_and_all_gone_is_created_anew(void **state)
{
    struct txn_case *c = *state;
    c->site->records[0].create = true;
    refuse_switch(c);
    assert_int_equal(case_reads(c, "", NULL).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_CREATE);
}

static void test_refused_by_other_sets_of_ours_is_built_anew(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    c->site->records[0].create = true;
    refuse_switch(c);
    assert_int_equal(case_reads(c, "", &marker).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_SWITCH);
    assert_int_equal(c->txn.belief.pending.plan.expect[0].count, 0);
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
    case_assert_stopped(c, case_reads(c, STRANGER, &marker), CONDITION_FOREIGN_CHANGE);
    assert_string_equal(c->txn.report.detail, "A 203.0.113.5");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, txn_case_setup, txn_case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_lost_answer_was_applied),
        CASE(test_lost_message_goes_again),
        CASE(test_changed_mind_fences_first),
        CASE(test_fence_that_lost_the_race_finds_the_winner),
        CASE(test_refused_with_reads_unchanged_asks_by_assertion),
        CASE(test_assertion_refused_stops_inconsistent),
        CASE(test_contradiction_lasts_until_an_assertion_holds),
        CASE(test_contradiction_ends_by_what_is_read),
        CASE(test_contradiction_waits_where_nothing_may_be_sent),
        CASE(test_rehearsal_refused_with_reads_unchanged_asks_by_assertion),
        CASE(test_rehearsal_refused_after_a_change_says_nothing),
        CASE(test_assertion_refused_without_a_marker_keeps_adoption_open),
        CASE(test_refused_again_after_the_assertion_held_stops_inconsistent),
        CASE(test_assertion_lost_leaves_no_doubt),
        CASE(test_assertion_that_held_for_a_wish_now_gone),
        CASE(test_refused_after_a_change_is_built_anew_once),
        CASE(test_refused_after_a_change_and_then_without_one_is_a_conflict),
        CASE(test_refused_and_all_gone_is_created_anew),
        CASE(test_refused_by_other_sets_of_ours_is_built_anew),
        CASE(test_refused_twice_for_two_wishes_is_no_conflict),
        CASE(test_refused_and_gone_is_settled),
        CASE(test_refused_because_of_a_person_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
