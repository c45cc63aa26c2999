/* SPDX-License-Identifier: MIT */
/*
 * Where: app, inside metrics.
 * What:  of notifiers: what arrived, what had to be tried again, what was given up, what waits.
 */
#include "app/metrics_rows.h"

static void tell_notifications(struct metric_paper *paper, uint32_t index)
{
    const struct notifier_counters counters = notifiers_counters(paper->sources.notifiers, index);
    metric_label(paper, "notifier", counters.name);
    metric_uint(paper, "result", "ok", counters.ok);
    metric_uint(paper, "result", "retry", counters.retry);
    metric_uint(paper, "result", "dropped", counters.dropped);
}

static void tell_pending(struct metric_paper *paper, uint32_t index)
{
    const struct notifier_counters counters = notifiers_counters(paper->sources.notifiers, index);
    metric_label(paper, "notifier", counters.name);
    metric_uint(paper, NULL, NULL, counters.pending);
}

static const struct metric_row rows[] = {
    {"repointd_notifications_total", METRIC_COUNTER, OVER_NOTIFIERS, tell_notifications,
     "Messages by what became of a try: ok, retry (it failed, and is tried again), dropped (given up)."},
    {"repointd_notifications_pending", METRIC_GAUGE, OVER_NOTIFIERS, tell_pending, "Messages that wait."},
};
const struct metric_table metrics_of_notifiers = {rows, ARRAY_COUNT(rows)};
