/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_VIEW_H
#define REPOINTD_APP_VIEW_H

/*
 * Where: app, under everything that shows the state: JSON, status page, metrics.
 * What:  what a view is made from, and the questions that every view asks of a record.
 * Why:   table, page and dashboard must never tell different stories of one record.
 */

#include "app/override_book.h"
#include "base/text.h"
#include "base/time.h"
#include "core/engine.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* All borrowed. */
struct view {
    const struct settings *settings;
    const struct engine *engine;
    mono_ms now;
    int64_t wall_ms;                  /* the same instant by the wall clock */
    int64_t loaded_wall_ms;           /* when the configuration was read */
    bool config_is_old;               /* a newer file was refused */
    const struct override_book *book; /* NULL: there are no overrides */
    const char *state_problem;        /* why the state directory cannot be written; NULL: it can. Kept as long as it */
    const uint32_t *generation;       /* NULL: it stays. Else: while this is `born` the view is good */
    uint32_t born;
};

/* The target at a place of a record. */
const struct target_settings *view_target(const struct view *view, const struct record *record, uint32_t place);

/* The watch that speaks for a target: of the first address that is as the target is. NULL: it has no check. */
const struct watch *view_spokesman(const struct view *view, const struct record *record, uint32_t place);

/* Above 0 passes in a row, below 0 failures; NULL: 0. */
int64_t view_streak(const struct watch *watch);

/* The override that speaks for the record: one that forces a target, else a hold. NULL: none. */
const struct override_note *view_override(const struct view *view, const struct record *record);

/* The one fact that matters most, in a line; empty where all is well and the first target answers. */
void view_why(const struct view *view, uint32_t record, struct text *out);

/* The same instant by the wall clock. */
int64_t view_wall_ms(const struct view *view, mono_ms at);

#endif
