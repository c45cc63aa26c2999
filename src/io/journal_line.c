/* SPDX-License-Identifier: MIT */
/*
 * Where: io, behind journal.
 * What:  the three forms of a line.
 * Why:   the native form is documented by systemd ("Native Journal Protocol"): a field a line, NAME=value, and for
 *        a value with a newline in it NAME, newline, its length in 64 bits little endian, the value. In logfmt a
 *        field is named as in the journal, in lower case and without the prefix, so that who knows one form can
 *        read the other.
 */
#include "io/journal_line.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#define IDENTIFIER "repointd"

/* ---- native ---- */

static void add_native(struct text *out, const char *prefix, const char *name, const char *value)
{
    size_t length = strlen(value);
    /* Longest form: newline after the name, the length, newline after the value. */
    if (out->capacity - out->length <= strlen(prefix) + strlen(name) + length + 10)
        return;
    text_add(out, prefix);
    text_add(out, name);
    if (!memchr(value, '\n', length)) {
        text_add(out, "=");
    } else {
        char size[8];
        for (size_t i = 0; i < sizeof size; i++)
            size[i] = (char)((uint64_t)length >> (8 * i) & 0xff);
        text_add(out, "\n");
        text_add_bytes(out, size, sizeof size);
    }
    text_add_bytes(out, value, length);
    text_add(out, "\n");
}

void journal_line_native(const struct log_record *record, struct text *out)
{
    char priority[2] = {(char)('0' + (int)record->level), '\0'};
    add_native(out, "", "MESSAGE", record->message);
    add_native(out, "", "PRIORITY", priority);
    char identifier[64];
    struct text speaker = text_over(identifier, sizeof identifier);
    text_add(&speaker, IDENTIFIER);
    if (record->speaker)
        text_addf(&speaker, "[%s]", record->speaker);
    add_native(out, "", "SYSLOG_IDENTIFIER", identifier);
    if (record->message_id)
        add_native(out, "", "MESSAGE_ID", record->message_id);
    if (record->event)
        add_native(out, "REPOINT_", "EVENT", record->event);
    for (uint32_t i = 0; i < record->field_count; i++)
        add_native(out, "REPOINT_", record->fields[i].name, record->fields[i].value);
}

/* ---- logfmt ---- */

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_CRITICAL:
        return "crit";
    case LOG_LEVEL_ERROR:
        return "error";
    case LOG_LEVEL_WARNING:
        return "warning";
    case LOG_LEVEL_NOTICE:
        return "notice";
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_DEBUG:
        return "debug";
    }
    return "debug";
}

static bool is_control(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7f;
}

static bool needs_quotes(const char *value)
{
    if (value[0] == '\0')
        return true;
    for (const char *c = value; *c; c++)
        if (*c == ' ' || *c == '"' || *c == '=' || is_control((unsigned char)*c))
            return true;
    return false;
}

static void add_quoted(struct text *out, const char *value)
{
    text_add(out, "\"");
    for (const char *c = value; *c; c++) {
        if (*c == '"' || *c == '\\')
            text_addf(out, "\\%c", *c);
        else if (is_control((unsigned char)*c))
            text_addf(out, "\\x%02x", (unsigned)(unsigned char)*c);
        else
            text_add_bytes(out, c, 1);
    }
    text_add(out, "\"");
}

static void add_logfmt(struct text *out, const char *name, const char *value)
{
    text_add(out, out->length ? " " : "");
    for (const char *c = name; *c; c++) {
        char lower = (char)tolower((unsigned char)*c);
        text_add_bytes(out, &lower, 1);
    }
    text_add(out, "=");
    if (needs_quotes(value))
        add_quoted(out, value);
    else
        text_add(out, value);
}

static void add_time(struct text *out, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc = {0};
    char stamp[32];
    gmtime_r(&seconds, &utc);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
    text_addf(out, "time=%s.%03dZ", stamp, (int)(wall_ms % 1000));
}

/* The reader of lines waits for the newline, so a cut line has one too. */
static void end_line(struct text *out)
{
    if (out->length + 1 >= out->capacity)
        out->length = out->capacity - 2;
    out->bytes[out->length++] = '\n';
    out->bytes[out->length] = '\0';
}

void journal_line_logfmt(const struct log_record *record, int64_t wall_ms, struct text *out)
{
    add_time(out, wall_ms);
    add_logfmt(out, "level", level_name(record->level));
    if (record->event)
        add_logfmt(out, "event", record->event);
    if (record->speaker)
        add_logfmt(out, "speaker", record->speaker);
    for (uint32_t i = 0; i < record->field_count; i++)
        add_logfmt(out, record->fields[i].name, record->fields[i].value);
    text_add(out, " msg=");
    add_quoted(out, record->message);
    end_line(out);
}

void journal_line_stderr(const struct log_record *record, struct text *out)
{
    text_addf(out, "<%d>", (int)record->level);
    for (const char *c = record->message; *c; c++) {
        if (is_control((unsigned char)*c))
            text_addf(out, "\\x%02x", (unsigned)(unsigned char)*c);
        else
            text_add_bytes(out, c, 1);
    }
    end_line(out);
}
