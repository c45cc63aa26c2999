/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside transaction.c.
 * What:  a message leaves, and its answer comes: what may be concluded from it, and what has to be read.
 */

#include "core/transaction_step.h"

#include <assert.h>

static struct txn_step pause(struct txn *txn, mono_ms until)
{
    txn->state = TXN_PAUSED;
    txn->sending = true;
    txn->wake_at = until;
    return (struct txn_step){.word = TXN_WORD_FAILED};
}

void txn_sent(struct txn *txn, mono_ms now)
{
    assert(txn->state == TXN_QUEUED);
    struct pending *pending = &txn->belief.pending;
    txn->state = TXN_SENT;
    pending->sent = pending->plan.kind != PLAN_ASSERT && pending->plan.kind != PLAN_REHEARSE;
    pending->accepted = false;
    if (pending->plan.kind == PLAN_TTL)
        txn->ttl_at = mono_after(now, txn->server->audit_ms);
    if (pending->plan.kind == PLAN_SWITCH && pending->plan.restores)
        txn->restore_at = mono_after(now, txn->server->audit_ms);
}

void txn_unsent(struct txn *txn, mono_ms now)
{
    assert(txn->state == TXN_SENT);
    struct pending *pending = &txn->belief.pending;
    txn->state = TXN_QUEUED;
    pending->sent = pending->in_doubt;
    if (pending->plan.kind == PLAN_TTL)
        txn->ttl_at = now;
    if (pending->plan.kind == PLAN_SWITCH && pending->plan.restores)
        txn->restore_at = now;
}

static struct txn_step accepted(struct txn *txn, const struct txn_scene *scene)
{
    struct pending *pending = &txn->belief.pending;
    if (pending->plan.kind == PLAN_ASSERT)
        return txn_asserted(txn, scene);
    pending->accepted = true;
    txn->accepted_at = scene->now;
    txn->polls = 0;
    return txn_read(txn, scene, TXN_CHECKING);
}

/* RFC 2136 7.20: whoever lost a race waits a moment before looking again. Nothing was put back by it. */
static struct txn_step refused(struct txn *txn, const struct txn_scene *scene)
{
    if (txn->belief.pending.plan.kind == PLAN_ASSERT)
        return txn_disputed(txn, scene);
    if (txn->belief.pending.plan.restores)
        txn->restore_at = scene->now;
    txn->refusals++;
    txn->refused = true;
    txn->state = TXN_RESOLVING;
    txn->wake_at = mono_after(scene->now, 200 + (int64_t)random_below(scene->random, 1801));
    return (struct txn_step){.word = TXN_WORD_NONE};
}

/*
 * At first we look at once. When answers keep getting lost, looking and sending again follow the back-off; but of a
 * message with other members it is not known whose fault that was, and the next one has half of them at the most.
 */
static struct txn_step lost(struct txn *txn, const struct txn_scene *scene)
{
    struct pending *pending = &txn->belief.pending;
    pending->in_doubt = pending->plan.kind != PLAN_ASSERT;
    txn_doubt(txn, scene->now);
    struct txn_step step = {.word = TXN_WORD_FAILED};
    if (!txn->lost || scene->shared)
        step.act = txn_read(txn, scene, TXN_RESOLVING).act;
    else
        txn->wake_at = txn_next_try(txn, scene);
    txn->state = TXN_RESOLVING;
    txn->lost = txn->lost || !scene->shared;
    return step;
}

/*
 * sent:
 *   anything; a rehearsal                        by the table of transaction_rehearse.c
 *   anything but ACCEPTED, UNKNOWN; a command    the command has failed: read
 *   the same; nothing is believed                of a command that was given up meanwhile: read
 *   anything but ACCEPTED; an ASSERT in dispute  stopped as before
 *   ACCEPTED                                     checking: read; of an ASSERT: plan again from what it confirmed
 *   PREREQ                                       resolving: read after 0.2-2 s; of an ASSERT: stop
 *   UNKNOWN                                      resolving: read
 *   NOT_SENT, SERVER_FAILURE                     paused for the back-off
 *   DENIED, NOT_SERVED, CLOCK, CONFIG, BUG       paused for retry.max
 */
struct txn_step txn_answered(struct txn *txn, const struct txn_scene *scene, const struct dns_report *report)
{
    assert(txn->state == TXN_SENT);
    if (txn->belief.pending.plan.kind == PLAN_REHEARSE)
        return txn_rehearsed(txn, scene, report);
    txn->report = *report;
    txn_note_wish(txn, scene->wish);
    txn->belief.stale = report->outcome != OUTCOME_ACCEPTED;
    bool failed = report->outcome != OUTCOME_ACCEPTED && report->outcome != OUTCOME_UNKNOWN;
    if (failed && txn->command.moves)
        return txn_command_refused(txn, scene);
    if (failed && !txn->belief.known && !txn->belief.edited) {
        belief_put_away(&txn->belief);
        return txn_read(txn, scene, TXN_READING);
    }
    if (txn->disputed != CONDITION_OK && txn->belief.pending.plan.kind == PLAN_ASSERT &&
        report->outcome != OUTCOME_ACCEPTED)
        return txn_disputed(txn, scene);
    switch (report->outcome) {
    case OUTCOME_ACCEPTED:
        return accepted(txn, scene);
    case OUTCOME_PREREQ:
        return refused(txn, scene);
    case OUTCOME_UNKNOWN:
        return lost(txn, scene);
    case OUTCOME_NOT_SENT:
        txn->belief.pending.sent = txn->belief.pending.in_doubt;
        return pause(txn, txn_next_try(txn, scene));
    case OUTCOME_SERVER_FAILURE:
        return pause(txn, txn_next_try(txn, scene));
    case OUTCOME_DENIED:
    case OUTCOME_NOT_SERVED:
    case OUTCOME_CLOCK:
    case OUTCOME_CONFIG:
    case OUTCOME_BUG:
        break;
    }
    return pause(txn, mono_after(scene->now, txn->server->retry_most_ms));
}
