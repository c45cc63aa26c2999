/* SPDX-License-Identifier: MIT */
/*
 * See txn_case.h.
 */

#include "txn_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

int txn_case_setup(void **state)
{
    struct txn_case *c = calloc(1, sizeof(*c));
    c->site = site_new();
    c->random = random_from_seed(1);
    c->now = 1000;
    c->gap_at = INT64_MIN;
    c->wish.target = ID_NONE;
    txn_init(&c->txn, &c->site->settings, &c->site->records[0], CASE_OWNER, c->storage, 1000);
    c->txn.rehearse_at = MONO_NEVER;
    *state = c;
    return 0;
}

int txn_case_teardown(void **state)
{
    struct txn_case *c = *state;
    site_free(c->site);
    free(c);
    return 0;
}

struct marker case_marker(uint64_t epoch)
{
    return (struct marker){.owner = CASE_OWNER, .epoch = epoch, .nonce = 1000 + epoch};
}

void case_want(struct txn_case *c, uint32_t target, const char *addresses)
{
    c->wish.moves = target != ID_NONE;
    c->wish.target = target;
    c->wish.sets[0] = site_set(c->site, RRTYPE_A, 30, addresses);
}

static struct txn_scene scene(struct txn_case *c)
{
    return (struct txn_scene){
        .now = c->now, .gap_at = c->gap_at, .random = &c->random, .wish = &c->wish, .reply = c->reply};
}

struct txn_step case_consider(struct txn_case *c)
{
    struct txn_scene s = scene(c);
    return txn_consider(&c->txn, &s);
}

struct txn_step case_seen(struct txn_case *c, const struct observed *seen)
{
    struct txn_scene s = scene(c);
    const struct dns_report report = {.outcome = OUTCOME_ACCEPTED};
    return txn_read_done(&c->txn, &s, &report, seen);
}

struct txn_step case_reads(struct txn_case *c, const char *addresses, const struct marker *marker)
{
    struct observed seen = site_seen(c->site, addresses, marker);
    return case_seen(c, &seen);
}

struct txn_step case_read_fails(struct txn_case *c, enum outcome outcome)
{
    struct txn_scene s = scene(c);
    const struct dns_report report = {.outcome = outcome};
    return txn_read_done(&c->txn, &s, &report, NULL);
}

struct txn_step case_answer(struct txn_case *c, enum outcome outcome)
{
    struct txn_scene s = scene(c);
    const struct dns_report report = {.outcome = outcome};
    return txn_answered(&c->txn, &s, &report);
}

void case_settle(struct txn_case *c)
{
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
    struct marker marker = case_marker(12);
    assert_int_equal(case_reads(c, PRIMARY, &marker).word, TXN_WORD_SETTLED);
    assert_int_equal(c->txn.state, TXN_IDLE);
}

void case_send_switch(struct txn_case *c)
{
    case_settle(c);
    case_want(c, 1, SECONDARY);
    assert_int_equal(case_consider(c).act, TXN_ACT_JOIN);
    assert_int_equal(c->txn.state, TXN_QUEUED);
    txn_sent(&c->txn, c->now);
    assert_int_equal(c->txn.belief.pending.plan.kind, PLAN_SWITCH);
}

void case_lose_switch(struct txn_case *c)
{
    case_send_switch(c);
    assert_int_equal(case_answer(c, OUTCOME_UNKNOWN).act, TXN_ACT_READ);
}

struct marker case_fresh(const struct txn_case *c)
{
    return c->txn.belief.pending.plan.fresh;
}

void case_assert_stopped(const struct txn_case *c, struct txn_step step, enum condition condition)
{
    assert_int_equal(step.word, TXN_WORD_STOPPED);
    assert_int_equal(step.act, TXN_ACT_NONE);
    assert_int_equal(c->txn.state, TXN_STOPPED);
    assert_int_equal(c->txn.condition, condition);
    assert_int_equal(txn_current(&c->txn), ID_NONE);
    assert_in_range(txn_deadline(&c->txn) - c->now, 270000, 300000);
}

int64_t case_wait_and_read(struct txn_case *c)
{
    mono_ms at = txn_deadline(&c->txn);
    int64_t wait = at - c->now;
    assert_true(at != MONO_NEVER && wait > 0);
    c->now = at - 1;
    assert_int_equal(case_consider(c).act, TXN_ACT_NONE);
    c->now = at;
    assert_int_equal(case_consider(c).act, TXN_ACT_READ);
    assert_int_equal(txn_deadline(&c->txn), MONO_NEVER);
    return wait;
}
