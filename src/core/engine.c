/* SPDX-License-Identifier: MIT */
/*
 * Where: core; the one door.
 * What:  takes an event to the watch, record or zone it is about, then does what is due while there is room for its
 *        effects.
 * Why:   three heaps of deadlines say who is due, so no event walks over all records. What does not fit keeps its
 *        past deadline, and the shell comes straight back.
 */

#include "core/engine.h"

#include "core/engine_parts.h"

#include <assert.h>

/* Steps of one call: when a hundred thousand are due at once, the shell looks after its sockets between them. */
#define STEPS_MAX 512

/* ---- records ---- */

static void step_record(struct context *ctx, uint32_t index, mono_ms now)
{
    struct record *record = &ctx->records[index];
    bool more = record_step(record, ctx, now);
    schedule_set(&ctx->records_due, index, more ? now : record_deadline(record));
}

static void read_done(struct context *ctx, const struct event *event, mono_ms now)
{
    uint32_t index = event->op.subject;
    const struct dns_report *report = event->is.read.report;
    if (index >= ctx->settings->record_count ||
        !record_read_done(&ctx->records[index], ctx, event->op.ticket, report, event->is.read.observed, now)) {
        ctx->stats.answers_dropped++;
        return;
    }
    const struct observed *observed = event->is.read.observed;
    if (report->outcome != OUTCOME_ACCEPTED || (observed != NULL && observed->authenticated))
        engine_note_clock(ctx, index, report, now); /* what is not signed says nothing of clocks */
    context_wake_record(ctx, index, now);
}

/* A look aside: a record that was asked about is woken only for its next round. */
static void verified(struct context *ctx, const struct event *event, mono_ms now)
{
    uint32_t index = event->op.subject;
    if (index >= ctx->settings->record_count ||
        !record_verified(&ctx->records[index], ctx, event->op.ticket, event->is.verify, now)) {
        ctx->stats.answers_dropped++;
        return;
    }
    schedule_set(&ctx->records_due, index,
                 mono_earlier(schedule_at(&ctx->records_due, index), record_deadline(&ctx->records[index])));
}

/* What comes too late, or is about a record that is gone, has nobody to tell. */
static void restore(struct context *ctx, const struct restore *restore)
{
    if (restore->record >= ctx->settings->record_count || !record_restore(&ctx->records[restore->record], restore))
        ctx->stats.answers_dropped++;
}

static void switched(struct context *ctx, const struct event *event, mono_ms now)
{
    uint32_t index = event->op.subject;
    assert(event->is.age_ms >= 0);
    if (index < ctx->settings->record_count)
        flap_note(&ctx->records[index].flap, ctx->records[index].settings, now - event->is.age_ms);
    else
        ctx->stats.answers_dropped++;
}

static void command(struct context *ctx, const struct command *command, mono_ms now)
{
    assert(command->record < ctx->settings->record_count && command->number != 0);
    record_command(&ctx->records[command->record], ctx, command, now);
    context_wake_record(ctx, command->record, now);
}

/* ---- the door ---- */

/* The only event that walks over all watches and zones; it comes when the host slept, not when targets fail. */
static void gap(struct context *ctx, uint32_t gap_ms, mono_ms now)
{
    effects_tell(ctx->effects, NOTICE_GAP)->span_ms = gap_ms;
    ctx->gap_at = now;
    engine_watches_gap(ctx, gap_ms, now);
    engine_take_back(ctx, now);
}

static mono_ms next_due(const struct context *ctx)
{
    mono_ms at = mono_earlier(schedule_next(&ctx->watches_due), schedule_next(&ctx->records_due));
    at = mono_earlier(at, overrides_deadline(&ctx->overrides));
    return mono_earlier(at, schedule_next(&ctx->zones_due));
}

bool engine_has_room(const struct context *ctx)
{
    return effects_left(ctx->effects) >= 2 * STEP_EFFECTS;
}

/* What has waited longest comes first; among equals records, whose answers may move a name. */
static void step_due(struct context *ctx, mono_ms now)
{
    for (uint32_t steps = 0; steps < STEPS_MAX && engine_has_room(ctx); steps++) {
        if (next_due(ctx) > now)
            return;
        mono_ms at = next_due(ctx);
        if (overrides_deadline(&ctx->overrides) == at)
            engine_expire_override(ctx, now);
        else if (schedule_next(&ctx->records_due) == at)
            step_record(ctx, schedule_pop_due(&ctx->records_due, now), now);
        else if (schedule_next(&ctx->zones_due) == at)
            engine_step_zone(ctx, schedule_pop_due(&ctx->zones_due, now), now);
        else
            engine_step_watch(ctx, schedule_pop_due(&ctx->watches_due, now), now);
    }
}

void engine_handle(struct engine *engine, const struct event *event, mono_ms now, struct effects *ret)
{
    struct context *ctx = &engine->context;
    assert(ret->room >= 4 * STEP_EFFECTS);
    ret->count = 0;
    ctx->effects = ret;
    switch (event->kind) {
    case EVENT_WAKE:
        break;
    case EVENT_PROBE_DONE:
        engine_probe_done(ctx, event, now);
        break;
    case EVENT_HEARTBEAT:
        engine_heartbeat(ctx, event, now);
        break;
    case EVENT_READ_DONE:
        read_done(ctx, event, now);
        break;
    case EVENT_SEND_DONE:
        engine_send_done(ctx, event, now);
        break;
    case EVENT_VERIFY_DONE:
        verified(ctx, event, now);
        break;
    case EVENT_COMMAND:
        command(ctx, event->is.command, now);
        break;
    case EVENT_OVERRIDE:
        engine_override(ctx, event->is.override, now);
        break;
    case EVENT_RELEASE:
        engine_release(ctx, event->is.released, now);
        break;
    case EVENT_RESTORE:
        restore(ctx, event->is.restore);
        break;
    case EVENT_SWITCHED:
        switched(ctx, event, now);
        break;
    case EVENT_GAP:
        gap(ctx, event->is.gap_ms, now);
        break;
    case EVENT_STOPPING:
        ctx->stopping = true;
        break;
    }
    bool restores = event->kind == EVENT_RESTORE || event->kind == EVENT_SWITCHED;
    if (!ctx->stopping && !restores) /* more of those may come, and nothing is to happen before */
        step_due(ctx, now);
    ctx->effects = NULL;
}

mono_ms engine_deadline(const struct engine *engine)
{
    return engine->context.stopping ? MONO_NEVER : next_due(&engine->context);
}

const struct batch_view *engine_batch(const struct engine *engine, uint32_t zone)
{
    return &engine->context.batches[zone].view;
}

bool engine_is_idle(const struct engine *engine)
{
    return engine->context.stats.reads_in_flight == 0 && engine->context.stats.sends_in_flight == 0;
}
