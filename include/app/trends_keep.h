/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_TRENDS_KEEP_H
#define REPOINTD_APP_TRENDS_KEEP_H

/*
 * Where: app, under app and reload.
 * What:  whether there are trends, and when they are looked at and saved.
 * Why:   they are there for the status page alone: nobody who has none pays for them.
 */

#include "app/report.h"
#include "app/trends.h"
#include "io/state.h"

/* Zeroed: there are none. All but `trends` is borrowed. */
struct trends_keep {
    struct trends *trends; /* NULL: web.listen is not set */
    const struct state *state;
    struct report *report;
    mono_ms save_at;
};

/* As these settings want it; what was kept is read, where it is. */
void trends_keep_open(struct trends_keep *keep, const struct settings *settings, const struct state *state,
                      struct report *report, mono_ms now, struct error *warning);

/* Under another configuration; `watches` and `records` as difference_of_* give them. */
void trends_keep_move(struct trends_keep *keep, const struct settings *settings, const uint32_t *watches,
                      const uint32_t *records, mono_ms now, struct error *warning);

void trends_keep_wake(struct trends_keep *keep, const struct engine *engine, mono_ms now);
mono_ms trends_keep_deadline(const struct trends_keep *keep);

/* Saves all of it, the last hour too. */
void trends_keep_close(struct trends_keep *keep);

#endif
