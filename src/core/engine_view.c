/* SPDX-License-Identifier: MIT */
/*
 * Where: core; a part of engine.
 * What:  what reports may look at.
 */

#include "core/engine_parts.h"
#include "core/record_parts.h"

const struct record *engine_record(const struct engine *engine, uint32_t index)
{
    return &engine->context.records[index];
}

const struct watch *engine_watch(const struct engine *engine, uint32_t index)
{
    return &engine->context.watches[index];
}

const struct gate *engine_gate(const struct engine *engine)
{
    return &engine->context.gate;
}

const struct engine_stats *engine_stats(const struct engine *engine)
{
    return &engine->context.stats;
}

bool engine_is_drained(const struct engine *engine, uint32_t record, uint32_t place)
{
    return record_drains(&engine->context.records[record], &engine->context, place);
}

bool engine_is_starting(const struct engine *engine, mono_ms now)
{
    return now < mono_after(engine->context.started_at, engine->context.settings->safety.start_grace_ms);
}

static bool is_stopped(const struct record *record)
{
    return record->txn.condition != CONDITION_OK && record->txn.condition != CONDITION_UNREAD;
}

static void summarise(struct engine_summary *sum, const struct record *record)
{
    sum->records++;
    sum->unread += record->txn.condition == CONDITION_UNREAD ? 1 : 0;
    sum->pending += record_is_pending(record) ? 1 : 0;
    bool forced = record->override.forced != ID_NONE;
    sum->forced += forced ? 1 : 0;
    sum->held += record->override.held ? 1 : 0;
    sum->on_first += record->current == 0 && !forced ? 1 : 0;
    if (!forced && record->current != 0 && record->current < record->settings->target_count) {
        sum->failed_over_record = sum->failed_over == 0 ? record->index : sum->failed_over_record;
        sum->failed_over++;
    }
    if (is_stopped(record)) {
        sum->stopped_record = sum->stopped == 0 ? record->index : sum->stopped_record;
        sum->stopped++;
    }
}

void engine_summarise(const struct engine *engine, struct engine_summary *ret)
{
    const struct context *ctx = &engine->context;
    *ret = (struct engine_summary){.failed_over_record = ID_NONE,
                                   .stopped_record = ID_NONE,
                                   .changed_at = ctx->switched_at,
                                   .gate = ctx->gate.state,
                                   .references = ctx->gate.count};
    for (uint32_t i = 0; i < ctx->settings->record_count; i++)
        if (ctx->settings->records[i].enabled)
            summarise(ret, &ctx->records[i]);
}
