/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_COUNTERS_H
#define REPOINTD_APP_COUNTERS_H

/*
 * Where: app; filled by app.c and effects, read by the metrics.
 * What:  what was counted since the start and stands nowhere else: probes by reason, updates by answer, switches.
 * Why:   the engine keeps what it needs for deciding. How often something was so is for dashboards alone, and its room
 *        follows from the configuration: no address, no text and no time is ever a key.
 */

#include "core/message.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

#define HISTOGRAM_BOUNDS_MAX 12

/* Where the buckets end, each inclusive; what is above the last one is in one more. */
struct histogram_shape {
    uint32_t count;
    uint64_t bounds[HISTOGRAM_BOUNDS_MAX];
    const char *names[HISTOGRAM_BOUNDS_MAX]; /* as Prometheus writes them */
    uint32_t unit;                           /* how many of the counted are one of the names' */
};

extern const struct histogram_shape histogram_of_seconds; /* counts microseconds */
extern const struct histogram_shape histogram_of_records;

struct histogram {
    uint64_t buckets[HISTOGRAM_BOUNDS_MAX + 1];
    uint64_t sum;
};

void histogram_count(struct histogram *histogram, const struct histogram_shape *shape, uint64_t value);

/* How an update ended: an RCODE that has a name (0 … 10), or one of these. */
enum update_end {
    UPDATE_OTHER = 11, /* … or one that has none */
    UPDATE_BADTIME,
    UPDATE_BADTRUNC,
    UPDATE_UNKNOWN, /* no trustworthy answer came */
    UPDATE_NOT_SENT,
    UPDATE_END_COUNT
};

const char *update_end_name(uint32_t end); /* "NOERROR", "unknown", "not-sent" */

/* Who moved a record. */
enum switch_cause { SWITCH_HEALTH = 0, SWITCH_MANUAL, SWITCH_RELOAD, SWITCH_CAUSE_COUNT };

struct check_counters {
    uint64_t probes[REASON_COUNT];
    struct histogram latency;
};

struct server_counters {
    struct histogram duration, records;
    bool told_skew; /* it has answered something that says how our clock stands */
    int32_t skew_s;
};

struct record_counters {
    uint64_t foreign_changes;
    uint32_t *switches; /* by from, to and cause; NULL before the first */
};

struct zone_counters {
    uint64_t updates[UPDATE_END_COUNT];
};

struct counters {
    const struct settings *settings; /* borrowed */
    struct check_counters *checks;   /* those that have a name */
    struct server_counters *servers;
    struct zone_counters *zones;
    struct record_counters *records;
    uint64_t lines_lost;
};

void counters_init(struct counters *counters, const struct settings *settings);
void counters_done(struct counters *counters);

/* Another configuration: what has the same name there goes on. The former settings are looked at for the last time. */
void counters_move(struct counters *counters, const struct settings *settings);

/* As it came from the prober, before `invert`. */
void counters_probe(struct counters *counters, uint32_t watch, const struct probe_report *report);

void counters_send(struct counters *counters, uint32_t zone, uint32_t records);
void counters_answer(struct counters *counters, uint32_t zone, const struct dns_report *report);
void counters_notice(struct counters *counters, const struct notice *notice);

/*
 * From and to are places below this one, which stands for all else: what is none of the record's targets, and those
 * beyond the first SWITCH_PLACES_MOST, since the room grows by the square.
 */
#define SWITCH_PLACES_MOST 32
uint32_t counters_places(const struct record_settings *record);

uint32_t counters_switches(const struct counters *counters, uint32_t record, uint32_t from, uint32_t to,
                           enum switch_cause cause);

#endif
