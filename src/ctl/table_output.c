/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, under command.
 * What:  cells, widths, capitals, colour, and the closing line.
 * Why:   all cells are made first, as a column is as wide as its widest one; the last column is never padded.
 */
#include "ctl/table_output.h"

#include "base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TARGETS_MOST 16 /* as columns; further ones are in --json */
#define COLUMNS_MOST (TARGETS_MOST + 5)

enum paint { PAINT_NONE = 0, PAINT_BAD, PAINT_ODD };

struct cell {
    char *words; /* NULL: empty */
    enum paint paint;
};

struct table {
    size_t rows, columns; /* rows with the head */
    struct cell *cells;
    size_t widths[COLUMNS_MOST];
};

static void set(struct table *table, size_t row, size_t column, const char *words, enum paint paint)
{
    struct cell *cell = &table->cells[row * table->columns + column];
    cell->words = strdup(words ? words : "");
    cell->paint = paint;
    size_t length = cell->words ? strlen(cell->words) : 0;
    if (table->widths[column] < length)
        table->widths[column] = length;
}

static const char *string_of(const json_t *object, const char *key)
{
    const char *words = json_string_value(json_object_get(object, key));
    return words ? words : "";
}

static void upper(const char *words, char ret[64])
{
    size_t i = 0;
    for (; words[i] && i < 63; i++)
        ret[i] = words[i] >= 'a' && words[i] <= 'z' ? (char)(words[i] - 'a' + 'A') : words[i];
    ret[i] = '\0';
}

static const char *role_of(const json_t *record, size_t place)
{
    return string_of(json_array_get(json_object_get(record, "targets"), place), "role");
}

static bool on_first(const json_t *record)
{
    const char *answer = string_of(record, "answer");
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
        upper(common, head);
    else
        (void)snprintf(head, sizeof head, "TARGET %zu", place + 1);
    set(table, 0, 2 + place, head, PAINT_NONE);
}

static void set_target(struct table *table, size_t row, const json_t *record, size_t place)
{
    const json_t *target = json_array_get(json_object_get(record, "targets"), place);
    const char *state = string_of(target, "state");
    char words[64];
    bool down = strcmp(state, "down") == 0;
    json_int_t streak = json_integer_value(json_object_get(target, "streak"));
    if (down && streak < 0)
        (void)snprintf(words, sizeof words, "%.20s  %" JSON_INTEGER_FORMAT "x", state, -streak);
    else
        (void)snprintf(words, sizeof words, "%.20s", state);
    set(table, row, 2 + place, words, down ? PAINT_BAD : strcmp(state, "up") == 0 ? PAINT_NONE : PAINT_ODD);
}

static bool parse_utc(const char *words, time_t *ret)
{
    struct tm parts = {0};
    const char *end = strptime(words, "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (!end || *end)
        return false;
    *ret = timegm(&parts);
    return true;
}

static void set_since(struct table *table, size_t row, size_t column, const json_t *record, int64_t now_s)
{
    char words[64];
    struct text text = text_over(words, sizeof words);
    time_t since;
    if (parse_utc(string_of(record, "since"), &since))
        text_add_duration(&text, now_s > since ? (now_s - since) * 1000 : 0);
    set(table, row, column, words, PAINT_NONE);
}

static void set_row(struct table *table, size_t row, const json_t *record, const struct table_style *style)
{
    char answer[64] = "-";
    const char *role = string_of(record, "answer");
    if (on_first(record))
        (void)snprintf(answer, sizeof answer, "%.60s", role);
    else if (role[0])
        upper(role, answer);
    set(table, row, 0, string_of(record, "record"), PAINT_NONE);
    set(table, row, 1, answer, on_first(record) ? PAINT_NONE : PAINT_ODD);
    size_t targets = table->columns - 5;
    for (size_t place = 0; place < targets; place++)
        set_target(table, row, record, place);
    const json_t *in_dns = json_object_get(record, "in_dns");
    const char *served = json_is_true(in_dns) ? "yes" : json_is_false(in_dns) ? "no" : "-";
    set(table, row, 2 + targets, served, json_is_false(in_dns) ? PAINT_BAD : PAINT_NONE);
    set_since(table, row, 3 + targets, record, style->now_s);
    set(table, row, 4 + targets, string_of(record, "why"), PAINT_NONE);
}

/* ---- printing ---- */

static void print_cell(const struct table *table, const struct cell *cell, size_t column, bool last,
                       const struct table_style *style, FILE *out)
{
    static const char *const paints[] = {[PAINT_NONE] = "", [PAINT_BAD] = "\033[31m", [PAINT_ODD] = "\033[33m"};
    const char *words = cell->words ? cell->words : "";
    bool painted = style->color && cell->paint != PAINT_NONE;
    size_t length = strlen(words), shown = length, used = 0;
    for (size_t i = 0; i < column; i++)
        used += table->widths[i] + 2;
    if (last && style->width > 0 && used + length > style->width && style->width > used + 3)
        shown = style->width - used - 3;
    fprintf(out, "%s%.*s%s%s", painted ? paints[cell->paint] : "", (int)shown, words, shown < length ? "..." : "",
            painted ? "\033[0m" : "");
    if (!last)
        fprintf(out, "%*s", (int)(table->widths[column] - length + 2), "");
}

/* Empty cells at the end of a row leave no blanks behind. */
static void print_table(const struct table *table, const struct table_style *style, FILE *out)
{
    for (size_t row = 0; row < table->rows; row++) {
        const struct cell *cells = &table->cells[row * table->columns];
        size_t columns = table->columns;
        while (columns > 1 && (!cells[columns - 1].words || !cells[columns - 1].words[0]))
            columns--;
        for (size_t column = 0; column < columns; column++)
            print_cell(table, &cells[column], column, column + 1 == columns, style, out);
        fputc('\n', out);
    }
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
        const char *condition = string_of(record, "condition");
        bool answers = string_of(record, "answer")[0] != '\0';
        counts.bare += strcmp(string_of(record, "ownership"), "none") == 0;
        counts.primaries = counts.primaries && strcmp(role_of(record, 0), "primary") == 0;
        const char *override = string_of(json_object_get(record, "override"), "kind");
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
    if (parse_utc(string_of(config, "loaded"), &loaded) && localtime_r(&loaded, &parts) &&
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
    if (json_is_true(json_object_get(status, "dry_run")))
        fputs("  DRY RUN: nothing is sent.", out);
    fputc('\n', out);
}

static void free_table(struct table *table)
{
    for (size_t i = 0; i < table->rows * table->columns; i++)
        free(table->cells[i].words);
    free(table->cells);
}

static struct table new_table(size_t rows, size_t columns)
{
    struct table table = {.rows = rows, .columns = columns, .cells = calloc(rows * columns, sizeof *table.cells)};
    if (!table.cells)
        abort();
    return table;
}

void table_status(const struct json_t *status, const struct table_style *style, FILE *out)
{
    const json_t *records = json_object_get(status, "records");
    size_t targets = most_targets(records);
    struct table table = new_table(json_array_size(records) + 1, targets + 5);
    set(&table, 0, 0, "RECORD", PAINT_NONE);
    set(&table, 0, 1, "ANSWER", PAINT_NONE);
    for (size_t place = 0; place < targets; place++)
        set_target_head(&table, records, place);
    set(&table, 0, 2 + targets, "IN DNS", PAINT_NONE);
    set(&table, 0, 3 + targets, "SINCE", PAINT_NONE);
    set(&table, 0, 4 + targets, "WHY", PAINT_NONE);
    for (size_t row = 1; row < table.rows; row++)
        set_row(&table, row, json_array_get(records, row - 1), style);
    if (table.rows > 1)
        print_table(&table, style, out);
    print_closing(status, style->now_s, out);
    free_table(&table);
}

/* ---- overrides ---- */

void table_local_time(const char *utc, char *ret, size_t room)
{
    time_t at, now = time(NULL);
    struct tm parts, today;
    ret[0] = '\0';
    if (!parse_utc(utc, &at) || !localtime_r(&at, &parts) || !localtime_r(&now, &today))
        return;
    bool same_day = parts.tm_yday == today.tm_yday && parts.tm_year == today.tm_year;
    if (strftime(ret, room, same_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &parts) == 0)
        ret[0] = '\0';
}

void table_overrides(const struct json_t *answer, const struct table_style *style, FILE *out)
{
    static const char *const heads[] = {"KIND", "SUBJECT", "TARGET", "WHO", "SINCE", "UNTIL", "WHY"};
    static const char *const keys[] = {"kind", "subject", "target", "user", "since", "until", "reason"};
    const json_t *list = json_object_get(answer, "overrides");
    if (json_array_size(list) == 0) {
        fputs("no overrides are in force\n", out);
        return;
    }
    struct table table = new_table(json_array_size(list) + 1, 7);
    for (size_t column = 0; column < 7; column++) {
        set(&table, 0, column, heads[column], PAINT_NONE);
        for (size_t row = 1; row < table.rows; row++) {
            const char *words = string_of(json_array_get(list, row - 1), keys[column]);
            char at[64] = "";
            if (column == 4 || column == 5)
                table_local_time(words, at, sizeof at);
            set(&table, row, column, at[0] ? at : words[0] || column == 6 ? words : "-", PAINT_NONE);
        }
    }
    print_table(&table, style, out);
    free_table(&table);
}
