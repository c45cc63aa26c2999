/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, beside command.
 * What:  reload.
 */
#include "ctl/ask.h"
#include "ctl/command.h"

#include "app/protocol.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void print_refused(const json_t *answer)
{
    char at[64];
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(answer, "complaints"), index, line)
        fprintf(stderr, "%s\n", json_string_value(line));
    if (ask_string(answer, "why")[0])
        fprintf(stderr, "repointctl: %s\n", ask_string(answer, "why"));
    table_local_time(ask_string(answer, "in_force"), at, sizeof at);
    fprintf(stderr, "not reloaded: the configuration of %s stays in force\n", at);
}

int command_reload(const struct invocation *invocation)
{
    long status = 0;
    int code;
    json_t *answer = ask_daemon(invocation, PROTOCOL_PATH_RELOAD, invocation->no_wait ? "{\"no_wait\": true}" : "{}",
                                &status, &code);
    if (!answer)
        return ask_finish(code);
    bool good = status == 200 || status == 202;
    const json_int_t kept = json_integer_value(json_object_get(answer, "kept"));
    if (!invocation->json && status == 202)
        puts("accepted, not waited for");
    else if (!invocation->json && good)
        printf("%s: %s; %" JSON_INTEGER_FORMAT " target%s kept their state and streaks\n", ask_string(answer, "result"),
               ask_string(answer, "difference"), kept, kept == 1 ? "" : "s");
    else if (!invocation->json)
        print_refused(answer);
    json_decref(answer);
    return ask_finish(good ? EXIT_CODE_OK : EXIT_CODE_FAILED);
}
