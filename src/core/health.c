/* SPDX-License-Identifier: MIT */
/*
 * Where: core, behind watch and before tally.
 * What:  hysteresis of one watch: a state needs `fall` failures or `rise` passes in a row to turn, and a counted
 *        result now and then to last.
 * Why:   LOCAL is ignorance and leaves a streak alone. But ignorance inside a streak may hold its results so far
 *        apart that together they say nothing about now. So the part of a streak behind its last interruption is
 *        counted beside it, and is what remains of it when the whole has grown older than a result may be. A streak
 *        that was never interrupted counts however slow the probes came.
 */

#include "core/health.h"

#include <assert.h>

/* What results may be late beyond all that is configured: ticks, a busy loop. */
#define FRESHNESS_SLACK_MS 2000

static int64_t span_of_results_ms(const struct check_settings *check, uint16_t results)
{
    int64_t interval_most_ms = check->interval_ms + (int64_t)check->interval_ms * check->jitter_permille / 1000;
    return results * interval_most_ms + check->total_ms + FRESHNESS_SLACK_MS;
}

int64_t health_freshness_ms(const struct check_settings *check)
{
    return span_of_results_ms(check, check->fall);
}

mono_ms health_expires_at(const struct health *health, const struct check_settings *check)
{
    if (health->state == HEALTH_UNKNOWN)
        return MONO_NEVER;
    return mono_after(health->counted_at, health_freshness_ms(check));
}

void health_clear_streak(struct health *health)
{
    health->passes = 0;
    health->fails = 0;
    health->resumed = 0;
    health->streak = 0;
}

void health_interrupt(struct health *health)
{
    health->resumed = 0;
}

void health_forget(struct health *health, mono_ms now)
{
    *health = (struct health){.since = now};
}

static void enter_state(struct health *health, enum health_state state, mono_ms now)
{
    health->state = state;
    health->since = now;
}

bool health_expire(struct health *health, const struct check_settings *check, mono_ms now)
{
    if (!health->counted || now < mono_after(health->counted_at, health_freshness_ms(check)))
        return false;
    health_clear_streak(health); /* also that of an unknown one: it is as old */
    if (health->state == HEALTH_UNKNOWN)
        return false;
    enter_state(health, HEALTH_UNKNOWN, now);
    return true;
}

/* One more result of the kind that `count` counts; `needed` of them decide. */
static void lengthen_streak(struct health *health, uint16_t *count, uint16_t needed, int64_t span_ms, mono_ms started,
                            mono_ms now)
{
    if (health->resumed < *count && *count < needed && now - health->streak_start >= span_ms) {
        *count = health->resumed;
        health->streak = health->resumed;
        health->streak_start = health->resumed_start;
    }
    if (*count == 0)
        health->streak_start = started;
    if (health->resumed == 0)
        health->resumed_start = started;
    if (*count < needed)
        (*count)++;
    if (health->resumed < needed)
        health->resumed++;
    if (health->streak < UINT32_MAX)
        health->streak++;
}

static bool observe_pass(struct health *health, const struct check_settings *check, mono_ms started, mono_ms now)
{
    health->passed_start = started;
    if (health->fails > 0)
        health_clear_streak(health);
    lengthen_streak(health, &health->passes, check->rise, span_of_results_ms(check, check->rise), started, now);

    bool turns = health->state == HEALTH_UNKNOWN || (health->state == HEALTH_DOWN && health->passes >= check->rise);
    if (turns)
        enter_state(health, HEALTH_UP, now);
    return turns;
}

static bool observe_failure(struct health *health, const struct check_settings *check, mono_ms started, mono_ms now)
{
    health->failed_start = started;
    if (health->passes > 0)
        health_clear_streak(health);
    lengthen_streak(health, &health->fails, check->fall, health_freshness_ms(check), started, now);

    if (health->state == HEALTH_DOWN) /* the run that brought it down is the one before */
        return false;
    health->failing_start = health->streak_start;
    bool turns = health->fails >= check->fall;
    if (turns)
        enter_state(health, HEALTH_DOWN, now);
    return turns;
}

/*
 *   state     what comes                                        then
 *   any       LOCAL                                             nothing changes, not even the streak; local_only where
 *                                                               nothing counted yet
 *   unknown   pass                                              up at once
 *   unknown   `fall` failures in a row                          down
 *   up        `fall` failures in a row                          down; a pass between clears the streak
 *   down      `rise` passes in a row                            up; a failure between clears the streak
 *   any       no counted result for fall × interval ×           unknown (health_expire)
 *             (1 + jitter) + timeout + 2 s
 *   any       the gate opens again, or a gap longer than that   unknown, streaks cleared (health_forget)
 *   any       a gap longer than `interval`                      state kept, streaks cleared (health_clear_streak),
 *                                                               results of probes begun before it dropped (watch_gap)
 *
 * Results in a row are in a row in spite of LOCAL between them, as long as the first of them is younger than the time
 * that this many results take at the configured pace (the same sum, with `rise` for passes).
 */
bool health_observe(struct health *health, const struct check_settings *check, enum verdict verdict, mono_ms started,
                    mono_ms now)
{
    assert(started <= now && verdict >= VERDICT_PASS && verdict <= VERDICT_LOCAL);

    if (verdict == VERDICT_LOCAL) {
        health->local_only = !health->counted;
        health_interrupt(health);
        return false;
    }
    bool expired = health_expire(health, check, now);
    health->counted = true;
    health->local_only = false;
    health->counted_at = now;
    bool turned = verdict == VERDICT_PASS ? observe_pass(health, check, started, now)
                                          : observe_failure(health, check, started, now);
    return expired || turned;
}

bool health_is_changing(const struct health *health)
{
    return health->state == HEALTH_DOWN ? health->passes > 0 : health->fails > 0;
}
