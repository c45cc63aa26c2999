/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, under command.
 * What:  targets and overrides as tables.
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

struct targets_table table_targets_begin(int64_t now_s)
{
    static const char *const heads[] = {"RECORD", "TARGET", "LABEL",   "ADDRESS",
                                        "STATE",  "STREAK", "LATENCY", "LAST RESULT"};
    struct targets_table targets = {table_new(1, 8), now_s};
    for (size_t column = 0; column < 8; column++)
        table_set(&targets.table, 0, column, heads[column], PAINT_NONE);
    return targets;
}

void table_targets_add(const struct json_t *record, void *ctx)
{
    struct targets_table *targets = ctx;
    size_t place;
    json_t *target;
    json_array_foreach(json_object_get(record, "targets"), place, target)
        set_target_row(&targets->table, table_add_row(&targets->table), record, target, targets->now_s);
}
