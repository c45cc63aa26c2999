/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/transaction_bare.
 * What:  a transaction without a marker: edges, stops, doubt and how long it lasts.
 */

#include "txn_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define QUIET_MS 360000

static int bare_setup(void **state)
{
    txn_case_setup(state);
    struct txn_case *c = *state;
    c->site->records[0].ownership = OWNERSHIP_NONE;
    return 0;
}

static void settle_on(struct txn_case *c, const char *addresses)
{
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
    assert_int_equal(case_reads(c, addresses, NULL).word, TXN_WORD_SETTLED);
    assert_int_equal(c->txn.state, TXN_IDLE);
    assert_int_equal(c->txn.condition, CONDITION_OK);
}

static void send_switch(struct txn_case *c)
{
    settle_on(c, PRIMARY);
    case_want(c, 1, SECONDARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
    txn_sent(&c->txn, c->now);
}

static void lose_switch(struct txn_case *c)
{
    send_switch(c);
    assert_int_equal(case_answer(c, OUTCOME_UNKNOWN).act, TXN_ACT_READ);
}

static uint32_t kept(const struct txn_case *c)
{
    struct plan plan;
    struct restore restore;
    uint32_t count = 0;
    while (txn_kept(&c->txn, count, &plan, &restore)) {
        assert_true(plan.bare);
        count++;
    }
    return count;
}

/* Sleeps until just before and at the end of the quiet time, reading as it asks for. */
static void pass_quiet_time(struct txn_case *c, mono_ms end, const char *addresses)
{
    while (c->now < end) {
        mono_ms at = txn_deadline(&c->txn);
        assert_true(at > c->now && at <= end);
        c->now = at;
        assert_int_equal(case_consider(c).act, TXN_ACT_READ);
        if (at < end)
            assert_int_equal(case_reads(c, addresses, NULL).act, TXN_ACT_NONE);
    }
    assert_int_equal(c->now, end);
}

/* ---- edges ---- */

static void test_bare_txn_switches_on_a_decision(void **state)
{
    struct txn_case *c = *state;
    send_switch(c);
    assert_int_equal(kept(c), 1);
    case_answer(c, OUTCOME_ACCEPTED);
    struct txn_step step = case_reads(c, SECONDARY, NULL);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_int_equal(step.kind, PLAN_SWITCH);
    assert_false(step.answer_was_lost);
    assert_int_equal(txn_current(&c->txn), 1);
    assert_int_equal(kept(c), 0);
    case_want(c, 0, PRIMARY); /* nothing is in doubt: the way back is free */
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
}

static void test_bare_txn_stops_until_it_is_adopted(void **state)
{
    struct txn_case *c = *state;
    settle_on(c, PRIMARY);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, STRANGER, NULL), CONDITION_FOREIGN_CHANGE);
    case_wait_and_read(c); /* and is not glad about it when it is put back */
    case_assert_stopped(c, case_reads(c, PRIMARY, NULL), CONDITION_FOREIGN_CHANGE);
    const struct command command = {.kind = COMMAND_ADOPT, .expect = {site_set(c->site, RRTYPE_A, 0, PRIMARY)}};
    struct txn_scene scene = {
        .now = c->now, .gap_at = c->gap_at, .random = &c->random, .wish = &c->wish, .reply = c->reply};
    assert_int_equal(txn_command(&c->txn, &scene, &command).reply, TXN_REPLY_NONE);
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
    struct txn_step step = case_reads(c, PRIMARY, NULL);
    assert_int_equal(step.reply, TXN_REPLY_DONE);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_int_equal(step.kind, PLAN_ADOPT);
    assert_int_equal(step.act, TXN_ACT_NONE); /* nothing was written for it */
    assert_int_equal(c->txn.condition, CONDITION_OK);
    assert_int_equal(txn_current(&c->txn), 0);
    case_want(c, 1, SECONDARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
}

static void test_bare_txn_that_lost_a_race_stops(void **state)
{
    struct txn_case *c = *state;
    send_switch(c);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, SECONDARY, NULL), CONDITION_FOREIGN_CHANGE);
    assert_int_equal(kept(c), 0);
}

static void test_bare_txn_asks_when_refused_upon_what_it_sees(void **state)
{
    struct txn_case *c = *state;
    send_switch(c);
    case_answer(c, OUTCOME_PREREQ);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_ASSERT);
    assert_true(c->txn.belief.pending.plan.bare);
    txn_sent(&c->txn, c->now);
    case_assert_stopped(c, case_answer(c, OUTCOME_PREREQ), CONDITION_INCONSISTENT);
    assert_true(c->txn.belief.known); /* nobody changed it, so it goes on once the server has come to terms */
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_JOIN);
}

static void test_bare_txn_repairs_no_ttl(void **state)
{
    struct txn_case *c = *state;
    case_consider(c);
    struct observed seen = site_seen(c->site, PRIMARY, NULL);
    seen.sets[0].ttl_s = 600;
    assert_int_equal(case_seen(c, &seen).word, TXN_WORD_SETTLED);
    assert_int_equal(c->txn.state, TXN_IDLE);
}

/* ---- doubt ---- */

static void test_bare_txn_finds_what_it_sent_and_is_free(void **state)
{
    struct txn_case *c = *state;
    lose_switch(c);
    assert_int_equal(kept(c), 1);
    struct txn_step step = case_reads(c, SECONDARY, NULL);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_true(step.answer_was_lost);
    assert_int_equal(kept(c), 0); /* it had left once, and there it is */
    case_want(c, 0, PRIMARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
}

static void test_bare_txn_waits_before_the_contrary(void **state)
{
    struct txn_case *c = *state;
    lose_switch(c);
    mono_ms end = c->now + QUIET_MS;
    case_want(c, 2, STRANGER);
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_NONE);
    assert_int_equal(c->txn.state, TXN_IDLE);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    pass_quiet_time(c, end, PRIMARY);
    assert_int_equal(kept(c), 1);
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_JOIN);
    assert_true(plan_same_sets(c->txn.record, c->txn.belief.pending.plan.publish, c->wish.sets));
    assert_int_equal(kept(c), 0);
}

static void test_bare_txn_sends_the_same_at_once(void **state)
{
    struct txn_case *c = *state;
    lose_switch(c);
    uint64_t nonce = case_fresh(c).nonce;
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_JOIN);
    assert_int_equal(case_fresh(c).nonce, nonce);
}

static void test_bare_txn_that_sent_twice_waits_before_the_way_back(void **state)
{
    struct txn_case *c = *state;
    lose_switch(c);
    mono_ms end = c->now + QUIET_MS;
    case_reads(c, PRIMARY, NULL);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_ACCEPTED);
    assert_int_equal(case_reads(c, SECONDARY, NULL).word, TXN_WORD_PUBLISHED);
    assert_int_equal(txn_current(&c->txn), 1);
    assert_int_equal(kept(c), 1); /* the first one may come yet, once the primary stands there again */
    case_want(c, 0, PRIMARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    pass_quiet_time(c, end, SECONDARY);
    assert_int_equal(case_reads(c, SECONDARY, NULL).act, TXN_ACT_JOIN);
    assert_int_equal(kept(c), 0);
}

static void test_bare_txn_doubts_what_was_accepted_and_is_not_there(void **state)
{
    struct txn_case *c = *state;
    send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    c->now += 3000;
    assert_int_equal(case_reads(c, PRIMARY, NULL).word, TXN_WORD_FAILED);
    assert_int_equal(c->txn.quiet_until, c->now + QUIET_MS);
    assert_int_equal(kept(c), 1);
}

static void test_bare_txn_takes_over_doubts_of_a_former_life(void **state)
{
    struct txn_case *c = *state;
    struct plan plan = {.kind = PLAN_SWITCH, .bare = true, .fresh = case_marker(1)};
    plan.publish[0] = site_set(c->site, RRTYPE_A, 30, SECONDARY);
    const struct restore restore = {.plan = &plan, .target = 1};
    assert_true(txn_restore(&c->txn, &restore));
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
    mono_ms end = c->now + QUIET_MS;
    struct txn_step step = case_reads(c, SECONDARY, NULL);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_int_equal(step.kind, PLAN_SWITCH);
    assert_true(step.answer_was_lost);
    case_want(c, 0, PRIMARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    assert_int_equal(kept(c), 1);
    pass_quiet_time(c, end, SECONDARY);
    assert_int_equal(case_reads(c, SECONDARY, NULL).act, TXN_ACT_JOIN);
}

static void test_bare_txn_forgets_a_doubt_in_time(void **state)
{
    struct txn_case *c = *state;
    lose_switch(c);
    mono_ms end = c->now + QUIET_MS;
    case_want(c, ID_NONE, "");
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_NONE);
    pass_quiet_time(c, end, PRIMARY);
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_NONE);
    assert_int_equal(kept(c), 0);
    case_wait_and_read(c); /* what comes now is not known for ours any more */
    case_assert_stopped(c, case_reads(c, SECONDARY, NULL), CONDITION_FOREIGN_CHANGE);
}

#define BARE(test) cmocka_unit_test_setup_teardown(test, bare_setup, txn_case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARE(test_bare_txn_switches_on_a_decision),
        BARE(test_bare_txn_stops_until_it_is_adopted),
        BARE(test_bare_txn_that_lost_a_race_stops),
        BARE(test_bare_txn_asks_when_refused_upon_what_it_sees),
        BARE(test_bare_txn_repairs_no_ttl),
        BARE(test_bare_txn_finds_what_it_sent_and_is_free),
        BARE(test_bare_txn_waits_before_the_contrary),
        BARE(test_bare_txn_sends_the_same_at_once),
        BARE(test_bare_txn_that_sent_twice_waits_before_the_way_back),
        BARE(test_bare_txn_doubts_what_was_accepted_and_is_not_there),
        BARE(test_bare_txn_takes_over_doubts_of_a_former_life),
        BARE(test_bare_txn_forgets_a_doubt_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
