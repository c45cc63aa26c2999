/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside transaction.c.
 * What:  the same record under another configuration: what is believed of the zone, and which messages may yet come.
 * Why:   places of targets are those of a configuration, so each is looked for again by what it publishes.
 */

#include "core/transaction.h"

#include "core/policy.h"

static bool same_value(const struct settings *a, const struct value_settings *value_a, const struct settings *b,
                       const struct value_settings *value_b)
{
    if (value_a->name != ID_NONE || value_b->name != ID_NONE)
        return value_a->name != ID_NONE && value_b->name != ID_NONE &&
               dname_equal(&a->names[value_a->name].name, &b->names[value_b->name].name);
    return address_equal(&value_a->address, &value_b->address);
}

/* Every value of the one is among those of the other, and there are as many. */
static bool same_target(const struct settings *a, const struct target_settings *target_a, const struct settings *b,
                        const struct target_settings *target_b)
{
    if (target_a->value_count != target_b->value_count)
        return false;
    for (uint32_t i = 0; i < target_a->value_count; i++) {
        uint32_t n = 0;
        while (n < target_b->value_count &&
               !same_value(a, &a->values[target_a->value_first + i], b, &b->values[target_b->value_first + n]))
            n++;
        if (n == target_b->value_count)
            return false;
    }
    return true;
}

uint32_t txn_place_of(const struct txn *txn, const struct txn *old, uint32_t former)
{
    if (former >= old->record->target_count)
        return ID_NONE;
    const struct target_settings *target = &old->settings->targets[old->record->target_first + former];
    for (uint32_t place = 0; place < txn->record->target_count; place++)
        if (same_target(old->settings, target, txn->settings,
                        &txn->settings->targets[txn->record->target_first + place]))
            return place;
    return ID_NONE;
}

/* A target that is gone is not the same as none: what the message would bring then fits nothing that we know. */
static uint32_t place_brought(const struct txn *txn, const struct txn *old, uint32_t former)
{
    uint32_t place = txn_place_of(txn, old, former);
    return place == ID_NONE && former != ID_NONE ? TARGET_RETIRED : place;
}

static void adopt_doubts(struct txn *txn, const struct txn *old)
{
    for (uint32_t i = 0; i < old->belief.stray_count; i++) {
        const struct stray *stray = &old->belief.strays[i];
        const struct plan plan = {.kind = stray->kind, .fresh = stray->fresh};
        if (stray->in_doubt)
            belief_restore(&txn->belief, &plan, place_brought(txn, old, stray->target));
    }
    const struct pending *pending = &old->belief.pending;
    if (pending->sent)
        belief_restore(&txn->belief, &pending->plan, place_brought(txn, old, pending->target));
}

/*
 * What was repaired or put back just now is not again before its time, or whoever reloads often would let two who
 * disagree write without end. A TTL that the file has changed is another matter, and the wait is that of the new file.
 */
static void adopt_waits(struct txn *txn, const struct txn *old, mono_ms now)
{
    const mono_ms latest = mono_after(now, txn->server->audit_ms);
    txn->restore_at = mono_earlier(old->restore_at, latest);
    if (txn->record->ttl_s == old->record->ttl_s)
        txn->ttl_at = mono_earlier(old->ttl_at, latest);
}

void txn_adopt(struct txn *txn, const struct txn *old, mono_ms now)
{
    struct belief *belief = &txn->belief;
    belief_adopt(belief, &old->belief);
    adopt_doubts(txn, old);
    if (belief->known) {
        uint32_t target = plan_current_target(txn->settings, txn->record, belief->sets);
        belief->target = target == ID_NONE ? TARGET_RETIRED : target;
    }
    txn->condition = old->condition;
    txn->disputed = old->disputed;
    txn->asserted = old->asserted;
    adopt_waits(txn, old, now);
    txn->quiet_until = old->quiet_until;
    txn->copies = old->copies;
    txn->has_serial = old->has_serial;
    txn->serial = old->serial;
    txn->signatures = old->signatures;
    txn->seen = old->seen;
    txn->report = old->report;
}
