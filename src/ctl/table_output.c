/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, under command.
 * What:  cells, widths, capitals, colour, and the closing line.
 * Why:   all cells are made first, as a column is as wide as its widest one; the last column is never padded.
 */
#include "ctl/table_output.h"
#include "ctl/ask.h"

#include "base/text.h"
#include "ctl/table.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TARGETS_MOST 16 /* as columns; further ones are in --json */

static const char *role_of(const json_t *record, size_t place)
{
    return ask_string(json_array_get(json_object_get(record, "targets"), place), "role");
}

static bool on_first(const json_t *record)
{
    const char *answer = ask_string(record, "answer");
    return answer[0] && strcmp(answer, role_of(record, 0)) == 0;
}

/* ---- the columns ---- */

static size_t most_targets(const json_t *records)
{
    size_t most = 0, index;
    json_t *record;
    json_array_foreach(records, index, record)
    {
        size_t count = json_array_size(json_object_get(record, "targets"));
        most = count > most ? count : most;
    }
    return most > TARGETS_MOST ? TARGETS_MOST : most;
}

/* The role, where all records call this place alike. */
static void set_target_head(struct table *table, const json_t *records, size_t place)
{
    const char *common = NULL;
    bool alike = true;
    size_t index;
    json_t *record;
    json_array_foreach(records, index, record)
    {
        const char *role = role_of(record, place);
        if (!role[0])
            continue;
        alike = alike && (!common || strcmp(common, role) == 0);
        common = role;
    }
    char head[64];
    if (alike && common)
        table_upper(common, head);
    else
        (void)snprintf(head, sizeof head, "TARGET %zu", place + 1);
    table_set(table, 0, 2 + place, head, PAINT_NONE);
}

static void set_target(struct table *table, size_t row, const json_t *record, size_t place)
{
    const json_t *target = json_array_get(json_object_get(record, "targets"), place);
    const char *state = ask_string(target, "state");
    char words[64];
    bool down = strcmp(state, "down") == 0;
    json_int_t streak = json_integer_value(json_object_get(target, "streak"));
    if (down && streak < 0)
        (void)snprintf(words, sizeof words, "%.20s  %" JSON_INTEGER_FORMAT "x", state, -streak);
    else
        (void)snprintf(words, sizeof words, "%.20s", state);
    table_set(table, row, 2 + place, words, down ? PAINT_BAD : strcmp(state, "up") == 0 ? PAINT_NONE : PAINT_ODD);
}

static void set_since(struct table *table, size_t row, size_t column, const json_t *record, int64_t now_s)
{
    char words[64];
    struct text text = text_over(words, sizeof words);
    time_t since;
    if (table_parse_utc(ask_string(record, "since"), &since))
        text_add_duration(&text, now_s > since ? (now_s - since) * 1000 : 0);
    table_set(table, row, column, words, PAINT_NONE);
}

static void set_row(struct table *table, size_t row, const json_t *record, const struct table_style *style)
{
    char answer[64] = "-";
    const char *role = ask_string(record, "answer");
    if (on_first(record))
        (void)snprintf(answer, sizeof answer, "%.60s", role);
    else if (role[0])
        table_upper(role, answer);
    table_set(table, row, 0, ask_string(record, "record"), PAINT_NONE);
    table_set(table, row, 1, answer, on_first(record) ? PAINT_NONE : PAINT_ODD);
    size_t targets = table->columns - 5;
    for (size_t place = 0; place < targets; place++)
        set_target(table, row, record, place);
    const json_t *in_dns = json_object_get(record, "in_dns");
    const char *served = json_is_true(in_dns) ? "yes" : json_is_false(in_dns) ? "no" : "-";
    table_set(table, row, 2 + targets, served, json_is_false(in_dns) ? PAINT_BAD : PAINT_NONE);
    set_since(table, row, 3 + targets, record, style->now_s);
    table_set(table, row, 4 + targets, ask_string(record, "why"), PAINT_NONE);
}

/* ---- the closing line ---- */

struct counts {
    uint64_t records, first, failed_over, forced, held, unread, off, stopped, bare;
    bool primaries; /* all first targets are called so */
};

static struct counts count(const json_t *records)
{
    struct counts counts = {.records = json_array_size(records), .primaries = true};
    size_t index;
    json_t *record;
    json_array_foreach(records, index, record)
    {
        const char *condition = ask_string(record, "condition");
        bool answers = ask_string(record, "answer")[0] != '\0';
        counts.bare += strcmp(ask_string(record, "ownership"), "none") == 0;
        counts.primaries = counts.primaries && strcmp(role_of(record, 0), "primary") == 0;
        const char *override = ask_string(json_object_get(record, "override"), "kind");
        if (strcmp(override, "failover") == 0)
            counts.forced++;
        else if (strcmp(override, "hold") == 0)
            counts.held++;
        else if (strcmp(condition, "unread") == 0)
            counts.unread++;
        else if (strcmp(condition, "off") == 0)
            counts.off++;
        else if (strcmp(condition, "ok") != 0)
            counts.stopped++;
        else if (on_first(record))
            counts.first++;
        else if (answers)
            counts.failed_over++;
    }
    return counts;
}

static void add_part(FILE *out, uint64_t number, const char *words, const char **between)
{
    if (number == 0)
        return;
    fprintf(out, "%s%" PRIu64 " %s", *between, number, words);
    *between = ", ";
}

static void print_loaded(const json_t *config, int64_t now_s, FILE *out)
{
    time_t loaded;
    struct tm parts;
    char words[64] = "at an unknown time";
    if (table_parse_utc(ask_string(config, "loaded"), &loaded) && localtime_r(&loaded, &parts) &&
        strftime(words, sizeof words, now_s - loaded < 86400 ? "%H:%M:%S" : "%Y-%m-%d %H:%M", &parts) == 0)
        words[0] = '\0';
    fprintf(out, "  config %s, %s.", words, json_is_true(json_object_get(config, "ok")) ? "ok" : "NOT RELOADED");
}

static void print_closing(const json_t *status, int64_t now_s, FILE *out)
{
    struct counts counts = count(json_object_get(status, "records"));
    const char *between = ": ";
    fprintf(out, "%" PRIu64 " record%s", counts.records, counts.records == 1 ? "" : "s");
    add_part(out, counts.first, counts.primaries ? "on primary" : "on the first target", &between);
    add_part(out, counts.failed_over, "failed over", &between);
    add_part(out, counts.forced, "forced", &between);
    add_part(out, counts.held, "held", &between);
    add_part(out, counts.stopped, "not written", &between);
    add_part(out, counts.unread, "not read yet", &between);
    add_part(out, counts.off, "off", &between);
    fputs(".", out);
    const json_t *connectivity = json_object_get(status, "connectivity");
    if (!json_is_true(json_object_get(connectivity, "configured")))
        fputs("  connectivity not watched.", out);
    else if (json_is_true(json_object_get(connectivity, "ok")))
        fputs("  connectivity ok.", out);
    else
        fprintf(out, "  this host is CUT OFF (%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " answer).",
                json_integer_value(json_object_get(connectivity, "answering")),
                json_integer_value(json_object_get(connectivity, "of")));
    print_loaded(json_object_get(status, "config"), now_s, out);
    if (counts.bare > 0)
        fprintf(out, "  %" PRIu64 " without a marker (ownership: none).", counts.bare);
    const json_t *state = json_object_get(status, "state");
    if (json_is_false(json_object_get(state, "ok")))
        fprintf(out, "  state NOT WRITABLE: %s.", ask_string(state, "why"));
    if (json_is_true(json_object_get(status, "dry_run")))
        fputs("  DRY RUN: nothing is sent.", out);
    fputc('\n', out);
}

void table_status(const struct json_t *status, const struct table_style *style, FILE *out)
{
    const json_t *records = json_object_get(status, "records");
    size_t targets = most_targets(records);
    struct table table = table_new(json_array_size(records) + 1, targets + 5);
    table_set(&table, 0, 0, "RECORD", PAINT_NONE);
    table_set(&table, 0, 1, "ANSWER", PAINT_NONE);
    for (size_t place = 0; place < targets; place++)
        set_target_head(&table, records, place);
    table_set(&table, 0, 2 + targets, "IN DNS", PAINT_NONE);
    table_set(&table, 0, 3 + targets, "SINCE", PAINT_NONE);
    table_set(&table, 0, 4 + targets, "WHY", PAINT_NONE);
    for (size_t row = 1; row < table.rows; row++)
        set_row(&table, row, json_array_get(records, row - 1), style);
    if (table.rows > 1)
        table_print(&table, style, out);
    print_closing(status, style->now_s, out);
    table_free(&table);
}

/* ---- overrides ---- */

void table_overrides(const struct json_t *answer, const struct table_style *style, FILE *out)
{
    static const char *const heads[] = {"KIND", "SUBJECT", "TARGET", "WHO", "SINCE", "UNTIL", "WHY"};
    static const char *const keys[] = {"kind", "subject", "target", "user", "since", "until", "reason"};
    const json_t *list = json_object_get(answer, "overrides");
    if (json_array_size(list) == 0) {
        fputs("no overrides are in force\n", out);
        return;
    }
    struct table table = table_new(json_array_size(list) + 1, 7);
    for (size_t column = 0; column < 7; column++) {
        table_set(&table, 0, column, heads[column], PAINT_NONE);
        for (size_t row = 1; row < table.rows; row++) {
            const char *words = ask_string(json_array_get(list, row - 1), keys[column]);
            char at[64] = "";
            if (column == 4 || column == 5)
                table_local_time(words, at, sizeof at);
            table_set(&table, row, column, at[0] ? at : words[0] || column == 6 ? words : "-", PAINT_NONE);
        }
    }
    table_print(&table, style, out);
    table_free(&table);
}

/* ---- targets ---- */

static size_t count_targets(const json_t *records)
{
    size_t count = 0, index;
    json_t *record;
    json_array_foreach(records, index, record) count += json_array_size(json_object_get(record, "targets"));
    return count;
}

/* The quickest to read: latencies of all addresses that have one. */
static void add_latencies(struct text *out, const json_t *target)
{
    size_t index;
    json_t *address;
    json_array_foreach(json_object_get(target, "addresses"), index, address)
    {
        const json_t *latency = json_object_get(address, "latency_ms");
        if (json_is_number(latency))
            text_addf(out, "%s%.1f ms", out->length > 0 ? ", " : "", json_number_value(latency));
    }
}

/* The first of its certificates to end, as "; certificate ends in 41d". */
static void add_certificate(struct text *out, const json_t *target, int64_t now_s)
{
    size_t index;
    json_t *address;
    time_t end, first = 0;
    json_array_foreach(json_object_get(target, "addresses"), index, address)
    {
        if (table_parse_utc(ask_string(address, "certificate_end"), &end) && (first == 0 || end < first))
            first = end;
    }
    if (first == 0)
        return;
    text_add(out, first < now_s ? "; certificate ended " : "; certificate ends in ");
    text_add_duration(out, (first < now_s ? now_s - first : first - now_s) * 1000);
    text_add(out, first < now_s ? " ago" : "");
}

static void set_target_row(struct table *table, size_t row, const json_t *record, const json_t *target, int64_t now_s)
{
    char words[16384]; /* nothing is cut: a target may have many addresses */
    const char *state = ask_string(target, "state"), *reason = ask_string(target, "reason");
    json_int_t streak = json_integer_value(json_object_get(target, "streak"));
    bool down = strcmp(state, "down") == 0;
    size_t index;
    json_t *address;
    table_set(table, row, 0, ask_string(record, "record"), PAINT_NONE);
    table_set(table, row, 1, ask_string(target, "role"), PAINT_NONE);
    table_set(table, row, 2, ask_string(target, "label"), PAINT_NONE);
    struct text text = text_over(words, sizeof words);
    json_array_foreach(json_object_get(target, "addresses"), index, address)
        text_addf(&text, "%s%s", index > 0 ? ", " : "", ask_string(address, "address"));
    table_set(table, row, 3, words, PAINT_NONE);
    table_set(table, row, 4, state, down ? PAINT_BAD : strcmp(state, "up") == 0 ? PAINT_NONE : PAINT_ODD);
    (void)snprintf(words, sizeof words, "%" JSON_INTEGER_FORMAT "x", streak < 0 ? -streak : streak);
    table_set(table, row, 5, streak == 0 ? "-" : words, PAINT_NONE);
    text = text_over(words, sizeof words);
    add_latencies(&text, target);
    table_set(table, row, 6, text.length > 0 ? words : "-", PAINT_NONE);
    text = text_over(words, sizeof words);
    text_addf(&text, "%s%s%s", reason, ask_string(target, "detail")[0] ? ": " : "", ask_string(target, "detail"));
    add_certificate(&text, target, now_s);
    table_set(table, row, 7, reason[0] ? words : "no check: counted up", PAINT_NONE);
}

void table_targets(const struct json_t *status, const struct table_style *style, FILE *out)
{
    static const char *const heads[] = {"RECORD", "TARGET", "LABEL",   "ADDRESS",
                                        "STATE",  "STREAK", "LATENCY", "LAST RESULT"};
    const json_t *records = json_object_get(status, "records");
    struct table table = table_new(count_targets(records) + 1, 8);
    size_t row = 1, index, place;
    json_t *record, *target;
    for (size_t column = 0; column < 8; column++)
        table_set(&table, 0, column, heads[column], PAINT_NONE);
    json_array_foreach(records, index, record)
    {
        json_array_foreach(json_object_get(record, "targets"), place, target)
            set_target_row(&table, row++, record, target, style->now_s);
    }
    if (table.rows > 1)
        table_print(&table, style, out);
    table_free(&table);
}
