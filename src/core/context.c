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

/*
 * After a gap the state of a watch is kept, so that one odd second does not cost what was learned in hours; but
 * nothing is decided on it before a result has come that was asked for afterwards.
 */
const struct health *context_health(const struct context *ctx, uint32_t value)
{
    static const struct health in_question = {.state = HEALTH_UNKNOWN};
    uint32_t watch = ctx->settings->values[value].watch;
    if (watch == ID_NONE)
        return NULL;
    const struct health *health = &ctx->watches[watch].health;
    return health->state != HEALTH_UNKNOWN && health->counted_at <= ctx->trusted_from[watch] ? &in_question : health;
}
