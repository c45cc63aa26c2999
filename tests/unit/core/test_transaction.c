/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/transaction.
 * What:  idle, queued, sent and paused: what wishes, answers and time do. What reads mean is in test_transaction_read.c.
 */

#include "core/policy.h"
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

static void test_txn_reads_again_when_it_queued_too_long(void **state)
{
    struct txn_case *c = *state;
    queue_switch(c);
    c->now += 300001;
    assert_int_equal(case_consider(c).act, TXN_ACT_LEAVE_AND_READ);
    assert_int_equal(c->txn.state, TXN_READING);
}

/* ---- sent ---- */

static void test_txn_reads_back_what_was_accepted(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    assert_int_equal(txn_deadline(&c->txn), MONO_NEVER);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    struct txn_step step = case_answer(c, OUTCOME_ACCEPTED);
    assert_int_equal(step.act, TXN_ACT_READ);
    assert_int_equal(step.word, TXN_WORD_NONE);
    assert_int_equal(c->txn.state, TXN_CHECKING);
    assert_int_equal(txn_current(&c->txn), 0); /* not before it was seen */
    step = case_reads(c, SECONDARY, &c->txn.belief.pending.plan.fresh);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_int_equal(step.kind, PLAN_SWITCH);
    assert_false(step.answer_was_lost);
    assert_int_equal(c->txn.state, TXN_IDLE);
    assert_int_equal(txn_current(&c->txn), 1);
}

static void test_txn_waits_a_moment_after_a_refused_prerequisite(void **state)
{
    struct txn_case *c = *state;
    int64_t least = INT64_MAX, most = 0;
    case_send_switch(c);
    for (int round = 0; round < 500; round++) {
        c->txn.state = TXN_SENT;
        struct txn_step step = case_answer(c, OUTCOME_PREREQ);
        assert_int_equal(step.act, TXN_ACT_NONE);
        assert_int_equal(step.word, TXN_WORD_NONE);
        assert_int_equal(c->txn.state, TXN_RESOLVING);
        int64_t wait = txn_deadline(&c->txn) - c->now;
        least = wait < least ? wait : least;
        most = wait > most ? wait : most;
    }
    assert_in_range(least, 200, 230);
    assert_in_range(most, 1970, 2000);
    assert_false(c->txn.belief.pending.in_doubt);
}

static void test_txn_reads_at_once_after_a_lost_answer(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    struct txn_step step = case_answer(c, OUTCOME_UNKNOWN);
    assert_int_equal(step.act, TXN_ACT_READ);
    assert_int_equal(step.word, TXN_WORD_FAILED);
    assert_int_equal(c->txn.state, TXN_RESOLVING);
    assert_true(c->txn.belief.pending.in_doubt);
}

static void test_txn_backs_off_when_answers_keep_getting_lost(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_send_switch(c);
    uint64_t nonce = c->txn.belief.pending.plan.fresh.nonce;
    assert_int_equal(case_answer(c, OUTCOME_UNKNOWN).act, TXN_ACT_READ);
    int64_t most = 0;
    for (int round = 0; round < 40; round++) {
        assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
        assert_int_equal(c->txn.belief.pending.plan.fresh.nonce, nonce);
        txn_sent(&c->txn, c->now);
        struct txn_step step = case_answer(c, OUTCOME_UNKNOWN);
        assert_int_equal(step.act, TXN_ACT_NONE);
        assert_int_equal(step.word, TXN_WORD_FAILED);
        int64_t wait = case_wait_and_read(c);
        assert_true(wait <= 30000);
        assert_true(round > 0 || wait <= 1000);
        assert_true(round > 1 || wait <= 2000);
        most = wait > most ? wait : most;
    }
    assert_true(most > 20000);
}

static void test_txn_pauses_when_nothing_was_sent(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    struct txn_step step = case_answer(c, OUTCOME_NOT_SENT);
    assert_int_equal(step.act, TXN_ACT_NONE);
    assert_int_equal(step.word, TXN_WORD_FAILED);
    assert_int_equal(c->txn.state, TXN_PAUSED);
    assert_false(c->txn.belief.pending.sent);
    assert_true(case_wait_and_read(c) <= 1000);
    assert_int_equal(c->txn.state, TXN_READING);
}

static void test_txn_stays_in_doubt_when_the_retry_was_not_sent(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_send_switch(c);
    case_answer(c, OUTCOME_UNKNOWN);
    case_reads(c, PRIMARY, &marker);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_NOT_SENT);
    assert_true(c->txn.belief.pending.sent);
    assert_true(c->txn.belief.pending.in_doubt);
}

static void test_txn_pauses_for_the_back_off_or_for_its_maximum(void **state)
{
    static const struct {
        enum outcome outcome;
        int64_t least, most;
    } rows[] = {
        {OUTCOME_SERVER_FAILURE, 1, 1000}, {OUTCOME_DENIED, 30000, 30000}, {OUTCOME_NOT_SERVED, 30000, 30000},
        {OUTCOME_CLOCK, 30000, 30000},     {OUTCOME_CONFIG, 30000, 30000}, {OUTCOME_BUG, 30000, 30000},
    };
    struct txn_case *c = *state;
    case_send_switch(c);
    for (uint32_t i = 0; i < 6; i++) {
        c->txn.state = TXN_SENT;
        struct txn_step step = case_answer(c, rows[i].outcome);
        assert_int_equal(step.word, TXN_WORD_FAILED);
        assert_int_equal(c->txn.state, TXN_PAUSED);
        assert_in_range(txn_deadline(&c->txn) - c->now, rows[i].least, rows[i].most);
        assert_int_equal(c->txn.report.outcome, rows[i].outcome);
    }
}

/* ---- paused ---- */

static void test_txn_sends_a_fresh_plan_after_a_pause(void **state)
{
    struct txn_case *c = *state;
    struct marker marker = case_marker(12);
    case_send_switch(c);
    uint64_t nonce = c->txn.belief.pending.plan.fresh.nonce;
    case_answer(c, OUTCOME_BUG);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_int_not_equal(c->txn.belief.pending.plan.fresh.nonce, nonce); /* the same bytes are never repeated */
    assert_int_equal(c->txn.belief.stray_count, 1);                      /* but known, should they turn up */
}

static void test_txn_reads_at_once_when_the_paused_wish_is_gone(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    case_answer(c, OUTCOME_DENIED);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    case_want(c, ID_NONE, "");
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
    case_read_fails(c, OUTCOME_NOT_SENT);
    assert_int_equal(c->txn.state, TXN_PAUSED);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE); /* a failing read is not repeated at once */
}

static void test_txn_doubles_the_back_off_up_to_its_maximum(void **state)
{
    struct txn_case *c = *state;
    int64_t bound = 1000, longest = 0;
    case_consider(c);
    for (int round = 0; round < 200; round++) {
        struct txn_step step = case_read_fails(c, OUTCOME_NOT_SENT);
        assert_int_equal(step.word, TXN_WORD_FAILED);
        int64_t wait = case_wait_and_read(c);
        assert_true(wait <= bound);
        longest = wait > longest ? wait : longest;
        bound = bound * 2 > 30000 ? 30000 : bound * 2;
    }
    assert_true(longest > 25000);
    struct marker marker = case_marker(12);
    case_reads(c, PRIMARY, &marker);
    assert_int_equal(c->txn.back_off_ms, 0);
}

static void test_txn_back_off_keeps_within_an_odd_maximum(void **state)
{
    struct txn_case *c = *state;
    c->site->servers[0].retry_first_ms = 5000;
    c->site->servers[0].retry_most_ms = 3000; /* less than the first: it wins */
    case_consider(c);
    for (int round = 0; round < 100; round++) {
        case_read_fails(c, OUTCOME_UNKNOWN);
        assert_true(case_wait_and_read(c) <= 3000);
    }
}

static void test_txn_states_have_words(void **state)
{
    (void)state;
    static const char *const words[] = {"none",     "idle",      "reading", "queued", "sent",
                                        "checking", "resolving", "paused",  "stopped"};
    for (uint32_t i = 0; i < 9; i++)
        assert_string_equal(txn_state_name((enum txn_state)i), words[i]);
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
        CASE(test_txn_reads_again_when_it_queued_too_long),
        CASE(test_txn_reads_back_what_was_accepted),
        CASE(test_txn_waits_a_moment_after_a_refused_prerequisite),
        CASE(test_txn_reads_at_once_after_a_lost_answer),
        CASE(test_txn_backs_off_when_answers_keep_getting_lost),
        CASE(test_txn_pauses_when_nothing_was_sent),
        CASE(test_txn_stays_in_doubt_when_the_retry_was_not_sent),
        CASE(test_txn_pauses_for_the_back_off_or_for_its_maximum),
        CASE(test_txn_sends_a_fresh_plan_after_a_pause),
        CASE(test_txn_reads_at_once_when_the_paused_wish_is_gone),
        CASE(test_txn_doubles_the_back_off_up_to_its_maximum),
        CASE(test_txn_back_off_keeps_within_an_odd_maximum),
        cmocka_unit_test(test_txn_states_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
