/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/transaction.
 * What:  idle and queued: what wishes and time do. Answers and pauses are in test_transaction_answer.c.
 */

#include "txn_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- idle ---- */

static void test_txn_reads_first(void **state)
{
    struct txn_case *c = *state;
    assert_int_equal(c->txn.condition, CONDITION_UNREAD);
    assert_int_equal(txn_current(&c->txn), ID_NONE);
    c->now = 999;
    case_want(c, 1, SECONDARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    c->now = 1000;
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
    assert_int_equal(c->txn.state, TXN_READING);
    assert_true(txn_is_busy(&c->txn));
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
}

static void test_txn_is_quiet_after_a_restart(void **state)
{
    struct txn_case *c = *state;
    case_settle(c);
    assert_int_equal(txn_current(&c->txn), 0);
    assert_int_equal(c->txn.condition, CONDITION_OK);
    assert_false(txn_is_busy(&c->txn));
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
}

static void test_txn_audits_within_the_interval(void **state)
{
    struct txn_case *c = *state;
    case_settle(c);
    int64_t wait = case_wait_and_read(c);
    assert_in_range(wait, 270000, 300000);
    assert_int_equal(c->txn.state, TXN_READING);
}

static void test_txn_builds_on_a_fresh_belief(void **state)
{
    struct txn_case *c = *state;
    case_settle(c);
    c->txn.wake_at = MONO_NEVER; /* no audit comes between */
    c->now += 300000;
    case_want(c, 1, SECONDARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.state, TXN_QUEUED);
    assert_int_equal(txn_deadline(&c->txn), MONO_NEVER);
}

static void test_txn_reads_where_the_belief_is_old(void **state)
{
    struct txn_case *c = *state;
    case_settle(c);
    c->txn.wake_at = MONO_NEVER;
    c->now += 300001;
    case_want(c, 1, SECONDARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
    struct marker marker = case_marker(12);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
}

static void test_txn_reads_after_a_gap(void **state)
{
    struct txn_case *c = *state;
    case_settle(c);
    c->gap_at = c->now + 1;
    c->now += 2;
    case_want(c, 1, SECONDARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
    struct marker marker = case_marker(12);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    assert_int_equal(c->txn.state, TXN_QUEUED);
}

static void test_txn_does_not_trust_a_read_with_a_gap_in_it(void **state)
{
    struct txn_case *c = *state;
    case_settle(c);
    case_wait_and_read(c);
    c->now += 10;
    c->gap_at = c->now;
    c->now += 10;
    case_want(c, 1, SECONDARY);
    struct marker marker = case_marker(12);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_int_equal(case_consider(c).act, TXN_ACT_LEAVE_AND_READ); /* asked before it is sent */
}

static void test_txn_sends_nothing_while_frozen(void **state)
{
    struct txn_case *c = *state;
    c->wish.frozen = true;
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
    struct txn_step step = case_reads(c, PRIMARY, NULL); /* to be adopted */
    assert_int_equal(step.act, TXN_ACT_NONE);
    assert_int_equal(step.word, TXN_WORD_NONE);
    assert_int_equal(c->txn.state, TXN_IDLE);
    assert_int_equal(txn_current(&c->txn), 0);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    c->now += 300001; /* and does not read for it either, but for the audit */
    c->txn.wake_at = MONO_NEVER;
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    c->now -= 200000;
    c->wish.frozen = false;
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_ADOPT);
    assert_int_equal(c->txn.belief.pending.target, 0);
}

static void test_txn_says_what_it_would_send(void **state)
{
    struct txn_case *c = *state;
    c->wish.dry_run = true;
    case_settle(c);
    case_want(c, 1, SECONDARY);
    struct txn_step step = case_consider(c);
    assert_int_equal(step.act, TXN_ACT_NONE);
    assert_int_equal(step.word, TXN_WORD_WOULD_SEND);
    assert_int_equal(step.kind, PLAN_SWITCH);
    assert_int_equal(c->txn.state, TXN_IDLE);
    c->wish.frozen = true; /* `enabled: off` says nothing */
    assert_int_equal(case_consider(c).word, TXN_WORD_NONE);
}

/* ---- queued ---- */

static void queue_switch(struct txn_case *c)
{
    case_settle(c);
    case_want(c, 1, SECONDARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
}

static void test_txn_stays_in_the_queue(void **state)
{
    struct txn_case *c = *state;
    queue_switch(c);
    uint64_t nonce = c->txn.belief.pending.plan.fresh.nonce;
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    assert_int_equal(c->txn.belief.pending.plan.fresh.nonce, nonce);
}

static void test_txn_leaves_the_queue_when_the_wish_is_gone(void **state)
{
    struct txn_case *c = *state;
    queue_switch(c);
    case_want(c, ID_NONE, "");
    assert_int_equal(case_consider(c).act, TXN_ACT_LEAVE);
    assert_int_equal(c->txn.state, TXN_IDLE);
    assert_true(txn_deadline(&c->txn) < MONO_NEVER);
}

static void test_txn_leaves_the_queue_when_frozen_or_dry(void **state)
{
    struct txn_case *c = *state;
    queue_switch(c);
    c->wish.frozen = true;
    assert_int_equal(case_consider(c).act, TXN_ACT_LEAVE);
    c->wish.frozen = false;
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
    c->wish.dry_run = true;
    assert_int_equal(case_consider(c).act, TXN_ACT_LEAVE);
}

static void test_txn_plans_anew_in_the_queue(void **state)
{
    struct txn_case *c = *state;
    queue_switch(c);
    case_want(c, 0, SECONDARY " 198.51.100.2");
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.publish[0].count, 2);
    assert_int_equal(c->txn.belief.stray_count, 0); /* the former one never left */
}

static void test_txn_lets_a_switch_take_the_place_of_a_repair(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    struct observed seen = site_seen(c->site, PRIMARY, &marker);
    seen.sets[0].ttl_s = 60;
    case_consider(c);
    assert_int_equal(case_seen(c, &seen).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_TTL);
    case_want(c, 1, SECONDARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_SWITCH);
}

static void test_txn_reads_again_when_it_queued_too_long(void **state)
{
    struct txn_case *c = *state;
    queue_switch(c);
    c->now += 300001;
    assert_int_equal(case_consider(c).act, TXN_ACT_LEAVE_AND_READ);
    assert_int_equal(c->txn.state, TXN_READING);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, txn_case_setup, txn_case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_txn_reads_first),
        CASE(test_txn_is_quiet_after_a_restart),
        CASE(test_txn_audits_within_the_interval),
        CASE(test_txn_builds_on_a_fresh_belief),
        CASE(test_txn_reads_where_the_belief_is_old),
        CASE(test_txn_reads_after_a_gap),
        CASE(test_txn_does_not_trust_a_read_with_a_gap_in_it),
        CASE(test_txn_sends_nothing_while_frozen),
        CASE(test_txn_says_what_it_would_send),
        CASE(test_txn_stays_in_the_queue),
        CASE(test_txn_leaves_the_queue_when_the_wish_is_gone),
        CASE(test_txn_leaves_the_queue_when_frozen_or_dry),
        CASE(test_txn_plans_anew_in_the_queue),
        CASE(test_txn_lets_a_switch_take_the_place_of_a_repair),
        CASE(test_txn_reads_again_when_it_queued_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
