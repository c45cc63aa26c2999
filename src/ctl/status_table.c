/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, under command.
 * What:  `repointctl status`: cells, capitals, colour, and the closing line.
 * Why:   a row is made of each record as it comes, and the record forgotten; the heads are known at the end.
 */
#include "ctl/status_table.h"
#include "ctl/ask.h"

#include "base/text.h"

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
    uint64_t others; /* whose first target is not called primary */
};

static void count(struct counts *counts, const json_t *record)
{
    const char *condition = ask_string(record, "condition");
    const char *override = ask_string(json_object_get(record, "override"), "kind");
    counts->records++;
    counts->bare += strcmp(ask_string(record, "ownership"), "none") == 0;
    counts->others += strcmp(role_of(record, 0), "primary") != 0;
    if (strcmp(override, "failover") == 0)
        counts->forced++;
    else if (strcmp(override, "hold") == 0)
        counts->held++;
    else if (strcmp(condition, "unread") == 0)
        counts->unread++;
    else if (strcmp(condition, "off") == 0)
        counts->off++;
    else if (strcmp(condition, "ok") != 0)
        counts->stopped++;
    else if (on_first(record))
        counts->first++;
    else if (ask_string(record, "answer")[0] != '\0')
        counts->failed_over++;
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

static void print_closing(const struct counts *counts, const json_t *status, int64_t now_s, FILE *out)
{
    const char *between = ": ";
    fprintf(out, "%" PRIu64 " record%s", counts->records, counts->records == 1 ? "" : "s");
    add_part(out, counts->first, counts->others == 0 ? "on primary" : "on the first target", &between);
    add_part(out, counts->failed_over, "failed over", &between);
    add_part(out, counts->forced, "forced", &between);
    add_part(out, counts->held, "held", &between);
    add_part(out, counts->stopped, "not written", &between);
    add_part(out, counts->unread, "not read yet", &between);
    add_part(out, counts->off, "off", &between);
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
    if (counts->bare > 0)
        fprintf(out, "  %" PRIu64 " without a marker (ownership: none).", counts->bare);
    const json_t *state = json_object_get(status, "state");
    if (json_is_false(json_object_get(state, "ok")))
        fprintf(out, "  state NOT WRITABLE: %s.", ask_string(state, "why"));
    if (json_is_true(json_object_get(status, "dry_run")))
        fputs("  DRY RUN: nothing is sent.", out);
    fputc('\n', out);
}

/* ---- the whole ---- */

struct status_table {
    struct table_style style;
    struct table table;
    struct counts counts;
    size_t targets; /* as columns */
    struct {
        char *role; /* NULL: no record has one there */
        bool differs;
    } places[TARGETS_MOST];
};

struct status_table *status_table_new(const struct table_style *style)
{
    struct status_table *status = calloc(1, sizeof *status);
    if (!status)
        abort();
    status->style = *style;
    status->table = table_new(1, 5);
    return status;
}

/* What all records call a place is its head. */
static void note_roles(struct status_table *status, const json_t *record)
{
    for (size_t place = 0; place < status->targets; place++) {
        const char *role = role_of(record, place);
        if (!role[0])
            continue;
        if (!status->places[place].role)
            status->places[place].role = strdup(role);
        else if (strcmp(status->places[place].role, role) != 0)
            status->places[place].differs = true;
    }
}

void status_table_add(const json_t *record, void *ctx)
{
    struct status_table *status = ctx;
    size_t targets = json_array_size(json_object_get(record, "targets"));
    targets = targets > TARGETS_MOST ? TARGETS_MOST : targets;
    if (targets > status->targets) {
        table_insert_columns(&status->table, 2 + status->targets, targets - status->targets);
        status->targets = targets;
    }
    note_roles(status, record);
    count(&status->counts, record);
    set_row(&status->table, table_add_row(&status->table), record, &status->style);
}

static void set_heads(struct status_table *status)
{
    struct table *table = &status->table;
    const size_t targets = status->targets;
    table_set(table, 0, 0, "RECORD", PAINT_NONE);
    table_set(table, 0, 1, "ANSWER", PAINT_NONE);
    for (size_t place = 0; place < targets; place++) {
        char head[64];
        if (status->places[place].role && !status->places[place].differs)
            table_upper(status->places[place].role, head);
        else
            (void)snprintf(head, sizeof head, "TARGET %zu", place + 1);
        table_set(table, 0, 2 + place, head, PAINT_NONE);
    }
    table_set(table, 0, 2 + targets, "IN DNS", PAINT_NONE);
    table_set(table, 0, 3 + targets, "SINCE", PAINT_NONE);
    table_set(table, 0, 4 + targets, "WHY", PAINT_NONE);
}

void status_table_print(struct status_table *status, const json_t *rest, FILE *out)
{
    set_heads(status);
    if (status->table.rows > 1)
        table_print(&status->table, &status->style, out);
    print_closing(&status->counts, rest, status->style.now_s, out);
}

void status_table_free(struct status_table *status)
{
    for (size_t place = 0; place < TARGETS_MOST; place++)
        free(status->places[place].role);
    table_free(&status->table);
    free(status);
}
