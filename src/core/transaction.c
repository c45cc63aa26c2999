/* SPDX-License-Identifier: MIT */
/*
 * Where: core, in each record; between plan (what should change) and batch (the zone's post office).
 * What:  the steps of a message on its way into the zone, and the waiting between them. What a read means stands in
 *        transaction_read.c, what an answer means in transaction_answer.c.
 * Why:   every state but idle and stopped waits for an answer with a deadline or for an instant, so nothing is ever
 *        lost in silence; and whoever doubts, reads.
 */

#include "core/transaction.h"

#include "core/policy.h"
#include "core/transaction_step.h"

#include <assert.h>

const char *txn_state_name(enum txn_state state)
{
    switch (state) {
    case TXN_IDLE:
        return "idle";
    case TXN_READING:
        return "reading";
    case TXN_QUEUED:
        return "queued";
    case TXN_SENT:
        return "sent";
    case TXN_CHECKING:
        return "checking";
    case TXN_RESOLVING:
        return "resolving";
    case TXN_PAUSED:
        return "paused";
    case TXN_STOPPED:
        return "stopped";
    }
    return "none";
}

void txn_init(struct txn *txn, const struct settings *settings, const struct record_settings *record, uint64_t owner,
              uint8_t *storage, mono_ms first_read)
{
    *txn = (struct txn){.settings = settings,
                        .record = record,
                        .server = &settings->servers[settings->zones[record->zone].server],
                        .state = TXN_IDLE,
                        .condition = CONDITION_UNREAD,
                        .audit_at = first_read,
                        .wake_at = first_read,
                        .ttl_at = first_read,
                        .wish_target = ID_NONE};
    belief_init(&txn->belief, record, owner, storage);
    if (settings->safety.foreign_change == FOREIGN_CHANGE_RESTORE && record->ownership != OWNERSHIP_NONE)
        belief_let_restore(&txn->belief, record, storage + belief_storage_size(record));
}

bool txn_is_fresh(const struct txn *txn, const struct txn_scene *scene)
{
    return belief_is_fresh(&txn->belief, txn->server->audit_ms, scene->gap_at, scene->now);
}

mono_ms txn_deadline(const struct txn *txn)
{
    bool waits = txn->reading || txn->state == TXN_SENT || txn->state == TXN_QUEUED;
    mono_ms until = txn->command.kind != 0 ? txn->command.until : MONO_NEVER;
    return waits ? until : mono_earlier(txn->wake_at, until);
}

bool txn_is_busy(const struct txn *txn)
{
    return txn->reading || txn->state == TXN_SENT;
}

uint32_t txn_current(const struct txn *txn)
{
    const struct belief *belief = &txn->belief;
    if (txn->condition == CONDITION_FOREIGN_CHANGE && belief->foreign_room[0] != NULL)
        return belief->known && !belief_is_absent(belief) ? belief->target : TARGET_RETIRED;
    if (!belief->known)
        return ID_NONE;
    if (belief_is_absent(belief) && txn->condition == CONDITION_MISSING)
        return TARGET_RETIRED;
    return txn->condition == CONDITION_OK ? belief->target : ID_NONE;
}

/* ---- waiting ---- */

mono_ms txn_next_audit(const struct txn *txn, const struct txn_scene *scene)
{
    uint32_t audit = txn->server->audit_ms;
    return mono_after(scene->now, audit - (int64_t)random_below(scene->random, audit / 10 + 1));
}

/*
 * The wait doubles from retry.first to retry.max; where in it is left to chance, so that many do not come back at
 * once.
 */
mono_ms txn_next_try(struct txn *txn, const struct txn_scene *scene)
{
    uint32_t most = txn->server->retry_most_ms;
    uint32_t wait = txn->back_off_ms == 0 ? txn->server->retry_first_ms : txn->back_off_ms;
    wait = wait < most ? wait : most;
    txn->back_off_ms = wait > most / 2 ? most : 2 * wait;
    return mono_after(scene->now, 1 + (int64_t)random_below(scene->random, wait));
}

struct txn_step txn_read(struct txn *txn, const struct txn_scene *scene, enum txn_state state)
{
    assert(!txn->reading);
    txn->state = state;
    txn->reading = true;
    txn->read_at = scene->now;
    txn->wake_at = MONO_NEVER;
    return (struct txn_step){.act = TXN_ACT_READ};
}

struct txn_step txn_rest(struct txn *txn, enum txn_word word)
{
    txn->state = TXN_IDLE;
    txn->wake_at = mono_earlier(txn->audit_at, txn_quiet_ends(txn));
    return (struct txn_step){.word = word};
}

/* Whose trouble the counts are about. */
void txn_note_wish(struct txn *txn, const struct wish *wish)
{
    if (!wish->moves || wish->target == txn->wish_target)
        return;
    txn->wish_target = wish->target;
    txn->refusals = 0;
    txn->lost = false;
    txn->asserted = false;
}

/* ---- into the queue ---- */

struct plan txn_plan(struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    const struct wish *wish = scene->wish;
    txn->belief.ttl_due = scene->now >= txn->ttl_at;
    txn->belief.restore_due = scene->now >= txn->restore_at;
    return plan_make(txn->settings, txn->record, seen, &txn->belief, wish->moves ? wish->sets : NULL,
                     random_u64(scene->random));
}

static uint32_t target_published(const struct txn *txn, const struct plan *plan, const struct wish *wish)
{
    switch (plan->kind) {
    case PLAN_CREATE:
    case PLAN_SWITCH:
        return wish->target;
    case PLAN_ADOPT:
        return txn->belief.target;
    case PLAN_IN_SYNC:
    case PLAN_APPLIED:
    case PLAN_READ_AGAIN:
    case PLAN_STOP:
    case PLAN_ASSERT:
    case PLAN_TTL:
    case PLAN_FENCE:
    case PLAN_REHEARSE:
    case PLAN_DISOWN:
    case PLAN_TAKE_OVER:
        break;
    }
    return ID_NONE;
}

/* It may not be sent now. */
static bool is_held(const struct wish *wish, enum plan_kind kind)
{
    return wish->frozen || (wish->fences_only && kind != PLAN_FENCE);
}

/* A plan that is a message, made from a belief that was just read or is fresh. */
struct txn_step txn_queue(struct txn *txn, const struct txn_scene *scene, const struct plan *plan)
{
    bool held = is_held(scene->wish, plan->kind);
    if (scene->wish->dry_run || held) {
        struct txn_step step = txn_rest(txn, held ? TXN_WORD_NONE : TXN_WORD_WOULD_SEND);
        step.kind = plan->kind;
        return step;
    }
    belief_intend(&txn->belief, plan, target_published(txn, plan, scene->wish));
    txn->state = TXN_QUEUED;
    txn->wake_at = MONO_NEVER;
    return (struct txn_step){.act = TXN_ACT_JOIN};
}

/* ---- time and wishes ---- */

/*
 * idle:
 *   audit due                                              read
 *   nothing is known, or the server contradicts itself     idle
 *   the wish differs, belief fresh, plan is a message      queue
 *   the wish differs, belief not fresh                     read
 *   … but nothing may be sent (yet)                        idle
 *   a rehearsal is due, belief fresh                       queue it
 *   else                                                   idle
 */
static struct txn_step from_idle(struct txn *txn, const struct txn_scene *scene)
{
    if (scene->now >= txn->wake_at)
        return txn_read(txn, scene, TXN_READING);
    if ((!txn->belief.known && !txn->belief.edited) || txn->disputed != CONDITION_OK)
        return (struct txn_step){.word = TXN_WORD_NONE};
    struct observed believed = belief_as_observed(&txn->belief);
    struct plan plan = txn_plan(txn, scene, &believed);
    if (!plan_is_message(&plan))
        return txn_rehearses(txn, scene) ? txn_rehearse(txn) : (struct txn_step){.word = TXN_WORD_NONE};
    if (!is_held(scene->wish, plan.kind) && !txn_is_fresh(txn, scene))
        return txn_read(txn, scene, TXN_READING);
    return txn_queue(txn, scene, &plan);
}

static bool same_intent(const struct txn *txn, const struct plan *plan)
{
    const struct plan *pending = &txn->belief.pending.plan;
    if (pending->kind == PLAN_ASSERT)
        return true;
    return pending->kind == plan->kind && plan_same_sets(txn->record, pending->publish, plan->publish);
}

/*
 * queued; asked when the wish may have changed, and before the message leaves:
 *   nothing may be sent any more           leave, idle
 *   the belief has become too old          leave, read
 *   the wish is what stands there          leave, idle; but a rehearsal or an assertion stays
 *   the wish is another                    the new plan takes the place, in the queue of its class
 *   else                                   stay
 */
static struct txn_step from_queue(struct txn *txn, const struct txn_scene *scene)
{
    if (is_held(scene->wish, txn->belief.pending.plan.kind) || scene->wish->dry_run) {
        struct txn_step step = txn_rest(txn, TXN_WORD_NONE);
        step.act = TXN_ACT_LEAVE;
        return step;
    }
    if (!txn_is_fresh(txn, scene)) {
        txn_read(txn, scene, TXN_READING);
        return (struct txn_step){.act = TXN_ACT_LEAVE_AND_READ};
    }
    struct observed believed = belief_as_observed(&txn->belief);
    struct plan plan = txn_plan(txn, scene, &believed);
    enum plan_kind pending = txn->belief.pending.plan.kind;
    bool moves_nothing = pending == PLAN_REHEARSE || pending == PLAN_ASSERT;
    if (!plan_is_message(&plan) && moves_nothing)
        return (struct txn_step){.word = TXN_WORD_NONE};
    if (!plan_is_message(&plan)) {
        struct txn_step step = txn_rest(txn, TXN_WORD_NONE);
        step.act = TXN_ACT_LEAVE;
        return step;
    }
    return same_intent(txn, &plan) ? (struct txn_step){.word = TXN_WORD_NONE} : txn_queue(txn, scene, &plan);
}

/*
 * paused:
 *   retry due                                           read
 *   what a message was to bring is not wanted any more  read, at once
 *
 * A TTL that was refused is wanted as before, only not due again for an audit: that one may be shorter than the pause.
 */
static struct txn_step from_pause(struct txn *txn, const struct txn_scene *scene)
{
    bool needless = false;
    if (txn->sending && txn->belief.pending.plan.kind != PLAN_TTL) {
        assert(txn->belief.known || txn->belief.edited);
        struct observed believed = belief_as_observed(&txn->belief);
        struct plan plan = txn_plan(txn, scene, &believed);
        needless = plan.kind == PLAN_IN_SYNC;
    }
    if (scene->now < txn->wake_at && !needless)
        return (struct txn_step){.word = TXN_WORD_NONE};
    txn->sending = false;
    return txn_read(txn, scene, TXN_READING);
}

struct txn_step txn_consider(struct txn *txn, const struct txn_scene *scene)
{
    txn_note_wish(txn, scene->wish);
    struct txn_step step;
    if (txn_command_step(txn, scene, &step))
        return step;
    switch (txn->state) {
    case TXN_IDLE:
        return from_idle(txn, scene);
    case TXN_QUEUED:
        return from_queue(txn, scene);
    case TXN_PAUSED:
        return from_pause(txn, scene);
    case TXN_CHECKING:
    case TXN_RESOLVING:
        if (!txn->reading && scene->now >= txn->wake_at)
            return txn_read(txn, scene, txn->state);
        break;
    case TXN_STOPPED:
        if (scene->now >= txn->wake_at)
            return txn_read(txn, scene, TXN_READING);
        break;
    case TXN_READING:
    case TXN_SENT:
        break;
    }
    return (struct txn_step){.word = TXN_WORD_NONE};
}
