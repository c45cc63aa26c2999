/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_EXPLAIN_H
#define REPOINTD_CORE_EXPLAIN_H

/*
 * Where: core; looked at by reports, never by decisions.
 * What:  what happens next to a record, and when at the earliest; and how long detection and change take at best and at
 *        worst, by its configuration.
 * Why:   the rules that decide are here, so what they will do next is said here too: a report that worked it out again
 *        would one day say something else.
 */

#include "base/time.h"
#include "core/engine.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

enum outlook_kind {
    OUTLOOK_WATCHED = 1,   /* all is well: moves to `target` when what answers dies; no instant */
    OUTLOOK_ALONE,         /* … but there is nothing to move to */
    OUTLOOK_RETURNS_AT,    /* to `target`, at `at`, if that stays up */
    OUTLOOK_RETURNS_AFTER, /* to `target`, `wait_ms` after its first pass at the earliest, after `passes` in a row */
    OUTLOOK_MANUAL,        /* `target` is up, and waits for repointctl failback */
    OUTLOOK_LATCHED,       /* `target` is up, and waits for repointctl release */
    OUTLOOK_OVERRIDE,      /* stays as an operator ordered, until `at` or MONO_NEVER */
    OUTLOOK_CUT_OFF,       /* until a reference answers */
    OUTLOOK_GRACE,         /* until all targets are known, or `at` */
    OUTLOOK_PROOF,         /* moves to `target` with its next pass */
    OUTLOOK_FIRST_UP,      /* takes the first target that comes up */
    OUTLOOK_KNOWN,         /* until a target's health is known */
    OUTLOOK_MOVES,         /* to `target`: a change is wanted or under way; where it waits for a try, `at` */
    OUTLOOK_WOULD_MOVE,    /* to `target`: a change is wanted, and in a dry run it is not sent */
    OUTLOOK_OPERATOR,      /* its condition needs one; read again at `at` */
    OUTLOOK_READ,          /* not read yet; read (again) at `at` */
    OUTLOOK_OFF
};

struct outlook {
    enum outlook_kind kind;
    uint32_t target; /* place, or ID_NONE */
    mono_ms at;      /* MONO_NEVER: no instant is known */
    int64_t wait_ms; /* RETURNS_AFTER */
    uint16_t passes; /* the same */
};

struct outlook explain_outlook(const struct engine *engine, uint32_t record);

/* By the configuration alone, in milliseconds; faults.md 1, N1. */
struct timing {
    bool detects;            /* what answers first has a check: else the rest means nothing */
    int64_t detect_least_ms; /* from a death that refuses at once, just before a probe, to the decision */
    int64_t detect_most_ms;  /* … one that is silent, just after a probe; the standby's own proof included */
    int64_t update_most_ms;  /* from there to the answer of the update server: its timeout, and 2 s */
    int64_t return_least_ms; /* from the first pass to the decision to return; -1: only by an operator */
    int64_t caches_ms;       /* how long resolvers may keep the old answer: the TTL */
};

struct timing explain_timing(const struct settings *settings, uint32_t record);

#endif
