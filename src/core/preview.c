/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside the engine.
 * What:  wishes and plans, looked at and not carried out.
 */
#include "core/preview.h"

#include "core/engine_parts.h"
#include "core/record_parts.h"

#include <string.h>

/* A message is on its way, or waits for its next try. */
static bool has_message(const struct txn *txn)
{
    switch (txn->state) {
    case TXN_QUEUED:
    case TXN_SENT:
    case TXN_CHECKING:
    case TXN_RESOLVING:
        return true;
    case TXN_PAUSED:
        return txn->sending;
    case TXN_IDLE:
    case TXN_READING:
    case TXN_STOPPED:
        break;
    }
    return false;
}

/*
 *   the transaction                               a message
 *   one is queued, sent, in doubt                 that one
 *   stopped, nothing known, in dispute            none
 *   the plan is no message, or one that is held   none
 *   else                                          the plan
 */
bool preview_message(struct engine *engine, uint32_t index, uint64_t nonce, mono_ms now, struct plan *ret)
{
    struct context *ctx = &engine->context;
    const struct record *record = &ctx->records[index];
    const struct txn *txn = &record->txn;
    if (has_message(txn)) {
        *ret = txn->belief.pending.plan;
        return true;
    }
    const struct wish wish = record_wish(record, ctx);
    struct belief belief = txn->belief;
    if (txn->state == TXN_STOPPED || (!belief.known && !belief.edited) || txn->disputed != CONDITION_OK || wish.frozen)
        return false;
    belief.ttl_due = now >= txn->ttl_at;
    belief.restore_due = now >= txn->restore_at;
    const struct observed believed = belief_as_observed(&belief);
    const struct plan plan = plan_make(txn->settings, txn->record, &believed, &belief, wish.moves ? wish.sets : NULL,
                                       nonce);
    if (!plan_is_message(&plan) || (wish.fences_only && plan.kind != PLAN_FENCE))
        return false;
    *ret = plan;
    return true;
}

bool preview_wanted(struct engine *engine, uint32_t index, struct rrset ret[2])
{
    struct context *ctx = &engine->context;
    const struct record *record = &ctx->records[index];
    uint32_t current = txn_current(&record->txn);
    if (!record->settings->enabled || current == ID_NONE)
        return false;
    const struct wish wish = record_wish(record, ctx);
    if (!wish.moves && belief_is_absent(&record->txn.belief))
        return false;
    memcpy(ret, wish.moves ? wish.sets : record->txn.belief.sets, 2 * sizeof *ret);
    return true;
}
