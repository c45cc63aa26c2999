/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_ALERTS_H
#define REPOINTD_APP_ALERTS_H

/*
 * Where: app, behind io/notifier for Alertmanagers.
 * What:  the alerts that stand, as POST /api/v2/alerts takes them: those that hold now, and those that held before and
 *        are over.
 * Why:   by what is, not by what happened: an Alertmanager that was down, or a daemon that was started again, hears how
 *        things are. An alert that nobody renews ends by itself after ALERTS_HOLD_MS.
 */

#include "base/time.h"
#include "core/engine.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALERTS_HOLD_MS 300000
#define ALERTS_MOST    5000 /* that one Alertmanager is told of */

struct alert {
    uint8_t kind;
    char *record; /* NULL: of this host */
    char *zone;
    int64_t since_wall_ms, over_wall_ms; /* over 0: it stands */
};

/* What one Alertmanager was told. Zeroed is empty. */
struct alert_list {
    struct alert *items;
    uint32_t count;
};

struct alerts_view {
    const struct settings *settings;
    const struct engine *engine;
    const char *host;
    mono_ms now;
    int64_t wall_ms;
};

/*
 * Brings the list up to date and returns it as JSON from malloc; NULL: there is nothing to tell. What is over stays in
 * the list until alerts_told.
 */
char *alerts_text(struct alert_list *list, const struct alerts_view *view, uint32_t notifier, size_t *ret_length);

/* It has arrived: what is over is forgotten. */
void alerts_told(struct alert_list *list);
void alerts_done(struct alert_list *list);

#endif
