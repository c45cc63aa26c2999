/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_APP_PARTS_H
#define REPOINTD_APP_APP_PARTS_H

/*
 * Where: app; what app.c (start, turn, end) and reload.c (another configuration) share. Nobody else's.
 */

#include "app/commands.h"
#include "app/effects.h"
#include "app/foundation.h"
#include "app/metrics.h"
#include "app/keeper.h"
#include "app/notify.h"
#include "app/override_book.h"
#include "app/reload.h"
#include "app/report.h"
#include "app/rooms.h"
#include "app/trends_keep.h"
#include "app/web.h"
#include "io/api.h"
#include "io/history.h"
#include "io/in_flight.h"
#include "io/loop.h"

struct app {
    const struct app_options *options;
    struct foundation base;
    struct loop *loop;
    struct rooms rooms;
    struct in_flight *in_flight;
    struct history *history;
    struct event_ring *events;
    struct report report;
    struct counters counters;
    struct metrics_sources metrics;
    struct hands hands;
    struct commands commands;
    struct override_book book;
    struct trends_keep trends;
    struct keeper keeper;
    struct notify notify;
    uint32_t unsent; /* messages of a former process */
    struct api *api;
    struct web *web; /* NULL: nobody listens by TCP */
    struct reload reload;
    uint32_t watchdog_ms;
    mono_ms ping_at, status_at, status_earliest, flush_at;
    bool stopping;
    mono_ms stop_by;
};

/* The callbacks of everything that is built for a configuration. */
struct rooms_handlers app_handlers(struct app *app);

/* Everybody who looks at the configuration or at its rooms looks at those of `app` now. */
void app_settle_in(struct app *app);

/* About the state directory, if there is anything to say. */
void app_warn(const struct error *warning);

#endif
