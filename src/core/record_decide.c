/* SPDX-License-Identifier: MIT */
/*
 * Where: core, a part of record.
 * What:  from the health of its watches and from what the zone holds to what the record wants to stand there.
 * Why:   each step counts again from the facts as they are; nothing is remembered that could be seen.
 */

#include "core/record_parts.h"

#include <assert.h>

typedef const struct health *health_of_fn(const struct context *ctx, uint32_t value);

/*
 * Fills the context's room with the members of one target, but for addresses that are drained while the others go
 * on being published: a target is as well as what of it clients may be sent to. Returns how many there are.
 */
static uint32_t gather(const struct target_settings *target, const struct context *ctx, bool all,
                       health_of_fn *health_of)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < target->value_count; i++)
        if (all || ctx->drained[target->value_first + i] == 0)
            ctx->members[count++] = health_of(ctx, target->value_first + i);
    return count;
}

/*
 * Twice: as it is believed, which a gap does not change, so that people see no false break and the delay of a fail-back
 * goes on; and as a decision may rest on it.
 */
static void count_targets(struct record *record, const struct context *ctx, mono_ms now)
{
    for (uint32_t place = 0; place < record->settings->target_count; place++) {
        const struct target_settings *target = record_target(record, ctx, place);
        struct tally *tally = &record->targets[place];
        const struct tally former = *tally;
        bool drained = ctx->targets_drained[place] != 0;
        uint32_t count = gather(target, ctx, drained, context_health);
        *tally = tally_of(ctx->members, count, target->least_healthy, &former, now);
        (void)gather(target, ctx, drained, context_sound_health);
        ctx->sound[place] = tally_of(ctx->members, count, target->least_healthy, tally, now);
    }
}

void record_look(struct record *record, mono_ms now)
{
    uint32_t current = txn_current(&record->txn);
    if (current == record->current)
        return;
    record->current = current;
    record->current_since = now;
    record->published = false;
}

/*
 * A target is drained where all its addresses are, or so many that too few are left; with `publish: all` one is enough,
 * since all of them are published or none.
 */
bool record_drains(const struct record *record, const struct context *ctx, uint32_t place)
{
    const struct target_settings *target = record_target(record, ctx, place);
    uint32_t drained = 0;
    for (uint32_t i = 0; i < target->value_count; i++)
        drained += ctx->drained[target->value_first + i];
    bool too_few = target->value_count - drained < target->least_healthy || drained == target->value_count;
    return drained > 0 && (too_few || record->settings->publish == PUBLISH_ALL);
}

static void look_at_overrides(struct record *record, struct context *ctx)
{
    record->override = overrides_of(&ctx->overrides, record->index);
    for (uint32_t place = 0; place < record->settings->target_count; place++)
        ctx->targets_drained[place] = record_drains(record, ctx, place);
}

/* A departure that waits for proof may wait for that of the gate, which the passes of its targets do not bring. */
static void note_gate(struct record *record, struct context *ctx, bool awaits)
{
    bool awaits_gate = awaits && ctx->gate.count > 0 &&
                       gate_passed_start(&ctx->gate) <= ctx->sound[record->current].failing_start;
    ctx->gate_awaited += (awaits_gate ? 1U : 0U) - (record->awaits_gate ? 1U : 0U);
    record->awaits_gate = awaits_gate;
}

void record_decide(struct record *record, struct context *ctx, mono_ms now)
{
    const struct record_settings *settings = record->settings;
    look_at_overrides(record, ctx);
    count_targets(record, ctx, now);
    record_look(record, now);
    const mono_ms grace_until = mono_after(ctx->started_at, ctx->settings->safety.start_grace_ms);
    const struct policy_input input = {
        .targets = ctx->sound,
        .drained = ctx->targets_drained,
        .target_count = settings->target_count,
        .fallback = settings->fallback,
        .current = settings->enabled ? record->current : ID_NONE,
        .has_gate = ctx->gate.count > 0,
        .gate_open = gate_is_open(&ctx->gate),
        .gate_passed_start = gate_passed_start(&ctx->gate),
        .grace = now < grace_until,
        .held = record->override.held,
        .hold_until = record->override.hold_until,
        .forced = record->override.forced,
        .forced_until = record->override.forced_until,
        .grace_until = grace_until,
        .fail_back_now = record->fail_back_now,
        .fail_back_delay_ms = flap_delay_ms(&record->flap, settings, now),
        .fail_back_from = record->switched_at == MONO_NEVER ? 0 : record->switched_at,
        .latched = flap_is_latched(&record->flap),
    };
    bool awaited = record->decision.reason == DECISION_PROOF_AWAITED;
    record->decision = policy_decide(settings, &input, now);
    record->fail_back_now &= record->decision.reason == DECISION_PREFERRED_UP;
    if (record->decision.reason == DECISION_FAIL_BACK_WAIT)
        record->decision.review_at = mono_earlier(record->decision.review_at,
                                                  flap_changes_at(&record->flap, settings, now));
    bool awaits = record->decision.reason == DECISION_PROOF_AWAITED;
    ctx->proofs_awaited += (awaits ? 1U : 0U) - (awaited ? 1U : 0U);
    note_gate(record, ctx, awaits);
}

/* ---- the wish ---- */

/* Builds the sets of one target that are to be published, in the scratch. */
static void build_sets(const struct record *record, const struct context *ctx, uint32_t place, struct rrset sets[2])
{
    const struct record_settings *settings = record->settings;
    const struct target_settings *target = record_target(record, ctx, place);
    (void)gather(target, ctx, true, context_health);
    uint32_t wanted = policy_values(settings, ctx->members, &ctx->drained[target->value_first], target->value_count,
                                    ctx->wanted);
    assert(wanted > 0);
    (void)wanted;
    for (uint32_t t = 0; t < settings->type_count; t++) {
        struct rrset_builder builder = rrset_builder_over(settings->types[t], settings->ttl_s, ctx->scratch[t],
                                                          settings->room[t]);
        for (uint32_t i = 0; i < target->value_count; i++) {
            const struct rdata data = settings_value_data(ctx->settings, target->value_first + i);
            if (ctx->wanted[i] && data.type == settings->types[t])
                rrset_add_rdata(&builder, &data);
        }
        bool fits = rrset_pack(&builder, &sets[t]);
        assert(fits);
        (void)fits;
    }
}

/*
 * `publish: healthy` changes the addresses of a target that stays only while all of them are known: leaving one out
 * is as much a change of the answer as a switch is.
 */
static bool adjusts(const struct record *record, const struct context *ctx)
{
    uint32_t current = record->current;
    if (!gate_is_open(&ctx->gate) || record->settings->publish != PUBLISH_HEALTHY ||
        current >= record->settings->target_count || current == record->settings->fallback)
        return false;
    const struct tally *tally = &ctx->sound[current];
    return tally->state == HEALTH_UP && tally->unknown == 0;
}

/*
 *   decision                                        wish
 *   start-grace, a hold, or enabled: off            frozen: nothing is sent
 *   the gate is not open, nobody forces a target    nothing but a fence, where a message of ours may yet come
 *   another target                                  moves to its sets
 *   the current one, all its addresses known        moves to those of its addresses that are up (publish: healthy)
 *   the current one, or none                        what stands there is right
 */
struct wish record_wish(const struct record *record, struct context *ctx)
{
    const struct decision *decision = &record->decision;
    struct wish wish = {.target = ID_NONE, .dry_run = ctx->settings->safety.dry_run};
    wish.frozen = !record->settings->enabled || record->override.held || decision->reason == DECISION_START_GRACE;
    wish.fences_only = !gate_is_open(&ctx->gate) && decision->reason != DECISION_FORCED;
    bool another = decision->target < record->settings->target_count && decision->target != record->current;
    if (!another && !(decision->target == record->current && adjusts(record, ctx)))
        return wish;
    wish.moves = true;
    wish.target = decision->target;
    build_sets(record, ctx, decision->target, wish.sets);
    return wish;
}

enum batch_class record_class(const struct record *record)
{
    if (record->txn.command.moves || record->fail_back_now || record->decision.reason == DECISION_FORCED)
        return BATCH_COMMAND;
    switch (record->txn.belief.pending.plan.kind) {
    case PLAN_TTL:
        return BATCH_TTL;
    case PLAN_REHEARSE:
        return BATCH_REHEARSE;
    case PLAN_ADOPT:
    case PLAN_CREATE:
    case PLAN_ASSERT:
    case PLAN_SWITCH:
    case PLAN_FENCE:
    case PLAN_DISOWN:
    case PLAN_TAKE_OVER:
    case PLAN_IN_SYNC:
    case PLAN_APPLIED:
    case PLAN_READ_AGAIN:
    case PLAN_STOP:
        break;
    }
    uint32_t current = record->current;
    bool leaves = record->decision.target != current && current < record->settings->target_count;
    if (leaves && record->targets[current].state == HEALTH_DOWN)
        return BATCH_LEAVE_DEAD;
    enum plan_kind kind = record->txn.belief.pending.plan.kind;
    return kind == PLAN_ADOPT || kind == PLAN_CREATE ? BATCH_OWN : BATCH_FAIL_BACK;
}

uint32_t record_value_down(const struct record *record, const struct context *ctx, uint32_t place)
{
    if (place >= record->settings->target_count)
        return ID_NONE;
    const struct target_settings *target = record_target(record, ctx, place);
    for (uint32_t i = 0; i < target->value_count; i++) {
        uint32_t watch = ctx->settings->values[target->value_first + i].watch;
        if (watch != ID_NONE && ctx->watches[watch].health.state == HEALTH_DOWN)
            return target->value_first + i;
    }
    return ID_NONE;
}
