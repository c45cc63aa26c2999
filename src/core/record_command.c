/* SPDX-License-Identifier: MIT */
/*
 * Where: core, a part of record.
 * What:  an operator's word comes, and its one reply goes. Some are the transaction's (whose is the record), some
 *        policy's (where should it point), and some only wait until the zone holds what is decided.
 * Why:   whoever asked waits for the answer: so each command has exactly one, at once or after a bounded time.
 */

#include "core/record_parts.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

static struct reply *reply(struct record *record, struct context *ctx, uint32_t number, enum command_result result,
                           const char *detail)
{
    struct reply *reply = effects_reply(ctx->effects, number, result);
    reply->condition = record_condition(record);
    reply->from = reply->to = record->current;
    reply->has_serial = record->txn.has_serial;
    reply->serial = record->txn.serial;
    struct text text = text_over(reply->detail, sizeof(reply->detail));
    text_add(&text, detail);
    return reply;
}

void record_answer_command(struct record *record, struct context *ctx, const struct txn_step *step)
{
    enum command_result result = COMMAND_DONE;
    switch (step->reply) {
    case TXN_REPLY_NONE:
        return;
    case TXN_REPLY_DONE:
        break;
    case TXN_REPLY_REFUSED:
        result = COMMAND_REFUSED;
        break;
    case TXN_REPLY_FAILED:
        result = COMMAND_FAILED;
        break;
    }
    assert(record->command != 0);
    struct reply *to = reply(record, ctx, record->command, result, ctx->reply);
    if (result != COMMAND_REFUSED && record->txn.report.outcome != 0)
        to->dns = record->txn.report;
    record->command = 0;
}

/* ---- whoever waits until the zone holds what is decided ---- */

static void answer_settle(struct record *record, struct context *ctx, enum command_result result, const char *detail)
{
    struct reply *to = reply(record, ctx, record->settle, result, detail);
    to->from = record->settle_from;
    if (record->txn.report.outcome != 0)
        to->dns = record->txn.report;
    record->settle = 0;
}

/* Why nothing will happen soon, whatever was asked for; NULL: something may. */
static const char *obstacle(const struct record *record, const struct context *ctx)
{
    enum condition condition = record_condition(record);
    if (condition != CONDITION_OK && condition != CONDITION_UNREAD)
        return condition_sentence(condition);
    if (ctx->settings->safety.dry_run)
        return "this is a dry run: nothing is sent";
    if (record->override.held)
        return decision_reason_sentence(DECISION_HELD);
    enum decision_reason reason = record->decision.reason;
    bool waits = reason == DECISION_CUT_OFF || reason == DECISION_START_GRACE || reason == DECISION_PROOF_AWAITED;
    return waits ? decision_reason_sentence(reason) : NULL;
}

static bool holds_what_is_decided(const struct record *record)
{
    return record_condition(record) == CONDITION_OK && record->current != ID_NONE && !record_is_pending(record) &&
           record->txn.state == TXN_IDLE && record->decision.target == record->current;
}

/*
 *   the record                                          then
 *   holds what is decided, as we wrote it, at rest      done
 *   … but should have failed back, and has not          refused, with the reason: something came between
 *   cannot be written, or the decision waits            refused, with the reason
 *   had a message or a read fail just now               failed, with the server's words; it goes on trying
 *   else                                                goes on waiting
 */
void record_settle(struct record *record, struct context *ctx, enum txn_word word)
{
    if (record->settle == 0)
        return;
    const char *why = obstacle(record, ctx);
    bool stayed = record->settle_returns && record->current >= record->settle_from;
    if (holds_what_is_decided(record) && !stayed)
        answer_settle(record, ctx, COMMAND_DONE, "");
    else if (holds_what_is_decided(record))
        answer_settle(record, ctx, COMMAND_REFUSED, decision_reason_sentence(record->decision.reason));
    else if (why != NULL)
        answer_settle(record, ctx, COMMAND_REFUSED, why);
    else if (word == TXN_WORD_FAILED)
        answer_settle(record, ctx, COMMAND_FAILED, "");
}

/* Who waits for a record is the one who spoke last: nobody is kept from changing his mind, or another's, by waiting. */
static void overtake(struct record *record, struct context *ctx)
{
    if (record->settle == 0)
        return;
    struct reply *to = reply(record, ctx, record->settle, COMMAND_FAILED, "overtaken by another command");
    to->from = record->settle_from;
    to->overtaken = true;
    record->settle = 0;
}

/* Past manual, the latch and the delay, and a failover that was forced is over with it: but only to where it is up. */
static const char *fail_back(struct record *record, struct context *ctx, mono_ms now)
{
    record->fail_back_now = true;
    record_decide(record, ctx, now);
    bool returns = record->current < record->settings->target_count && record->decision.target < record->current;
    if (returns)
        return NULL;
    return record->current == 0 ? "it is on its first target" : decision_reason_sentence(record->decision.reason);
}

static void command_of_policy(struct record *record, struct context *ctx, const struct command *command, mono_ms now)
{
    const char *refusal = command->kind == COMMAND_FAIL_BACK ? fail_back(record, ctx, now) : NULL;
    if (refusal != NULL) {
        reply(record, ctx, command->number, COMMAND_REFUSED, refusal);
        return;
    }
    if (command->kind == COMMAND_UNLATCH)
        flap_release(&record->flap);
    overtake(record, ctx);
    record->settle = command->number;
    record->settle_from = record->current;
    record->settle_returns = command->kind == COMMAND_FAIL_BACK;
}

void record_command(struct record *record, struct context *ctx, const struct command *command, mono_ms now)
{
    const char *refusal = NULL;
    bool for_policy = command->kind > COMMAND_DISOWN;
    if (!record->settings->enabled)
        refusal = "it is off in the configuration (enabled: off)";
    else if (ctx->stopping)
        refusal = "repointd is stopping";
    else if (!for_policy && record->command != 0)
        refusal = "another command for it is under way; try again";
    if (refusal != NULL) {
        reply(record, ctx, command->number, COMMAND_REFUSED, refusal);
        return;
    }
    if (for_policy) {
        command_of_policy(record, ctx, command, now);
        return;
    }
    record->command = command->number;
    record_decide(record, ctx, now);
    struct wish wish = record_wish(record, ctx);
    struct txn_scene scene = record_scene(ctx, &wish, now);
    struct txn_step step = txn_command(&record->txn, &scene, command);
    record_carry_out(record, ctx, &step, &wish, now);
}
