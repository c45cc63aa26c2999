/* SPDX-License-Identifier: MIT */
/*
 * Where: core, between policy (which target) and transaction (how it gets there).
 * What:  from what was read, or is freshly believed, and what is wanted to one next step.
 * Why:   whoever decides what may be overwritten must see all of it in one place. Each row names what it saw; what no
 *        row names is somebody else's and stays as it is.
 */

#include "core/plan.h"

#include "core/belief.h"
#include "core/plan_parts.h"

#include <assert.h>
#include <string.h>

/* ---- whose sets these are ---- */

static bool target_holds(const struct settings *settings, const struct target_settings *target, enum rrtype type,
                         const uint8_t *rdata, uint16_t length)
{
    for (uint32_t i = 0; i < target->value_count; i++) {
        const struct rdata data = settings_value_data(settings, target->value_first + i);
        if (rdata_is(&data, type, rdata, length))
            return true;
    }
    return false;
}

/* Nothing but what the target is published as. */
static bool sets_within(const struct settings *settings, const struct record_settings *record,
                        const struct target_settings *target, const struct rrset sets[2])
{
    for (uint32_t i = 0; i < record->type_count; i++) {
        const uint8_t *rdata;
        uint16_t offset = 0, length;
        while (rrset_next(&sets[i], &offset, &rdata, &length))
            if (!target_holds(settings, target, record->types[i], rdata, length))
                return false;
    }
    return true;
}

/* All that the target is published as. */
static bool sets_cover(const struct settings *settings, const struct record_settings *record,
                       const struct target_settings *target, const struct rrset sets[2])
{
    for (uint32_t i = 0; i < target->value_count; i++) {
        const struct rdata data = settings_value_data(settings, target->value_first + i);
        bool held = false;
        for (uint32_t t = 0; t < record->type_count; t++)
            held = held || rrset_holds(&sets[t], &data);
        if (!held)
            return false;
    }
    return true;
}

static bool sets_absent(const struct rrset sets[2])
{
    return sets[0].count == 0 && sets[1].count == 0;
}

bool plan_same_sets(const struct record_settings *record, const struct rrset a[2], const struct rrset b[2])
{
    for (uint32_t i = 0; i < record->type_count; i++)
        if (!rrset_same_data(&a[i], &b[i]))
            return false;
    return true;
}

static uint32_t target_of(const struct settings *settings, const struct record_settings *record,
                          const struct rrset sets[2], bool parts)
{
    if (sets_absent(sets))
        return ID_NONE;
    for (uint32_t i = 0; i < record->target_count; i++) {
        const struct target_settings *target = &settings->targets[record->target_first + i];
        if (sets_within(settings, record, target, sets) && (parts || sets_cover(settings, record, target, sets)))
            return i;
    }
    return ID_NONE;
}

uint32_t plan_current_target(const struct settings *settings, const struct record_settings *record,
                             const struct rrset sets[2])
{
    return target_of(settings, record, sets, record->publish == PUBLISH_HEALTHY);
}

uint32_t plan_whole_target(const struct settings *settings, const struct record_settings *record,
                           const struct rrset sets[2])
{
    return target_of(settings, record, sets, false);
}

bool plan_target_fits(const struct settings *settings, const struct record_settings *record, uint32_t target,
                      const struct rrset sets[2])
{
    if (target >= record->target_count || sets_absent(sets))
        return false;
    const struct target_settings *own = &settings->targets[record->target_first + target];
    return sets_within(settings, record, own, sets) &&
           (record->publish == PUBLISH_HEALTHY || sets_cover(settings, record, own, sets));
}

bool plan_expects(const struct record_settings *record, const struct plan *plan, const struct observed *seen)
{
    bool marker = plan->has_old ? seen->form == MARKER_FORM_ONE && marker_equal(&seen->marker, &plan->old)
                                : seen->form == MARKER_FORM_NONE;
    return (marker || plan->bare) &&
           (plan->kind == PLAN_FENCE || plan->kind == PLAN_DISOWN || plan_same_sets(record, plan->expect, seen->sets));
}

/* ---- results ---- */

static struct plan stop(enum condition condition)
{
    return (struct plan){.kind = PLAN_STOP, .condition = condition};
}

static struct plan nothing(enum plan_kind kind)
{
    return (struct plan){.kind = kind};
}

/* A new message that expects what was seen; `publish` NULL: it leaves the sets as they are. */
static struct plan message(const struct question *q, enum plan_kind kind, const struct rrset *publish)
{
    struct plan plan = {.kind = kind, .has_old = q->seen->form == MARKER_FORM_ONE};
    assert(q->record->type_count <= ARRAY_COUNT(plan.publish));
    memcpy(plan.expect, q->seen->sets, sizeof(plan.expect));
    for (uint32_t i = 0; publish != NULL && i < q->record->type_count; i++) {
        plan.publish[i] = publish[i];
        plan.publish[i].ttl_s = q->record->ttl_s;
    }
    if (plan.has_old)
        plan.old = q->seen->marker;
    plan.fresh = marker_next(plan.has_old ? &plan.old : NULL, q->belief->owner, q->nonce);
    return plan;
}

/* Is our pending message of unknown outcome of this kind, would it publish the same, and could it still be applied? */
static bool still_pending(const struct question *q, enum plan_kind kind, const struct rrset *publish)
{
    const struct pending *pending = &q->belief->pending;
    return pending->in_doubt && pending->plan.kind == kind && plan_expects(q->record, &pending->plan, q->seen) &&
           (publish == NULL || plan_same_sets(q->record, pending->plan.publish, publish));
}

static struct plan once_more_or(const struct question *q, enum plan_kind kind, const struct rrset *publish)
{
    return still_pending(q, kind, publish) ? q->belief->pending.plan : message(q, kind, publish);
}

/* ---- the table ---- */

/*
 * No TXT stands at the marker's name:
 *
 *   sets                                       plan
 *   nothing at all, create: yes                CREATE, once a target is up that can be published; until then in sync
 *   nothing at all, create: no                 stop missing
 *   exactly one target's, first, adopt: yes    ADOPT
 *   one target's, or what we wrote last        stop unowned
 *   anything else                              stop foreign
 */
static struct plan plan_unmarked(const struct question *q)
{
    const struct rrset *sets = q->seen->sets;
    if (sets_absent(sets)) {
        if (!q->record->create)
            return stop(CONDITION_MISSING);
        return q->wanted != NULL ? once_more_or(q, PLAN_CREATE, q->wanted) : nothing(PLAN_IN_SYNC);
    }
    if (q->belief->first && q->record->adopt && plan_whole_target(q->settings, q->record, sets) != ID_NONE)
        return once_more_or(q, PLAN_ADOPT, NULL);
    bool written = q->belief->known && plan_same_sets(q->record, q->belief->sets, sets);
    if (written || plan_current_target(q->settings, q->record, sets) != ID_NONE)
        return stop(CONDITION_UNOWNED);
    return stop(CONDITION_FOREIGN);
}

static bool ttl_differs(const struct question *q)
{
    for (uint32_t i = 0; i < q->record->type_count; i++)
        if (q->seen->sets[i].count > 0 && q->seen->sets[i].ttl_s != q->record->ttl_s)
            return true;
    return false;
}

/*
 * Sets and marker are ours (V, M):
 *
 *   wanted            ours in doubt                            plan
 *   V                 TTL                                      the same bytes again
 *   V                 anything else                            FENCE (the same one again, if it is what is in doubt)
 *   V, TTL differs    nothing, repair is due                   TTL
 *   V                 nothing                                  in sync
 *   not V             a SWITCH to it                           the same bytes again
 *   not V             as many as can be remembered             FENCE
 *   not V             others, or nothing                       SWITCH
 */
static struct plan plan_ours(const struct question *q)
{
    const struct belief *belief = q->belief;
    const struct rrset *sets = q->seen->sets;
    if (q->wanted == NULL || plan_same_sets(q->record, q->wanted, sets)) {
        if (still_pending(q, PLAN_TTL, sets))
            return belief->pending.plan;
        if (belief_is_in_doubt(belief))
            return once_more_or(q, PLAN_FENCE, NULL);
        return belief->ttl_due && ttl_differs(q) ? message(q, PLAN_TTL, sets) : nothing(PLAN_IN_SYNC);
    }
    if (!still_pending(q, PLAN_SWITCH, q->wanted) && belief_is_crowded(belief))
        return once_more_or(q, PLAN_FENCE, NULL);
    return once_more_or(q, PLAN_SWITCH, q->wanted);
}

static bool fits(const struct question *q)
{
    for (uint32_t i = 0; i < q->record->type_count; i++)
        if (q->belief->foreign_room[i] == NULL || q->seen->sets[i].length > q->belief->room[i])
            return false;
    return true;
}

/*
 * Beside our marker somebody else has put other addresses. What replaces them is what is wanted, or what we wrote last:
 *
 *   foreign-change: hold; or neither is known    stop foreign-change
 *   more addresses than we can expect            stop foreign-change
 *   the same message is in doubt                 the same bytes again
 *   it is not due, or too much is in doubt       stop foreign-change
 *   else                                         SWITCH that expects exactly what was read
 */
static struct plan plan_restore(const struct question *q)
{
    const struct belief *belief = q->belief;
    const struct rrset *publish = q->wanted != NULL ? q->wanted : belief->sets;
    bool restores = q->settings->safety.foreign_change == FOREIGN_CHANGE_RESTORE;
    bool is_known = q->wanted != NULL || (belief->known && !sets_absent(belief->sets));
    if (!restores || !is_known || !fits(q))
        return stop(CONDITION_FOREIGN_CHANGE);
    if (still_pending(q, PLAN_SWITCH, publish))
        return belief->pending.plan;
    if (!belief->restore_due || belief_is_crowded(belief))
        return stop(CONDITION_FOREIGN_CHANGE);
    struct plan plan = message(q, PLAN_SWITCH, publish);
    plan.restores = true;
    return plan;
}

/*
 * The marker is the one that we believe, or the first of ours that we see since start:
 *
 *   sets                                          plan
 *   as we wrote them; at first, any target's      by the table above
 *   what our accepted message publishes           stop partial (its marker did not come)
 *   others, while known to be partial             stop partial
 *   nothing at all, create: yes                   SWITCH from nothing
 *   nothing at all, create: no                    stop missing
 *   others                                        by the table above: put back, or stop foreign-change
 */
static struct plan plan_marker_known(const struct question *q)
{
    const struct belief *belief = q->belief;
    const struct rrset *sets = q->seen->sets;
    bool same = belief->known ? plan_same_sets(q->record, belief->sets, sets)
                              : !belief->partial && plan_current_target(q->settings, q->record, sets) != ID_NONE;
    if (same)
        return plan_ours(q);
    if (belief->partial || (belief->pending.accepted && plan_same_sets(q->record, belief_pending_sets(belief), sets)))
        return stop(CONDITION_PARTIAL);
    if (!sets_absent(sets))
        return plan_restore(q);
    return q->record->create ? plan_ours(q) : stop(CONDITION_MISSING);
}

/* A stray's marker stands there: do the sets fit it? */
static bool stray_fits(const struct question *q, const struct stray *stray)
{
    if (stray->target == ID_NONE && !q->belief->known)
        return plan_current_target(q->settings, q->record, q->seen->sets) != ID_NONE;
    if (stray->target == ID_NONE)
        return plan_same_sets(q->record, q->belief->sets, q->seen->sets);
    return plan_target_fits(q->settings, q->record, stray->target, q->seen->sets);
}

/*
 * A well-formed marker with our owner id stands there:
 *
 *   marker                                       sets       plan
 *   M', of the pending message or a stray        its own    applied
 *   … that left the sets alone, in a former life any target's  applied
 *   the same of others                           others     stop partial
 *   M                                            any        by the table above
 *   unknown, at the first read since start       any        by the table above
 *   … that left the sets alone: an operator's    others     stop foreign-change
 *   unknown, lower epoch than M                  any        stop rollback
 *   unknown otherwise                            any        stop clone
 */
static struct plan plan_our_marker(const struct question *q)
{
    const struct belief *belief = q->belief;
    const struct marker *marker = &q->seen->marker;
    if (belief->pending.sent && marker_equal(marker, &belief->pending.plan.fresh))
        return plan_same_sets(q->record, belief_pending_sets(belief), q->seen->sets) ? nothing(PLAN_APPLIED)
                                                                                     : stop(CONDITION_PARTIAL);
    bool is_ours = false;
    for (uint32_t i = 0; i < belief->stray_count; i++) {
        if (!marker_equal(marker, &belief->strays[i].fresh))
            continue;
        if (stray_fits(q, &belief->strays[i]))
            return nothing(PLAN_APPLIED);
        if (belief->known || belief->strays[i].target != ID_NONE)
            return stop(CONDITION_PARTIAL);
        is_ours = true;
    }
    bool is_first_read = belief->first && !belief->known; /* else there was none, and this one is not of our making */
    if (belief->marked ? marker_equal(marker, &belief->marker) : is_first_read)
        return plan_marker_known(q);
    if (is_ours && !sets_absent(q->seen->sets))
        return stop(CONDITION_FOREIGN_CHANGE);
    return stop(belief->marked && marker->epoch < belief->marker.epoch ? CONDITION_ROLLBACK : CONDITION_CLONE);
}

/*
 *   read                                    plan
 *   not authenticated                       read again
 *   other data beside, or a referral or     stop occluded
 *   DNAME above
 *   not authoritative                       read again
 *   ownership: none                         plan_bare
 *   no marker                               plan_unmarked
 *   several TXT, or malformed               stop foreign
 *   another owner's marker                  stop other-owner
 *   our owner's marker                      plan_our_marker
 */
struct plan plan_make(const struct settings *settings, const struct record_settings *record,
                      const struct observed *seen, const struct belief *belief, const struct rrset *wanted,
                      uint64_t nonce)
{
    const struct question q = {settings, record, seen, belief, wanted, nonce};
    if (!seen->authenticated)
        return nothing(PLAN_READ_AGAIN);
    if (seen->beside || seen->occluded)
        return stop(CONDITION_OCCLUDED);
    if (!seen->aa)
        return nothing(PLAN_READ_AGAIN);
    if (record->ownership == OWNERSHIP_NONE)
        return plan_bare(&q);
    switch (seen->form) {
    case MARKER_FORM_NONE:
        return plan_unmarked(&q);
    case MARKER_FORM_FOREIGN:
        return stop(CONDITION_FOREIGN);
    case MARKER_FORM_ONE:
        break;
    }
    return seen->marker.owner == belief->owner ? plan_our_marker(&q) : stop(CONDITION_OTHER_OWNER);
}
