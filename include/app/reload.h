/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_RELOAD_H
#define REPOINTD_APP_RELOAD_H

/*
 * Where: app, beside app.
 * What:  another configuration in the place of the one that is in force, while everything goes on.
 * Why:   it is built whole and checked before anything is touched: so a bad file changes nothing at all, and what can
 *        fail has failed before the old one is told to end.
 *
 *   the new file            then
 *   is refused              every complaint is logged, the old one stays; whoever asked hears them
 *   says the same           one line, nothing else
 *   says something else     no message begins any more; when none is under way, or after a bounded time, the new engine
 *                           takes over from the old one
 */

#include "app/rooms.h"
#include "base/time.h"
#include "config/config.h"

#include <stdbool.h>
#include <stdint.h>

#define RELOAD_WAITERS_MOST 16

struct app;
struct web;

struct reload {
    bool under_way; /* `config` and `rooms` are built, and wait for the old ones' messages to end */
    struct config *config;
    struct rooms rooms;
    struct web *web;                /* where it listens; NULL: as before, or not at all */
    mono_ms give_up, give_up_reads; /* what is under way then counts as lost; what is only read, sooner */
    uint32_t waiters[RELOAD_WAITERS_MOST], waiter_count;
    bool again;         /* asked for while one was under way: the file may have changed since */
    mono_ms not_before; /* a storm of signals is one reload a second */
    mono_ms wanted_at;  /* MONO_NEVER: nobody waits for the storm to end */
};

/* `ticket` of the control socket, answered when it is done; 0: a signal. */
void reload_ask(struct app *app, uint32_t ticket, mono_ms now);

/* Answers whoever does not wait for it. */
void reload_accept(struct app *app, uint32_t ticket);

/* At the end of each turn, and when reload_deadline has come. */
void reload_step(struct app *app, mono_ms now);
mono_ms reload_deadline(const struct app *app);

/* The daemon ends: whoever waits is told by the control socket. */
void reload_done(struct app *app);

#endif
