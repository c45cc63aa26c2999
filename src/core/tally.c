/* SPDX-License-Identifier: MIT */
/*
 * Where: core, between health and policy.
 * What:  at least N of M, in three values, and the instants that prove it.
 * Why:   an unknown member may turn out either way, so an answer is given only when it is the same both ways. A member
 *        that this host cannot judge at all (a family it has no route for) would keep it open for ever; it is left out
 *        as long as others can be judged.
 */

#include "core/tally.h"

#include <assert.h>

static bool has_counted(const struct health *member)
{
    return member == NULL || member->counted;
}

static bool any_has_counted(const struct health *const *members, uint32_t count)
{
    for (uint32_t n = 0; n < count; n++)
        if (has_counted(members[n]))
            return true;
    return false;
}

static bool is_local_only(const struct health *member)
{
    return member != NULL && member->local_only;
}

bool tally_leaves_out(const struct health *const *members, uint32_t count, uint32_t place)
{
    assert(place < count);
    return is_local_only(members[place]) && any_has_counted(members, count);
}

static enum health_state state_of(const struct health *member)
{
    return member == NULL ? HEALTH_UP : member->state;
}

/* The start of the last result that says what its state is. */
static mono_ms proof_of(const struct health *member)
{
    return member == NULL ? MONO_NEVER : member->state == HEALTH_DOWN ? member->failed_start : member->passed_start;
}

/* The `nth` newest (from 1) proof of those in a state; there are at least that many. */
static mono_ms nth_newest(const struct health *const *members, uint32_t count, enum health_state state, uint32_t nth)
{
    for (mono_ms bound = MONO_NEVER;;) {
        mono_ms newest = INT64_MIN;
        uint32_t alike = 0;
        for (uint32_t n = 0; n < count; n++) {
            mono_ms start = proof_of(members[n]);
            if (state_of(members[n]) != state || start > bound || start < newest)
                continue;
            alike = start == newest ? alike + 1 : 1;
            newest = start;
        }
        if (alike >= nth)
            return newest;
        nth -= alike;
        bound = newest - 1;
    }
}

/* What all members say together, but for the state. */
static struct tally count_members(const struct health *const *members, uint32_t count)
{
    struct tally tally = {.up_since = MONO_NEVER};
    bool some_are_judged = any_has_counted(members, count);
    for (uint32_t n = 0; n < count; n++) {
        if (some_are_judged && is_local_only(members[n])) {
            tally.left_out++;
        } else if (state_of(members[n]) == HEALTH_UP) {
            tally.up++;
        } else if (state_of(members[n]) == HEALTH_UNKNOWN) {
            tally.unknown++;
        } else {
            tally.failing_start = tally.down == 0 ? members[n]->failing_start
                                                  : mono_later(tally.failing_start, members[n]->failing_start);
            tally.down++;
        }
    }
    return tally;
}

/*
 *   condition          state     proved
 *   up >= N            up        passed_start: the N-th newest of the members' pass starts;
 *                                up_since: when this became true
 *   up + unknown < N   down      failing_start: the newest of the down members';
 *                                failed_start: the (M - N + 1)-th newest of their last failures, which leaves too few
 *   else               unknown
 *
 * A member without a check is up, and its pass is always new enough. A member that has had only LOCAL results since
 * start, or since it was forgotten, is left out while another one has counted results, and N is at most the number
 * that remain. Its first counted result takes it in again.
 */
struct tally tally_of(const struct health *const *members, uint32_t count, uint32_t least, const struct tally *former,
                      mono_ms now)
{
    assert(least >= 1 && count <= UINT16_MAX);

    struct tally tally = count_members(members, count);
    uint32_t judged = count - tally.left_out;
    if (judged == 0)
        return tally;
    if (least > judged)
        least = judged;
    if (tally.up >= least) {
        tally.state = HEALTH_UP;
        tally.passed_start = nth_newest(members, count, HEALTH_UP, least);
        tally.up_since = former->state == HEALTH_UP ? former->up_since : now;
    } else if ((uint32_t)tally.up + tally.unknown < least) {
        tally.state = HEALTH_DOWN;
        tally.failed_start = nth_newest(members, count, HEALTH_DOWN, judged - least + 1);
    }
    return tally;
}
