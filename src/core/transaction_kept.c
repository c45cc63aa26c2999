/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside transaction.c.
 * What:  which messages of a record a restart has to know, and their way back.
 * Why:   a process that is killed does not take its messages back: one may be applied an hour later. Kept, it is known
 *        for ours when it comes, and fenced before anything contrary leaves; forgotten, it would look like a clone's.
 */

#include "core/transaction.h"

static bool is_kept(const struct txn *txn)
{
    const struct pending *pending = &txn->belief.pending;
    return pending->sent && (pending->in_doubt || pending->accepted || txn->state == TXN_SENT);
}

bool txn_kept(const struct txn *txn, uint32_t nth, struct plan *plan, struct restore *ret)
{
    const struct belief *belief = &txn->belief;
    for (uint32_t i = 0; i < belief->stray_count; i++) {
        const struct stray *stray = &belief->strays[i];
        if (!stray->in_doubt || nth-- > 0)
            continue;
        *plan = (struct plan){
            .kind = stray->kind, .bare = txn->record->ownership == OWNERSHIP_NONE, .fresh = stray->fresh};
        *ret = (struct restore){.plan = plan, .target = stray->target};
        return true;
    }
    if (nth > 0 || !is_kept(txn))
        return false;
    *plan = belief->pending.plan;
    *ret = (struct restore){.plan = plan, .target = belief->pending.target};
    return true;
}

uint64_t txn_kept_mark(const struct txn *txn)
{
    const struct belief *belief = &txn->belief;
    uint64_t mark = is_kept(txn) ? belief->pending.plan.fresh.nonce : 0;
    for (uint32_t i = 0; i < belief->stray_count; i++)
        mark += belief->strays[i].in_doubt ? belief->strays[i].fresh.nonce : 0;
    return mark;
}

/* The file may have changed between two lives: what it published counts, and not the place that this had then. */
static uint32_t target_of(const struct txn *txn, const struct restore *restore)
{
    uint32_t target = plan_current_target(txn->settings, txn->record, restore->plan->publish);
    if (target != ID_NONE || restore->target >= txn->record->target_count)
        return target;
    return restore->target;
}

bool txn_restore(struct txn *txn, const struct restore *restore)
{
    if (txn->condition != CONDITION_UNREAD || restore->plan->fresh.owner != txn->belief.owner)
        return false;
    belief_restore(&txn->belief, restore->plan, target_of(txn, restore));
    return true;
}
