/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_KEEPER_H
#define REPOINTD_APP_KEEPER_H

/*
 * Where: app, beside whoever writes into the state directory.
 * What:  what could not be written is tried again until it can; a directory that has gone is noticed, and brought back
 *        where that is allowed.
 * Why:   a disk that was full in the night must not cost an operator's hold at the restart of next week. And while
 *        nothing can be written, that is said once and shown in the status, not told with each switch.
 */

#include "base/time.h"
#include "io/state.h"

#include <stdbool.h>

#define KEEPER_AGAIN_MS 2000

#define KEEPER_COST_IN_FLIGHT "what is under way will be known by its marker alone after a restart"
#define KEEPER_COST_HISTORY   "the history, and how often a record moved, is forgotten at a restart"
#define KEEPER_COST_OVERRIDES "overrides are forgotten at a restart"
#define KEEPER_COST_NOTIFICATIONS "messages that could not be told yet are forgotten at a restart"

struct hands;
struct notifiers;
struct override_book;

/* Filled in by its owner; all borrowed. */
struct keeper {
    struct state *state;
    struct hands *hands;
    const struct override_book *book;
    struct notifiers *notifiers; /* NULL: there are none yet */
    mono_ms again; /* MONO_NEVER: all is well, as far as is known */
    bool moved;    /* into another directory, and not all is written there yet */
};

/* Whether the directory is still there: now and then, as nothing may be written for days. */
void keeper_look(struct keeper *keeper);

/* To be asked at the end of each turn. */
mono_ms keeper_deadline(struct keeper *keeper, mono_ms now);
void keeper_wake(struct keeper *keeper, mono_ms now);

#endif
