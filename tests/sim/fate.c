/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under liveness.
 * What:  what really is the matter with a target, and how long its checks may take to find out.
 * Why:   L1 speaks of targets that are dead or alive for good; what is neither excuses everybody.
 */

#include "fate.h"
#include "world.h"

int64_t round_ms(const struct check_settings *check)
{
    return (int64_t)check->interval_ms * (1000 + check->jitter_permille) / 1000 + check->total_ms;
}

/* The longest that f failures in a row take to be seen, the first of them after a whole interval. */
static int64_t detection_ms(const struct check_settings *check)
{
    return (int64_t)check->interval_ms * (1000 + check->jitter_permille) / 1000 +
           (int64_t)(check->fall - 1) * check->interval_changing_ms + check->total_ms;
}

/* … and r passes, by which a target that was down is up. */
static int64_t recovery_ms(const struct check_settings *check)
{
    return (int64_t)check->rise * check->interval_ms * (1000 + check->jitter_permille) / 1000 + check->total_ms;
}

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void note_check(struct target_truth *truth, const struct check_settings *check)
{
    truth->has_check = true;
    truth->detection_ms = longer(truth->detection_ms, detection_ms(check));
    truth->recovery_ms = longer(truth->recovery_ms, recovery_ms(check));
    truth->round_ms = longer(truth->round_ms, round_ms(check));
    truth->watched_ms = (int64_t)(check->fall - 1) * check->interval_changing_ms;
}

/* This host has not its family, which is nothing to who pushes; of a calculated watch: none below can be asked. */
static bool is_out_of_reach(const struct world *world, uint32_t watch)
{
    const struct watch_settings *of = &world->settings->watches[watch];
    for (uint32_t i = 0; i < of->child_count; i++)
        if (!is_out_of_reach(world, judge_child(world, watch, i)))
            return false;
    return world->faults.lost_family && of->address.family == world->faults.lost_family &&
           world->settings->checks[of->check].kind != CHECK_HEARTBEAT;
}

/*
 * An endpoint, or all of those that a calculated watch rests on: alive or dead only if they are of one mind. Whoever is
 * found dead last says from when on a proof counts, so the time in which the first was watched is none for that.
 */
static struct endpoint_truth truth_at(const struct world *world, uint32_t watch, struct target_truth *truth)
{
    const struct watch_settings *of = &world->settings->watches[watch];
    if (of->child_count == 0) {
        note_check(truth, &world->settings->checks[of->check]);
        return world->network.endpoints[watch];
    }
    struct endpoint_truth whole = truth_at(world, judge_child(world, watch, 0), truth);
    for (uint32_t i = 1; i < of->child_count; i++) {
        struct endpoint_truth child = truth_at(world, judge_child(world, watch, i), truth);
        whole.since = mono_later(whole.since, child.since);
        if (child.mode != whole.mode)
            whole.mode = ENDPOINT_FLAPPING;
    }
    for (uint32_t i = 0; i < of->child_count; i++) /* nobody can say of some */
        if (is_out_of_reach(world, judge_child(world, watch, i)))
            whole.mode = ENDPOINT_FLAPPING;
    truth->watched_ms = 0;
    return whole;
}

struct target_truth truth_of(const struct world *world, uint32_t index)
{
    const struct target_settings *target = &world->settings->targets[index];
    struct target_truth truth = {.least = target->least_healthy};
    for (uint32_t v = target->value_first; v < target->value_first + target->value_count; v++) {
        uint32_t watch = world->settings->values[v].watch;
        if (standing_sets_aside(world, v))
            continue;
        if (watch == ID_NONE) {
            truth.alive++;
            continue;
        }
        const struct endpoint_truth endpoint = truth_at(world, watch, &truth);
        if (is_out_of_reach(world, watch))
            continue;
        if (endpoint.mode == ENDPOINT_ALIVE) {
            truth.alive++;
            truth.alive_since = mono_later(truth.alive_since, endpoint.since);
        } else if (endpoint.mode == ENDPOINT_DEAD) {
            truth.dead++;
            truth.dead_since = mono_later(truth.dead_since, endpoint.since);
        } else {
            truth.other++;
        }
    }
    uint32_t judged = truth.alive + truth.dead + truth.other;
    if (truth.least > judged)
        truth.least = judged;
    return truth;
}

bool is_really_dead(const struct target_truth *truth)
{
    return truth->alive + truth->other < truth->least;
}

bool is_really_alive(const struct target_truth *truth)
{
    return truth->least > 0 && truth->alive >= truth->least;
}
