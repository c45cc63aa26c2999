/* SPDX-License-Identifier: MIT */
/*
 * Where: core; a part of batch.
 * What:  how much room a plan may take in a message.
 * Why:   a message that is too long is found out only when it is written, and then all of it is in vain. An estimate
 *        that is never too small needs no names of other members and no knowledge of compression.
 */

#include "core/batch.h"

/* Octets of a record beside its owner name and data (RFC 1035 3.2.1). */
#define RR_FIXED 10

/* Of an RDATA that is made up where there is none to name: an address, a host name of two labels, a marker. */
#define MADE_UP_MAX (1 + MARKER_TEXT_MAX)

static uint32_t bare(const struct dname *owner)
{
    return owner->length + RR_FIXED;
}

/* Packed, each member has two octets before its data. */
static uint32_t members(const struct dname *owner, const struct rrset *set)
{
    return set->count * bare(owner) + set->length;
}

static uint32_t sets(const struct record_settings *record, const struct rrset of[2])
{
    uint32_t octets = 0;
    for (uint8_t i = 0; i < record->type_count; i++)
        octets += of[i].count == 0 ? bare(&record->owner) + MADE_UP_MAX : members(&record->owner, &of[i]);
    return octets;
}

static uint32_t text(const struct record_settings *record)
{
    return bare(&record->marker) + 1 + MARKER_TEXT_MAX;
}

/*
 * By kind, at most:
 *
 *   kind                                         sets                     markers        bare records
 *   ASSERT, FENCE, ADOPT, DISOWN, TAKE_OVER      expected                 old, old, new  CNAME
 *   REHEARSE                                     expected, and again      old, old       CNAME
 *   CREATE, SWITCH, TTL                          expected, published      old, old, new  CNAME, each type
 *
 * A REHEARSE of a CNAME names a made-up one again, which has the room of the new marker that is not there.
 */
uint32_t batch_octets(const struct record_settings *record, const struct plan *plan)
{
    uint32_t octets = sets(record, plan->expect) + 3 * text(record) + bare(&record->owner);
    switch (plan->kind) {
    case PLAN_REHEARSE:
        return octets + sets(record, plan->expect);
    case PLAN_CREATE:
    case PLAN_SWITCH:
    case PLAN_TTL:
        return octets + sets(record, plan->publish) + record->type_count * bare(&record->owner);
    case PLAN_ASSERT:
    case PLAN_FENCE:
    case PLAN_ADOPT:
    case PLAN_DISOWN:
    case PLAN_TAKE_OVER:
    case PLAN_IN_SYNC:
    case PLAN_APPLIED:
    case PLAN_READ_AGAIN:
    case PLAN_STOP:
        break;
    }
    return octets;
}
