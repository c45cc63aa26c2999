/* SPDX-License-Identifier: MIT */
/*
 * Where: core, under the engine's records.
 * What:  tickets, waking, and what may be believed of a watch.
 */

#include "core/context.h"

uint32_t context_ticket(struct context *ctx)
{
    if (++ctx->tickets == 0) /* 0 is no ticket */
        ctx->tickets = 1;
    return ctx->tickets;
}

void context_wake_record(struct context *ctx, uint32_t record, mono_ms now)
{
    schedule_set(&ctx->records_due, record, mono_earlier(schedule_at(&ctx->records_due, record), now));
}

void context_wake_zone(struct context *ctx, uint32_t zone, mono_ms now)
{
    schedule_set(&ctx->zones_due, zone, mono_earlier(schedule_at(&ctx->zones_due, zone), now));
}

const struct health *context_health(const struct context *ctx, uint32_t value)
{
    uint32_t watch = ctx->settings->values[value].watch;
    return watch == ID_NONE ? NULL : &ctx->watches[watch].health;
}

/*
 * After a gap the state of a watch is kept, so that one odd second does not cost what was learned in hours; but nothing
 * is decided on it before a probe that began afterwards says the same.
 */
bool context_is_sound(const struct context *ctx, uint32_t index)
{
    const struct watch *watch = &ctx->watches[index];
    if (check_kind_is_calculated(watch->check->kind))
        return watch->sound;
    switch (watch->health.state) {
    case HEALTH_UP:
        return watch->health.passed_start >= ctx->trusted_from[index];
    case HEALTH_DOWN:
        return watch->last_failure.started >= ctx->trusted_from[index];
    case HEALTH_UNKNOWN:
        break;
    }
    return true;
}

const struct health *context_sound_health(const struct context *ctx, uint32_t value)
{
    static const struct health in_question = {.state = HEALTH_UNKNOWN, .counted = true};
    const struct health *health = context_health(ctx, value);
    return health == NULL || context_is_sound(ctx, ctx->settings->values[value].watch) ? health : &in_question;
}
