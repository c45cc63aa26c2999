/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, beside command.
 * What:  explain and targets: what is believed, why, and what comes of it, for people.
 */
#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/table_output.h"

#include "app/protocol.h"
#include "base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *span(int64_t ms, char storage[48])
{
    struct text text = text_over(storage, 48);
    text_add_duration(&text, ms);
    return storage;
}

/* ---- targets ---- */

int command_targets(const struct invocation *invocation)
{
    int code;
    const struct table_style style = ask_style(invocation);
    struct targets_table targets = table_targets_begin(style.now_s);
    json_t *rest = ask_status(invocation, table_targets_add, &targets, &code);
    if (rest && !invocation->json && targets.table.rows > 1)
        table_print(&targets.table, &style, stdout);
    table_free(&targets.table);
    json_decref(rest);
    return ask_finish(rest ? EXIT_CODE_OK : code);
}

/* ---- explain ---- */

static void print_list(const char *before, const json_t *list)
{
    size_t index;
    json_t *item;
    fputs(before, stdout);
    json_array_foreach(list, index, item) printf("%s%s", index > 0 ? ", " : "", json_string_value(item));
}

/* Of the target that answers; "" where it has none, or is called by it. */
static const char *label_of(const json_t *record, const char *role)
{
    size_t index;
    json_t *target;
    json_array_foreach(json_object_get(record, "targets"), index, target)
    {
        const char *label = ask_string(target, "label");
        if (strcmp(ask_string(target, "role"), role) == 0 && strcmp(label, role) != 0)
            return label;
    }
    return "";
}

static void print_head(const json_t *record, int64_t now_s)
{
    const char *answer = ask_string(record, "answer");
    char upper[64], since[64], storage[48];
    table_upper(answer, upper);
    const char *first = ask_string(json_array_get(json_object_get(record, "targets"), 0), "role");
    time_t at;
    fputs(ask_string(record, "record"), stdout);
    print_list("  ", json_object_get(record, "types"));
    printf("  ttl %" JSON_INTEGER_FORMAT "s", json_integer_value(json_object_get(record, "ttl")));
    if (!answer[0]) {
        printf("  answers nothing of ours (%s)\n", ask_string(record, "condition"));
        return;
    }
    printf("  answers %s", strcmp(answer, first) == 0 ? answer : upper);
    if (label_of(record, answer)[0])
        printf(" %s", label_of(record, answer));
    table_local_time(ask_string(record, "since"), since, sizeof since);
    if (table_parse_utc(ask_string(record, "since"), &at))
        printf(" since %s (%s)", since, span(now_s > at ? (now_s - at) * 1000 : 0, storage));
    putchar('\n');
}

static const char *plural(json_int_t number)
{
    return number == 1 ? "" : "s";
}

/* One address: what it is, by which result, and how long that has been so. */
static void print_evidence(const json_t *evidence)
{
    const json_t *last = json_object_get(evidence, "last");
    const json_t *phases = json_object_get(last, "phases");
    json_int_t streak = json_integer_value(json_object_get(evidence, "streak"));
    char passed[64];
    printf("  %-10s %-22s %-8s", ask_string(evidence, "role"), ask_string(evidence, "address"),
           ask_string(evidence, "state"));
    if (!json_is_object(last)) {
        puts(ask_string(evidence, "check")[0] ? "not probed yet" : "no check: counted up");
        return;
    }
    double total_ms = json_number_value(json_object_get(phases, "total_ms"));
    const char *detail = ask_string(last, "detail");
    if (strcmp(ask_string(last, "verdict"), "pass") == 0)
        printf("%s in %.*f ms\n", detail[0] ? detail : "answered", total_ms < 10 ? 1 : 0, total_ms);
    else
        printf("%s%s%s, after %.*f ms\n", ask_string(last, "reason"), detail[0] ? ": " : "", detail,
               total_ms < 10 ? 1 : 0, total_ms);
    const char *label = ask_string(evidence, "label");
    bool is_called = strcmp(label, ask_string(evidence, "role")) == 0;
    printf("  %-10s %-22s %-8s", is_called ? "" : label, ask_string(evidence, "check"), "");
    printf("%" JSON_INTEGER_FORMAT " %s%s in a row", streak < 0 ? -streak : streak, streak < 0 ? "failure" : "success",
           streak < 0    ? plural(-streak)
           : streak == 1 ? ""
                         : "es");
    const char *threshold = streak < 0 ? "fall" : "rise";
    printf(" (%s %" JSON_INTEGER_FORMAT ")", threshold, json_integer_value(json_object_get(evidence, threshold)));
    table_local_time(ask_string(evidence, "passed"), passed, sizeof passed);
    if (streak < 0)
        printf(", last success %s", passed[0] ? passed : "never");
    table_local_time(ask_string(last, "certificate_end"), passed, sizeof passed);
    if (passed[0])
        printf(", certificate ends %s", passed);
    putchar('\n');
}

static void print_connectivity(const json_t *connectivity)
{
    printf("  %-12s ", "connectivity");
    if (json_is_true(json_object_get(connectivity, "configured")))
        printf("%s (%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " answer)\n",
               json_is_true(json_object_get(connectivity, "ok")) ? "ok" : "CUT OFF",
               json_integer_value(json_object_get(connectivity, "answering")),
               json_integer_value(json_object_get(connectivity, "of")));
    else
        puts("not watched");
}

static void print_why(const json_t *record)
{
    size_t index;
    json_t *item;
    const char *why = ask_string(record, "why");
    puts("\nwhy");
    if (why[0])
        printf("  %s\n", why);
    json_array_foreach(json_object_get(record, "evidence"), index, item) print_evidence(item);
    const json_t *override = json_object_get(record, "override");
    if (json_is_object(override)) {
        char until[64];
        table_local_time(ask_string(override, "until"), until, sizeof until);
        printf("  %-10s %s by %s%s%s%s%s\n", "override", ask_string(override, "kind"), ask_string(override, "user"),
               until[0] ? " until " : "", until, ask_string(override, "reason")[0] ? ": " : "",
               ask_string(override, "reason"));
    } else {
        printf("  %-10s none\n", "override");
    }
    print_connectivity(json_object_get(record, "connectivity"));
}

static void print_sent(const json_t *sent)
{
    char at[64];
    if (!json_is_object(sent))
        return;
    table_local_time(ask_string(sent, "time"), at, sizeof at);
    const char *outcome = ask_string(sent, "outcome");
    printf("  %-10s %s%sto %s: %s", "sent", at, at[0] ? " " : "", ask_string(sent, "server"),
           strcmp(outcome, "accepted") == 0 ? "NOERROR" : outcome);
    if (json_is_number(json_object_get(sent, "took_ms")))
        printf(" in %.0f ms", json_number_value(json_object_get(sent, "took_ms")));
    if (json_is_integer(json_object_get(sent, "serial")))
        printf(", serial %" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(sent, "serial")));
    putchar('\n');
}

static void print_dns(const json_t *record)
{
    const json_t *dns = json_object_get(record, "dns");
    const char *type;
    json_t *values, *server;
    size_t index;
    puts("dns");
    printf("  %-10s", "wanted");
    json_object_foreach(json_object_get(dns, "wanted"), type, values)
    {
        printf(" %s", type);
        print_list(" ", values);
    }
    putchar('\n');
    print_sent(json_object_get(dns, "sent"));
    const json_t *in_dns = json_object_get(record, "in_dns");
    printf("  %-10s %s", "in dns", json_is_true(in_dns) ? "yes" : json_is_false(in_dns) ? "no" : "not known");
    json_array_foreach(json_object_get(dns, "served"), index, server)
    {
        const json_t *after = json_object_get(server, "after_ms");
        printf("%s%s %s", index > 0 ? ", " : "; served by ", ask_string(server, "server"),
               json_is_true(json_object_get(server, "ok")) ? "yes" : "NO");
        if (json_integer_value(after) >= 100)
            printf(" (after %.1f s)", (double)json_integer_value(after) / 1000.0);
    }
    putchar('\n');
}

static void print_next(const json_t *record, int64_t now_s)
{
    const json_t *next = json_object_get(record, "next"), *timing = json_object_get(record, "timing");
    char at[64], one[48], two[48], three[48];
    time_t earliest;
    puts("next");
    printf("  %s\n", ask_string(next, "text"));
    table_local_time(ask_string(next, "earliest"), at, sizeof at);
    if (table_parse_utc(ask_string(next, "earliest"), &earliest))
        printf("  at %s, in %s\n", at, span(earliest > now_s ? (earliest - now_s) * 1000 : 0, one));
    puts("timing");
    if (json_is_integer(json_object_get(timing, "detect_most_ms")))
        printf("  a dead primary is known after %s to %s, and left at most %s later\n",
               span(json_integer_value(json_object_get(timing, "detect_least_ms")), one),
               span(json_integer_value(json_object_get(timing, "detect_most_ms")), two),
               span(json_integer_value(json_object_get(timing, "update_most_ms")), three));
    else
        puts("  its first target has no check: it is never left");
    printf("  resolvers may keep the old answer %s longer\n",
           span(json_integer_value(json_object_get(timing, "caches_ms")), one));
}

int command_explain(const struct invocation *invocation)
{
    char storage[2048];
    struct text path = text_over(storage, sizeof storage);
    long status;
    int code;
    text_add(&path, PROTOCOL_PATH_EXPLAIN "?name=");
    ask_add_query(&path, invocation->arguments[0]);
    if (path.truncated)
        return ask_usage("that name is too long");
    json_t *record = ask_daemon(invocation, path.bytes, NULL, &status, &code);
    if (!record)
        return ask_finish(code);
    int64_t now_s = time(NULL);
    if (!invocation->json) {
        print_head(record, now_s);
        print_why(record);
        print_dns(record);
        print_next(record, now_s);
    }
    json_decref(record);
    return ask_finish(EXIT_CODE_OK);
}
