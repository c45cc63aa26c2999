/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, between main and client.
 * What:  one function a command: what is asked of the daemon, and its answer for people or, with --json, as it came.
 * Why:   the exit status is the truth: 0 only where the daemon has seen the change in the zone, or was asked not to
 *        wait.
 */
#include "ctl/command.h"

#include "app/protocol.h"
#include "base/parse.h"
#include "base/text.h"
#include "ctl/ask.h"
#include "ctl/status_table.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WATCH_LEAST_MS 200
#define WATCH_MOST_MS  3600000

/* ---- status ---- */

/* False: it could not be had; *ret_code is what to end with. */
static bool show_status(const struct invocation *invocation, bool clears, int *ret_code)
{
    struct table_style style = ask_style(invocation);
    struct status_table *table = status_table_new(&style);
    json_t *rest = ask_status(invocation, status_table_add, table, ret_code);
    if (rest && clears)
        fputs("\033[H\033[J", stdout);
    if (rest && !invocation->json)
        status_table_print(table, rest, stdout);
    status_table_free(table);
    json_decref(rest);
    if (!rest)
        return false;
    *ret_code = ask_finish(EXIT_CODE_OK);
    return *ret_code == EXIT_CODE_OK;
}

int command_status(const struct invocation *invocation)
{
    uint64_t every_ms = 0;
    int code;
    bool clears = invocation->watch && !invocation->json && isatty(STDOUT_FILENO);
    if (invocation->watch && (!parse_duration_ms(invocation->watch, &every_ms, NULL) || every_ms < WATCH_LEAST_MS ||
                              every_ms > WATCH_MOST_MS))
        return ask_usage("--watch is a time of 200ms to 1h, as --watch=2s");
    while (show_status(invocation, clears, &code) && invocation->watch)
        (void)poll(NULL, 0, (int)every_ms);
    return ask_finish(code);
}

/* ---- changes ---- */

static void print_result(const json_t *result, const json_t *answer)
{
    static const char *const done[][2] = {{"adopt", "adopted"}, {"take-over", "taken over"}, {"disown", "disowned"}};
    (void)answer;
    const char *record = json_string_value(json_object_get(result, "record"));
    const char *command = json_string_value(json_object_get(result, "command"));
    const char *word = json_string_value(json_object_get(result, "result"));
    const char *detail = json_string_value(json_object_get(result, "detail"));
    const char *server = json_string_value(json_object_get(result, "server"));
    const json_t *took = json_object_get(result, "took_ms"), *serial = json_object_get(result, "serial");
    bool good = word && strcmp(word, "done") == 0, accepted = word && strcmp(word, "accepted") == 0;
    FILE *out = good || accepted ? stdout : stderr;
    for (size_t i = 0; good && command && i < sizeof done / sizeof done[0]; i++)
        if (strcmp(command, done[i][0]) == 0)
            word = done[i][1];
    fprintf(out, "%s: %s", record ? record : "?", accepted ? "accepted, not waited for" : word ? word : "?");
    if (!good && detail)
        fprintf(out, ": %s", detail);
    if (good && server && json_is_number(took))
        fprintf(out, "; %s answered in %.0f ms", server, json_number_value(took));
    if (good && json_is_integer(serial))
        fprintf(out, ", serial %" JSON_INTEGER_FORMAT, json_integer_value(serial));
    fputc('\n', out);
}

static const struct result_printers printers = {print_result, NULL};

static bool is_address(const char *words)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, words, bytes) == 1 || inet_pton(AF_INET6, words, bytes) == 1;
}

/* As far as one can tell without knowing which of both it must be: that is the daemon's to judge. */
static bool is_host(const char *words)
{
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return words[strspn(words, LETTERS "0123456789-_.")] == '\0' && strpbrk(words, LETTERS) != NULL;
#undef LETTERS
}

/* Addresses, or a host name, with commas or blanks between them; NULL where a word is none. */
static json_t *read_set(const char *words)
{
    json_t *list = json_array();
    while (*words) {
        size_t length = strcspn(words, ", \t");
        char word[256] = "";
        if (length > 0 && length < sizeof word)
            memcpy(word, words, length);
        if (length > 0 && !is_address(word) && !is_host(word)) {
            fprintf(stderr, "repointctl: --expect: '%.*s' is neither an address nor a host name\n", (int)length, words);
            json_decref(list);
            return NULL;
        }
        if (length > 0)
            json_array_append_new(list, json_string(word));
        words += length + (words[length] ? 1 : 0);
    }
    if (json_array_size(list) > 0)
        return list;
    fprintf(stderr, "repointctl: --expect: which addresses, or which host name, stand there?\n");
    json_decref(list);
    return NULL;
}

int command_adopt(const struct invocation *invocation)
{
    if (!invocation->expect)
        return ask_usage(
            "adopt needs --expect SET: the addresses or the host name there now, as repointctl status shows");
    json_t *set = read_set(invocation->expect);
    if (!set)
        return EXIT_CODE_USAGE;
    return ask_to_change(invocation, PROTOCOL_PATH_ADOPT,
                         json_pack("{s:s, s:o}", "record", invocation->arguments[0], "expect", set), &printers);
}

static bool is_owner(const char *words)
{
    return strlen(words) == 16 && strspn(words, "0123456789abcdef") == 16;
}

int command_take_over(const struct invocation *invocation)
{
    bool one = invocation->argument_count == 1;
    uint64_t epoch = 0;
    if (one == invocation->all)
        return ask_usage("take-over is for one NAME, or for --all");
    if (!invocation->owner || !is_owner(invocation->owner))
        return ask_usage("take-over needs --owner O: the 16 hex digits of the marker that is to be replaced");
    if (one && (!invocation->epoch || !parse_uint(invocation->epoch, 1, INT64_MAX, &epoch, NULL)))
        return ask_usage("take-over NAME needs --epoch E: the number in the marker that is to be replaced");
    if (!one && invocation->epoch)
        return ask_usage("take-over --all takes each epoch as it was read; --epoch goes with one NAME");
    json_t *request = one ? json_pack("{s:s, s:s, s:I}", "record", invocation->arguments[0], "owner", invocation->owner,
                                      "epoch", (json_int_t)epoch)
                          : json_pack("{s:b, s:s}", "all", 1, "owner", invocation->owner);
    return ask_to_change(invocation, PROTOCOL_PATH_TAKE_OVER, request, &printers);
}

int command_disown(const struct invocation *invocation)
{
    return ask_to_change(invocation, PROTOCOL_PATH_DISOWN, json_pack("{s:s}", "record", invocation->arguments[0]),
                         &printers);
}
