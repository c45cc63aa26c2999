/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside transaction.c.
 * What:  what is different without a marker (ownership: none): how long a lost message is in doubt, what is believed
 *        after a stop, and what adopting is.
 * Why:   a server takes a message for as long as its signature is in date, and nothing that we could write would keep
 *        it from that. So we do nothing contrary until then, and a minute longer; a server that holds a message back
 *        for more than that is beyond what can be known without a marker.
 */

#include "core/plan_parts.h"
#include "core/policy.h"
#include "core/transaction_step.h"

#include <assert.h>

#define QUIET_MS ((TSIG_FUDGE_S + 60) * 1000)

bool txn_is_bare(const struct txn *txn)
{
    return txn->record->ownership == OWNERSHIP_NONE;
}

void txn_doubt(struct txn *txn, mono_ms now)
{
    if (!txn_is_bare(txn) || !txn->belief.pending.in_doubt)
        return;
    txn->quiet_until = mono_after(now, QUIET_MS);
    if (txn->copies < UINT8_MAX)
        txn->copies++;
}

mono_ms txn_quiet_ends(const struct txn *txn)
{
    return txn->quiet_until == 0 ? MONO_NEVER : txn->quiet_until;
}

static void forget_doubts(struct txn *txn)
{
    belief_settle(&txn->belief);
    txn->quiet_until = 0;
    txn->copies = 0;
}

/*
 *   what was read, without a message of ours in it    then
 *   while one is under way, or was just refused       nothing
 *   doubts of a former life                           they last as long as if they had begun now
 *   asked for after the time of quiet                 none of them will be applied any more
 */
bool txn_doubts_end(struct txn *txn, const struct txn_scene *scene)
{
    if (!txn_is_bare(txn) || txn->state == TXN_CHECKING || txn->refused || !belief_is_in_doubt(&txn->belief))
        return false;
    if (txn->quiet_until == 0)
        txn->quiet_until = mono_after(scene->now, QUIET_MS);
    if (txn->read_at < txn->quiet_until)
        return false;
    forget_doubts(txn);
    return true;
}

/*
 * Sent once, with the answer lost, and there it is: nothing is left to come. Sent more than once, one of them may be.
 * How often a former life had sent it is not known.
 */
void txn_settle(struct txn *txn, const struct txn_scene *scene, bool accepted)
{
    if (txn_is_bare(txn) && belief_is_in_doubt(&txn->belief)) {
        if (txn->quiet_until == 0)
            txn->quiet_until = mono_after(scene->now, QUIET_MS);
        if (txn->read_at < txn->quiet_until && (accepted || txn->copies != 1))
            return;
    }
    forget_doubts(txn);
}

struct stray txn_bare_applied(const struct txn *txn, const struct observed *seen)
{
    const struct belief *belief = &txn->belief;
    const struct pending *pending = &belief->pending;
    const struct stray own = {.kind = pending->plan.kind, .target = pending->target};
    if (pending->sent && plan_same_sets(txn->record, belief_pending_sets(belief), seen->sets))
        return own;
    uint32_t i = 0;
    while (i < belief->stray_count &&
           !(belief->strays[i].in_doubt &&
             plan_target_fits(txn->settings, txn->record, belief->strays[i].target, seen->sets)))
        i++;
    assert(i < belief->stray_count);
    return belief->strays[i];
}

/*
 * What is still as it was believed stays so: it was a message that was refused. Anything else is a change by others,
 * and ends what we may write.
 */
void txn_bare_stopped(struct txn *txn, const struct observed *seen)
{
    struct belief *belief = &txn->belief;
    bool kept = seen == NULL || (!seen->beside && !seen->occluded && belief->known &&
                                 plan_same_sets(txn->record, belief->sets, seen->sets));
    belief->changed = belief->changed || (belief->known && !kept && !belief_is_absent(belief));
    belief->known = belief->known && kept;
    belief->first = belief->first && seen == NULL;
    belief->stale = true;
}

/* Nothing is written for it: what was named and stands there is believed from now on. */
struct txn_step txn_bare_adopt(struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    struct belief *belief = &txn->belief;
    uint32_t target = plan_current_target(txn->settings, txn->record, seen->sets);
    belief_learn(belief, seen, target == ID_NONE ? TARGET_RETIRED : target, scene->now);
    belief->first = false;
    belief->changed = false;
    return (struct txn_step){.word = TXN_WORD_PUBLISHED, .kind = PLAN_ADOPT, .reply = TXN_REPLY_DONE};
}
