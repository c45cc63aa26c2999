/* SPDX-License-Identifier: MIT */
/*
 * Where: base, between those who have something to tell and the sink that io/journal gives.
 * What:  the level, the sink, and the short way for debug lines.
 * Why:   the variables below are the only global state of the program that changes.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#define LOG_DEBUG_MAX 1024

static log_sink_fn *log_sink;
static void *log_sink_ctx;
static enum log_level log_level = LOG_LEVEL_INFO;
static log_sink_fn *listener;
static void *listener_ctx;
static enum log_level listener_level;

void log_set_sink(log_sink_fn *sink, void *ctx)
{
    log_sink = sink;
    log_sink_ctx = ctx;
}

void log_set_listener(enum log_level level, log_sink_fn *sink, void *ctx)
{
    listener_level = level;
    listener = sink;
    listener_ctx = ctx;
}

void log_set_level(enum log_level level)
{
    log_level = level;
}

enum log_level log_level_now(void)
{
    return log_level;
}

bool log_is_on(enum log_level level)
{
    return log_sink != NULL && level <= log_level;
}

void log_write(const struct log_record *record)
{
    if (log_is_on(record->level))
        log_sink(record, log_sink_ctx);
    if (listener != NULL && record->level <= listener_level)
        listener(record, listener_ctx);
}

void log_debug(const char *format, ...)
{
    if (!log_is_on(LOG_LEVEL_DEBUG))
        return;
    char message[LOG_DEBUG_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    log_write(&(struct log_record){.level = LOG_LEVEL_DEBUG, .message = message});
}
