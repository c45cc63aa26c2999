/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_METRICS_H
#define REPOINTD_APP_METRICS_H

/*
 * Where: app, between the engine and whoever scrapes.
 * What:  the whole state and all counters as Prometheus text (format 0.0.4).
 * Why:   one sample group (a metric of one record, target or server) is made at a time, and only when somebody takes
 *        it: so the text of a hundred thousand targets holds the loop no longer than that of one, and a scraper that
 *        dawdles costs its place in the table and no memory. No label of a counter holds an address, a text or a time:
 *        how many series there are follows from the configuration.
 *
 * A new metric is a row in one of the tables of metrics_rows.h.
 */

#include "app/counters.h"
#include "app/report.h"
#include "app/view.h"
#include "io/loop.h"
#include "io/notifier.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* What they come from beside the view; all borrowed. */
struct metrics_sources {
    const struct counters *counters;
    const struct report *report;
    const struct notifiers *notifiers; /* NULL: there are none */
    struct loop *loop;
    int64_t started_wall_ms;
};

struct metrics_text;

struct metrics_text *metrics_text_new(const struct view *view, const struct metrics_sources *sources);
size_t metrics_text_next(void *metrics_text, char *bytes, size_t room); /* an api_piece_fn */
void metrics_text_free(void *metrics_text);

#endif
