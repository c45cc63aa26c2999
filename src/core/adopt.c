/* SPDX-License-Identifier: MIT */
/*
 * Where: core; between two engines.
 * What:  carries over what stays true, part by part.
 * Why:   each part knows itself what of it may be kept; here stands only whose it becomes.
 */

#include "core/adopt.h"

#include "core/calculated.h"
#include "core/engine_parts.h"
#include "core/record_parts.h"

static void adopt_watches(struct context *ctx, const struct context *old, const struct adoption *adoption, mono_ms now)
{
    for (uint32_t i = 0; i < ctx->settings->watch_count; i++) {
        uint32_t from = adoption->watches[i];
        if (from == ID_NONE)
            continue;
        watch_adopt(&ctx->watches[i], &old->watches[from], now);
        ctx->trusted_from[i] = old->trusted_from[from];
        schedule_set(&ctx->watches_due, i, watch_deadline(&ctx->watches[i]));
    }
}

/*
 * Those below them come first, so each is brought up to date with what was taken over, whether it is the same group or
 * a new one: else it would say for an interval what its former children said.
 */
static void follow_children(struct context *ctx, mono_ms now)
{
    for (uint32_t i = 0; i < ctx->settings->watch_count; i++)
        if (check_kind_is_calculated(ctx->watches[i].check->kind))
            calculated_follow(ctx, i, false, now);
}

/* What people were told of a value, where it is still the same one of the same record. */
static void adopt_told(struct context *ctx, const struct context *old, const struct adoption *adoption)
{
    for (uint32_t i = 0; i < ctx->settings->value_count; i++) {
        const struct value_settings *value = &ctx->settings->values[i];
        uint32_t record = adoption->records[ctx->settings->targets[value->target].record];
        uint32_t watch = value->watch == ID_NONE ? ID_NONE : adoption->watches[value->watch];
        if (record == ID_NONE || watch == ID_NONE)
            continue;
        const struct watch_settings *used = &old->settings->watches[watch];
        for (uint32_t u = 0; u < used->user_count; u++) {
            uint32_t former = old->settings->users[used->user_first + u];
            if (old->settings->targets[old->settings->values[former].target].record == record)
                ctx->told[i] = old->told[former];
        }
    }
}

/* What a target was thought to be says nothing of it once it is looked at in another way. */
static void forget_judged_anew(struct context *ctx, const struct adoption *adoption)
{
    for (uint32_t i = 0; i < ctx->settings->value_count; i++) {
        const struct value_settings *value = &ctx->settings->values[i];
        const struct target_settings *target = &ctx->settings->targets[value->target];
        struct record *record = &ctx->records[target->record];
        if (value->watch != ID_NONE && adoption->watches[value->watch] == ID_NONE)
            record->targets[value->target - record->settings->target_first] = (struct tally){.state = HEALTH_UNKNOWN};
    }
}

static void adopt_records(struct context *ctx, const struct context *old, const struct adoption *adoption, mono_ms now)
{
    for (uint32_t i = 0; i < ctx->settings->record_count; i++) {
        if (adoption->records[i] == ID_NONE)
            continue;
        record_adopt(&ctx->records[i], &old->records[adoption->records[i]], now);
        schedule_set(&ctx->records_due, i, record_deadline(&ctx->records[i]));
    }
}

/* Every reference is the one that it was, at its place. */
static bool has_same_references(const struct context *ctx, const struct context *old, const struct adoption *adoption)
{
    const struct connectivity_settings *fresh = &ctx->settings->safety.connectivity;
    const struct connectivity_settings *former = &old->settings->safety.connectivity;
    if (fresh->watch_count != former->watch_count)
        return false;
    for (uint32_t i = 0; i < fresh->watch_count; i++)
        if (adoption->watches[fresh->watch_first + i] != former->watch_first + i)
            return false;
    return true;
}

void engine_adopt(struct engine *fresh, const struct engine *old, const struct adoption *adoption, mono_ms now)
{
    struct context *ctx = &fresh->context;
    const struct context *from = &old->context;
    ctx->started_at = from->started_at;
    ctx->gap_at = from->gap_at;
    ctx->tickets = from->tickets;
    ctx->changes = from->changes;
    ctx->switched_at = from->switched_at;
    ctx->late = from->late;
    ctx->late_worst_ms = from->late_worst_ms;
    ctx->late_told_at = from->late_told_at;
    ctx->stats = from->stats;
    ctx->stats.probes_in_flight = ctx->stats.reads_in_flight = ctx->stats.sends_in_flight = 0;
    if (has_same_references(ctx, from, adoption)) {
        ctx->gate = from->gate;
        ctx->opened_at = from->opened_at;
        ctx->cut_off_told_at = from->cut_off_told_at;
    }
    adopt_watches(ctx, from, adoption, now);
    follow_children(ctx, now);
    adopt_told(ctx, from, adoption);
    adopt_records(ctx, from, adoption, now);
    forget_judged_anew(ctx, adoption);
}
