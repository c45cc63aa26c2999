/* SPDX-License-Identifier: MIT */
/*
 * Where: core; a part of engine.
 * What:  what follows when an override begins or ends: who is drained, who has to decide anew.
 * Why:   operators act a few times a day, so here whole tables are walked, and no probe's result has to look anything
 *        up.
 */

#include "core/engine_parts.h"

/* Of a drain that begins or ends; those that it is not about are as they were, and there may be 200,000. */
static void note_drained(struct context *ctx, const struct override *override, uint32_t index, mono_ms now)
{
    const struct value_settings *value = &ctx->settings->values[index];
    const struct target_settings *target = &ctx->settings->targets[value->target];
    if (!override_drains(override, value, target->label))
        return;
    ctx->drained[index] = overrides_drain(&ctx->overrides, value, target->label);
    context_wake_record(ctx, target->record, now);
}

/* Whoever this override is about decides anew. */
static void wake_subjects(struct context *ctx, const struct override *override, mono_ms now)
{
    if (override->kind == OVERRIDE_DRAIN) {
        for (uint32_t i = 0; i < ctx->settings->value_count; i++)
            note_drained(ctx, override, i, now);
        return;
    }
    if (override->record != ID_NONE) {
        context_wake_record(ctx, override->record, now);
        return;
    }
    for (uint32_t i = 0; i < ctx->settings->record_count; i++)
        context_wake_record(ctx, i, now);
}

void engine_override(struct context *ctx, const struct override *override, mono_ms now)
{
    if (overrides_set(&ctx->overrides, override))
        wake_subjects(ctx, override, now);
}

void engine_release(struct context *ctx, uint32_t id, mono_ms now)
{
    struct override ended;
    if (overrides_release(&ctx->overrides, id, &ended))
        wake_subjects(ctx, &ended, now);
}

void engine_expire_override(struct context *ctx, mono_ms now)
{
    struct override ended;
    if (!overrides_expire(&ctx->overrides, now, &ended))
        return;
    effects_tell(ctx->effects, NOTICE_OVERRIDE_ENDED)->override = ended.id;
    wake_subjects(ctx, &ended, now);
}
