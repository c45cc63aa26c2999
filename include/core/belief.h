/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_BELIEF_H
#define REPOINTD_CORE_BELIEF_H

/*
 * Where: core, in each transaction; read by plan.
 * What:  what we know of one record's place in the zone: the sets and the marker that were read or proved, the
 *        message of ours that is under way, and the markers of earlier ones that may still turn up.
 * Why:   the zone is the memory of what is published. A belief only says what was seen there last and how old that
 *        is; and it remembers each marker that we sent, so that a message which comes late is known for ours and not
 *        taken for a clone's.
 */

#include "base/time.h"
#include "core/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* An earlier message of ours, sent and never seen in the zone so far. */
struct stray {
    enum plan_kind kind;
    struct marker fresh;
    uint32_t target; /* place of the target that it publishes; ID_NONE: it leaves the sets as they are */
    bool in_doubt;   /* the server may have it and may still apply it */
};

/* An operator may adopt so many addresses of a type, or as many as the largest target has; and any one host name. */
#define ADOPT_MEMBERS 8

/* While so many messages are in doubt a fence goes before anything new. */
#define DOUBTS_MOST 4

/* More than these are not remembered: those in doubt, the fence, and one for a restart in between. */
#define STRAYS_MAX (DOUBTS_MOST + 2)

/* The message of ours that is queued, under way, or of unknown outcome. plan.kind 0: there is none. */
struct pending {
    struct plan plan; /* `publish` views storage of the belief, `expect` views `sets` below */
    uint32_t target;  /* as in a stray */
    bool sent;        /* it has left at least once */
    bool in_doubt;    /* it has left, and may be or may become applied */
    bool accepted;    /* the server said that it applied it */
};

struct belief {
    uint64_t owner;         /* ours */
    bool known;             /* `sets` were read or proved since start and are ours, or ours to adopt or create */
    bool marked;            /* `marker` is the one that stands there with them */
    bool first;             /* nothing read since start was found to be anybody else's: adoption is still open */
    bool partial;           /* our marker came without our sets */
    bool changed;           /* no marker: others changed what we believed; only adopting ends that */
    bool stale;             /* has to be read before anything is built on it */
    bool ttl_due;           /* the last repair of the TTL lies an audit back: set by the caller before plan_make */
    bool edited;            /* beside our marker stands `foreign` and not `sets` */
    bool restore_due;       /* nothing was put back for an audit: set by the caller, as ttl_due */
    uint32_t target;        /* place of the target whose sets these are; ID_NONE: none's */
    struct rrset sets[2];   /* V, by the record's types */
    struct marker marker;   /* M */
    mono_ms proved_at;      /* when a read showed this last */
    struct pending pending; /* W, M' */
    uint8_t stray_count;
    struct stray strays[STRAYS_MAX];
    uint8_t *storage[2][2]; /* by type: of `sets`, of pending.plan.publish; record_settings.room octets each */
    uint16_t room[2];
    struct rrset foreign[2];  /* where edited: what is to be replaced */
    uint8_t *foreign_room[2]; /* by type; NULL: nothing is ever put back */
};

/* Nothing known. `storage` holds belief_storage_size octets and outlives the belief. */
void belief_init(struct belief *belief, const struct record_settings *record, uint64_t owner, uint8_t *storage);
uint32_t belief_storage_size(const struct record_settings *record);

/* foreign-change: restore. `storage` holds belief_restore_size octets more and outlives the belief. */
void belief_let_restore(struct belief *belief, const struct record_settings *record, uint8_t *storage);
uint32_t belief_restore_size(const struct record_settings *record);

/*
 * Another configuration's belief about the same record: our marker and sets, but not its messages. It has to be read
 * before anything is built on it. Sets that are larger than any of this configuration are not taken over, nor is then
 * anything else.
 */
void belief_adopt(struct belief *belief, const struct belief *old);

/* Neither of the sets has a member. */
bool belief_is_absent(const struct belief *belief);

/*
 * May a message be built on it: read or proved at most `audit_ms` ago, after the last gap, and nothing has shaken it
 * since.
 */
bool belief_is_fresh(const struct belief *belief, uint32_t audit_ms, mono_ms gap_at, mono_ms now);

/* The belief as if it had just been read: so that one table plans from both. Views the belief. */
struct observed belief_as_observed(const struct belief *belief);

/*
 * Takes over what a read showed at `now`. The sets have to fit the record's room: they are a target's,
 * ours, or absent. A pending message that expected something else becomes a stray.
 */
void belief_learn(struct belief *belief, const struct observed *seen, uint32_t target, mono_ms now);

/*
 * The same of what somebody else put beside our marker, and what is to be replaced: `sets` stay what we wrote last.
 */
void belief_learn_change(struct belief *belief, const struct observed *seen, mono_ms now);

/* Our marker of `seen` stands there: everything that pinned the former one can never be applied any more. */
void belief_settle(struct belief *belief);

/* Makes `plan` the pending one; copies what it publishes. One that was sent before and is another becomes a stray. */
void belief_intend(struct belief *belief, const struct plan *plan, uint32_t target);

/*
 * A message of a former life that may have been applied, or may yet be: it becomes a stray in doubt. `target` as in a
 * stray.
 */
void belief_restore(struct belief *belief, const struct plan *plan, uint32_t target);

/*
 * For an operator's word, while no message is pending: puts an earlier one away (as a stray, if it was sent); keeps
 * sets that have to be there, which must fit; makes its message the pending one, whose `expect` are those sets.
 */
void belief_put_away(struct belief *belief);
void belief_hold(struct belief *belief, const struct rrset sets[2], struct rrset ret[2]);
void belief_command(struct belief *belief, const struct plan *plan);

/* Some message of ours may still be applied. */
bool belief_is_in_doubt(const struct belief *belief);

/* No room for one more in doubt. */
bool belief_is_crowded(const struct belief *belief);

/* The sets that stand there once the pending message is applied. */
const struct rrset *belief_pending_sets(const struct belief *belief);

#endif
