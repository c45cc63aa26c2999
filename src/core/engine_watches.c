/* SPDX-License-Identifier: MIT */
/*
 * Where: core; a part of engine, between its door and the watches.
 * What:  looks begin and end, heartbeats come and fail to come, time passes; what that means for the calculated
 *        watches above and the records that use them.
 * Why:   a result walks up once through all that rests on it, in the order of the settings, so everybody sees children
 *        that are up to date, and those who share a child see the same. Who uses a watch is woken for news alone: most
 *        results say what was known.
 */

#include "core/calculated.h"
#include "core/engine_parts.h"

/* A probe counts as late when it began this much after it was due: within that the loop only had more to do. */
#define LATE_MS            1000
#define TARDY_MS           20
#define LATE_TOLD_AGAIN_MS 60000

static void wake_users(struct context *ctx, uint32_t index, mono_ms now)
{
    const struct watch_settings *watch = &ctx->settings->watches[index];
    for (uint32_t i = 0; i < watch->user_count; i++) {
        const struct value_settings *value = &ctx->settings->values[ctx->settings->users[watch->user_first + i]];
        context_wake_record(ctx, ctx->settings->targets[value->target].record, now);
    }
}

/* Is there anything in this result that a record could act on, or that people should know? */
static bool is_news(const struct context *ctx, uint32_t index, const struct health *before, bool was_sound)
{
    const struct health *after = &ctx->watches[index].health;
    bool first_failure = after->fails > 0 && (before->fails == 0 || before->failing_start != after->failing_start);
    bool proof = ctx->proofs_awaited > 0 && after->passed_start != before->passed_start;
    return before->state != after->state || before->local_only != after->local_only ||
           before->counted != after->counted || first_failure || was_sound != context_is_sound(ctx, index) || proof;
}

/* A watch may have said something: whoever uses it looks, and so do those above, each once and after those below. */
struct before {
    struct health health;
    bool was_sound;
};

static struct before look(const struct context *ctx, uint32_t index)
{
    return (struct before){.health = ctx->watches[index].health, .was_sound = context_is_sound(ctx, index)};
}

static void tell_users(struct context *ctx, uint32_t index, const struct before *before, mono_ms now)
{
    if (is_news(ctx, index, &before->health, before->was_sound))
        wake_users(ctx, index, now);
}

/* Brings a calculated watch up to date with those below it. */
static void follow(struct context *ctx, uint32_t index, bool result, mono_ms now)
{
    const struct before before = look(ctx, index);
    calculated_follow(ctx, index, result, now);
    tell_users(ctx, index, &before, now);
}

/* `result`: it counted. */
static void carry_up(struct context *ctx, uint32_t index, bool result, mono_ms now)
{
    const struct watch_settings *watch = &ctx->settings->watches[index];
    for (uint32_t i = 0; i < watch->above_count; i++)
        follow(ctx, ctx->settings->above[watch->above_first + i], result, now);
}

static void miss(struct context *ctx, uint32_t index, mono_ms now)
{
    const struct before before = look(ctx, index);
    (void)watch_miss(&ctx->watches[index], now);
    tell_users(ctx, index, &before, now);
    carry_up(ctx, index, true, now);
}

void engine_step_watch(struct context *ctx, uint32_t index, mono_ms now)
{
    struct watch *watch = &ctx->watches[index];
    if (watch_is_silent(watch, now))
        miss(ctx, index, now);
    if (watch_expire(watch, now)) {
        wake_users(ctx, index, now);
        carry_up(ctx, index, false, now);
        if (watch->last.verdict == VERDICT_PASS) /* what fails has not passed since, however long ago that was */
            engine_reference_doubted(ctx, index, now);
    }
    if (watch_is_due(watch, now)) {
        struct op op = watch_start(watch, now);
        ctx->stats.probes_asked++;
        ctx->stats.probes_in_flight++;
        effects_probe(ctx->effects, op, watch->due);
    }
    schedule_set(&ctx->watches_due, index, watch_deadline(watch));
}

/* Whether this host keeps up: measured by when a probe really began, not by when its turn of the loop came. */
static void count_lateness(struct context *ctx, int64_t late_ms, mono_ms now)
{
    struct engine_stats *stats = &ctx->stats;
    stats->worst_late_ms = late_ms > stats->worst_late_ms ? late_ms : stats->worst_late_ms;
    stats->probes_tardy += late_ms > TARDY_MS;
    if (late_ms > LATE_MS) {
        stats->probes_late++;
        ctx->late++;
        ctx->late_worst_ms = late_ms > ctx->late_worst_ms ? late_ms : ctx->late_worst_ms;
    }
    if (ctx->late == 0 || now < ctx->late_told_at)
        return;
    struct notice *notice = effects_tell(ctx->effects, NOTICE_PROBES_LATE);
    notice->count = ctx->late;
    notice->span_ms = ctx->late_worst_ms;
    ctx->late = 0;
    ctx->late_worst_ms = 0;
    ctx->late_told_at = mono_after(now, LATE_TOLD_AGAIN_MS);
}

void engine_probe_done(struct context *ctx, const struct event *event, mono_ms now)
{
    uint32_t index = event->op.subject;
    if (index >= ctx->settings->watch_count) {
        ctx->stats.answers_dropped++;
        return;
    }
    struct watch *watch = &ctx->watches[index];
    const struct before before = look(ctx, index);
    const mono_ms due = watch->due;
    if (watch_done(watch, event->op.ticket, event->is.probe, now) == WATCH_STALE) {
        ctx->stats.answers_dropped++;
        return;
    }
    ctx->stats.probes_done++;
    ctx->stats.probes_in_flight--;
    count_lateness(ctx, mono_later(watch->last.started - due, 0), now);
    if (!engine_reference_done(ctx, index, now))
        tell_users(ctx, index, &before, now);
    carry_up(ctx, index, watch->last.verdict != VERDICT_LOCAL, now);
    schedule_set(&ctx->watches_due, index, watch_deadline(watch));
}

void engine_heartbeat(struct context *ctx, const struct event *event, mono_ms now)
{
    uint32_t index = event->op.subject;
    if (index >= ctx->settings->watch_count || ctx->watches[index].check->kind != CHECK_HEARTBEAT) {
        ctx->stats.answers_dropped++;
        return;
    }
    const struct before before = look(ctx, index);
    (void)watch_push(&ctx->watches[index], event->is.probe, now);
    tell_users(ctx, index, &before, now);
    carry_up(ctx, index, event->is.probe->verdict != VERDICT_LOCAL, now);
    schedule_set(&ctx->watches_due, index, watch_deadline(&ctx->watches[index]));
}

static void gap(struct context *ctx, uint32_t index, uint32_t gap_ms, mono_ms now)
{
    struct watch *watch = &ctx->watches[index];
    struct op op;
    if (watch_gap(watch, gap_ms, now, &op))
        wake_users(ctx, index, now);
    if (gap_ms > watch->check->interval_ms) {
        ctx->trusted_from[index] = now;
        engine_reference_doubted(ctx, index, now);
    }
    if (op.ticket != 0) {
        ctx->stats.probes_in_flight--;
        /* Where there is no room the shell is not told; the answer will be stale whenever it comes. */
        if (effects_left(ctx->effects) > STEP_EFFECTS)
            effects_probe_cancel(ctx->effects, op);
    }
    schedule_set(&ctx->watches_due, index, watch_deadline(watch));
}

void engine_watches_gap(struct context *ctx, uint32_t gap_ms, mono_ms now)
{
    for (uint32_t i = 0; i < ctx->settings->watch_count; i++)
        if (check_kind_is_calculated(ctx->watches[i].check->kind))
            follow(ctx, i, false, now);
        else
            gap(ctx, i, gap_ms, now);
}

void engine_forget_watch(struct context *ctx, uint32_t index, mono_ms now)
{
    struct watch *watch = &ctx->watches[index];
    if (check_kind_is_calculated(watch->check->kind)) {
        calculated_follow(ctx, index, false, now);
        return;
    }
    struct op op = watch_forget(watch, now);
    if (op.ticket != 0)
        ctx->stats.probes_in_flight--;
    /* As after a gap: where there is no room the shell is not told, and the answer will be stale. */
    if (op.ticket != 0 && effects_left(ctx->effects) > 2 * STEP_EFFECTS)
        effects_probe_cancel(ctx->effects, op);
    schedule_set(&ctx->watches_due, index, watch_deadline(watch));
}
