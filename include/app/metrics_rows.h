/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_METRICS_ROWS_H
#define REPOINTD_APP_METRICS_ROWS_H

/*
 * Where: app, inside metrics: what its tables are made of, and what their functions write on.
 * What:  a row a metric: its name, type and help, over what it goes, and the function that tells its samples for one
 *        of those.
 */

#include "app/metrics.h"
#include "base/buffer.h"
#include "io/process.h"

enum metric_type { METRIC_GAUGE = 1, METRIC_COUNTER, METRIC_HISTOGRAM };

/* Of what there is a group of samples each: a function of a row is called for each of them, by number. */
enum metric_over { OVER_ONE = 1, OVER_CHECKS, OVER_RECORDS, OVER_TARGETS, OVER_SERVERS, OVER_ZONES, OVER_NOTIFIERS };

/* What a row's function looks at and writes on. */
struct metric_paper {
    struct view view;
    struct metrics_sources sources;
    struct process_facts process;
    int64_t loop_late_ms;
    uint32_t *pending; /* records that wait for an answer, by server */
    struct buffer out;
    struct buffer labels; /* of the group, as they stand in its lines */
    const char *name;     /* of the metric */
    size_t name_length;
};

struct metric_row {
    const char *name;
    enum metric_type type;
    enum metric_over over;
    void (*tell)(struct metric_paper *paper, uint32_t index);
    const char *help;
};

struct metric_table {
    const struct metric_row *rows;
    size_t count;
};

extern const struct metric_table metrics_of_daemon, metrics_of_records, metrics_of_targets, metrics_of_servers,
    metrics_of_notifiers;

/* ---- lines ---- */

/* The labels that all lines of the group have; values are written so that nothing in them can end them. */
void metric_label(struct metric_paper *paper, const char *key, const char *value);

/* One sample each. `key` and `value` are a label more; NULL: none. */
void metric_uint(struct metric_paper *paper, const char *key, const char *value, uint64_t number);
void metric_int(struct metric_paper *paper, const char *key, const char *value, int64_t number);
void metric_us(struct metric_paper *paper, const char *key, const char *value, int64_t microseconds); /* as seconds */
void metric_ms(struct metric_paper *paper, const char *key, const char *value, int64_t milliseconds); /* as seconds */
void metric_histogram(struct metric_paper *paper, const struct histogram *histogram,
                      const struct histogram_shape *shape);

/* One 0/1 sample a word: the one that is so, and all others. */
void metric_states(struct metric_paper *paper, const char *key, const char *const *words, uint32_t count,
                   uint32_t which);

#endif
