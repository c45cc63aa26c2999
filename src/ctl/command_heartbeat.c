/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, beside command.
 * What:  heartbeat, log-level and notify: small words to the daemon that change no record.
 * Why:   heartbeat is called each minute by cron, which mails whatever is printed; so it is silent when it is well.
 */
#include "app/protocol.h"
#include "ctl/ask.h"
#include "ctl/command.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int command_heartbeat(const struct invocation *invocation)
{
    const char *state = invocation->arguments[2];
    if (strcmp(state, "up") != 0 && strcmp(state, "down") != 0)
        return ask_usage("heartbeat CHECK ADDRESS up, or … down");
    json_t *request = json_pack("{s:s, s:s, s:s}", "check", invocation->arguments[0], "address",
                                invocation->arguments[1], "state", state);
    if (request && invocation->reason)
        json_object_set_new(request, "reason", json_string(invocation->reason));
    char *body = request ? json_dumps(request, JSON_COMPACT) : NULL;
    json_decref(request);
    if (!body)
        return ask_usage("a name or value is no UTF-8 text");
    long status = 0;
    int code;
    json_t *object = ask_daemon(invocation, PROTOCOL_PATH_HEARTBEAT, body, &status, &code);
    free(body);
    if (object)
        code = status == 200 ? EXIT_CODE_OK : EXIT_CODE_FAILED;
    json_decref(object);
    return ask_finish(code);
}

int command_log_level(const struct invocation *invocation)
{
    json_t *request = json_pack("{s:s}", "level", invocation->arguments[0]);
    long status;
    int code;
    if (invocation->duration)
        json_object_set_new(request, "for", json_string(invocation->duration));
    char *body = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    if (!body)
        return ask_usage("a level is error, warning, notice, info or debug");
    json_t *answer = ask_daemon(invocation, PROTOCOL_PATH_LOG_LEVEL, body, &status, &code);
    free(body);
    if (!answer)
        return ask_finish(code == EXIT_CODE_FAILED && status == 400 ? EXIT_CODE_USAGE : code);
    json_decref(answer);
    return ask_finish(EXIT_CODE_OK);
}

int command_notify(const struct invocation *invocation)
{
    if (!invocation->test)
        return ask_usage("notify NOTIFIER --test");
    json_t *request = json_pack("{s:s, s:b}", "notifier", invocation->arguments[0], "test", 1);
    char *body = request ? json_dumps(request, JSON_COMPACT) : NULL;
    long status = 0;
    int code;
    json_decref(request);
    if (!body)
        return ask_usage("a name is no UTF-8 text");
    json_t *answer = ask_daemon(invocation, PROTOCOL_PATH_NOTIFY, body, &status, &code);
    free(body);
    if (!answer)
        return ask_finish(code);
    if (!invocation->json)
        printf("%s: the test message has arrived: %s\n", ask_string(answer, "notifier"), ask_string(answer, "detail"));
    json_decref(answer);
    return ask_finish(EXIT_CODE_OK);
}
