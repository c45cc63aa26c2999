/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, beside command.
 * What:  verify: a row for each name server of each record.
 */
#include "app/protocol.h"
#include "base/text.h"
#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/table.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum column { COLUMN_RECORD, COLUMN_SERVER, COLUMN_SERVES, COLUMN_SERIAL, COLUMN_OK, COLUMN_DETAIL, COLUMNS };

static void set_serves(struct table *table, size_t row, const json_t *server)
{
    char words[2048];
    struct text text = text_over(words, sizeof words);
    json_t *sets = json_object_get(server, "serves"), *values, *value;
    const char *type;
    size_t index;
    json_object_foreach(sets, type, values) json_array_foreach(values, index, value)
        text_addf(&text, "%s%s", text.length > 0 ? ", " : "", json_string_value(value));
    const char *nothing = json_is_object(sets) ? "nothing" : "-";
    table_set(table, row, COLUMN_SERVES, text.length > 0 ? words : nothing, PAINT_NONE);
}

static void set_server(struct table *table, size_t row, const json_t *record, const json_t *server)
{
    char words[300];
    const json_t *serial = json_object_get(server, "serial");
    bool ok = json_is_true(json_object_get(server, "ok"));
    bool off = json_is_null(json_object_get(record, "ok"));
    const char *name = ask_string(server, "server"), *detail = ask_string(server, "detail");
    (void)snprintf(words, sizeof words, "%.250s%s", name[0] ? name : "-",
                   json_is_true(json_object_get(server, "signed")) ? " (signed)" : "");
    table_set(table, row, COLUMN_RECORD, ask_string(record, "record"), PAINT_NONE);
    table_set(table, row, COLUMN_SERVER, words, PAINT_NONE);
    set_serves(table, row, server);
    (void)snprintf(words, sizeof words, "%" JSON_INTEGER_FORMAT, json_integer_value(serial));
    table_set(table, row, COLUMN_SERIAL, json_is_integer(serial) ? words : "-", PAINT_NONE);
    table_set(table, row, COLUMN_OK, off ? "-" : ok ? "yes" : "NO", ok || off ? PAINT_NONE : PAINT_BAD);
    const char *condition = ask_string(record, "condition");
    table_set(table, row, COLUMN_DETAIL,
              detail[0]                      ? detail
              : strcmp(condition, "ok") == 0 ? ""
                                             : condition,
              PAINT_NONE);
}

static void print_table(const json_t *records, const struct table_style *style)
{
    static const char *const heads[] = {"RECORD", "SERVER", "SERVES", "SERIAL", "OK", "DETAIL"};
    size_t rows = 1, index, place;
    json_t *record, *server;
    json_array_foreach(records, index, record) rows += json_array_size(json_object_get(record, "servers"));
    struct table table = table_new(rows, COLUMNS);
    for (size_t column = 0; column < COLUMNS; column++)
        table_set(&table, 0, column, heads[column], PAINT_NONE);
    rows = 1;
    json_array_foreach(records, index, record) json_array_foreach(json_object_get(record, "servers"), place, server)
        set_server(&table, rows++, record, server);
    if (rows > 1)
        table_print(&table, style, stdout);
    table_free(&table);
}

/* How many records are so: "ok" is true, false, or null where it is off. */
static size_t count(const json_t *records, bool (*is)(const json_t *ok))
{
    size_t found = 0, index;
    json_t *record;
    json_array_foreach(records, index, record) found += is(json_object_get(record, "ok")) ? 1 : 0;
    return found;
}

static bool is_good(const json_t *ok)
{
    return json_is_true(ok);
}

static bool is_bad(const json_t *ok)
{
    return json_is_false(ok);
}

static bool is_off(const json_t *ok)
{
    return json_is_null(ok);
}

static void print_closing(const json_t *records)
{
    size_t all = json_array_size(records), off = count(records, is_off);
    printf("%zu record%s: %zu served as wanted, %zu not", all, all == 1 ? "" : "s", count(records, is_good),
           count(records, is_bad));
    if (off > 0)
        printf(", %zu off", off);
    puts(".");
}

int command_verify(const struct invocation *invocation)
{
    long status;
    int code;
    json_t *answer = ask_records(invocation, PROTOCOL_PATH_VERIFY, &status, &code);
    if (!answer)
        return ask_finish(code);
    const json_t *records = json_object_get(answer, "records");
    const struct table_style style = ask_style(invocation);
    if (!invocation->json) {
        print_table(records, &style);
        print_closing(records);
    }
    code = count(records, is_bad) > 0 ? EXIT_CODE_FAILED : EXIT_CODE_OK;
    json_decref(answer);
    return ask_finish(code);
}
