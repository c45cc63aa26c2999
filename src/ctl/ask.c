/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, between commands and client.
 * What:  a request to the daemon and its parsed answer; what went wrong is told here, once.
 */
#include "ctl/ask.h"

#include "app/protocol.h"
#include "ctl/client.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* ---- words ---- */

const char *ask_string(const json_t *object, const char *key)
{
    const char *words = json_string_value(json_object_get(object, key));
    return words ? words : "";
}

int ask_usage(const char *words)
{
    fprintf(stderr, "repointctl: %s\n", words);
    return EXIT_CODE_USAGE;
}

int ask_finish(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    perror("repointctl: cannot write to stdout");
    return code == EXIT_CODE_OK ? EXIT_CODE_FAILED : code;
}

/* ---- asking ---- */

json_t *ask_quietly(const struct invocation *invocation, const char *path, const char *body,
                    struct client_answer *ret_answer, int *ret_code, struct error *err)
{
    *ret_answer = (struct client_answer){0};
    enum client_outcome outcome = client_ask(invocation->socket, path, body, ret_answer, err);
    *ret_code = outcome == CLIENT_UNREACHED ? EXIT_CODE_UNREACHED : EXIT_CODE_FAILED;
    if (outcome != CLIENT_ANSWERED)
        return NULL;
    json_t *object = json_loadb(ret_answer->body ? ret_answer->body : "", ret_answer->length, 0, NULL);
    const char *trouble = json_string_value(json_object_get(object, "error"));
    if (object && !trouble)
        return object;
    error_set(err, ERROR_PROTOCOL, "%s", trouble ? trouble : "the answer is no JSON; is that socket repointd's?");
    json_decref(object);
    return NULL;
}

static bool may_force(const struct client_answer *answer)
{
    json_t *object = json_loadb(answer->body ? answer->body : "", answer->length, 0, NULL);
    bool may = json_is_true(json_object_get(object, "may_force"));
    json_decref(object);
    return may;
}

/* An answer that is JSON is shown even where it says "error": a script wants to read that, too. */
static json_t *ask_once(const struct invocation *invocation, const char *path, const char *body, long *ret_status,
                        int *ret_code, bool *ret_may_force)
{
    struct client_answer answer;
    struct error err = {0};
    json_t *object = ask_quietly(invocation, path, body, &answer, ret_code, &err);
    if (invocation->json && answer.length > 0 && answer.body[0] == '{') {
        fwrite(answer.body, 1, answer.length, stdout);
        if (answer.body[answer.length - 1] != '\n')
            fputc('\n', stdout);
    }
    *ret_may_force = !object && may_force(&answer);
    free(answer.body);
    *ret_status = answer.status;
    if (!object)
        fprintf(stderr, "repointctl: %s\n", err.text);
    return object;
}

json_t *ask_daemon(const struct invocation *invocation, const char *path, const char *body, long *ret_status,
                   int *ret_code)
{
    bool forceable;
    return ask_once(invocation, path, body, ret_status, ret_code, &forceable);
}

void ask_add_query(struct text *path, const char *words)
{
    for (; *words; words++) {
        unsigned char byte = (unsigned char)*words;
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                     strchr("-._", byte);
        text_addf(path, plain ? "%c" : "%%%02X", byte);
    }
}

void ask_add_parameter(struct text *path, const char *name, const char *words)
{
    text_addf(path, "%s%s=", strchr(path->bytes, '?') ? "&" : "?", name);
    ask_add_query(path, words);
}

/* False: too long. */
static bool add_names(struct text *path, const char *of, const struct invocation *invocation)
{
    text_add(path, of);
    for (uint32_t i = 0; i < invocation->argument_count; i++)
        ask_add_parameter(path, "name", invocation->arguments[i]);
    return !path->truncated;
}

static const char too_many_names[] = "too many names; without one all records are shown";

/* What comes goes to stdout as it is, where it is JSON, and through the stream. */
struct echo {
    struct record_stream *stream;
    bool wanted, begun;
    char last;
};

static bool hear(const char *bytes, size_t length, void *ctx)
{
    struct echo *echo = ctx;
    if (length == 0)
        return true;
    echo->wanted = echo->wanted && (echo->begun || bytes[0] == '{');
    echo->begun = true;
    echo->last = bytes[length - 1];
    if (echo->wanted)
        fwrite(bytes, 1, length, stdout);
    return record_stream_add(echo->stream, bytes, length);
}

json_t *ask_status_quietly(const struct invocation *invocation, record_stream_fn *give, void *ctx, int *ret_code,
                           struct error *err)
{
    char storage[30000];
    struct text path = text_over(storage, sizeof storage);
    *ret_code = EXIT_CODE_USAGE;
    if (!add_names(&path, PROTOCOL_PATH_STATUS, invocation)) {
        error_set(err, ERROR_LIMIT, "%s", too_many_names);
        return NULL;
    }
    struct echo echo = {.stream = record_stream_new(give, ctx), .wanted = invocation->json};
    enum client_outcome outcome = client_listen(invocation->socket, path.bytes, hear, &echo, err);
    if (echo.wanted && echo.begun && echo.last != '\n')
        fputc('\n', stdout);
    json_t *rest = record_stream_end(echo.stream);
    const char *trouble = json_string_value(json_object_get(rest, "error"));
    *ret_code = outcome == CLIENT_UNREACHED ? EXIT_CODE_UNREACHED : EXIT_CODE_FAILED;
    if (outcome == CLIENT_ANSWERED && rest && !trouble)
        return rest;
    if (outcome == CLIENT_ANSWERED)
        error_set(err, ERROR_PROTOCOL, "%s", trouble ? trouble : "the answer is no JSON; is that socket repointd's?");
    json_decref(rest);
    return NULL;
}

json_t *ask_status(const struct invocation *invocation, record_stream_fn *give, void *ctx, int *ret_code)
{
    struct error err = {0};
    json_t *rest = ask_status_quietly(invocation, invocation->json ? NULL : give, ctx, ret_code, &err);
    if (!rest)
        fprintf(stderr, "repointctl: %s\n", err.text);
    return rest;
}

json_t *ask_records(const struct invocation *invocation, const char *of, long *ret_status, int *ret_code)
{
    char storage[30000];
    struct text path = text_over(storage, sizeof storage);
    if (add_names(&path, of, invocation))
        return ask_daemon(invocation, path.bytes, NULL, ret_status, ret_code);
    *ret_code = ask_usage(too_many_names);
    return NULL;
}

/* ---- changes ---- */

/* A person is asked, a script is not: it would wait for ever. */
static bool agrees_to_force(const struct invocation *invocation)
{
    char words[16] = "";
    if (invocation->json || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return false;
    fputs("Do it all the same? [y/N] ", stderr);
    return fgets(words, sizeof words, stdin) && (strcmp(words, "y\n") == 0 || strcmp(words, "yes\n") == 0);
}

static json_t *post(const struct invocation *invocation, const char *path, const json_t *request, long *ret_status,
                    int *ret_code, bool *ret_may_force)
{
    char *body = json_dumps(request, JSON_COMPACT);
    *ret_may_force = false;
    *ret_code = body ? EXIT_CODE_OK : ask_usage("a name or value is no UTF-8 text");
    json_t *object = body ? ask_once(invocation, path, body, ret_status, ret_code, ret_may_force) : NULL;
    free(body);
    return object;
}

int ask_to_change(const struct invocation *invocation, const char *path, json_t *request,
                  const struct result_printers *printers)
{
    if (invocation->no_wait)
        json_object_set_new(request, "no_wait", json_true());
    long status = 0;
    int code;
    bool forceable;
    json_t *object = post(invocation, path, request, &status, &code, &forceable);
    if (!object && forceable && agrees_to_force(invocation)) {
        json_object_set_new(request, "force", json_true());
        object = post(invocation, path, request, &status, &code, &forceable);
    }
    json_decref(request);
    if (!object)
        return ask_finish(code);
    size_t index;
    json_t *result;
    if (!invocation->json)
        json_array_foreach(json_object_get(object, "results"), index, result) printers->result(result, object);
    if (!invocation->json && printers->end)
        printers->end(object);
    json_decref(object);
    return ask_finish(status == 200 || status == 202 ? EXIT_CODE_OK : EXIT_CODE_FAILED);
}

struct table_style ask_style(const struct invocation *invocation)
{
    struct table_style style = {.now_s = time(NULL), .color = invocation->color == COLOR_ALWAYS};
    struct winsize size;
    if (!isatty(STDOUT_FILENO))
        return style;
    style.color = invocation->color != COLOR_NEVER;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        style.width = size.ws_col;
    return style;
}
