/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_LOG_H
#define REPOINTD_BASE_LOG_H

/*
 * Where: base; written to by app (everything) and io (debug only).
 * What:  a record with fields, a level, one sink.
 * Why:   this file knows neither journald nor stderr; io/journal gives the sink. base, model, core and config never
 *        log.
 */

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

/* Numbers are the syslog priorities. */
enum log_level {
    LOG_LEVEL_CRITICAL = 2,
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_NOTICE,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
};

#define LOG_FIELDS_MAX 32

/*
 * `name` is in journal form without prefix, e.g. "RECORD" for REPOINT_RECORD; the sink adds the prefix or lowers the
 * case.
 */
struct log_field {
    const char *name;
    const char *value;
};

struct log_record {
    enum log_level level;
    const char *message;    /* one line, already sanitised */
    const char *event;      /* "failover"; NULL for debug lines */
    const char *message_id; /* 32 hex digits; NULL for debug lines */
    const char *speaker;    /* whose words they are, where they are not the daemon's: "hook"; NULL: its own */
    uint32_t field_count;
    struct log_field fields[LOG_FIELDS_MAX];
};

typedef void log_sink_fn(const struct log_record *record, void *ctx);

void log_set_sink(log_sink_fn *sink, void *ctx);

/* Hears what is told at `level` or graver, whatever the level of the log; sink NULL: nobody does. It must not log. */
void log_set_listener(enum log_level level, log_sink_fn *sink, void *ctx);
void log_set_level(enum log_level level);
enum log_level log_level_now(void);
bool log_is_on(enum log_level level);

/* Drops the record when its level is above the one set; there is no sink before log_set_sink. */
void log_write(const struct log_record *record);
void log_debug(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
