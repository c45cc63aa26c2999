/* SPDX-License-Identifier: MIT */
/*
 * Where: core, below plan and transaction.
 * What:  keeping of what was seen in the zone, of the message under way, and of the markers that may still turn up.
 * Why:   each record has its storage from the start: two rooms a type, one for what stands there and one for what we
 *        send. What does not fit is never ours, so it is compared and not kept.
 */

#include "core/belief.h"

#include <assert.h>
#include <string.h>

static uint16_t room_of(const struct record_settings *record, uint32_t type)
{
    const uint16_t least = record->types[type] == RRTYPE_CNAME  ? RRSET_MEMBER_SIZE(DNAME_WIRE_MAX)
                           : record->types[type] == RRTYPE_AAAA ? ADOPT_MEMBERS * RRSET_MEMBER_SIZE(16)
                                                                : ADOPT_MEMBERS * RRSET_MEMBER_SIZE(4);
    return record->room[type] > least ? record->room[type] : least;
}

uint32_t belief_storage_size(const struct record_settings *record)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < record->type_count; i++)
        size += 2U * room_of(record, i);
    return size;
}

void belief_init(struct belief *belief, const struct record_settings *record, uint64_t owner, uint8_t *storage)
{
    *belief = (struct belief){.owner = owner, .first = true, .stale = true, .target = ID_NONE};
    belief->pending.target = ID_NONE;
    for (uint32_t i = 0; i < record->type_count; i++) {
        belief->sets[i].type = record->types[i];
        belief->room[i] = room_of(record, i);
        belief->storage[i][0] = storage;
        belief->storage[i][1] = storage + belief->room[i];
        storage += 2U * belief->room[i];
    }
}

uint32_t belief_restore_size(const struct record_settings *record)
{
    return belief_storage_size(record) / 2;
}

void belief_let_restore(struct belief *belief, const struct record_settings *record, uint8_t *storage)
{
    for (uint32_t i = 0; i < record->type_count; i++) {
        belief->foreign_room[i] = storage;
        storage += belief->room[i];
    }
}

bool belief_is_absent(const struct belief *belief)
{
    return belief->sets[0].count == 0 && belief->sets[1].count == 0;
}

bool belief_is_fresh(const struct belief *belief, uint32_t audit_ms, mono_ms gap_at, mono_ms now)
{
    return (belief->known || belief->edited) && !belief->stale && belief->proved_at >= gap_at &&
           now <= mono_after(belief->proved_at, audit_ms);
}

struct observed belief_as_observed(const struct belief *belief)
{
    struct observed seen = {
        .authenticated = true, .aa = true, .form = belief->marked ? MARKER_FORM_ONE : MARKER_FORM_NONE};
    memcpy(seen.sets, belief->edited ? belief->foreign : belief->sets, sizeof(seen.sets));
    if (belief->marked)
        seen.marker = belief->marker;
    return seen;
}

/* Where there is no room, the oldest one that is not in doubt is forgotten, else the oldest one. */
static void add_stray(struct belief *belief, const struct stray *stray)
{
    uint32_t gone = 0;
    while (gone < belief->stray_count && belief->strays[gone].in_doubt)
        gone++;
    if (belief->stray_count == STRAYS_MAX) {
        if (gone == STRAYS_MAX && !stray->in_doubt)
            return;
        gone %= STRAYS_MAX;
        memmove(&belief->strays[gone], &belief->strays[gone + 1], (STRAYS_MAX - 1 - gone) * sizeof(belief->strays[0]));
        belief->stray_count--;
    }
    belief->strays[belief->stray_count++] = *stray;
}

/* Remembers the pending message. */
static void belief_stray(struct belief *belief)
{
    const struct pending *pending = &belief->pending;
    const struct stray stray = {pending->plan.kind, pending->plan.fresh, pending->target, pending->in_doubt};
    add_stray(belief, &stray);
}

void belief_restore(struct belief *belief, const struct plan *plan, uint32_t target)
{
    const struct stray stray = {plan->kind, plan->fresh, target, true};
    add_stray(belief, &stray);
}

static bool takes_sets(struct belief *belief, const struct belief *old)
{
    for (uint32_t i = 0; i < 2; i++)
        if (old->sets[i].length > belief->room[i] || old->sets[i].type != belief->sets[i].type)
            return false;
    for (uint32_t i = 0; i < 2 && belief->storage[i][0] != NULL; i++) {
        bool fits = rrset_copy(&old->sets[i], belief->storage[i][0], belief->room[i], &belief->sets[i]);
        assert(fits);
        (void)fits;
    }
    return true;
}

void belief_adopt(struct belief *belief, const struct belief *old)
{
    if (!takes_sets(belief, old))
        return;
    belief->known = old->known;
    belief->marked = old->marked;
    belief->marker = old->marker;
    belief->first = old->first;
    belief->partial = old->partial;
    belief->changed = old->changed;
    belief->proved_at = old->proved_at;
}

static bool is_as_believed(const struct belief *belief, const struct observed *seen)
{
    for (uint32_t i = 0; i < 2 && belief->storage[i][0] != NULL; i++)
        if (!rrset_same_data(&seen->sets[i], belief->edited ? &belief->foreign[i] : &belief->sets[i]))
            return false;
    bool marked = seen->form == MARKER_FORM_ONE;
    return marked == belief->marked && (!marked || marker_equal(&seen->marker, &belief->marker));
}

static void drop_what_expects_else(struct belief *belief, const struct observed *seen)
{
    if (!belief->pending.sent || is_as_believed(belief, seen))
        return;
    belief_stray(belief);
    belief->pending = (struct pending){.target = ID_NONE};
}

void belief_learn(struct belief *belief, const struct observed *seen, uint32_t target, mono_ms now)
{
    drop_what_expects_else(belief, seen);
    for (uint32_t i = 0; i < 2 && belief->storage[i][0] != NULL; i++) {
        bool fits = rrset_copy(&seen->sets[i], belief->storage[i][0], belief->room[i], &belief->sets[i]);
        assert(fits);
        (void)fits;
    }
    belief->marked = seen->form == MARKER_FORM_ONE;
    if (belief->marked) {
        belief->marker = seen->marker;
        belief->first = false;
    }
    belief->known = true;
    belief->stale = false;
    belief->partial = false;
    belief->edited = false;
    belief->target = target;
    belief->proved_at = now;
}

void belief_learn_change(struct belief *belief, const struct observed *seen, mono_ms now)
{
    assert(seen->form == MARKER_FORM_ONE);
    drop_what_expects_else(belief, seen);
    for (uint32_t i = 0; i < 2 && belief->foreign_room[i] != NULL; i++) {
        bool fits = rrset_copy(&seen->sets[i], belief->foreign_room[i], belief->room[i], &belief->foreign[i]);
        assert(fits);
        (void)fits;
    }
    belief->edited = true;
    belief->marked = true;
    belief->marker = seen->marker;
    belief->first = false;
    belief->stale = false;
    belief->proved_at = now;
}

void belief_settle(struct belief *belief)
{
    belief->pending = (struct pending){.target = ID_NONE};
    belief->stray_count = 0;
}

void belief_intend(struct belief *belief, const struct plan *plan, uint32_t target)
{
    struct pending *pending = &belief->pending;
    bool again = pending->sent && pending->plan.kind == plan->kind && marker_equal(&pending->plan.fresh, &plan->fresh);
    if (again)
        return;
    if (pending->sent)
        belief_stray(belief);
    *pending = (struct pending){.plan = *plan, .target = target};
    for (uint32_t i = 0; i < 2; i++) {
        pending->plan.expect[i] = plan->restores ? belief->foreign[i] : belief->sets[i];
        if (belief->storage[i][1] == NULL || plan->publish[i].type == 0)
            continue;
        bool fits = rrset_copy(&plan->publish[i], belief->storage[i][1], belief->room[i], &pending->plan.publish[i]);
        assert(fits);
        (void)fits;
    }
}

void belief_put_away(struct belief *belief)
{
    if (belief->pending.sent)
        belief_stray(belief);
    belief->pending = (struct pending){.target = ID_NONE};
}

void belief_hold(struct belief *belief, const struct rrset sets[2], struct rrset ret[2])
{
    for (uint32_t i = 0; i < 2 && belief->storage[i][1] != NULL; i++) {
        bool fits = rrset_copy(&sets[i], belief->storage[i][1], belief->room[i], &ret[i]);
        assert(fits);
        (void)fits;
    }
}

void belief_command(struct belief *belief, const struct plan *plan)
{
    assert(!belief->pending.sent);
    belief->pending = (struct pending){.plan = *plan, .target = ID_NONE};
}

bool belief_is_in_doubt(const struct belief *belief)
{
    if (belief->pending.in_doubt)
        return true;
    for (uint32_t i = 0; i < belief->stray_count; i++)
        if (belief->strays[i].in_doubt)
            return true;
    return false;
}

bool belief_is_crowded(const struct belief *belief)
{
    uint32_t doubts = belief->pending.in_doubt ? 1 : 0;
    for (uint32_t i = 0; i < belief->stray_count; i++)
        doubts += belief->strays[i].in_doubt ? 1 : 0;
    return doubts >= DOUBTS_MOST;
}

const struct rrset *belief_pending_sets(const struct belief *belief)
{
    switch (belief->pending.plan.kind) {
    case PLAN_CREATE:
    case PLAN_SWITCH:
    case PLAN_TTL:
        return belief->pending.plan.publish;
    case PLAN_ADOPT:
    case PLAN_TAKE_OVER:
        return belief->pending.plan.expect;
    case PLAN_IN_SYNC:
    case PLAN_APPLIED:
    case PLAN_READ_AGAIN:
    case PLAN_STOP:
    case PLAN_ASSERT:
    case PLAN_FENCE:
    case PLAN_REHEARSE:
    case PLAN_DISOWN:
        break;
    }
    return belief->sets;
}
