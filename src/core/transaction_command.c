/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside transaction.c.
 * What:  an operator's word about one record: adopt what stands there, take over another owner's marker, take ours
 *        away. From the asking to the one reply.
 * Why:   an operator may do what we may not decide ourselves, but only with what was named: so it is read first, held
 *        against the word, and sent as a compare-and-swap like everything else. What does not fit changes nothing and
 *        is answered with what stands there.
 */

#include "core/policy.h"
#include "core/transaction_step.h"

#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static bool fits(const struct txn *txn, const struct rrset sets[2])
{
    for (uint32_t i = 0; i < txn->record->type_count; i++)
        if (sets[i].length > txn->belief.room[i])
            return false;
    return true;
}

static void answer(struct txn_step *step, enum txn_reply reply)
{
    step->reply = reply;
}

/* Says why not, in the caller's room. */
static struct text words_of(const struct txn_scene *scene)
{
    return text_over(scene->reply, DETAIL_TEXT_MAX);
}

static enum txn_reply say(const struct txn_scene *scene, enum txn_reply reply, const char *sentence)
{
    struct text text = words_of(scene);
    text_add(&text, sentence);
    return reply;
}

/* ---- beginning ---- */

struct txn_step txn_command(struct txn *txn, const struct txn_scene *scene, const struct command *command)
{
    struct txn_step step = {.word = TXN_WORD_NONE};
    assert(command->kind <= COMMAND_DISOWN);
    bool adopts = command->kind == COMMAND_ADOPT, under_way = txn->state == TXN_SENT || txn->state == TXN_CHECKING;
    assert(txn->command.kind == 0);
    if (scene->wish->dry_run)
        answer(&step, say(scene, TXN_REPLY_REFUSED, "this is a dry run: nothing is sent"));
    else if (txn->record->ownership == OWNERSHIP_NONE && !adopts)
        answer(&step, say(scene, TXN_REPLY_REFUSED, "it has no marker (ownership: none)"));
    else if (adopts && !fits(txn, command->expect))
        answer(&step, say(scene, TXN_REPLY_REFUSED, "these are more addresses than a record can be adopted with"));
    else if (under_way || txn->state == TXN_RESOLVING)
        answer(&step, say(scene, TXN_REPLY_FAILED, "an update of it is under way; try again"));
    if (step.reply != TXN_REPLY_NONE)
        return step;
    if (txn->state == TXN_QUEUED) {
        txn_rest(txn, TXN_WORD_NONE);
        step.act = TXN_ACT_LEAVE;
    }
    belief_put_away(&txn->belief);
    txn->command = (struct txn_command){.kind = command->kind,
                                        .owner = command->owner,
                                        .epoch = command->epoch,
                                        .until = mono_after(scene->now, 3 * (int64_t)txn->server->timeout_ms + 5000)};
    if (adopts)
        belief_hold(&txn->belief, command->expect, txn->command.expect);
    return step;
}

/* ---- time ---- */

/*
 *   the command                  state                   then
 *   has waited too long          on its way              failed; the message resolves like any other
 *   has waited too long          queued                  failed, out of the queue, read
 *   has waited too long          else                    failed
 *   waits to be read             nothing under way       read
 *   its message is queued        -                       stays, whatever is wished
 *   else                                                 as without it: false
 */
bool txn_command_step(struct txn *txn, const struct txn_scene *scene, struct txn_step *ret)
{
    struct txn_command *command = &txn->command;
    bool queued = command->moves && txn->state == TXN_QUEUED;
    *ret = (struct txn_step){.word = TXN_WORD_NONE};
    if (command->kind == 0)
        return false;
    bool stale = queued && txn->read_at < scene->gap_at;
    if (scene->now >= command->until || stale) {
        const char *why = command->moves && !queued ? "it was sent, and what became of it is not known yet"
                                                    : "the server did not answer in time";
        *command = (struct txn_command){.kind = 0};
        if (queued) {
            belief_put_away(&txn->belief);
            txn_read(txn, scene, TXN_READING);
            ret->act = TXN_ACT_LEAVE_AND_READ;
        }
        answer(ret, say(scene, TXN_REPLY_FAILED, why));
        return true;
    }
    bool rests = txn->state == TXN_IDLE || txn->state == TXN_STOPPED || txn->state == TXN_PAUSED;
    if (!command->moves && !command->reads && !txn->reading && rests) {
        command->reads = true;
        txn->sending = false;
        *ret = txn_read(txn, scene, TXN_READING);
        return true;
    }
    return queued;
}

/* ---- what was read, held against the word ---- */

static enum txn_reply differs(const struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    struct text text = words_of(scene);
    text_add(&text, "not what was named; there is ");
    for (uint32_t i = 0; i < txn->record->type_count; i++) {
        text_add(&text, i > 0 ? ", " : "");
        rrset_format(&seen->sets[i], &text);
    }
    return TXN_REPLY_REFUSED;
}

static enum txn_reply owned_by_other(const struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    struct text text = words_of(scene);
    text_addf(&text,
              "its marker is of owner %016" PRIx64 ", epoch %" PRIu64 ": repointctl take-over %s --owner %016" PRIx64
              " --epoch %" PRIu64,
              seen->marker.owner, seen->marker.epoch, txn->record->id, seen->marker.owner, seen->marker.epoch);
    return TXN_REPLY_REFUSED;
}

static bool is_absent(const struct observed *seen)
{
    return seen->sets[0].count == 0 && seen->sets[1].count == 0;
}

/* Nothing is wrong with it: there is nothing to adopt. */
static bool is_ours_already(const struct txn *txn, const struct observed *seen)
{
    bool owned = txn->belief.marked || txn_is_bare(txn); /* else it is to be adopted, once messages may leave */
    return owned && txn->condition == CONDITION_OK && txn->belief.known && !belief_is_in_doubt(&txn->belief) &&
           txn->belief.marked == (seen->form == MARKER_FORM_ONE) &&
           (!txn->belief.marked || marker_equal(&txn->belief.marker, &seen->marker)) &&
           plan_same_sets(txn->record, txn->belief.sets, seen->sets);
}

/*
 * ADOPT:
 *   marker              sets              then
 *   another owner's     any               refused: take-over
 *   none, or ours       absent            refused
 *   none, or ours       others            refused
 *   none, or ours       those named       done where it is ours already, else sent
 */
static enum txn_reply judge_adopt(const struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    if (seen->form == MARKER_FORM_ONE && seen->marker.owner != txn->belief.owner)
        return owned_by_other(txn, scene, seen);
    if (is_absent(seen))
        return say(scene, TXN_REPLY_REFUSED, "there is nothing to adopt: it does not exist");
    if (!plan_same_sets(txn->record, txn->command.expect, seen->sets))
        return differs(txn, scene, seen);
    return is_ours_already(txn, seen) ? TXN_REPLY_DONE : TXN_REPLY_NONE;
}

/* TAKE_OVER: exactly the marker that was named, and of somebody else. */
static enum txn_reply judge_take_over(const struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    if (seen->form == MARKER_FORM_NONE)
        return say(scene, TXN_REPLY_REFUSED, "it has no marker: adopt it");
    if (seen->marker.owner == txn->belief.owner)
        return say(scene, TXN_REPLY_REFUSED, "its marker is ours already");
    if (seen->marker.owner != txn->command.owner || seen->marker.epoch != txn->command.epoch)
        return owned_by_other(txn, scene, seen);
    if (!fits(txn, seen->sets))
        return say(scene, TXN_REPLY_REFUSED, "it has more addresses than a record can be taken over with");
    return TXN_REPLY_NONE;
}

static enum txn_reply judge_disown(const struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    if (seen->form == MARKER_FORM_NONE)
        return say(scene, TXN_REPLY_REFUSED, "it has no marker: it is nobody's");
    if (seen->marker.owner != txn->belief.owner)
        return owned_by_other(txn, scene, seen);
    return TXN_REPLY_NONE;
}

static enum txn_reply judge(const struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    if (seen->beside || seen->occluded)
        return say(scene, TXN_REPLY_REFUSED,
                   settings_is_cname(txn->record)
                       ? "its place is taken by addresses, or by a DNAME or delegation above "
                         "it: remove that first"
                       : "it is hidden by a CNAME, DNAME or delegation: remove that first");
    if (seen->form == MARKER_FORM_FOREIGN)
        return say(scene, TXN_REPLY_REFUSED, "the TXT at its _repointd name is no marker: remove that first");
    switch (txn->command.kind) {
    case COMMAND_ADOPT:
        return judge_adopt(txn, scene, seen);
    case COMMAND_TAKE_OVER:
        return judge_take_over(txn, scene, seen);
    case COMMAND_DISOWN:
    case COMMAND_FAIL_BACK:
    case COMMAND_UNLATCH:
    case COMMAND_SETTLE:
        break;
    }
    return judge_disown(txn, scene, seen);
}

static enum plan_kind kind_of(enum command_kind kind)
{
    switch (kind) {
    case COMMAND_ADOPT:
        return PLAN_ADOPT;
    case COMMAND_TAKE_OVER:
        return PLAN_TAKE_OVER;
    case COMMAND_DISOWN:
    case COMMAND_FAIL_BACK:
    case COMMAND_UNLATCH:
    case COMMAND_SETTLE:
        break;
    }
    return PLAN_DISOWN;
}

bool txn_command_read(struct txn *txn, const struct txn_scene *scene, const struct observed *seen, struct txn_step *ret)
{
    struct txn_command *command = &txn->command;
    command->reads = false;
    if (!txn_is_bare(txn) && txn_plan(txn, scene, seen).kind == PLAN_APPLIED)
        return false; /* an earlier message of ours has come true: that is learnt first, and then it is read again */
    enum txn_reply reply = judge(txn, scene, seen);
    if (reply != TXN_REPLY_NONE) {
        *command = (struct txn_command){.kind = 0};
        answer(ret, reply);
        return false;
    }
    if (txn_is_bare(txn)) {
        *command = (struct txn_command){.kind = 0};
        *ret = txn_bare_adopt(txn, scene, seen);
        return false;
    }
    struct plan plan = {.kind = kind_of(command->kind), .has_old = seen->form == MARKER_FORM_ONE};
    if (plan.has_old)
        plan.old = seen->marker;
    plan.fresh = marker_next(plan.has_old ? &plan.old : NULL, txn->belief.owner, random_u64(scene->random));
    if (command->kind != COMMAND_DISOWN)
        belief_hold(&txn->belief, seen->sets, plan.expect);
    belief_command(&txn->belief, &plan);
    command->moves = true;
    txn->state = TXN_QUEUED;
    txn->wake_at = MONO_NEVER;
    *ret = (struct txn_step){.act = TXN_ACT_JOIN};
    return true;
}

/* ---- its end ---- */

struct txn_step txn_command_refused(struct txn *txn, const struct txn_scene *scene)
{
    bool lost_race = txn->report.outcome == OUTCOME_PREREQ;
    txn->command = (struct txn_command){.kind = 0};
    belief_put_away(&txn->belief);
    struct txn_step step = txn_read(txn, scene, TXN_READING);
    answer(&step, lost_race ? say(scene, TXN_REPLY_REFUSED, "it has just been changed by somebody else; look again")
                            : TXN_REPLY_FAILED);
    return step;
}

void txn_command_seen(struct txn *txn, const struct txn_scene *scene, struct txn_step *step, bool is_own)
{
    if (step->word == TXN_WORD_PUBLISHED && is_own)
        answer(step, TXN_REPLY_DONE);
    else
        answer(step, say(scene, TXN_REPLY_FAILED, "it was sent, and does not show in the zone"));
    txn->command = (struct txn_command){.kind = 0};
}

/* Our marker is gone from there by our own message: nobody's, and not adopted again before a restart. */
struct txn_step txn_disowned(struct txn *txn, const struct txn_scene *scene, const struct observed *seen)
{
    struct belief *belief = &txn->belief;
    bool lost = !belief->pending.accepted || belief->pending.in_doubt;
    belief_settle(belief);
    belief->known = belief->marked = belief->partial = false;
    txn->back_off_ms = 0;
    struct txn_step step = txn_stop(txn, scene, is_absent(seen) ? CONDITION_MISSING : CONDITION_UNOWNED, seen);
    step.word = TXN_WORD_PUBLISHED;
    step.kind = PLAN_DISOWN;
    step.answer_was_lost = lost;
    return step;
}
