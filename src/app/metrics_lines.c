/* SPDX-License-Identifier: MIT */
/*
 * Where: app, inside metrics.
 * What:  samples as lines of text.
 * Why:   written by hand and not by printf: there are forty lines a target, and a scrape of ten thousand targets must
 *        not take a tenth of a second of the processor that probes.
 */
#include "app/metrics_rows.h"

#include <string.h>

/* ---- labels ---- */

static void add_escaped(struct buffer *out, const char *value)
{
    for (;;) {
        size_t plain = strcspn(value, "\\\"\n");
        buffer_add_bytes(out, value, plain);
        value += plain;
        if (!*value)
            return;
        buffer_add(out, *value == '\n' ? "\\n" : *value == '"' ? "\\\"" : "\\\\");
        value++;
    }
}

static void add_label(struct buffer *out, const char *key, const char *value)
{
    buffer_add(out, key);
    buffer_add_bytes(out, "=\"", 2);
    add_escaped(out, value);
    buffer_add_bytes(out, "\"", 1);
}

void metric_label(struct metric_paper *paper, const char *key, const char *value)
{
    if (paper->labels.length > 0)
        buffer_add_bytes(&paper->labels, ",", 1);
    add_label(&paper->labels, key, value);
}

/* ---- lines ---- */

static void begin_line(struct metric_paper *paper, const char *suffix, const char *key, const char *value)
{
    struct buffer *out = &paper->out;
    buffer_add_bytes(out, paper->name, paper->name_length);
    if (suffix)
        buffer_add(out, suffix);
    if (paper->labels.length > 0 || key) {
        buffer_add_bytes(out, "{", 1);
        buffer_add_bytes(out, paper->labels.bytes, paper->labels.length);
        if (key && paper->labels.length > 0)
            buffer_add_bytes(out, ",", 1);
        if (key)
            add_label(out, key, value);
        buffer_add_bytes(out, "}", 1);
    }
    buffer_add_bytes(out, " ", 1);
}

static void end_line(struct metric_paper *paper)
{
    buffer_add_bytes(&paper->out, "\n", 1);
}

/* Thousandths or millionths, without zeros at the end. */
static void add_fraction(struct buffer *out, uint64_t number, uint32_t unit)
{
    char digits[8] = ".";
    size_t length = 1;
    buffer_add_uint(out, number / unit);
    for (uint64_t rest = number % unit; rest > 0; rest %= unit) {
        unit /= 10;
        digits[length++] = (char)('0' + rest / unit);
    }
    if (length > 1)
        buffer_add_bytes(out, digits, length);
}

static void signed_line(struct metric_paper *paper, const char *key, const char *value, int64_t number, uint32_t unit)
{
    begin_line(paper, NULL, key, value);
    if (number < 0)
        buffer_add_bytes(&paper->out, "-", 1);
    add_fraction(&paper->out, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, unit);
    end_line(paper);
}

void metric_uint(struct metric_paper *paper, const char *key, const char *value, uint64_t number)
{
    begin_line(paper, NULL, key, value);
    buffer_add_uint(&paper->out, number);
    end_line(paper);
}

void metric_int(struct metric_paper *paper, const char *key, const char *value, int64_t number)
{
    signed_line(paper, key, value, number, 1);
}

void metric_us(struct metric_paper *paper, const char *key, const char *value, int64_t microseconds)
{
    signed_line(paper, key, value, microseconds, 1000000);
}

void metric_ms(struct metric_paper *paper, const char *key, const char *value, int64_t milliseconds)
{
    signed_line(paper, key, value, milliseconds, 1000);
}

void metric_states(struct metric_paper *paper, const char *key, const char *const *words, uint32_t count,
                   uint32_t which)
{
    for (uint32_t i = 0; i < count; i++)
        metric_uint(paper, key, words[i], i == which);
}

void metric_histogram(struct metric_paper *paper, const struct histogram *histogram,
                      const struct histogram_shape *shape)
{
    uint64_t so_far = 0;
    for (uint32_t i = 0; i <= shape->count; i++) {
        so_far += histogram->buckets[i];
        begin_line(paper, "_bucket", "le", i < shape->count ? shape->names[i] : "+Inf");
        buffer_add_uint(&paper->out, so_far);
        end_line(paper);
    }
    begin_line(paper, "_sum", NULL, NULL);
    add_fraction(&paper->out, histogram->sum, shape->unit);
    end_line(paper);
    begin_line(paper, "_count", NULL, NULL);
    buffer_add_uint(&paper->out, so_far);
    end_line(paper);
}
