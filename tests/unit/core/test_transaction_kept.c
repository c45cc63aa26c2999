/* SPDX-License-Identifier: MIT */
/*
 * What a restart has to know of a transaction, and what it makes of that. docs/faults.md 69, 102.
 */

#include "txn_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint32_t kept(const struct txn_case *c)
{
    struct plan plan;
    struct restore restore;
    uint32_t count = 0;
    while (txn_kept(&c->txn, count, &plan, &restore))
        count++;
    assert_true((count > 0) == (txn_kept_mark(&c->txn) != 0));
    return count;
}

/* A message of the former life: from the primary under epoch 12 to these addresses. */
static void restores(struct txn_case *c, enum plan_kind kind, uint32_t target, const char *addresses)
{
    struct plan plan = {.kind = kind, .has_old = true, .old = case_marker(12), .fresh = case_marker(13)};
    struct observed seen = site_seen(c->site, PRIMARY, NULL);
    plan.expect[0] = seen.sets[0];
    if (addresses != NULL)
        plan.publish[0] = site_set(c->site, RRTYPE_A, 30, addresses);
    const struct restore restore = {.plan = &plan, .target = target};
    assert_true(txn_restore(&c->txn, &restore));
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
}

/* ---- what is kept ---- */

static void test_kept_is_what_has_left(void **state)
{
    struct txn_case *c = *state;
    case_settle(c);
    case_want(c, 1, SECONDARY);
    case_consider(c);
    assert_int_equal(kept(c), 0); /* still queued */
    txn_sent(&c->txn, c->now);
    assert_int_equal(kept(c), 1);
    struct plan plan;
    struct restore restore;
    assert_true(txn_kept(&c->txn, 0, &plan, &restore));
    assert_ptr_equal(restore.plan, &plan);
    assert_int_equal(restore.target, 1);
    assert_int_equal(plan.kind, PLAN_SWITCH);
    struct marker fresh = case_fresh(c);
    assert_true(marker_equal(&plan.fresh, &fresh));
}

static void test_kept_until_it_is_seen(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    case_answer(c, OUTCOME_ACCEPTED);
    assert_int_equal(kept(c), 1);
    struct marker fresh = case_fresh(c);
    assert_int_equal(case_reads(c, SECONDARY, &fresh).word, TXN_WORD_PUBLISHED);
    assert_int_equal(kept(c), 0);
}

static void test_kept_no_more_when_it_was_refused(void **state)
{
    struct txn_case *c = *state;
    case_send_switch(c);
    case_answer(c, OUTCOME_DENIED);
    assert_int_equal(kept(c), 0);
}

static void test_kept_are_all_in_doubt(void **state)
{
    struct txn_case *c = *state;
    case_lose_switch(c);
    assert_int_equal(kept(c), 1);
    uint64_t mark = txn_kept_mark(&c->txn);
    case_want(c, ID_NONE, "");
    struct marker marker = case_marker(12);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    txn_sent(&c->txn, c->now);
    assert_int_equal(kept(c), 2); /* the switch and its fence */
    assert_int_not_equal(txn_kept_mark(&c->txn), mark);
    struct plan plan;
    struct restore restore;
    assert_true(txn_kept(&c->txn, 0, &plan, &restore));
    assert_int_equal(plan.kind, PLAN_SWITCH);
    assert_int_equal(restore.target, 1);
    assert_true(txn_kept(&c->txn, 1, &plan, &restore));
    assert_int_equal(plan.kind, PLAN_FENCE);
}

/* ---- what comes back ---- */

static void test_restored_message_is_known_when_it_comes(void **state)
{
    struct txn_case *c = *state;
    restores(c, PLAN_SWITCH, 1, SECONDARY);
    struct marker fresh = case_marker(13);
    struct txn_step step = case_reads(c, SECONDARY, &fresh);
    assert_int_equal(step.word, TXN_WORD_PUBLISHED);
    assert_true(step.answer_was_lost);
    assert_int_equal(txn_current(&c->txn), 1);
    assert_int_equal(kept(c), 0);
}

static void test_restored_message_is_known_when_it_comes_late(void **state)
{
    struct txn_case *c = *state;
    restores(c, PLAN_SWITCH, 1, SECONDARY);
    c->wish.frozen = true; /* start-grace: not even a fence */
    struct marker marker = case_marker(12), fresh = case_marker(13);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_NONE);
    case_wait_and_read(c);
    assert_int_equal(case_reads(c, SECONDARY, &fresh).word, TXN_WORD_PUBLISHED);
}

static void test_restored_message_is_fenced(void **state)
{
    struct txn_case *c = *state;
    restores(c, PLAN_SWITCH, 1, SECONDARY);
    struct marker marker = case_marker(12);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_FENCE);
}

/* Cut off: what is in doubt is fenced, and nothing else leaves. */
static void test_restored_message_is_fenced_while_cut_off(void **state)
{
    struct txn_case *c = *state;
    restores(c, PLAN_SWITCH, 1, SECONDARY);
    c->wish.fences_only = true;
    struct marker marker = case_marker(12);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_FENCE);
}

static void test_nothing_but_a_fence_leaves_while_cut_off(void **state)
{
    struct txn_case *c = *state;
    restores(c, PLAN_SWITCH, 1, SECONDARY);
    case_want(c, 1, SECONDARY);
    c->wish.fences_only = true;
    struct marker marker = case_marker(12);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_NONE);
    assert_int_equal(c->txn.state, TXN_IDLE);
    c->wish.fences_only = false;
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_SWITCH);
}

static void test_restored_message_is_not_sent_again(void **state)
{
    struct txn_case *c = *state;
    restores(c, PLAN_SWITCH, 1, SECONDARY);
    case_want(c, 1, SECONDARY);
    struct marker marker = case_marker(12), former = case_marker(13);
    assert_int_equal(case_reads(c, PRIMARY, &marker).act, TXN_ACT_JOIN);
    struct marker fresh = case_fresh(c);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_SWITCH);
    assert_false(marker_equal(&fresh, &former));
}

static void test_restored_fence_fits_any_target(void **state)
{
    struct txn_case *c = *state;
    restores(c, PLAN_FENCE, ID_NONE, NULL);
    struct marker fresh = case_marker(13);
    assert_int_equal(case_reads(c, PRIMARY, &fresh).word, TXN_WORD_PUBLISHED);
    assert_int_equal(txn_current(&c->txn), 0);
}

static void test_restored_half_is_partial(void **state)
{
    struct txn_case *c = *state;
    restores(c, PLAN_SWITCH, 1, SECONDARY);
    struct marker fresh = case_marker(13);
    case_assert_stopped(c, case_reads(c, PRIMARY, &fresh), CONDITION_PARTIAL);
}

/* Places may have moved in the file: the addresses count. */
static void test_restored_target_is_found_by_its_addresses(void **state)
{
    struct txn_case *c = *state;
    restores(c, PLAN_SWITCH, 0, SECONDARY);
    struct marker fresh = case_marker(13);
    assert_int_equal(case_reads(c, SECONDARY, &fresh).word, TXN_WORD_PUBLISHED);
    assert_int_equal(txn_current(&c->txn), 1);
}

static void test_restored_target_that_is_gone_is_none(void **state)
{
    struct txn_case *c = *state;
    restores(c, PLAN_SWITCH, 7, STRANGER);
    struct marker fresh = case_marker(13);
    case_assert_stopped(c, case_reads(c, STRANGER, &fresh), CONDITION_FOREIGN_CHANGE);
}

static void test_restoring_comes_before_the_first_read(void **state)
{
    struct txn_case *c = *state;
    case_settle(c);
    struct plan plan = {.kind = PLAN_SWITCH, .fresh = case_marker(13)};
    const struct restore restore = {.plan = &plan, .target = 1};
    assert_false(txn_restore(&c->txn, &restore));
    assert_int_equal(kept(c), 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, txn_case_setup, txn_case_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_kept_is_what_has_left),
        CASE(test_kept_until_it_is_seen),
        CASE(test_kept_no_more_when_it_was_refused),
        CASE(test_kept_are_all_in_doubt),
        CASE(test_restored_message_is_known_when_it_comes),
        CASE(test_restored_message_is_known_when_it_comes_late),
        CASE(test_restored_message_is_fenced),
        CASE(test_restored_message_is_fenced_while_cut_off),
        CASE(test_nothing_but_a_fence_leaves_while_cut_off),
        CASE(test_restored_message_is_not_sent_again),
        CASE(test_restored_fence_fits_any_target),
        CASE(test_restored_half_is_partial),
        CASE(test_restored_target_is_found_by_its_addresses),
        CASE(test_restored_target_that_is_gone_is_none),
        CASE(test_restoring_comes_before_the_first_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
