/* SPDX-License-Identifier: MIT */
/*
 * Where: core, a part of record.
 * What:  an operator's word comes, and its one reply goes.
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

void record_command(struct record *record, struct context *ctx, const struct command *command, mono_ms now)
{
    const char *refusal = NULL;
    if (record->command != 0)
        refusal = "another command for it is under way; try again";
    else if (!record->settings->enabled)
        refusal = "it is off in the configuration (enabled: off)";
    else if (ctx->stopping)
        refusal = "repointd is stopping";
    if (refusal != NULL) {
        reply(record, ctx, command->number, COMMAND_REFUSED, refusal);
        return;
    }
    record->command = command->number;
    record_decide(record, ctx, now);
    struct wish wish = record_wish(record, ctx);
    struct txn_scene scene = record_scene(ctx, &wish, now);
    struct txn_step step = txn_command(&record->txn, &scene, command);
    record_carry_out(record, ctx, &step, &wish, now);
}
