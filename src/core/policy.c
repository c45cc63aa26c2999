/* SPDX-License-Identifier: MIT */
/*
 * Where: core, between tally and plan.
 * What:  from opinions and facts to one target, a reason, and the instant at which time alone may change it.
 * Why:   each row that keeps what is published is an outcome with a name: not acting has to be explained too. Leaving a
 *        target asks more of the next one than being up, since a host that has just lost its own line still believes
 *        for some seconds that everything it probed before is well.
 */

#include "core/policy.h"

#include <assert.h>

static struct decision keep_until(const struct policy_input *input, enum decision_reason reason, mono_ms review_at)
{
    return (struct decision){.target = input->current, .reason = reason, .review_at = review_at};
}

static struct decision keep(const struct policy_input *input, enum decision_reason reason)
{
    return keep_until(input, reason, MONO_NEVER);
}

static struct decision take(uint32_t target, enum decision_reason reason)
{
    return (struct decision){.target = target, .reason = reason, .review_at = MONO_NEVER};
}

static bool is_drained(const struct policy_input *input, uint32_t target)
{
    return input->drained != NULL && input->drained[target] != 0;
}

/* Health counts for this target: it is no fallback, which nobody probes. */
static bool is_judged(const struct policy_input *input, uint32_t target)
{
    return target != input->fallback;
}

static bool is_in_state(const struct policy_input *input, uint32_t target, enum health_state state)
{
    return is_judged(input, target) && input->targets[target].state == state;
}

static bool may_be_chosen(const struct policy_input *input, uint32_t target, enum health_state state)
{
    return is_in_state(input, target, state) && !is_drained(input, target);
}

/* The first target in order, before `end`, that is in this state and not drained; ID_NONE if there is none. */
static uint32_t first_of(const struct policy_input *input, uint32_t end, enum health_state state)
{
    for (uint32_t target = 0; target < end; target++)
        if (may_be_chosen(input, target, state))
            return target;
    return ID_NONE;
}

static bool any_is_unknown(const struct policy_input *input)
{
    for (uint32_t target = 0; target < input->target_count; target++)
        if (is_in_state(input, target, HEALTH_UNKNOWN))
            return true;
    return false;
}

/* Later than the first failure of the current one: what was asked before it proves nothing. */
static bool is_proved(const struct record_settings *settings, const struct policy_input *input, uint32_t target)
{
    if (!settings->verify_failover || !is_in_state(input, input->current, HEALTH_DOWN))
        return true;
    mono_ms failing_start = input->targets[input->current].failing_start;
    return input->targets[target].passed_start > failing_start &&
           (!input->has_gate || input->gate_passed_start > failing_start);
}

static uint32_t first_proved(const struct record_settings *settings, const struct policy_input *input)
{
    for (uint32_t target = 0; target < input->target_count; target++)
        if (may_be_chosen(input, target, HEALTH_UP) && is_proved(settings, input, target))
            return target;
    return ID_NONE;
}

/* Row 11. What is drained is never chosen, not even among the dead. */
static uint32_t when_all_are_down(const struct record_settings *settings, const struct policy_input *input)
{
    uint32_t target = input->current;
    switch (settings->all_down) {
    case ALL_DOWN_KEEP:
        break;
    case ALL_DOWN_PRIMARY:
        target = 0;
        break;
    case ALL_DOWN_FALLBACK:
        target = input->fallback;
        break;
    }
    return target == ID_NONE || is_drained(input, target) ? input->current : target;
}

/* Rows 8 to 11: the current one is down, drained or the fallback. */
static struct decision decide_departure(const struct record_settings *settings, const struct policy_input *input)
{
    enum decision_reason reason = DECISION_DRAINED;
    if (!is_judged(input, input->current))
        reason = DECISION_RECOVERED;
    else if (is_in_state(input, input->current, HEALTH_DOWN))
        reason = DECISION_CURRENT_DOWN;

    uint32_t target = first_proved(settings, input);
    if (target != ID_NONE)
        return take(target, reason);
    if (first_of(input, input->target_count, HEALTH_UP) != ID_NONE)
        return keep(input, DECISION_PROOF_AWAITED);
    if (first_of(input, input->target_count, HEALTH_UNKNOWN) != ID_NONE)
        return keep(input, DECISION_NONE_KNOWN_UP);
    return take(when_all_are_down(settings, input), DECISION_NO_HEALTHY_TARGET);
}

/* Rows 12 to 16: the current one is up. */
static struct decision decide_fail_back(const struct record_settings *settings, const struct policy_input *input,
                                        mono_ms now)
{
    uint32_t better = first_of(input, input->current, HEALTH_UP);
    if (better == ID_NONE)
        return keep(input, DECISION_CURRENT_UP);
    if (input->fail_back_now)
        return take(better, DECISION_PREFERRED_UP);
    if (settings->fail_back == FAIL_BACK_MANUAL)
        return keep(input, DECISION_FAIL_BACK_MANUAL);
    if (input->latched)
        return keep(input, DECISION_FLAPPING);
    mono_ms from = mono_later(input->targets[better].up_since, input->fail_back_from);
    mono_ms due = mono_after(from, input->fail_back_delay_ms);
    if (now < due)
        return keep_until(input, DECISION_FAIL_BACK_WAIT, due);
    return take(better, DECISION_PREFERRED_UP);
}

/* Rows 6 to 16: nothing but health is left to decide. */
static struct decision decide_by_health(const struct record_settings *settings, const struct policy_input *input,
                                        mono_ms now)
{
    if (input->current == TARGET_RETIRED) {
        uint32_t target = first_of(input, input->target_count, HEALTH_UP);
        return target == ID_NONE ? keep(input, DECISION_RETIRED) : take(target, DECISION_RETIRED);
    }
    assert(input->current < input->target_count);
    if (may_be_chosen(input, input->current, HEALTH_UNKNOWN))
        return keep(input, DECISION_CURRENT_UNKNOWN);
    if (may_be_chosen(input, input->current, HEALTH_UP))
        return decide_fail_back(settings, input, now);
    return decide_departure(settings, input);
}

/*
 * The first row that fits; where no review is named, only events change it:
 *
 *   #   condition                                            target                   reason            review
 *   1   nothing of ours is published, or the record is off   keep                     condition
 *   2   hold on the record or on all                         keep                     held              its end
 *   3   failover override                                    the forced one           forced            its end
 *   4   gate closed                                          keep                     cut-off
 *   5   start grace runs and a target is unknown             keep                     start-grace       its end
 *   6   current is retired, some target up                   the first up one         retired
 *   6b  the same, none up                                    keep                     retired
 *   7   current unknown, not drained                         keep                     current-unknown
 *   8   current down, drained or fallback; a target is up,   the first such           current-down,
 *       not drained, and proved                                                       drained, recovered
 *   9   the same, but up ones lack the proof                 keep                     proof-awaited
 *   10  the same, none up, one unknown                       keep                     none-known-up
 *   11  the same, all others down or drained: all-down       keep, first, fallback    no-healthy-target
 *   12  current up, none better up                           keep                     current-up
 *   13  better one up, fail-back: manual, no such command    keep                     fail-back-manual
 *   14  better one up, latched by max-switches               keep                     flapping
 *   15  better one up for less than the delay                keep                     fail-back-wait    when it is over
 *   16  better one up                                        the first such           preferred-up
 *
 * Proved (row 8): where the current one is down and verify-failover is on, the candidate's passed_start, and where
 * there is a connectivity block the gate's as well, is later than the current one's failing_start. A candidate without
 * a check is exempt from the first half: its passed_start is MONO_NEVER. A failback command goes past rows 13 to 15.
 * The delay of row 15 counts from when the better one came up, and from the record's last switch if that was later.
 * A drained target is chosen by none of these rows; in row 11 what is published is kept instead.
 */
struct decision policy_decide(const struct record_settings *settings, const struct policy_input *input, mono_ms now)
{
    if (input->current == ID_NONE || !settings->enabled)
        return keep(input, DECISION_CONDITION);
    if (input->held)
        return keep_until(input, DECISION_HELD, input->hold_until);
    if (input->forced != ID_NONE) {
        struct decision forced = take(input->forced, DECISION_FORCED);
        forced.review_at = input->forced_until;
        return forced;
    }
    if (input->has_gate && !input->gate_open)
        return keep(input, DECISION_CUT_OFF);
    if (input->grace && any_is_unknown(input))
        return keep_until(input, DECISION_START_GRACE, input->grace_until);
    return decide_by_health(settings, input, now);
}

/*
 *   publish    wanted
 *   all        all
 *   healthy    those that are up, or left out of the tally as unjudged, and not drained; if none is up, all
 */
uint32_t policy_values(const struct record_settings *settings, const struct health *const *members,
                       const uint8_t *drained, uint32_t count, uint8_t *ret_wanted)
{
    assert(count > 0);

    uint32_t wanted = 0;
    bool one_is_up = false;
    for (uint32_t n = 0; n < count; n++) {
        bool up = members[n] == NULL || members[n]->state == HEALTH_UP;
        bool eligible = drained == NULL || drained[n] == 0;
        ret_wanted[n] = eligible && (up || tally_leaves_out(members, count, n));
        wanted += ret_wanted[n];
        one_is_up |= eligible && up;
    }
    if (settings->publish == PUBLISH_HEALTHY && one_is_up)
        return wanted;
    for (uint32_t n = 0; n < count; n++)
        ret_wanted[n] = 1;
    return count;
}
