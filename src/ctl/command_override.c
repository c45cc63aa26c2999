/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, beside command.
 * What:  failover, failback, drain, hold, release, overrides.
 */
#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/table_output.h"

#include "app/protocol.h"
#include "base/text.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* ---- for people ---- */

static void print_place(FILE *out, const json_t *place)
{
    size_t index;
    json_t *address;
    fputs(json_is_object(place) ? ask_string(place, "role") : "nothing of ours", out);
    json_array_foreach(json_object_get(place, "addresses"), index, address)
        fprintf(out, "%s%s", index > 0 ? ", " : " ", json_string_value(address));
}

/* "forced until 15:30:04 (repointctl release db.example.com ends it)" */
static void print_override(const json_t *override)
{
    static const char *const words[][2] = {{"failover", "forced"}, {"drain", "drained"}, {"hold", "held"}};
    const char *kind = ask_string(override, "kind"), *subject = ask_string(override, "subject");
    char until[64];
    bool all = strcmp(kind, "hold") == 0 && strcmp(subject, "all") == 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(kind, words[i][0]) == 0)
            kind = words[i][1];
    table_local_time(ask_string(override, "until"), until, sizeof until);
    printf("  %s%s%s (repointctl release %s ends it)\n", kind, until[0] ? " until " : " until it is released", until,
           all ? "--all" : subject);
}

static void print_result(const json_t *result, const json_t *answer)
{
    const char *word = ask_string(result, "result"), *detail = ask_string(result, "detail");
    const json_t *took = json_object_get(result, "took_ms"), *serial = json_object_get(result, "serial");
    bool good = strcmp(word, "done") == 0, accepted = strcmp(word, "accepted") == 0;
    (void)answer;
    FILE *out = good || accepted ? stdout : stderr;
    fprintf(out, "%s: ", ask_string(result, "record"));
    if (!good) {
        fprintf(out, "%s%s%s\n", accepted ? "accepted, not waited for" : word, detail[0] ? ": " : "", detail);
        return;
    }
    bool moved = !json_equal(json_object_get(result, "from"), json_object_get(result, "to"));
    if (moved) {
        print_place(out, json_object_get(result, "from"));
        fputs(" -> ", out);
    } else {
        fputs("stays on ", out);
    }
    print_place(out, json_object_get(result, "to"));
    fputc('\n', out);
    if (moved && json_is_number(took))
        fprintf(out, "  sent to %s: NOERROR in %.0f ms; serial %" JSON_INTEGER_FORMAT "\n",
                ask_string(result, "server"), json_number_value(took), json_integer_value(serial));
}

static void print_end(const json_t *answer)
{
    const json_t *override = json_object_get(answer, "override");
    if (json_array_size(json_object_get(answer, "results")) == 0 && json_is_object(override))
        printf("%s: no record moves\n", ask_string(override, "subject"));
    if (json_is_object(override))
        print_override(override);
    else if (json_array_size(json_object_get(answer, "results")) == 0)
        puts("released; no record moves");
}

/* ---- asking ---- */

static void add(json_t *request, const char *key, const char *words)
{
    if (words)
        json_object_set_new(request, key, json_string(words));
}

/* One subject, or --all where the command knows that. */
static json_t *request_of(const struct invocation *invocation, const char *key)
{
    json_t *request = json_object();
    if (invocation->all)
        json_object_set_new(request, "all", json_true());
    else
        add(request, key, invocation->arguments[0]);
    add(request, "to", invocation->to);
    add(request, "for", invocation->duration);
    add(request, "reason", invocation->reason);
    if (invocation->force)
        json_object_set_new(request, "force", json_true());
    return request;
}

static const struct result_printers printers = {print_result, print_end};

int command_failover(const struct invocation *invocation)
{
    return ask_to_change(invocation, PROTOCOL_PATH_FAILOVER, request_of(invocation, "record"), &printers);
}

int command_failback(const struct invocation *invocation)
{
    return ask_to_change(invocation, PROTOCOL_PATH_FAILBACK, request_of(invocation, "record"), &printers);
}

int command_drain(const struct invocation *invocation)
{
    return ask_to_change(invocation, PROTOCOL_PATH_DRAIN, request_of(invocation, "subject"), &printers);
}

static bool one_or_all(const struct invocation *invocation)
{
    return (invocation->argument_count == 1) != invocation->all;
}

int command_hold(const struct invocation *invocation)
{
    if (!one_or_all(invocation))
        return ask_usage("hold is for one NAME, or for --all");
    return ask_to_change(invocation, PROTOCOL_PATH_HOLD, request_of(invocation, "record"), &printers);
}

int command_release(const struct invocation *invocation)
{
    if (!one_or_all(invocation))
        return ask_usage("release is for one NAME, LABEL or ADDRESS, or for --all");
    return ask_to_change(invocation, PROTOCOL_PATH_RELEASE, request_of(invocation, "subject"), &printers);
}

int command_overrides(const struct invocation *invocation)
{
    long status;
    int code;
    json_t *object = ask_daemon(invocation, PROTOCOL_PATH_OVERRIDES, NULL, &status, &code);
    if (!object)
        return ask_finish(code);
    struct table_style style = ask_style(invocation);
    if (!invocation->json)
        table_overrides(object, &style, stdout);
    json_decref(object);
    return ask_finish(EXIT_CODE_OK);
}
