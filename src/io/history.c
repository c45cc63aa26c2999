/* SPDX-License-Identifier: MIT */
/*
 * Where: io, behind app/switches.
 * What:  appends lines, turns the generations over, and keeps all lines in memory, oldest first.
 * Why:   who asks for the history must not make the loop wait for a disk. What a full disk let through of a line is cut
 *        off before the next one.
 */
#include "io/history.h"

#include "io/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FORMER_FILE HISTORY_FILE ".1"
#define FILE_MOST   (16 * 1024 * 1024)
#define VERSION     1

struct history {
    const struct state *state;
    int fd;             /* -1: it could not be opened; tried again with the next line */
    uint32_t directory; /* the generation of the directory that it is in */
    uint32_t lines;     /* in the file */
    off_t size;         /* of it */
    uint32_t count;     /* items */
    uint32_t unwritten; /* the last so many of them */
    struct history_item items[2 * HISTORY_LINES];
};

static void drop(struct history *history, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        free(history->items[i].record);
        free(history->items[i].line);
    }
    history->count -= count;
    memmove(history->items, history->items + count, history->count * sizeof *history->items);
}

static void keep(struct history *history, const struct history_item *item)
{
    if (history->count == 2 * HISTORY_LINES)
        drop(history, HISTORY_LINES);
    if (history->unwritten > history->count)
        history->unwritten = history->count;
    history->items[history->count++] = *item;
}

/* ---- reading ---- */

static bool is_target(const json_t *role)
{
    const char *words = json_string_value(role);
    return words && words[0] && strcmp(words, "none") != 0 && strcmp(words, "retired") != 0;
}

/* What is known of a line without reading it again; false: it is no such object. `line` is copied. */
static bool item_of(const json_t *object, const char *line, size_t length, struct history_item *ret)
{
    const json_t *time = json_object_get(object, "time_ms"), *from = json_object_get(object, "from"),
                 *to = json_object_get(object, "to");
    const char *record = json_string_value(json_object_get(object, "record"));
    const char *cause = json_string_value(json_object_get(object, "cause"));
    if (json_integer_value(json_object_get(object, "version")) != VERSION || !json_is_integer(time) || !record)
        return false;
    *ret = (struct history_item){.time_ms = json_integer_value(time),
                                 .record = strdup(record),
                                 .line = strndup(line, length),
                                 .by_health = cause && strcmp(cause, "health") == 0 && is_target(from) &&
                                              is_target(to) && !json_equal(from, to),
                                 .released = json_is_true(json_object_get(object, "released"))};
    if (ret->record && ret->line)
        return true;
    free(ret->record);
    free(ret->line);
    return false;
}

/* False: damaged. `*ret_whole` octets are lines with their ends. */
static bool take_lines(struct history *history, const char *bytes, size_t length, size_t *ret_whole)
{
    size_t at = 0;
    for (const char *end; (end = memchr(bytes + at, '\n', length - at));) {
        size_t size = (size_t)(end - bytes) - at;
        struct history_item item;
        json_t *object = json_loadb(bytes + at, size, JSON_REJECT_DUPLICATES, NULL);
        bool good = item_of(object, bytes + at, size, &item);
        json_decref(object);
        if (!good)
            return false;
        keep(history, &item);
        history->lines++;
        at += size + 1;
    }
    *ret_whole = at;
    return true;
}

/* One generation. */
static void load(struct history *history, const char *name, struct error *warning)
{
    char *bytes = NULL;
    size_t length = 0, whole = 0;
    uint32_t before = history->count;
    struct error trouble = {0};
    history->lines = 0;
    history->size = 0;
    enum state_file_outcome outcome = state_file_read(history->state, name, FILE_MOST, &bytes, &length, &trouble);
    if (outcome == STATE_FILE_ABSENT)
        return;
    if (outcome == STATE_FILE_READ && take_lines(history, bytes, length, &whole)) {
        history->size = (off_t)whole;
        free(bytes);
        return;
    }
    free(bytes);
    while (history->count > before) {
        struct history_item *last = &history->items[--history->count];
        free(last->record);
        free(last->line);
    }
    history->lines = 0;
    state_file_refuse(history->state, name, "its switches are forgotten, nothing has to be done", &trouble);
    if (warning->code)
        error_prefix(&trouble, "%.200s; ", warning->text);
    *warning = trouble;
}

struct history *history_open(const struct state *state, struct error *warning)
{
    struct history *history = calloc(1, sizeof *history);
    if (!history)
        abort();
    history->state = state;
    history->directory = state_generation(state);
    history->fd = -1;
    load(history, FORMER_FILE, warning);
    load(history, HISTORY_FILE, warning);
    return history;
}

void history_close(struct history *history)
{
    if (!history)
        return;
    drop(history, history->count);
    if (history->fd >= 0)
        close(history->fd);
    free(history);
}

uint32_t history_count(const struct history *history)
{
    return history->count;
}

const struct history_item *history_at(const struct history *history, uint32_t nth)
{
    return &history->items[nth];
}

/* ---- writing ---- */

static json_t *text_value(const char *words)
{
    return words && words[0] ? json_string(words) : json_null();
}

static json_t *object_of(const struct history_entry *entry)
{
    if (entry->released)
        return json_pack("{s:i, s:I, s:s, s:b}", "version", VERSION, "time_ms", (json_int_t)entry->time_ms, "record",
                         entry->record, "released", true);
    return json_pack("{s:i, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "version", VERSION, "time_ms",
                     (json_int_t)entry->time_ms, "record", entry->record, "change",
                     entry->change ? json_integer((json_int_t)entry->change) : json_null(), "event",
                     text_value(entry->event), "from", text_value(entry->from), "to", text_value(entry->to), "cause",
                     text_value(entry->cause), "reason", text_value(entry->reason), "serial",
                     entry->has_serial ? json_integer(entry->serial) : json_null(), "rcode", text_value(entry->rcode),
                     "outage_ms", entry->outage_ms >= 0 ? json_integer((json_int_t)entry->outage_ms) : json_null());
}

/* What was cut at its end before is cut off; 0 or errno. */
static int open_file(struct history *history)
{
    if (history->fd >= 0)
        return 0;
    int fd = openat(state_directory(history->state), HISTORY_FILE,
                    O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    if (ftruncate(fd, history->size) != 0) {
        int sys_errno = errno;
        close(fd);
        return sys_errno;
    }
    history->fd = fd;
    return 0;
}

/* The next line begins a new file; where the old one cannot be moved it grows on. */
static void turn_over(struct history *history)
{
    int directory = state_directory(history->state);
    if (history->lines < HISTORY_LINES || renameat(directory, HISTORY_FILE, directory, FORMER_FILE) != 0)
        return;
    if (history->fd >= 0)
        close(history->fd);
    history->fd = -1;
    history->lines = 0;
    history->size = 0;
}

/* 0 or errno. */
static int append(struct history *history, char *line, size_t length)
{
    turn_over(history);
    int sys_errno = open_file(history);
    if (sys_errno)
        return sys_errno;
    static char end[] = "\n";
    const struct iovec parts[] = {{.iov_base = line, .iov_len = length}, {.iov_base = end, .iov_len = 1}};
    ssize_t written = writev(history->fd, parts, 2);
    if (written == (ssize_t)length + 1) {
        history->size += written;
        history->lines++;
        return 0;
    }
    sys_errno = written < 0 ? errno : ENOSPC;
    close(history->fd); /* opened anew it is cut to what is whole */
    history->fd = -1;
    return sys_errno;
}

/* In another directory than before everything is to be written anew. */
static void follow_directory(struct history *history)
{
    if (history->directory == state_generation(history->state))
        return;
    history->directory = state_generation(history->state);
    if (history->fd >= 0)
        close(history->fd);
    history->fd = -1;
    history->lines = 0;
    history->size = 0;
    history->unwritten = history->count;
}

bool history_try_again(struct history *history, struct error *err)
{
    if (!state_is_there(history->state, err))
        return false;
    follow_directory(history);
    while (history->unwritten > 0) {
        char *line = history->items[history->count - history->unwritten].line;
        int sys_errno = append(history, line, strlen(line));
        if (sys_errno) {
            error_set_errno(err, sys_errno, "%s/" HISTORY_FILE " cannot be written", state_path(history->state));
            return false;
        }
        history->unwritten--;
    }
    return true;
}

bool history_add(struct history *history, const struct history_entry *entry, struct error *err)
{
    json_t *object = object_of(entry);
    char *line = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    struct history_item item;
    bool good = line && item_of(object, line, strlen(line), &item);
    json_decref(object);
    free(line);
    if (!good) {
        error_set(err, ERROR_SYNTAX, "a line of " HISTORY_FILE " cannot be made: a name is no UTF-8, or memory is out");
        return false;
    }
    keep(history, &item);
    history->unwritten++;
    return history_try_again(history, err);
}
