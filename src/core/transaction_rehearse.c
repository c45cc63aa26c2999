/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside transaction.c.
 * What:  rehearsals: now and then the server is asked to write what is there already.
 * Why:   a right that is missing is no trouble until the night of the outage. The rehearsal changes nothing, moves no
 *        serial, leaves no doubt behind, and gives way to every real message.
 */

#include "core/transaction_step.h"

#define EVERY_MS   3600000
#define JITTER_MS  360000
#define REFUSED_MS 300000

static mono_ms next_time(const struct txn_scene *scene, int64_t in_ms)
{
    return mono_after(scene->now, in_ms - (int64_t)random_below(scene->random, (uint64_t)in_ms / 10 + 1));
}

/*
 * Idle, and nothing else to send: due where what is there was read just now and is ours, or waits to be created. Rides
 * on the audits' reads, so it costs no read of its own.
 */
bool txn_rehearses(const struct txn *txn, const struct txn_scene *scene)
{
    return scene->now >= txn->rehearse_at && !scene->wish->frozen && !scene->wish->fences_only &&
           !scene->wish->dry_run && txn_is_fresh(txn, scene) && !txn->belief.edited &&
           !belief_is_in_doubt(&txn->belief);
}

struct txn_step txn_rehearse(struct txn *txn)
{
    struct belief *belief = &txn->belief;
    struct plan plan = {.kind = PLAN_REHEARSE,
                        .bare = txn->record->ownership == OWNERSHIP_NONE,
                        .has_old = belief->marked,
                        .old = belief->marker};
    belief_intend(belief, &plan, ID_NONE);
    txn->state = TXN_QUEUED;
    txn->wake_at = MONO_NEVER;
    return (struct txn_step){.act = TXN_ACT_JOIN};
}

/* A Knot that misses a right says so like one that does not know the key, unsigned; but the reads went well with it. */
static bool tells_of_rights(const struct dns_report *report, bool shared)
{
    return report->outcome == OUTCOME_DENIED || (!shared && dns_report_hints_at_rights(report));
}

/*
 *   ACCEPTED                              fine; again in an hour
 *   DENIED, or a hint at missing rights   told; again in 5 min
 *   PREREQ                                read: it has changed, or the server contradicts itself
 *   such a hint to many together           again after the next audit, with fewer of them
 *   anything else                         says nothing about rights: again after the next audit
 */
struct txn_step txn_rehearsed(struct txn *txn, const struct txn_scene *scene, const struct dns_report *report)
{
    txn->rehearse_at = next_time(scene, txn->server->audit_ms);
    if (report->outcome == OUTCOME_PREREQ) {
        txn->belief.stale = true;
        txn->refused = true;
        return txn_read(txn, scene, TXN_READING);
    }
    txn->belief.pending = (struct pending){.target = ID_NONE};
    enum txn_word word = TXN_WORD_NONE;
    if (report->outcome == OUTCOME_ACCEPTED) {
        word = TXN_WORD_REHEARSED;
        txn->rehearse_at = mono_after(scene->now, EVERY_MS - (int64_t)random_below(scene->random, JITTER_MS));
    } else if (tells_of_rights(report, scene->shared)) {
        word = TXN_WORD_RIGHTS;
        txn->report = *report;
        txn->rehearse_at = mono_after(scene->now, REFUSED_MS);
    }
    txn_rest(txn, TXN_WORD_NONE);
    struct txn_step step = txn_consider(txn, scene);
    if (step.word == TXN_WORD_NONE)
        step.word = word;
    return step;
}
