/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside plan.
 * What:  the next step of a record that has no marker (ownership: none).
 * Why:   values are all that is to be seen, and they do not tell whose they are. So they are ours only while they are
 *        what we believe; whatever else stands there ends it, until an operator says go on. And since no fence can
 *        kill a message that may still be applied, whatever would contradict it waits until it is too old.
 */

#include "core/plan_parts.h"

#include <string.h>

static struct plan stop(enum condition condition)
{
    return (struct plan){.kind = PLAN_STOP, .condition = condition};
}

static struct plan nothing(enum plan_kind kind)
{
    return (struct plan){.kind = kind};
}

static bool sets_absent(const struct rrset sets[2])
{
    return sets[0].count == 0 && sets[1].count == 0;
}

/* `fresh` is never written: it tells this message from others. */
static struct plan message(const struct question *q, enum plan_kind kind)
{
    struct plan plan = {.kind = kind, .bare = true, .fresh = marker_next(NULL, q->belief->owner, q->nonce)};
    memcpy(plan.expect, q->seen->sets, sizeof(plan.expect));
    for (uint32_t i = 0; i < q->record->type_count; i++) {
        plan.publish[i] = q->wanted[i];
        plan.publish[i].ttl_s = q->record->ttl_s;
    }
    return plan;
}

/* May a message of ours still be applied that brings something else than what is wanted? */
static bool contradicts_doubt(const struct question *q)
{
    const struct belief *belief = q->belief;
    if (belief->pending.in_doubt && !plan_same_sets(q->record, belief->pending.plan.publish, q->wanted))
        return true;
    for (uint32_t i = 0; i < belief->stray_count; i++) {
        const struct stray *stray = &belief->strays[i];
        if (stray->in_doubt && !plan_target_fits(q->settings, q->record, stray->target, q->wanted))
            return true;
    }
    return false;
}

/*
 *   in doubt                                    plan
 *   what brings something else                  in sync: it waits
 *   this very message, and it may still come    the same bytes again
 *   else                                        a new one
 */
static struct plan send(const struct question *q, enum plan_kind kind)
{
    const struct pending *pending = &q->belief->pending;
    if (contradicts_doubt(q))
        return nothing(PLAN_IN_SYNC);
    bool again = pending->in_doubt && pending->plan.kind == kind && plan_expects(q->record, &pending->plan, q->seen);
    return again ? pending->plan : message(q, kind);
}

/* No TTL is repaired: that would be a write without a decision. */
static struct plan plan_ours(const struct question *q)
{
    bool moves = q->wanted != NULL && !plan_same_sets(q->record, q->wanted, q->seen->sets);
    return moves ? send(q, PLAN_SWITCH) : nothing(PLAN_IN_SYNC);
}

/* It is what a message of ours brings that was accepted, or may have been applied. */
static bool is_applied(const struct question *q)
{
    const struct belief *belief = q->belief;
    const struct pending *pending = &belief->pending;
    if (pending->sent && (pending->in_doubt || pending->accepted) &&
        plan_same_sets(q->record, belief_pending_sets(belief), q->seen->sets))
        return true;
    for (uint32_t i = 0; i < belief->stray_count; i++)
        if (belief->strays[i].in_doubt &&
            plan_target_fits(q->settings, q->record, belief->strays[i].target, q->seen->sets))
            return true;
    return false;
}

/*
 * Nothing of ours stands there for all we know:
 *
 *   so far                   sets                             plan
 *   nothing was believed     a message of ours brings them    applied
 *   others changed ours      nothing at all                   stop missing
 *   others' stopped it       nothing at all                   stop missing: that they took it away is a change, too
 *   nothing was believed     nothing at all, create: no       stop missing
 *   nothing was believed     nothing at all, create: yes      CREATE, once a target is up; until then in sync
 *   nothing was read         one target's                     believed: as ours
 *   others changed ours      anything else                    stop foreign-change
 *   it was stopped           one target's                     stop foreign-change
 *   else                     anything else                    stop foreign
 */
static struct plan plan_unbelieved(const struct question *q)
{
    const struct belief *belief = q->belief;
    const struct rrset *sets = q->seen->sets;
    if (!belief->changed && is_applied(q))
        return nothing(PLAN_APPLIED);
    if (sets_absent(sets)) {
        bool stopped = !belief->known && !belief->first;
        if (!q->record->create || belief->changed || stopped)
            return stop(CONDITION_MISSING);
        return q->wanted != NULL ? send(q, PLAN_CREATE) : nothing(PLAN_IN_SYNC);
    }
    bool is_targets = plan_current_target(q->settings, q->record, sets) != ID_NONE;
    if (belief->first && is_targets)
        return plan_ours(q);
    return stop(belief->changed || is_targets ? CONDITION_FOREIGN_CHANGE : CONDITION_FOREIGN);
}

/*
 *   believed         sets                             plan
 *   nothing, so far or any more       any             by the table above
 *   V                V                                SWITCH to what is wanted, if that is not V; else in sync
 *   V                a message of ours brings them    applied
 *   V                nothing at all                   stop missing
 *   V                others                           stop foreign-change
 */
struct plan plan_bare(const struct question *q)
{
    const struct rrset *sets = q->seen->sets;
    if (!q->belief->known || belief_is_absent(q->belief))
        return plan_unbelieved(q);
    if (plan_same_sets(q->record, q->belief->sets, sets))
        return plan_ours(q);
    if (is_applied(q))
        return nothing(PLAN_APPLIED);
    return stop(sets_absent(sets) ? CONDITION_MISSING : CONDITION_FOREIGN_CHANGE);
}
