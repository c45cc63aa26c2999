/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, beside command.
 * What:  history and events: what happened, for people.
 */
#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/table_output.h"

#include "app/protocol.h"
#include "base/parse.h"

#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The times of a history may lie on any day, so each has its own. */
static void set_time(struct table *table, size_t row, const json_t *one)
{
    char words[64] = "";
    time_t at;
    struct tm parts;
    if (table_parse_utc(ask_string(one, "time"), &at) && localtime_r(&at, &parts) &&
        strftime(words, sizeof words, "%Y-%m-%d %H:%M:%S", &parts) == 0)
        words[0] = '\0';
    table_set(table, row, 0, words, PAINT_NONE);
}

static void set_numbers(struct table *table, size_t row, const json_t *one)
{
    char words[48] = "-";
    struct text text = text_over(words, sizeof words);
    const json_t *outage = json_object_get(one, "outage_seconds"), *serial = json_object_get(one, "serial");
    if (json_is_number(outage))
        text_add_duration(&text, (int64_t)(json_number_value(outage) * 1000));
    table_set(table, row, 5, text.length ? words : "-", PAINT_NONE);
    text = text_over(words, sizeof words);
    if (json_is_integer(serial))
        text_addf(&text, "%" JSON_INTEGER_FORMAT, json_integer_value(serial));
    table_set(table, row, 6, text.length ? words : "-", PAINT_NONE);
}

static void print_switches(const json_t *list, const struct table_style *style)
{
    static const char *const heads[] = {"TIME", "FROM", "TO", "CAUSE", "REASON", "OUTAGE", "SERIAL"};
    static const char *const keys[] = {NULL, "from", "to", "cause", "reason"};
    struct table table = table_new(json_array_size(list) + 1, 7);
    for (size_t column = 0; column < 7; column++)
        table_set(&table, 0, column, heads[column], PAINT_NONE);
    for (size_t row = 1; row < table.rows; row++) {
        const json_t *one = json_array_get(list, row - 1);
        bool failover = strcmp(ask_string(one, "event"), "failover") == 0;
        set_time(&table, row, one);
        for (size_t column = 1; column < 5; column++) {
            const char *words = ask_string(one, keys[column]);
            table_set(&table, row, column, words[0] ? words : "-", failover && column == 2 ? PAINT_ODD : PAINT_NONE);
        }
        set_numbers(&table, row, one);
    }
    table_print(&table, style, stdout);
    table_free(&table);
}

int command_history(const struct invocation *invocation)
{
    char storage[4096];
    struct text path = text_over(storage, sizeof storage);
    uint64_t since_ms;
    struct error err = {0};
    long status;
    int code;
    if (invocation->since && !parse_duration_ms(invocation->since, &since_ms, &err))
        return ask_usage("--since is a time, as 24h or 7d");
    text_add(&path, PROTOCOL_PATH_HISTORY);
    ask_add_parameter(&path, "name", invocation->arguments[0]);
    if (invocation->since)
        ask_add_parameter(&path, "since", invocation->since);
    if (path.truncated)
        return ask_usage("that name is too long");
    json_t *answer = ask_daemon(invocation, path.bytes, NULL, &status, &code);
    if (!answer)
        return ask_finish(code);
    const json_t *list = json_object_get(answer, "switches");
    const struct table_style style = ask_style(invocation);
    if (!invocation->json && json_array_size(list) == 0)
        printf("no switch of %s is known%s%s\n", invocation->arguments[0], invocation->since ? " of the last " : "",
               invocation->since ? invocation->since : "");
    else if (!invocation->json)
        print_switches(list, &style);
    json_decref(answer);
    return ask_finish(EXIT_CODE_OK);
}

/* ---- events ---- */

#define BUSY_MS 1000 /* between two questions, where the daemon does not let them sleep */

static void print_event(const json_t *event, bool json)
{
    if (json) {
        json_dumpf(event, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
        putchar('\n');
        return;
    }
    char utc[32] = "", at[64];
    const char *time = ask_string(event, "time");
    if (strlen(time) > 19)
        (void)snprintf(utc, sizeof utc, "%.19sZ", time);
    table_local_time(utc, at, sizeof at);
    printf("%s  %-7s %s\n", at, ask_string(event, "level"), ask_string(event, "message"));
}

/* One question and its answer; false: it is over. `*after` goes on. */
static bool ask_events(const struct invocation *invocation, uint64_t *after, bool wait, int *ret_code)
{
    char path[128];
    struct client_answer answer;
    struct error err = {0};
    (void)snprintf(path, sizeof path, PROTOCOL_PATH_EVENTS "?after=%" PRIu64 "%s", *after, wait ? "&wait=yes" : "");
    json_t *object = ask_quietly(invocation, path, NULL, &answer, ret_code, &err);
    free(answer.body);
    if (!object) {
        fprintf(stderr, "repointctl: %s\n", err.text);
        return false;
    }
    json_int_t missed = json_integer_value(json_object_get(object, "missed"));
    if (missed > 0)
        fprintf(stderr, "repointctl: %" JSON_INTEGER_FORMAT " events came faster than they were read\n", missed);
    size_t index;
    json_t *event;
    const json_t *list = json_object_get(object, "events");
    json_array_foreach(list, index, event) print_event(event, invocation->json);
    *after = (uint64_t)json_integer_value(json_object_get(object, "last"));
    if (wait && json_array_size(list) == 0)
        (void)poll(NULL, 0, BUSY_MS);
    json_decref(object);
    *ret_code = ask_finish(EXIT_CODE_OK);
    return *ret_code == EXIT_CODE_OK;
}

int command_events(const struct invocation *invocation)
{
    uint64_t after = 0;
    int code = EXIT_CODE_OK;
    bool more = ask_events(invocation, &after, false, &code);
    while (more && invocation->follow)
        more = ask_events(invocation, &after, true, &code);
    return code;
}
