/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside transaction.c.
 * What:  what a read of the zone means for the message that is wanted, under way, or in doubt.
 * Why:   facts first: a read changes what we believe before anything is planned again, so a plan is made from what
 *        was read or proved and never from what we meant to write.
 */

#include "core/policy.h"
#include "core/transaction_step.h"

#include "base/attributes.h"
#include "base/text.h"

#include <assert.h>
#include <string.h>

/* An accepted message is looked for at these times after its acceptance; inline signing takes some milliseconds. */
static const uint16_t polls_ms[] = {10, 50, 200, 500, 1000, 1500, 2000};

#define CHECK_MOST_MS 2000

static bool check_is_over(const struct txn *txn, mono_ms now)
{
    return now >= mono_after(txn->accepted_at, CHECK_MOST_MS);
}

static struct txn_step look_again(struct txn *txn)
{
    assert(txn->polls < ARRAY_COUNT(polls_ms)); /* the last poll is when the check is over */
    txn->wake_at = mono_after(txn->accepted_at, polls_ms[txn->polls++]);
    return (struct txn_step){.word = TXN_WORD_NONE};
}

/*
 * No trustworthy answer:
 *   reading                   paused for the back-off
 *   checking, within 2 s      look again
 *   checking, later           resolving: accepted or not, nobody has seen it
 *   resolving                 read again after the back-off, nothing else
 */
static struct txn_step read_failed(struct txn *txn, const struct txn_scene *scene)
{
    if (txn->state == TXN_CHECKING && !check_is_over(txn, scene->now))
        return look_again(txn);
    if (txn->state == TXN_READING) {
        txn->state = TXN_PAUSED;
    } else {
        txn->belief.pending.in_doubt = txn->belief.pending.sent;
        txn->belief.stale = true;
        if (txn->state == TXN_CHECKING)
            txn_doubt(txn, scene->now);
        txn->state = TXN_RESOLVING;
    }
    txn->wake_at = txn_next_try(txn, scene);
    return (struct txn_step){.word = TXN_WORD_FAILED};
}

/* ---- stopping ---- */

static void describe(const struct record_settings *record, const struct observed *seen, char detail[DETAIL_TEXT_MAX])
{
    struct text text = text_over(detail, DETAIL_TEXT_MAX);
    for (uint32_t i = 0; i < record->type_count; i++) {
        if (i > 0)
            text_add(&text, ", ");
        rrset_format(&seen->sets[i], &text);
    }
    if (seen->beside)
        text_add(&text, settings_is_cname(record) ? ", addresses" : ", a CNAME");
}

/*
 * Our new marker stands there without our new sets: these are what was written last, and what ends the stop when it
 * comes.
 */
static void remember_partial(struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    struct belief *belief = &txn->belief;
    belief->partial = true;
    if (!belief->pending.sent || !marker_equal(&seen->marker, &belief->pending.plan.fresh)) {
        if (!marker_equal(&seen->marker, &belief->marker))
            belief->known = false;
        belief->marker = seen->marker;
        return;
    }
    struct observed written = *seen;
    memcpy(written.sets, belief_pending_sets(belief), sizeof(written.sets));
    uint32_t target = belief->pending.target == ID_NONE ? belief->target : belief->pending.target;
    belief_learn(belief, &written, target, scene->now);
    belief->partial = true;
    belief_settle(belief);
}

/*
 * Keeps what is needed to see when the stop may end: the sets and the marker that we wrote last. Of a foreign change
 * at the first read that is the marker alone. A refused ASSERT of a record without a marker leaves adoption open: the
 * next audit shows the same, and the same question is put again.
 */
static void remember_stop(struct txn *txn, const struct txn_scene *scene, enum condition condition,
                          const struct observed *seen)
{
    struct belief *belief = &txn->belief;
    belief->first = belief->first && seen == NULL;
    if (condition == CONDITION_PARTIAL) {
        remember_partial(txn, scene, seen);
    } else if (!belief->marked) {
        belief->known = false;
        belief->marked = seen != NULL && seen->form == MARKER_FORM_ONE &&
                         (condition == CONDITION_FOREIGN_CHANGE || condition == CONDITION_MISSING);
        if (belief->marked)
            belief->marker = seen->marker;
    }
    belief->stale = true;
}

/* What is to be put back waits until that is due, and for a target that is up, and not for the next audit. */
static mono_ms restores_at(const struct txn *txn, const struct txn_scene *scene)
{
    if (txn->condition != CONDITION_FOREIGN_CHANGE || txn->belief.foreign_room[0] == NULL)
        return MONO_NEVER;
    return mono_later(txn->restore_at, mono_after(scene->now, txn->server->retry_most_ms));
}

struct txn_step txn_stop(struct txn *txn, const struct txn_scene *scene, enum condition condition,
                         const struct observed *seen)
{
    if (txn_is_bare(txn))
        txn_bare_stopped(txn, seen);
    else
        remember_stop(txn, scene, condition, seen);
    if (seen != NULL) {
        txn->report = (struct dns_report){.skew_s = 0};
        describe(txn->record, seen, txn->report.detail);
    }
    txn->condition = condition;
    txn->state = TXN_STOPPED;
    txn->audit_at = txn_next_audit(txn, scene);
    txn->wake_at = mono_earlier(txn->audit_at, restores_at(txn, scene));
    txn->refused = false;
    txn->refusals = 0;
    txn->lost = false;
    txn->asserted = false;
    txn->disputed = CONDITION_OK;
    return (struct txn_step){.word = TXN_WORD_STOPPED};
}

/* ---- going on ---- */

static void succeed(struct txn *txn)
{
    txn->back_off_ms = 0;
    txn->refusals = 0;
    txn->lost = false;
    txn->refused = false;
    txn->asserted = false;
    txn->sending = false;
}

static void learn(struct txn *txn, const struct txn_scene *scene, const struct observed *seen, uint32_t target)
{
    belief_learn(&txn->belief, seen, target, scene->now);
    txn->belief.stale = txn->read_at < scene->gap_at; /* the answer may have lain here while we stood still */
    txn->belief.first = txn->belief.first && (!txn_is_bare(txn) || belief_is_absent(&txn->belief));
    txn->condition = txn_condition(txn);
    txn->audit_at = txn_next_audit(txn, scene);
}

/* What stands there is somebody else's, and is to be replaced. */
static void learn_change(struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    belief_learn_change(&txn->belief, seen, scene->now);
    txn->belief.stale = txn->read_at < scene->gap_at;
    txn->condition = txn_condition(txn);
    txn->audit_at = txn_next_audit(txn, scene);
}

/* Whose sets were read: those we knew already keep their target, for a part of it may be what we wrote. */
static uint32_t target_seen(const struct txn *txn, const struct observed *seen)
{
    const struct belief *belief = &txn->belief;
    if (belief->known && plan_same_sets(txn->record, belief->sets, seen->sets))
        return belief->target;
    return plan_current_target(txn->settings, txn->record, seen->sets);
}

static bool ttl_is_right(const struct txn *txn, const struct observed *seen)
{
    for (uint32_t i = 0; i < txn->record->type_count; i++)
        if (seen->sets[i].count > 0 && seen->sets[i].ttl_s != txn->record->ttl_s)
            return false;
    return true;
}

/* A TTL that will be repaired later is nothing to be pleased about yet: a repair that failed stays told. */
static struct txn_step carry_on(struct txn *txn, const struct txn_scene *scene, const struct plan *plan,
                                const struct observed *seen)
{
    if (plan_is_message(plan))
        return txn_queue(txn, scene, plan);
    succeed(txn);
    return txn_rest(txn, ttl_is_right(txn, seen) || txn_is_bare(txn) ? TXN_WORD_SETTLED : TXN_WORD_NONE);
}

/*
 * Accepted, and after 2 s still not to be seen: it may come yet, so it is in doubt; and the server is not asked again
 * soon.
 */
static struct txn_step not_applied(struct txn *txn, const struct txn_scene *scene)
{
    txn_doubt(txn, scene->now);
    txn->belief.stale = true;
    txn->state = TXN_PAUSED;
    txn->sending = true;
    txn->wake_at = mono_after(scene->now, txn->server->retry_most_ms);
    return (struct txn_step){.word = TXN_WORD_FAILED};
}

/* The marker is ours now, and what it stands over was named by nobody: that is left alone until it is adopted. */
static struct txn_step taken_over(struct txn *txn, const struct txn_scene *scene, const struct observed *seen,
                                  bool lost)
{
    belief_settle(&txn->belief);
    succeed(txn);
    txn->belief.known = txn->belief.marked = false;
    bool absent = seen->sets[0].count == 0 && seen->sets[1].count == 0;
    struct txn_step step = txn_stop(txn, scene, absent ? CONDITION_MISSING : CONDITION_FOREIGN_CHANGE, seen);
    step.word = TXN_WORD_PUBLISHED;
    step.kind = PLAN_TAKE_OVER;
    step.answer_was_lost = lost;
    return step;
}

/* A message of ours stands in the zone: whatever pinned the marker before it is dead. */
static struct txn_step applied(struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    struct belief *belief = &txn->belief;
    const struct pending *pending = &belief->pending;
    txn->disputed = CONDITION_OK;
    enum plan_kind kind = pending->plan.kind;
    uint32_t target = pending->target;
    bool accepted = pending->accepted, lost = !accepted || pending->in_doubt;
    bool restored = pending->plan.restores && marker_equal(&pending->plan.fresh, &seen->marker);
    if (txn_is_bare(txn)) {
        struct stray brought = txn_bare_applied(txn, seen);
        kind = brought.kind;
        target = brought.target;
    }
    for (uint32_t i = 0; i < belief->stray_count; i++)
        if (marker_equal(&belief->strays[i].fresh, &seen->marker)) {
            kind = belief->strays[i].kind;
            target = belief->strays[i].target;
            lost = true;
        }
    target = target == ID_NONE ? target_seen(txn, seen) : target;
    if (kind == PLAN_TAKE_OVER && target == ID_NONE)
        return taken_over(txn, scene, seen, lost);
    learn(txn, scene, seen, kind == PLAN_ADOPT && target == ID_NONE ? TARGET_RETIRED : target);
    txn_settle(txn, scene, accepted);
    succeed(txn);
    struct plan next = txn_plan(txn, scene, seen);
    struct txn_step step = carry_on(txn, scene, &next, seen);
    step.word = TXN_WORD_PUBLISHED;
    step.kind = kind;
    step.answer_was_lost = lost;
    step.restored = restored;
    return step;
}

/*
 * The accepted message is to be seen, its TTL too; in a signed zone under signatures that hold, for without them nobody
 * who validates sees it.
 */
static bool shows(const struct txn *txn, const struct plan *plan, const struct observed *seen)
{
    const struct pending *pending = &txn->belief.pending;
    if (plan->kind != PLAN_APPLIED || (seen->is_signed && !seen->signatures_good))
        return false;
    return belief_pending_sets(&txn->belief) != pending->plan.publish || ttl_is_right(txn, seen);
}

/*
 *   state        plan                       then
 *   any          a DISOWN, and no marker    disowned
 *   checking     not shown, within 2 s      look again
 *   any          applied                    published; then what the wish asks for next
 *   any          stop                       stopped
 *   checking     anything else              paused: not applied
 *   any          anything else, disputed    ASSERT: do reads and prerequisites agree by now?
 *   any          after a rehearsal's PREREQ, as it was pinned    ASSERT
 *   resolving    after PREREQ               the table over txn_rebuild
 *   any          in sync                    idle
 *   any          a message                  queued
 */
static struct txn_step judge(struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    bool checking = txn->state == TXN_CHECKING;
    const struct pending *pending = &txn->belief.pending;
    if (pending->sent && pending->plan.kind == PLAN_DISOWN && seen->form == MARKER_FORM_NONE && !seen->occluded)
        return txn_disowned(txn, scene, seen);
    if (checking && pending->plan.restores && check_is_over(txn, scene->now))
        txn->belief.pending.in_doubt = true; /* so that the plan is to send it again, and not to put back once more */
    struct plan plan = txn_plan(txn, scene, seen);
    if (plan.kind != PLAN_APPLIED && txn_doubts_end(txn, scene))
        plan = txn_plan(txn, scene, seen);
    if (checking && !shows(txn, &plan, seen) && !check_is_over(txn, scene->now))
        return look_again(txn);
    if (plan.kind == PLAN_APPLIED)
        return applied(txn, scene, seen);
    if (plan.kind == PLAN_STOP)
        return txn_stop(txn, scene, plan.condition, seen);
    bool refused = txn->refused, as_pinned = refused && plan_expects(txn->record, &txn->belief.pending.plan, seen);
    bool rehearsed = txn->belief.pending.plan.kind == PLAN_REHEARSE;
    txn->refused = false;
    txn->belief.pending.in_doubt = txn->belief.pending.in_doubt || checking;
    if (plan.restores)
        learn_change(txn, scene, seen);
    else
        learn(txn, scene, seen, target_seen(txn, seen));
    if (checking)
        return not_applied(txn, scene);
    if (txn->disputed != CONDITION_OK || (rehearsed && as_pinned))
        return txn_assert(txn, scene);
    if (refused && !rehearsed && plan_is_message(&plan))
        return txn_rebuild(txn, scene, &plan, seen, as_pinned);
    return carry_on(txn, scene, &plan, seen);
}

/* What stands there is what the operator's own message brings, and not an earlier one of ours. */
static bool shows_command(const struct txn *txn, const struct observed *seen)
{
    if (txn->command.kind == COMMAND_DISOWN)
        return seen->form == MARKER_FORM_NONE;
    return seen->form == MARKER_FORM_ONE && marker_equal(&seen->marker, &txn->belief.pending.plan.fresh);
}

/* The same, with an eye on an operator's word. */
static struct txn_step judge_for(struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    struct txn_step asked = {.word = TXN_WORD_NONE};
    if (txn->command.reads && txn_command_read(txn, scene, seen, &asked))
        return asked;
    if (txn->command.moves && txn->state == TXN_CHECKING && check_is_over(txn, scene->now))
        txn->belief.pending.in_doubt = true;
    bool is_own = shows_command(txn, seen);
    struct txn_step step = judge(txn, scene, seen);
    if (txn->command.moves && txn->state != TXN_CHECKING)
        txn_command_seen(txn, scene, &step, is_own);
    if (asked.word != TXN_WORD_NONE) {
        step.word = asked.word;
        step.kind = asked.kind;
    }
    if (asked.reply != TXN_REPLY_NONE)
        step.reply = asked.reply;
    return step;
}

struct txn_step txn_read_done(struct txn *txn, const struct txn_scene *scene, const struct dns_report *report,
                              const struct observed *observed)
{
    assert(txn->reading);
    txn->reading = false;
    txn_note_wish(txn, scene->wish);
    bool trustworthy = report->outcome == OUTCOME_ACCEPTED && observed != NULL && observed->authenticated &&
                       (observed->aa || observed->occluded || observed->beside);
    if (!trustworthy) {
        if (txn->state != TXN_CHECKING || check_is_over(txn, scene->now)) {
            txn->report = *report;
            if (report->outcome == OUTCOME_ACCEPTED)
                txn->report.outcome = OUTCOME_UNKNOWN;
        }
        struct txn_step step = read_failed(txn, scene);
        if (txn->command.reads) {
            txn->command = (struct txn_command){.kind = 0};
            step.reply = TXN_REPLY_FAILED;
        }
        return step;
    }
    txn->seen.form = observed->form;
    txn->seen.marker = observed->marker;
    txn->has_serial = observed->has_serial;
    txn->serial = observed->serial;
    txn->signatures = (struct txn_signatures){observed->is_signed, observed->signatures_good, observed->signed_until_s};
    return judge_for(txn, scene, observed);
}
