/* SPDX-License-Identifier: MIT */
/*
 * Where: app, inside metrics.
 * What:  of name servers and their zones: updates, how they ended, how long they took.
 */
#include "app/metrics_rows.h"

static void label_server(struct metric_paper *paper, uint32_t index)
{
    metric_label(paper, "server", paper->view.settings->servers[index].name);
}

/* What went well and what is not known are there from the beginning; of the rest what has happened. */
static void tell_updates(struct metric_paper *paper, uint32_t index)
{
    const struct zone_settings *zone = &paper->view.settings->zones[index];
    char name[DNAME_TEXT_MAX];
    dname_format(&zone->name, name);
    label_server(paper, zone->server);
    metric_label(paper, "zone", name);
    const uint64_t *updates = paper->sources.counters->zones[index].updates;
    for (uint32_t end = 0; end < UPDATE_END_COUNT; end++)
        if (updates[end] > 0 || end == 0 || end == UPDATE_UNKNOWN)
            metric_uint(paper, "rcode", update_end_name(end), updates[end]);
}

static void tell_fill(struct metric_paper *paper, uint32_t index)
{
    label_server(paper, index);
    metric_histogram(paper, &paper->sources.counters->servers[index].records, &histogram_of_records);
}

static void tell_duration(struct metric_paper *paper, uint32_t index)
{
    label_server(paper, index);
    metric_histogram(paper, &paper->sources.counters->servers[index].duration, &histogram_of_seconds);
}

static void tell_skew(struct metric_paper *paper, uint32_t index)
{
    const struct server_counters *server = &paper->sources.counters->servers[index];
    label_server(paper, index);
    if (server->told_skew)
        metric_int(paper, NULL, NULL, server->skew_s);
}

static void tell_pending(struct metric_paper *paper, uint32_t index)
{
    label_server(paper, index);
    metric_uint(paper, NULL, NULL, paper->pending[index]);
}

static const struct metric_row rows[] = {
    {"repointd_dns_updates_total", METRIC_COUNTER, OVER_ZONES, tell_updates,
     "Updates by their answer; unknown: no trustworthy one came, not-sent: nothing left this host."},
    {"repointd_dns_records_per_update", METRIC_HISTOGRAM, OVER_SERVERS, tell_fill, "Records in one update."},
    {"repointd_dns_update_duration_seconds", METRIC_HISTOGRAM, OVER_SERVERS, tell_duration,
     "From the first octet of an update to its answer."},
    {"repointd_dns_clock_skew_seconds", METRIC_GAUGE, OVER_SERVERS, tell_skew,
     "Our clock less the server's, where it refused ours last, else 0; absent before its first answer to an update."},
    {"repointd_dns_updates_pending", METRIC_GAUGE, OVER_SERVERS, tell_pending,
     "Records whose message waits, or is under way."},
};
const struct metric_table metrics_of_servers = {rows, ARRAY_COUNT(rows)};
