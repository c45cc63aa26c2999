/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/transaction.
 * What:  sent and paused: what an answer to a message means, and how long we wait.
 */

#include "txn_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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
