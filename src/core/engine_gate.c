/* SPDX-License-Identifier: MIT */
/*
 * Where: core; a part of engine, between the references' watches and the gate.
 * What:  what follows when the gate opens, closes, or is in doubt.
 * Why:   closing asks nothing of anybody, since each decision looks at the gate when it is taken and once more before
 *        its message leaves. Only opening walks over all: what was seen by a host that saw nothing is void, and whoever
 *        was kept waiting decides anew.
 */

#include "core/engine_parts.h"

#define TOLD_AGAIN_MS 3600000

static bool is_reference(const struct context *ctx, uint32_t watch)
{
    const struct connectivity_settings *connectivity = &ctx->settings->safety.connectivity;
    return watch - connectivity->watch_first < connectivity->watch_count; /* below it wraps around */
}

static void wake_all(struct context *ctx, mono_ms now)
{
    for (uint32_t i = 0; i < ctx->settings->record_count; i++)
        context_wake_record(ctx, i, now);
}

/* No probe that began before says anything any more, nor does what was counted. */
static void forget_all(struct context *ctx, mono_ms now)
{
    ctx->opened_at = now;
    for (uint32_t i = 0; i < ctx->settings->watch_count; i++)
        if (!is_reference(ctx, i))
            engine_forget_watch(ctx, i, now);
}

static void tell(struct context *ctx, enum notice_kind kind, mono_ms closed_at, mono_ms now)
{
    struct notice *notice = effects_tell(ctx->effects, kind);
    notice->count = gate_answering(&ctx->gate);
    notice->threshold = ctx->gate.count;
    notice->duration_ms = now - closed_at;
    notice->repeated = kind == NOTICE_CUT_OFF && now > closed_at;
    ctx->cut_off_told_at = now;
}

static void act(struct context *ctx, enum gate_change change, mono_ms since, mono_ms now)
{
    switch (change) {
    case GATE_OPENS_AGAIN:
        tell(ctx, NOTICE_CONNECTED, since, now);
        forget_all(ctx, now);
        wake_all(ctx, now);
        return;
    case GATE_OPENS:
        wake_all(ctx, now);
        return;
    case GATE_CLOSES:
        tell(ctx, NOTICE_CUT_OFF, now, now);
        return;
    case GATE_SAME:
        if (ctx->gate.state == GATE_CLOSED && now >= mono_after(ctx->cut_off_told_at, TOLD_AGAIN_MS))
            tell(ctx, NOTICE_CUT_OFF, since, now);
        return;
    case GATE_DOUBTS:
        return;
    }
}

/* A switch waits for nothing but a reference that passes: the one that did may be the proof. */
static void wake_awaiting(struct context *ctx, mono_ms now)
{
    for (uint32_t i = 0; ctx->gate_awaited > 0 && i < ctx->settings->record_count; i++)
        if (ctx->records[i].awaits_gate)
            context_wake_record(ctx, i, now);
}

bool engine_reference_done(struct context *ctx, uint32_t watch, mono_ms now)
{
    if (!is_reference(ctx, watch))
        return false;
    const struct probe_report *last = &ctx->watches[watch].last;
    const mono_ms since = ctx->gate.since;
    uint32_t nth = watch - ctx->settings->safety.connectivity.watch_first;
    act(ctx, gate_observe(&ctx->gate, nth, last->verdict, last->started, now), since, now);
    if (last->verdict == VERDICT_PASS)
        wake_awaiting(ctx, now);
    return true;
}

void engine_reference_doubted(struct context *ctx, uint32_t watch, mono_ms now)
{
    if (is_reference(ctx, watch))
        (void)gate_doubt(&ctx->gate, watch - ctx->settings->safety.connectivity.watch_first, now);
}
