/* SPDX-License-Identifier: MIT */
/*
 * Where: core, a part of record.
 * What:  its notices: what changed about its values, its decision, its place in the zone.
 * Why:   a thing is told when it changes, and again only where an operator is needed. What was told is compared with
 *        what is, so nothing is lost when the list of effects is full: it is told by the next step.
 */

#include "core/record_parts.h"

#include "base/text.h"

#include <string.h>

/* ---- values ---- */

static void report_into(struct notice *notice, const struct probe_report *report)
{
    notice->reason = report->reason;
    notice->code = report->code;
    notice->latency_us = report->phases.total_us;
    memcpy(notice->detail, report->detail, sizeof(notice->detail));
}

static struct notice *tell_value(const struct record *record, struct context *ctx, enum notice_kind kind,
                                 uint32_t value)
{
    const struct value_settings *settings = &ctx->settings->values[value];
    const struct watch *watch = &ctx->watches[settings->watch];
    struct notice *notice = effects_tell(ctx->effects, kind);
    notice->record = record->index;
    notice->value = value;
    notice->watch = settings->watch;
    notice->target = settings->target - record->settings->target_first;
    notice->streak = watch->health.streak;
    report_into(notice,
                kind == NOTICE_TARGET_UP || kind == NOTICE_TARGET_UNKNOWN ? &watch->last : &watch->last_failure);
    return notice;
}

/*
 * Can the address not be judged from this host? Only LOCAL results came, and another address of its target is judged;
 * or none is, and the start lies behind us, when the line may just not have been up yet.
 */
static bool is_unjudged(const struct record *record, const struct context *ctx, uint32_t place, uint32_t nth,
                        mono_ms now)
{
    const struct target_settings *target = record_target(record, ctx, place);
    if (!ctx->watches[ctx->settings->values[target->value_first + nth].watch].health.local_only)
        return false;
    for (uint32_t i = 0; i < target->value_count; i++)
        ctx->members[i] = context_health(ctx, target->value_first + i);
    return tally_leaves_out(ctx->members, target->value_count, nth) ||
           now >= mono_after(ctx->started_at, ctx->settings->safety.start_grace_ms);
}

static int64_t former_lasted(const struct value_told *told, enum health_state state, const struct health *health)
{
    return told->state == (uint8_t)state ? health->since - told->since : -1;
}

/*
 *   health                        told last              now told
 *   down                          not down               target-down
 *   up                            not up                 target-up; the first one after start too
 *   unknown, by age               up, down               target-unknown
 *   unknown, by a gap             up, down               nothing: the gap was told
 *   unknown, by the gate          up, down               nothing: that was told
 *   unknown, cannot be judged     not that               target-unknown
 *   failing, but not down         not this streak        probe-failing
 */
static void tell_change(const struct record *record, struct context *ctx, uint32_t place, uint32_t nth, mono_ms now)
{
    uint32_t value = record_target(record, ctx, place)->value_first + nth;
    uint32_t index = ctx->settings->values[value].watch;
    struct value_told *told = &ctx->told[value];
    const struct watch *watch = &ctx->watches[index];
    const struct health *health = &watch->health;
    if (health->state == HEALTH_UNKNOWN) {
        bool aged = told->state != HEALTH_UNKNOWN && health->since > mono_later(ctx->gap_at, ctx->opened_at);
        if (aged || (!told->unjudged && is_unjudged(record, ctx, place, nth, now))) {
            tell_value(record, ctx, NOTICE_TARGET_UNKNOWN, value);
            *told = (struct value_told){.state = HEALTH_UNKNOWN, .unjudged = true, .since = health->since};
        }
    } else if (told->state != (uint8_t)health->state) {
        bool down = health->state == HEALTH_DOWN;
        struct notice *notice = tell_value(record, ctx, down ? NOTICE_TARGET_DOWN : NOTICE_TARGET_UP, value);
        notice->threshold = down ? watch->check->fall : told->state == HEALTH_DOWN ? watch->check->rise : 1;
        notice->span_ms = health->counted_at - (down ? health->failing_start : health->streak_start);
        notice->duration_ms = former_lasted(told, down ? HEALTH_UP : HEALTH_DOWN, health);
        told->state = (uint8_t)health->state;
        told->since = health->since;
        told->unjudged = false;
    }
    if (health->state == HEALTH_DOWN || health->fails == 0 ||
        (told->failing && told->failing_start == health->failing_start))
        return;
    tell_value(record, ctx, NOTICE_PROBE_FAILING, value)->threshold = watch->check->fall;
    told->failing = true;
    told->failing_start = health->failing_start;
}

/* While this host may be cut off, what it sees of targets tells of itself alone, and that is told by the gate. */
bool record_tell_values(const struct record *record, struct context *ctx, mono_ms now)
{
    if (!gate_is_open(&ctx->gate))
        return false;
    for (uint32_t place = 0; place < record->settings->target_count; place++) {
        const struct target_settings *target = record_target(record, ctx, place);
        for (uint32_t nth = 0; nth < target->value_count; nth++) {
            if (ctx->settings->values[target->value_first + nth].watch == ID_NONE)
                continue;
            if (effects_left(ctx->effects) < STEP_EFFECTS + 2)
                return true;
            tell_change(record, ctx, place, nth, now);
        }
    }
    return false;
}

/* ---- the record ---- */

static struct notice *tell(const struct record *record, struct context *ctx, enum notice_kind kind)
{
    struct notice *notice = effects_tell(ctx->effects, kind);
    notice->record = record->index;
    notice->from = record->current < record->settings->target_count ? record->current : ID_NONE;
    notice->cause = record->decision.reason;
    notice->manual = record_obeys(record);
    notice->condition = record_condition(record);
    return notice;
}

/* The probe that decided. */
static void cause_into(struct notice *notice, const struct context *ctx, uint32_t value)
{
    if (value == ID_NONE)
        return;
    notice->value = value;
    notice->watch = ctx->settings->values[value].watch;
    report_into(notice, &ctx->watches[notice->watch].last_failure);
}

static bool any_is_up(const struct record *record)
{
    for (uint32_t place = 0; place < record->settings->target_count; place++)
        if (place != record->settings->fallback && record->targets[place].state == HEALTH_UP)
            return true;
    return false;
}

void record_tell_decision(struct record *record, struct context *ctx)
{
    enum decision_reason reason = record->decision.reason;
    if (reason == DECISION_NO_HEALTHY_TARGET && !record->told_no_healthy) {
        struct notice *notice = tell(record, ctx, NOTICE_NO_HEALTHY_TARGET);
        notice->to = record->decision.target < record->settings->target_count ? record->decision.target : ID_NONE;
        cause_into(notice, ctx, record_value_down(record, ctx, record->current));
    }
    record->told_no_healthy = reason == DECISION_NO_HEALTHY_TARGET || (record->told_no_healthy && !any_is_up(record));
    if (reason == DECISION_FLAPPING && !record->told_flapping) {
        struct notice *notice = tell(record, ctx, NOTICE_FLAPPING);
        notice->count = record->settings->switches_most;
        notice->span_ms = record->settings->flap_window_ms;
    }
    record->told_flapping = reason == DECISION_FLAPPING || (record->told_flapping && flap_is_latched(&record->flap));
}

/* Where the record is to move; ID_NONE: nowhere. */
static uint32_t moves_to(const struct record *record)
{
    uint32_t target = record->decision.target;
    return target < record->settings->target_count && target != record->current ? target : ID_NONE;
}

/*
 * What was told before was a smaller thing, and this one is told at once:
 *
 *   told before                         now
 *   a read                              a message
 *   whatever it kept from being done    another move that does not happen
 */
static bool is_new_trouble(const struct record *record, bool message)
{
    uint32_t target = moves_to(record);
    return (message && !record->failed_message) || (target != ID_NONE && target != record->failed_target);
}

void record_tell_failed(struct record *record, struct context *ctx, mono_ms now)
{
    const struct txn *txn = &record->txn;
    if (!record->settings->enabled)
        return;
    bool message = txn->sending || txn->state == TXN_RESOLVING;
    if (is_new_trouble(record, message))
        slate_clean(&record->failed);
    record->failed_message = message || (record->failed.active && record->failed_message);
    record->failed_target = moves_to(record);
    if (!slate_raise(&record->failed, now))
        return;
    struct notice *notice = tell(record, ctx, NOTICE_UPDATE_FAILED);
    notice->plan = message ? txn->belief.pending.plan.kind : 0;
    notice->to = record->failed_target;
    if (notice->to == ID_NONE)
        notice->from = ID_NONE; /* nothing is to move */
    notice->dns = txn->report;
    notice->change = record->change;
    notice->repeated = record->failed.told > 1;
    notice->duration_ms = now - record->failed.since;
    notice->next_ms = txn->wake_at == MONO_NEVER ? -1 : mono_later(txn->wake_at - now, 0);
}

/* Said where it is ours: others answer for their own. It keeps nobody from writing. */
void record_tell_signatures(struct record *record, struct context *ctx, mono_ms now)
{
    const struct txn *txn = &record->txn;
    if (!txn->signatures.is_signed || txn->signatures.good) {
        slate_lower(&record->unsigned_sets, now);
        return;
    }
    bool ours = record->settings->enabled && txn->condition == CONDITION_OK && txn->state != TXN_CHECKING;
    if (!ours || !slate_raise(&record->unsigned_sets, now))
        return;
    struct notice *notice = tell(record, ctx, NOTICE_UPDATE_FAILED);
    notice->not_signed = true;
    notice->repeated = record->unsigned_sets.told > 1;
    notice->duration_ms = now - record->unsigned_sets.since;
    notice->has_serial = txn->has_serial;
    notice->serial = txn->serial;
}

/* A rehearsal was refused. It is tried again, and told by the one that is then refused. */
void record_tell_rights(struct record *record, struct context *ctx, mono_ms now)
{
    if (!slate_raise(&record->rights, now))
        return;
    struct notice *notice = tell(record, ctx, NOTICE_RIGHTS);
    notice->plan = PLAN_REHEARSE;
    notice->dns = record->txn.report;
    notice->from = ID_NONE;
    notice->repeated = record->rights.told > 1;
    notice->duration_ms = now - record->rights.since;
}

static enum notice_kind kind_of(enum condition condition)
{
    switch (condition) {
    case CONDITION_FOREIGN_CHANGE:
        return NOTICE_FOREIGN_CHANGE;
    case CONDITION_PARTIAL:
    case CONDITION_CLONE:
    case CONDITION_ROLLBACK:
    case CONDITION_INCONSISTENT:
    case CONDITION_CONFLICT:
        return NOTICE_CONFLICT;
    case CONDITION_OK:
    case CONDITION_UNREAD:
    case CONDITION_OFF:
    case CONDITION_MISSING:
    case CONDITION_UNOWNED:
    case CONDITION_FOREIGN:
    case CONDITION_OTHER_OWNER:
    case CONDITION_OCCLUDED:
    case CONDITION_COUNT:
        break;
    }
    return NOTICE_NOT_OURS;
}

void record_tell_condition(struct record *record, struct context *ctx, mono_ms now)
{
    const struct txn *txn = &record->txn;
    if (!record->settings->enabled)
        return;
    if (record->stopped_by != txn->condition)
        slate_clean(&record->stopped);
    record->stopped_by = txn->condition;
    if (!slate_raise(&record->stopped, now))
        return;
    struct notice *notice = tell(record, ctx, kind_of(txn->condition));
    notice->repeated = record->stopped.told > 1;
    notice->duration_ms = now - record->stopped.since;
    if (txn->report.outcome == 0)
        memcpy(notice->detail, txn->report.detail, sizeof(notice->detail)); /* else a read has failed since */
    notice->marker_is_foreign = txn->seen.form == MARKER_FORM_FOREIGN;
    notice->owner = txn->seen.form == MARKER_FORM_ONE ? txn->seen.marker.owner : 0;
    notice->epoch = txn->seen.form == MARKER_FORM_ONE ? txn->seen.marker.epoch : 0;
    notice->epoch_known = txn->belief.marked ? txn->belief.marker.epoch : 0;
    notice->has_serial = txn->has_serial;
    notice->serial = txn->serial;
}

/* Leaving a dead or drained target, or going down the list: failover. Going up the list: fail-back. */
static enum notice_kind kind_of_switch(const struct record *record, uint32_t from, uint32_t to)
{
    if (from == to || from == ID_NONE)
        return NOTICE_PUBLISHED;
    bool flees = record->cause == DECISION_CURRENT_DOWN || record->cause == DECISION_DRAINED;
    return flees || to > from ? NOTICE_FAILOVER : NOTICE_FAIL_BACK;
}

/* What somebody else had put there is replaced. */
static void tell_restored(const struct record *record, struct context *ctx, bool answer_was_lost)
{
    const struct txn *txn = &record->txn;
    struct notice *notice = tell(record, ctx, NOTICE_FOREIGN_CHANGE);
    struct text text = text_over(notice->detail, sizeof(notice->detail));
    for (uint32_t i = 0; i < record->settings->type_count; i++) {
        text_add(&text, i > 0 ? ", " : "");
        rrset_format(&txn->belief.foreign[i], &text);
    }
    notice->plan = PLAN_SWITCH;
    notice->to = record->current;
    notice->answer_was_lost = answer_was_lost;
    notice->change = record->change;
    notice->dns = txn->report;
    notice->has_serial = txn->has_serial;
    notice->serial = txn->serial;
    notice->owner = txn->belief.marker.owner;
    notice->epoch = txn->belief.marker.epoch;
}

/*
 *   message                           from, to              told
 *   ADOPT, CREATE, TAKE_OVER, DISOWN  any                   owned
 *   SWITCH                            nothing there         owned
 *   SWITCH                            what was adopted      fail-back: from what is no target's
 *   SWITCH                            two targets           failover or fail-back
 *   SWITCH                            one target            published: other addresses of it
 *   SWITCH of a former life           not known, a target   published
 *   SWITCH that put back              any                   foreign-change; two targets: failover or fail-back, too
 *   TTL, FENCE                        any                   nothing
 */
void record_tell_published(const struct record *record, struct context *ctx, const struct txn_step *step, uint32_t from,
                           int64_t duration_ms)
{
    const struct txn *txn = &record->txn;
    uint32_t to = record->current;
    bool owned = step->kind == PLAN_ADOPT || step->kind == PLAN_CREATE || step->kind == PLAN_TAKE_OVER ||
                 step->kind == PLAN_DISOWN || (step->kind == PLAN_SWITCH && from == TARGET_RETIRED && record->fills);
    if (!owned && step->kind != PLAN_SWITCH)
        return;
    if (step->restored) {
        tell_restored(record, ctx, step->answer_was_lost);
        if (from == to || from >= record->settings->target_count)
            return;
    }
    struct notice *notice = tell(record, ctx, owned ? NOTICE_OWNED : kind_of_switch(record, from, to));
    notice->from = owned && from >= record->settings->target_count ? ID_NONE : from;
    notice->to = to;
    notice->target = to;
    notice->plan = step->kind;
    notice->duration_ms = notice->kind == NOTICE_PUBLISHED ? -1 : duration_ms;
    notice->dns = txn->report;
    notice->answer_was_lost = step->answer_was_lost;
    notice->has_serial = txn->has_serial;
    notice->serial = txn->serial;
    notice->owner = txn->belief.marker.owner;
    notice->epoch = step->kind == PLAN_TAKE_OVER ? txn->seen.marker.epoch : txn->belief.marker.epoch;
    notice->command = step->reply == TXN_REPLY_DONE ? record->command : 0;
    if (owned)
        return;
    notice->cause = record->cause;
    notice->manual = record->manual;
    notice->change = record->change;
    cause_into(notice, ctx, record->cause_value);
}

void record_tell_would_send(const struct record *record, struct context *ctx, enum plan_kind kind)
{
    struct notice *notice = tell(record, ctx, NOTICE_WOULD_SEND);
    notice->to = record->decision.target < record->settings->target_count ? record->decision.target : record->current;
    notice->plan = kind == PLAN_ADOPT && notice->to != notice->from ? PLAN_SWITCH : kind;
}
