/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/transaction_read.
 * What:  reads that cannot be trusted, and looking for a message that was accepted. Doubt and refusal are in
 *        test_transaction_resolve.c, stops in test_transaction_stop.c.
 */

#include "txn_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

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
    case_assert_stopped(c, case_seen(c, &seen), CONDITION_OCCLUDED);
    case_wait_and_read(c);
    seen.occluded = false;
    seen.beside = true;
    case_assert_stopped(c, case_seen(c, &seen), CONDITION_OCCLUDED);
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
    fresh = case_fresh(c);
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
    struct marker fresh = case_fresh(c);
    struct txn_step step = case_reads(c, SECONDARY, &fresh);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_true(step.answer_was_lost);
}

static void test_checking_waits_for_the_ttl_too(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fresh = case_fresh(c);
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

/* Fault 98: within 2 s signatures may come; after that it is published all the same, and told. */
static void test_checking_waits_for_signatures(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fresh = case_fresh(c);
    struct observed seen = site_seen(c->site, SECONDARY, &fresh);
    seen.is_signed = true;
    assert_int_equal(case_seen(c, &seen).word, TXN_WORD_NONE);
    assert_int_equal(c->txn.state, TXN_CHECKING);
    assert_true(c->txn.signatures.is_signed && !c->txn.signatures.good);
    c->now += 2000;
    case_consider(c);
    assert_int_equal(case_seen(c, &seen).word, TXN_WORD_PUBLISHED);
}

static void test_signed_change_shows_at_once(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fresh = case_fresh(c);
    struct observed seen = site_seen(c->site, SECONDARY, &fresh);
    seen.is_signed = seen.signatures_good = true;
    seen.signed_until_s = 1700000000;
    assert_int_equal(case_seen(c, &seen).word, TXN_WORD_PUBLISHED);
    assert_int_equal(c->txn.signatures.until_s, 1700000000);
}

static void test_adoption_shows_by_its_marker(void **state)
{
    struct txn_case *c = *state;
    case_consider(c);
    assert_int_equal(case_reads(c, PRIMARY, NULL).act, TXN_ACT_JOIN);
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_ACCEPTED);
    struct marker fresh = case_fresh(c);
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
    struct marker fresh = case_fresh(c);
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
    struct marker fresh = case_fresh(c);
    c->now += 2000;
    case_assert_stopped(c, case_reads(c, PRIMARY, &fresh), CONDITION_PARTIAL); /* fault 75 */
    assert_string_equal(c->txn.report.detail, "A 192.0.2.1");
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, PRIMARY, &fresh), CONDITION_PARTIAL);
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
    struct marker fresh = case_fresh(c);
    c->now += 2000;
    case_assert_stopped(c, case_reads(c, SECONDARY, &marker), CONDITION_PARTIAL);
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
    struct marker stray = case_fresh(c);
    case_answer(c, OUTCOME_BUG);
    case_wait_and_read(c);
    case_reads(c, PRIMARY, &marker); /* queued anew: the first one strays */
    txn_sent(&c->txn, c->now);
    case_answer(c, OUTCOME_BUG);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, PRIMARY, &stray), CONDITION_PARTIAL);
    case_wait_and_read(c);
    case_assert_stopped(c, case_reads(c, PRIMARY, &stray), CONDITION_PARTIAL);
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
        CASE(test_checking_waits_for_signatures),
        CASE(test_signed_change_shows_at_once),
        CASE(test_adoption_shows_by_its_marker),
        CASE(test_checking_goes_on_with_the_newer_wish),
        CASE(test_partial_stops_and_remembers_what_was_written),
        CASE(test_partial_without_the_marker_ends_when_either_is_whole),
        CASE(test_partial_by_a_stray_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
