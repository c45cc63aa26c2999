/* SPDX-License-Identifier: MIT */
/*
 * Where: core, between the engine and the parts of one record.
 * What:  the order in which things happen to it: tell what changed, decide, ask the transaction, carry out its step.
 * Why:   whatever came (a probe's result, a read, an answer, an instant), the same step follows: look, compare, act
 *        on the difference. A step that is repeated does no harm.
 */

#include "core/record_parts.h"

#include <assert.h>

void record_init(struct record *record, const struct context *ctx, uint32_t index, struct tally *targets,
                 mono_ms *times, uint8_t *storage, mono_ms now)
{
    const struct record_settings *settings = &ctx->settings->records[index];
    *record = (struct record){.settings = settings,
                              .index = index,
                              .targets = targets,
                              .current = ID_NONE,
                              .current_since = now,
                              .decision = {.target = ID_NONE, .reason = DECISION_CONDITION, .review_at = MONO_NEVER},
                              .switched_at = MONO_NEVER,
                              .change_from = ID_NONE,
                              .change_target = ID_NONE,
                              .cause_value = ID_NONE,
                              .override = {.forced = ID_NONE},
                              .failed_target = ID_NONE,
                              .would_target = ID_NONE};
    flap_init(&record->flap, times, flap_room(settings));
    /* Four first reads a millisecond: 100,000 records are read within the start's grace, and not all at once. */
    txn_init(&record->txn, ctx->settings, settings, ctx->owner, storage, mono_after(now, index / 4));
}

enum condition record_condition(const struct record *record)
{
    return record->settings->enabled ? record->txn.condition : CONDITION_OFF;
}

bool record_is_pending(const struct record *record)
{
    switch (record->txn.state) {
    case TXN_QUEUED:
    case TXN_SENT:
    case TXN_CHECKING:
    case TXN_RESOLVING:
        return true;
    case TXN_IDLE:
    case TXN_READING:
    case TXN_PAUSED:
    case TXN_STOPPED:
        break;
    }
    return record->current != ID_NONE && record->decision.target != record->current;
}

/*
 *   condition                            in step
 *   unread, off                          not known
 *   ok, but a server of verify lags      no
 *   ok, nothing wanted or under way      yes
 *   else                                 no
 */
enum in_step record_in_step(const struct record *record)
{
    enum condition condition = record_condition(record);
    if (condition == CONDITION_UNREAD || condition == CONDITION_OFF)
        return IN_STEP_UNKNOWN;
    const struct verify *verify = &record->verify;
    bool lags = verify->state != VERIFY_NONE && verify_serving(verify) < verify->count;
    bool holds = condition == CONDITION_OK && record->current != ID_NONE && !record_is_pending(record);
    return holds && !lags ? IN_STEP_YES : IN_STEP_NO;
}

bool record_kept(const struct record *record, uint32_t nth, struct plan *plan, struct restore *ret)
{
    if (!txn_kept(&record->txn, nth, plan, ret))
        return false;
    ret->record = record->index;
    return true;
}

mono_ms record_deadline(const struct record *record)
{
    mono_ms at = mono_earlier(txn_deadline(&record->txn), record->decision.review_at);
    at = mono_earlier(at, slate_deadline(&record->failed));
    at = mono_earlier(at, record_verify_deadline(record));
    return mono_earlier(at, slate_deadline(&record->stopped));
}

/* ---- carrying out a step of the transaction ---- */

static void ask_read(struct record *record, struct context *ctx)
{
    if (ctx->stopping)
        return;
    record->read_ticket = context_ticket(ctx);
    ctx->stats.reads_asked++;
    ctx->stats.reads_in_flight++;
    effects_read(ctx->effects, (struct op){.subject = record->index, .ticket = record->read_ticket});
}

/*
 * Remembers why, for the notice that may come much later; a switch keeps its number until it is published or given
 * up.
 */
static void note_cause(struct record *record, struct context *ctx)
{
    const struct pending *pending = &record->txn.belief.pending;
    if (pending->plan.kind != PLAN_SWITCH)
        return;
    record->fills = belief_is_absent(&record->txn.belief) && !pending->plan.restores;
    record->cause = record->decision.reason;
    record->manual = record_obeys(record);
    record->change_from = record->current;
    record->cause_value = record_value_down(record, ctx, record->current);
    if (record->change != 0 && record->change_target == pending->target)
        return;
    record->change = ++ctx->changes;
    record->change_target = pending->target;
}

static void settle(struct record *record, mono_ms now)
{
    if (record->failed_message)
        slate_clean(&record->failed);
    else
        slate_lower(&record->failed, now);
    if (record->txn.condition == CONDITION_MISSING)
        return; /* waits to be created, and goes on to say so */
    slate_clean(&record->stopped);
    record->stopped_by = CONDITION_OK;
}

static void published(struct record *record, struct context *ctx, const struct txn_step *step, mono_ms now)
{
    /* Found after a stop: what stood there before is not what the zone held last, but what the message left. */
    uint32_t from = record->current == ID_NONE && step->kind == PLAN_SWITCH ? record->change_from : record->current;
    int64_t lasted = record->published ? now - record->current_since : -1;
    settle(record, now);
    record->current = txn_current(&record->txn);
    if (record->current != from) {
        record->current_since = now;
        record->published = true;
    }
    if (step->kind == PLAN_SWITCH && from != record->current && from < record->settings->target_count) {
        if (!record->manual)
            flap_note(&record->flap, record->settings, now);
        record->switched_at = now;
        ctx->switched_at = now;
        ctx->stats.switches++;
    }
    record_tell_published(record, ctx, step, from, lasted);
    record_verify_change(record, step->kind, record->change, now);
    record->change = 0;
}

/* Dry run: once a wish. What is not about another target (adoption, a TTL) is told once and not again. */
static void would_send(struct record *record, struct context *ctx, enum plan_kind kind, const struct wish *wish)
{
    if (wish->moves ? record->would_target == wish->target : record->would_kind == kind)
        return;
    if (wish->moves)
        record->would_target = wish->target;
    else
        record->would_kind = kind;
    record_tell_would_send(record, ctx, kind);
}

/* What may still be applied is kept before it leaves, and forgotten when nothing of it is in doubt any more. */
static void keep(struct record *record, struct context *ctx)
{
    uint64_t mark = txn_kept_mark(&record->txn);
    if (mark == record->kept_mark)
        return;
    record->kept_mark = mark;
    effects_save(ctx->effects, record->index);
}

static void speak(struct record *record, struct context *ctx, const struct txn_step *step, const struct wish *wish,
                  mono_ms now)
{
    switch (step->word) {
    case TXN_WORD_NONE:
        break;
    case TXN_WORD_FAILED:
        record_tell_failed(record, ctx, now);
        break;
    case TXN_WORD_STOPPED:
        slate_lower(&record->failed, now);
        record_tell_condition(record, ctx, now);
        break;
    case TXN_WORD_SETTLED:
        settle(record, now);
        record->change = 0;
        break;
    case TXN_WORD_PUBLISHED:
        published(record, ctx, step, now);
        break;
    case TXN_WORD_RIGHTS:
        record_tell_rights(record, ctx, now);
        break;
    case TXN_WORD_REHEARSED:
        slate_clean(&record->rights);
        break;
    case TXN_WORD_WOULD_SEND:
        record_look(record, now); /* the read that led to it may have been the first */
        would_send(record, ctx, step->kind, wish);
        break;
    }
}

void record_carry_out(struct record *record, struct context *ctx, const struct txn_step *step, const struct wish *wish,
                      mono_ms now)
{
    struct batch *batch = &ctx->batches[record->settings->zone];
    speak(record, ctx, step, wish, now);
    record_answer_command(record, ctx, step);
    record_settle(record, ctx, step->word);
    keep(record, ctx);
    switch (step->act) {
    case TXN_ACT_NONE:
        break;
    case TXN_ACT_READ:
        ask_read(record, ctx);
        break;
    case TXN_ACT_JOIN:
        note_cause(record, ctx);
        batch_join(batch, record->index, record_class(record));
        context_wake_zone(ctx, record->settings->zone, now);
        break;
    case TXN_ACT_LEAVE:
        batch_leave(batch, record->index);
        break;
    case TXN_ACT_LEAVE_AND_READ:
        batch_leave(batch, record->index);
        ask_read(record, ctx);
        break;
    }
}

struct txn_scene record_scene(struct context *ctx, const struct wish *wish, mono_ms now)
{
    ctx->reply[0] = '\0';
    return (struct txn_scene){
        .now = now, .gap_at = ctx->gap_at, .random = &ctx->random, .wish = wish, .reply = ctx->reply};
}

/* ---- what comes ---- */

/* The clock of a fail-back goes on where a target is still the same. */
static void adopt_targets(struct record *record, const struct record *old)
{
    for (uint32_t former = 0; former < old->settings->target_count; former++) {
        uint32_t place = txn_place_of(&record->txn, &old->txn, former);
        if (place != ID_NONE)
            record->targets[place] = old->targets[former];
    }
}

/* A record that is off now has nothing to tell. */
static void adopt_slates(struct record *record, const struct record *old)
{
    if (!record->settings->enabled)
        return;
    record->failed = old->failed;
    record->stopped = old->stopped;
    record->unsigned_sets = old->unsigned_sets;
    record->rights = old->rights;
}

void record_adopt(struct record *record, const struct record *old, mono_ms now)
{
    txn_adopt(&record->txn, &old->txn, now);
    adopt_targets(record, old);
    adopt_slates(record, old);
    flap_adopt(&record->flap, &old->flap, record->settings, now);
    record->current = txn_current(&record->txn);
    record->current_since = record->current == old->current ? old->current_since : now;
    record->published = old->published;
    record->switched_at = old->switched_at;
    record->failed_message = old->failed_message;
    record->stopped_by = old->stopped_by;
    record->told_no_healthy = old->told_no_healthy;
    record->told_flapping = old->told_flapping;
    record->change = old->change;
    record->change_from = old->change_from < record->settings->target_count ? old->change_from : ID_NONE;
    record->change_target = ID_NONE;
    record->cause = old->cause;
    record->manual = old->manual;
    record->kept_mark = 0; /* whatever is in doubt is written down anew */
}

bool record_restore(struct record *record, const struct restore *restore)
{
    if (!plan_is_message(restore->plan) || !txn_restore(&record->txn, restore))
        return false;
    record->kept_mark = txn_kept_mark(&record->txn);
    if (restore->plan->kind == PLAN_SWITCH)
        record->change_from = plan_current_target(record->txn.settings, record->settings, restore->plan->expect);
    return true;
}

/* Waits to create the record until something is up: the operator should know that it is missing meanwhile. */
static void tell_waiting(struct record *record, struct context *ctx, const struct wish *wish, mono_ms now)
{
    const struct txn *txn = &record->txn;
    if (txn->state == TXN_IDLE && txn->condition == CONDITION_MISSING && !wish->frozen && !wish->fences_only &&
        !wish->moves)
        record_tell_condition(record, ctx, now);
}

static void decide_and_act(struct record *record, struct context *ctx, mono_ms now)
{
    record_decide(record, ctx, now);
    record_tell_decision(record, ctx);
    struct wish wish = record_wish(record, ctx);
    if (!wish.moves)
        record->would_target = ID_NONE;
    struct txn_scene scene = record_scene(ctx, &wish, now);
    struct txn_step step = txn_consider(&record->txn, &scene);
    record_carry_out(record, ctx, &step, &wish, now);
    tell_waiting(record, ctx, &wish, now);
}

bool record_step(struct record *record, struct context *ctx, mono_ms now)
{
    if (record_tell_values(record, ctx, now))
        return true;
    decide_and_act(record, ctx, now);
    if (record->stopped_by != record->txn.condition)
        slate_lower(&record->stopped, now);
    if (slate_deadline(&record->failed) <= now)
        record_tell_failed(record, ctx, now);
    if (slate_deadline(&record->stopped) <= now)
        record_tell_condition(record, ctx, now);
    record_verify_step(record, ctx, now);
    return false;
}

bool record_read_done(struct record *record, struct context *ctx, uint32_t ticket, const struct dns_report *report,
                      const struct observed *observed, mono_ms now)
{
    if (ticket == 0 || ticket != record->read_ticket)
        return false;
    record->read_ticket = 0;
    ctx->stats.reads_in_flight--;
    record_decide(record, ctx, now);
    struct wish wish = record_wish(record, ctx);
    struct txn_scene scene = record_scene(ctx, &wish, now);
    struct txn_step step = txn_read_done(&record->txn, &scene, report, observed);
    record_carry_out(record, ctx, &step, &wish, now);
    if (observed != NULL)
        record_tell_signatures(record, ctx, now);
    return true;
}

const struct plan *record_seal(struct record *record, struct context *ctx, mono_ms now)
{
    decide_and_act(record, ctx, now);
    return record->txn.state == TXN_QUEUED ? &record->txn.belief.pending.plan : NULL;
}

void record_sent(struct record *record, struct context *ctx, mono_ms now)
{
    txn_sent(&record->txn, now);
    keep(record, ctx);
}

void record_unsent(struct record *record, struct context *ctx, mono_ms now)
{
    (void)ctx; /* what was kept for it is seen to by its next step: to keep too much for a while does no harm */
    txn_unsent(&record->txn, now);
}

void record_answered(struct record *record, struct context *ctx, const struct dns_report *report,
                     const struct batch_share *share, mono_ms now)
{
    record_decide(record, ctx, now);
    struct wish wish = record_wish(record, ctx);
    struct txn_scene scene = record_scene(ctx, &wish, now);
    scene.shared = share->shared;
    struct txn_step step = txn_answered(&record->txn, &scene, report);
    if (step.word == TXN_WORD_FAILED && !share->speaks)
        step.word = TXN_WORD_NONE; /* one line for a message that got lost: each member looks for itself */
    record_carry_out(record, ctx, &step, &wish, now);
}
