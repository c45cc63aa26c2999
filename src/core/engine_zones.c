/* SPDX-License-Identifier: MIT */
/*
 * Where: core; a part of engine.
 * What:  the zones' messages: makes one, sends it, tells its members the answer.
 * Why:   a thousand records may go into one message, and each may have something to say; so making one and dealing out
 *        its answer go on over as many steps as their effects need. Until then the zone does nothing else.
 */

#include "core/engine_parts.h"
#include "core/record_parts.h"

/* Members that one step takes in, or tells of the answer. */
#define MEMBERS_A_STEP 64

/* A clock that a server refuses is told once for the server, not for each record. */
void engine_note_clock(struct context *ctx, uint32_t record, const struct dns_report *report, mono_ms now)
{
    struct slate *slate = &ctx->clock_skew[ctx->settings->zones[ctx->settings->records[record].zone].server];
    if (report->outcome != OUTCOME_CLOCK) {
        if (report->outcome == OUTCOME_ACCEPTED)
            slate_clean(slate);
        return;
    }
    if (!slate_raise(slate, now))
        return;
    struct notice *notice = effects_tell(ctx->effects, NOTICE_CLOCK_SKEW);
    notice->record = record;
    notice->dns = *report;
    notice->repeated = slate->told > 1;
    notice->duration_ms = now - slate->since;
}

static void serve_waiting(struct context *ctx, struct batch_server *server, mono_ms now)
{
    uint32_t zone = batch_server_next(server, ctx->batches);
    if (zone != ID_NONE)
        context_wake_zone(ctx, zone, now);
}

/* Tells members what the answer is to them, as many as fit into this step. */
static void deal(struct context *ctx, struct batch *batch, mono_ms now)
{
    struct batch_share share;
    for (uint32_t told = 0; told < MEMBERS_A_STEP && engine_has_room(ctx) && batch_deal(batch, &share); told++) {
        struct record *record = &ctx->records[share.record];
        if (share.again)
            record_unsent(record, ctx, now);
        else
            record_answered(record, ctx, &batch->report, &share, now);
        context_wake_record(ctx, share.record, now);
    }
}

void engine_send_done(struct context *ctx, const struct event *event, mono_ms now)
{
    uint32_t zone = event->op.subject;
    if (zone >= ctx->settings->zone_count || event->op.ticket == 0 || event->op.ticket != ctx->batches[zone].ticket) {
        ctx->stats.answers_dropped++;
        return;
    }
    struct batch *batch = &ctx->batches[zone];
    ctx->stats.sends_in_flight--;
    engine_note_clock(ctx, batch->view.members[0].record, event->is.send, now);
    batch_answered(batch, event->is.send, &ctx->random, now);
    deal(ctx, batch, now);
    context_wake_zone(ctx, zone, now);
    serve_waiting(ctx, batch->server, now);
}

/* Its deadline may have come nearer. */
static void wake_in_time(struct context *ctx, uint32_t index)
{
    context_wake_record(ctx, index, record_deadline(&ctx->records[index]));
}

/* Takes in members, as many as fit into this step. True: the message is complete, or there is none to make. */
static bool seal(struct context *ctx, struct batch *batch, mono_ms now)
{
    for (uint32_t asked = 0; asked < MEMBERS_A_STEP && engine_has_room(ctx); asked++) {
        uint32_t index = batch_next(batch, now);
        if (index == ID_NONE)
            return true;
        struct record *record = &ctx->records[index];
        const struct plan *plan = record_seal(record, ctx, now);
        wake_in_time(ctx, index);
        if (plan == NULL)
            continue;
        if (!batch_take(batch, index, plan, batch_octets(record->settings, plan)))
            return true;
        record_sent(record, ctx, now);
    }
    return false;
}

static void send(struct context *ctx, struct batch *batch)
{
    uint32_t zone = batch->view.zone;
    batch_seal(batch, context_ticket(ctx));
    ctx->stats.sends_asked++;
    ctx->stats.sends_in_flight++;
    effects_send(ctx->effects, (struct op){.subject = zone, .ticket = batch->ticket});
}

/* An answer is dealt out wholly before the next message is begun, and a message is made wholly before it leaves. */
void engine_step_zone(struct context *ctx, uint32_t zone, mono_ms now)
{
    struct batch *batch = &ctx->batches[zone];
    if (batch->phase == BATCH_DEALING)
        deal(ctx, batch, now);
    else if (seal(ctx, batch, now) && batch->phase == BATCH_SEALING)
        send(ctx, batch);
    schedule_set(&ctx->zones_due, zone, mono_later(batch_deadline(batch), now));
    serve_waiting(ctx, batch->server, now);
}

/* What was read before a gap is no ground for a message: the members of one that has not left are asked again. */
void engine_take_back(struct context *ctx, mono_ms now)
{
    for (uint32_t zone = 0; zone < ctx->settings->zone_count; zone++) {
        struct batch *batch = &ctx->batches[zone];
        uint32_t index;
        while ((index = batch_give_back(batch)) != ID_NONE) {
            record_unsent(&ctx->records[index], ctx, now);
            batch_join(batch, index, record_class(&ctx->records[index]));
            context_wake_zone(ctx, zone, now);
        }
    }
}
