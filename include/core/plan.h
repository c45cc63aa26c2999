/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_PLAN_H
#define REPOINTD_CORE_PLAN_H

/*
 * Where: core, between policy (which target) and transaction (how it gets there); its messages are written by
 *        io/dns_packet.
 * What:  from what was read and what is wanted to one transaction.
 * Why:   a change is a compare-and-swap: it expects exactly what was seen and replaces it, addresses and marker in
 *        one message.
 */

#include "model/marker.h"
#include "model/reason.h"
#include "model/rrset.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

enum marker_form {
    MARKER_FORM_NONE = 0, /* no TXT there */
    MARKER_FORM_ONE,      /* one well-formed marker */
    MARKER_FORM_FOREIGN   /* several, or something else */
};

/*
 * What the update server showed of one record, in one round of signed reads. Sets are in the order of the record's
 * types. Of a record with `ownership: none` nobody looks for a marker: form is NONE.
 */
struct observed {
    struct rrset sets[2];
    enum marker_form form;
    struct marker marker; /* where form is ONE */
    bool authenticated;   /* every answer carried a valid MAC */
    bool aa;              /* every answer was authoritative */
    bool beside;          /* what excludes its sets stands at the owner name: a CNAME; of a CNAME record, addresses */
    bool occluded;        /* a referral, or a DNAME above the name */
    bool has_serial;
    uint32_t serial;        /* of the zone's SOA on that server */
    bool is_signed;         /* the zone is: its SOA came with an RRSIG (RFC 4035 2.2) */
    bool signatures_good;   /* where is_signed: every set that is there came with an RRSIG that is in date */
    int64_t signed_until_s; /* where is_signed: the earliest end of those, wall clock; 0: not known */
};

/*
 * What each kind sends (RFC 2136 2.4, 2.5), P(V) being "exactly the sets in `expect`": per managed type the whole
 * set, or that there is none, and that there is no CNAME. Where CNAME is the managed type: that set, or that there is
 * nothing at all at the name.
 *
 *   kind     prerequisites                        update
 *   ASSERT   P(V), marker exactly `old` or none   nothing
 *   ADOPT    P(V), no TXT at the marker's name    + fresh
 *   CREATE   no managed type, no CNAME, no TXT    + publish, + fresh
 *   SWITCH   P(V), marker exactly `old`           - each managed set, - old, + publish, + fresh
 *   TTL      as SWITCH with the same data         as SWITCH
 *   FENCE    marker exactly `old`                 - old, + fresh
 *   REHEARSE as ASSERT                            + the very records that are there; of what is not, - one made up
 *   DISOWN   marker exactly `old`                 - old
 *   TAKE_OVER P(V), marker exactly `old`          - old, + fresh
 *
 * ADOPT by an operator's word may have an `old` of our own: then it is as TAKE_OVER. Without a marker at all
 * (`bare`, ownership: none) an ASSERT, REHEARSE, SWITCH or CREATE neither expects nor writes one, and `fresh` only
 * tells it from others.
 */
enum plan_kind {
    PLAN_IN_SYNC = 1, /* nothing to do */
    PLAN_APPLIED,     /* our transaction of unknown outcome stands in the zone */
    PLAN_READ_AGAIN,  /* what was read cannot be trusted */
    PLAN_STOP,        /* `condition` says why nothing may be written */
    PLAN_ASSERT,
    PLAN_ADOPT,
    PLAN_CREATE,
    PLAN_SWITCH,
    PLAN_TTL,
    PLAN_FENCE,
    PLAN_REHEARSE,
    PLAN_DISOWN,
    PLAN_TAKE_OVER
};

const char *plan_kind_name(enum plan_kind kind); /* "switch" */

/* A plan is a message from PLAN_ASSERT on. Its sets view storage of the record it is for. */
struct plan {
    enum plan_kind kind;
    enum condition condition;
    struct rrset expect[2];  /* V, by the record's types */
    struct rrset publish[2]; /* W, with the TTL to write */
    bool bare;               /* ownership: none: no marker is expected or written */
    bool restores;           /* `expect` is what somebody else put beside our marker (foreign-change: restore) */
    bool has_old;            /* `old` is pinned; else that there is none */
    struct marker old, fresh;
};

struct belief;

/*
 * The place of the target that these sets belong to, or ID_NONE. Exactly its addresses; with `publish: healthy` a
 * part of them too.
 */
uint32_t plan_current_target(const struct settings *settings, const struct record_settings *record,
                             const struct rrset sets[2]);

/* The same, exactly its addresses and no part. */
uint32_t plan_whole_target(const struct settings *settings, const struct record_settings *record,
                           const struct rrset sets[2]);

/*
 * What `seen` (a read, or a fresh belief) says about the next step. `wanted` NULL: what stands there is right as it
 * is. `nonce` is for the marker of a new message. A plan equal to belief->pending.plan, marker and all, means: the
 * same bytes again. The sets of the result view `seen`, `wanted` or `belief`. The tables stand over the functions.
 */
struct plan plan_make(const struct settings *settings, const struct record_settings *record,
                      const struct observed *seen, const struct belief *belief, const struct rrset *wanted,
                      uint64_t nonce);

/* The same data in each managed type; TTLs do not count. */
bool plan_same_sets(const struct record_settings *record, const struct rrset a[2], const struct rrset b[2]);

/* What was read is exactly what the prerequisites of this message ask for. */
bool plan_expects(const struct record_settings *record, const struct plan *plan, const struct observed *seen);

/* It is something to send. */
bool plan_is_message(const struct plan *plan);

#endif
