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

/* The parsed answer, or NULL with the exit code and the trouble told. An answer that says "error" counts as one. */
json_t *ask_daemon(const struct invocation *invocation, const char *path, const char *body, long *ret_status,
                   int *ret_code)
{
    struct client_answer answer;
    struct error err = {0};
    *ret_code = EXIT_CODE_FAILED;
    switch (client_ask(invocation->socket, path, body, &answer, &err)) {
    case CLIENT_ANSWERED:
        break;
    case CLIENT_UNREACHED:
        *ret_code = EXIT_CODE_UNREACHED;
        fprintf(stderr, "repointctl: %s\n", err.text);
        return NULL;
    case CLIENT_DENIED:
    case CLIENT_BROKEN:
        fprintf(stderr, "repointctl: %s\n", err.text);
        return NULL;
    }
    json_t *object = json_loadb(answer.body ? answer.body : "", answer.length, 0, NULL);
    const char *trouble = json_string_value(json_object_get(object, "error"));
    if (invocation->json && object)
        fwrite(answer.body, 1, answer.length, stdout);
    if (invocation->json && object && answer.length > 0 && answer.body[answer.length - 1] != '\n')
        fputc('\n', stdout);
    free(answer.body);
    *ret_status = answer.status;
    if (object && !trouble)
        return object;
    fprintf(stderr, "repointctl: %s\n", trouble ? trouble : "the answer is no JSON; is that socket repointd's?");
    json_decref(object);
    return NULL;
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

json_t *ask_status(const struct invocation *invocation, long *ret_status, int *ret_code)
{
    char storage[30000];
    struct text path = text_over(storage, sizeof storage);
    text_add(&path, PROTOCOL_PATH_STATUS);
    for (uint32_t i = 0; i < invocation->argument_count; i++) {
        text_add(&path, i > 0 ? "&name=" : "?name=");
        ask_add_query(&path, invocation->arguments[i]);
    }
    if (!path.truncated)
        return ask_daemon(invocation, path.bytes, NULL, ret_status, ret_code);
    *ret_code = ask_usage("too many names; without one all records are shown");
    return NULL;
}

/* ---- changes ---- */

int ask_to_change(const struct invocation *invocation, const char *path, json_t *request,
                  const struct result_printers *printers)
{
    if (invocation->no_wait)
        json_object_set_new(request, "no_wait", json_true());
    char *body = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    if (!body)
        return ask_usage("a name or value is no UTF-8 text");
    long status = 0;
    int code;
    json_t *object = ask_daemon(invocation, path, body, &status, &code);
    free(body);
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
