/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside transaction.c.
 * What:  the server refused prerequisites that are what its reads show: which of the two is right?
 * Why:   somebody may just have been faster; or reads and updates do not go to the same data (views, a secondary that
 *        forwards and lags), and then nothing that is read may be built on. An assertion tells: prerequisites without
 *        an update. Once it was refused, nothing is sent but another one at each audit, until one holds.
 */

#include "core/transaction_step.h"

#include <string.h>

enum condition txn_condition(const struct txn *txn)
{
    if (txn->disputed != CONDITION_OK)
        return txn->disputed;
    if (txn->belief.edited)
        return CONDITION_FOREIGN_CHANGE;
    return belief_is_absent(&txn->belief) ? CONDITION_MISSING : CONDITION_OK;
}

struct txn_step txn_assert(struct txn *txn, const struct txn_scene *scene)
{
    const struct belief *belief = &txn->belief;
    const struct plan plan = {.kind = PLAN_ASSERT,
                              .bare = txn_is_bare(txn),
                              .restores = belief->edited,
                              .has_old = belief->marked,
                              .old = belief->marker};
    return txn_queue(txn, scene, &plan);
}

struct txn_step txn_asserted(struct txn *txn, const struct txn_scene *scene)
{
    bool disputed = txn->disputed != CONDITION_OK;
    txn->asserted = true;
    txn->disputed = CONDITION_OK;
    txn->condition = txn_condition(txn);
    txn_rest(txn, disputed ? TXN_WORD_SETTLED : TXN_WORD_NONE);
    struct txn_step step = txn_consider(txn, scene);
    if (disputed && step.word == TXN_WORD_NONE)
        step.word = TXN_WORD_SETTLED;
    return step;
}

struct txn_step txn_disputed(struct txn *txn, const struct txn_scene *scene)
{
    struct txn_step step = txn_stop(txn, scene, CONDITION_INCONSISTENT, NULL);
    txn->disputed = txn->condition;
    return step;
}

/*
 *   second refusal for one wish, reads still as pinned      stop inconsistent
 *   second refusal for one wish                             stop conflict
 *   reads exactly as pinned                                 ASSERT
 *   reads changed                                           the new plan, once
 */
struct txn_step txn_rebuild(struct txn *txn, const struct txn_scene *scene, const struct plan *plan,
                            const struct observed *seen, bool as_pinned)
{
    if (txn->refusals >= 2)
        return txn_stop(txn, scene, as_pinned && txn->asserted ? CONDITION_INCONSISTENT : CONDITION_CONFLICT, seen);
    return as_pinned ? txn_assert(txn, scene) : txn_queue(txn, scene, plan);
}
