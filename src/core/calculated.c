/* SPDX-License-Identifier: MIT */
/*
 * Where: core, between the watches below a calculated one and itself.
 * What:  what its children say together, as the health of a watch like any other.
 * Why:   a target, and a check above, need not know that nothing was asked here. The proof is that of the children: the
 *        instants come from their looks and not from when we added them up. An opinion is only as good as what it
 *        rests on, so unknown is followed at once, whatever rise and fall say.
 */

#include "core/calculated.h"

#include "base/text.h"
#include "core/tally.h"

#include <assert.h>
#include <string.h>

static const uint32_t *children_of(const struct context *ctx, const struct watch_settings *settings)
{
    return &ctx->settings->children[settings->child_first];
}

/* Fills the context's room with the children; `sound`: as a decision may rest on them. Returns how many are sound. */
static uint32_t gather(const struct context *ctx, const struct watch_settings *settings, bool sound)
{
    static const struct health in_question = {.state = HEALTH_UNKNOWN, .counted = true};
    uint32_t count = 0;
    for (uint32_t i = 0; i < settings->child_count; i++) {
        uint32_t child = children_of(ctx, settings)[i];
        bool is_sound = context_is_sound(ctx, child);
        ctx->members[i] = is_sound || !sound ? &ctx->watches[child].health : &in_question;
        count += is_sound ? 1 : 0;
    }
    return count;
}

/* What the children say, swapped where the check is inverted. */
struct word {
    enum health_state state;
    mono_ms passed_start, failed_start, failing_start;
};

/*
 * A pass is proved by the children that make it one, and so is a failure; inverted each proves the other. When an
 * inverted one began to fail is when enough of its children had passed.
 */
static struct word hear(const struct tally *tally, const struct watch *watch)
{
    static const enum health_state swapped[] = {
        [HEALTH_UNKNOWN] = HEALTH_UNKNOWN, [HEALTH_UP] = HEALTH_DOWN, [HEALTH_DOWN] = HEALTH_UP};
    struct word word = {.state = tally->state,
                        .passed_start = tally->passed_start,
                        .failed_start = tally->failed_start,
                        .failing_start = tally->failing_start};
    if (!watch->check->invert)
        return word;
    bool goes_on = watch->health.fails > 0 || watch->health.state == HEALTH_DOWN;
    return (struct word){.state = swapped[tally->state],
                         .passed_start = tally->failed_start,
                         .failed_start = tally->passed_start,
                         .failing_start = goes_on ? watch->health.failing_start : tally->passed_start};
}

/* One more of a streak. Returns what that makes of the state. */
static enum health_state count(struct health *health, const struct check_settings *check, const struct word *word)
{
    const bool up = word->state == HEALTH_UP;
    if (up ? health->fails > 0 : health->passes > 0)
        health_clear_streak(health);
    uint16_t *const results = up ? &health->passes : &health->fails, needed = up ? check->rise : check->fall;
    if (*results == 0)
        health->streak_start = up ? word->passed_start : word->failing_start;
    *results = (uint16_t)(*results + (*results < needed ? 1 : 0));
    health->streak += health->streak < UINT32_MAX ? 1 : 0;
    bool decides = *results >= needed || (up && health->state == HEALTH_UNKNOWN);
    return decides ? word->state : health->state;
}

/*
 *   the children say          then
 *   unknown                   unknown at once, the streak is cleared
 *   up                        up; from down only after `rise` results in a row that leave it so
 *   down                      down after `fall` results in a row that leave it so
 *
 * A result is one that counts of anybody below; what the children say for the first time is one in any case.
 */
static void follow(struct health *health, const struct check_settings *check, const struct word *word, bool result,
                   mono_ms now)
{
    enum health_state state = word->state;
    if (state == HEALTH_UNKNOWN)
        health_clear_streak(health);
    else if (result || (state == HEALTH_UP ? health->passes : health->fails) == 0)
        state = count(health, check, word);
    else
        state = health->state;
    if (word->state == HEALTH_UP) {
        health->passed_start = word->passed_start;
    } else if (word->state == HEALTH_DOWN) {
        health->failed_start = word->failed_start;
        health->failing_start = word->failing_start;
    }
    if (state != health->state)
        health->since = now;
    health->state = state;
}

/* Whether anything counted below it, and when last; or whether this host can judge none of it. */
static void note_age(struct health *health, const struct context *ctx, uint32_t child_count)
{
    health->counted = false;
    health->local_only = true;
    for (uint32_t i = 0; i < child_count; i++) {
        const struct health *child = ctx->members[i];
        health->local_only = health->local_only && child->local_only;
        if (!child->counted)
            continue;
        health->counted_at = health->counted ? mono_later(health->counted_at, child->counted_at) : child->counted_at;
        health->counted = true;
    }
}

/* The child that decided: the one whose instant is that of the whole. */
static const struct watch *decider(const struct context *ctx, const struct watch_settings *settings,
                                   const struct tally *tally)
{
    for (uint32_t i = 0; i < settings->child_count; i++) {
        const struct watch *child = &ctx->watches[children_of(ctx, settings)[i]];
        bool decides = child->health.state == tally->state &&
                       (tally->state == HEALTH_UP     ? child->health.passed_start == tally->passed_start
                        : tally->state == HEALTH_DOWN ? child->health.failing_start == tally->failing_start
                                                      : child->last.verdict == VERDICT_LOCAL);
        if (decides)
            return child;
    }
    return NULL;
}

/* What it saw, behind its name; as the result of this watch. */
static void report(struct watch *watch, const struct watch *child, const struct tally *tally)
{
    struct probe_report *last = &watch->last;
    *last = tally->state == HEALTH_DOWN ? child->last_failure : child->last;
    if (tally->state == HEALTH_UP && last->verdict != VERDICT_PASS) /* it fails already, and is not down for it */
        *last = (struct probe_report){.verdict = VERDICT_PASS,
                                      .reason = REASON_OK,
                                      .started = child->health.passed_start,
                                      .phases = {-1, -1, -1, -1, -1}};
    char seen[DETAIL_TEXT_MAX];
    struct text whole = text_over(seen, sizeof(seen));
    text_addf(&whole, "%s%s%s", child->check->name, last->detail[0] == '\0' ? "" : ": ", last->detail);
    memcpy(last->detail, seen, sizeof(seen));
    if (watch->check->invert)
        watch_invert(last);
    if (last->verdict == VERDICT_FAIL)
        watch->last_failure = *last;
}

void calculated_follow(struct context *ctx, uint32_t index, bool result, mono_ms now)
{
    const struct watch_settings *settings = &ctx->settings->watches[index];
    const struct tally none = {.state = HEALTH_UNKNOWN};
    struct watch *watch = &ctx->watches[index];
    assert(settings->child_count > 0 && settings->least > 0);

    bool all_sound = gather(ctx, settings, false) == settings->child_count;
    const struct tally tally = tally_of(ctx->members, settings->child_count, settings->least, &none, now);
    note_age(&watch->health, ctx, settings->child_count);
    const struct word word = hear(&tally, watch);
    follow(&watch->health, watch->check, &word, result, now);
    const struct watch *child = decider(ctx, settings, &tally);
    if (child != NULL)
        report(watch, child, &tally);
    watch->sound = true;
    if (all_sound)
        return;
    (void)gather(ctx, settings, true);
    watch->sound = tally_of(ctx->members, settings->child_count, settings->least, &none, now).state == tally.state;
}
