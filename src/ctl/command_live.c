/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, beside command.
 * What:  probe, plan: what is looked up now, and changes nothing.
 */
#include "app/protocol.h"
#include "base/text.h"
#include "ctl/ask.h"
#include "ctl/command.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* ---- probe ---- */

/* To a script 1 says that the target is down: whatever else goes wrong ends otherwise. */
static int code_without_verdict(long status)
{
    bool is_usage = status == 400 || status == 404 || status == 409;
    return is_usage ? EXIT_CODE_USAGE : EXIT_CODE_UNREACHED;
}

int command_probe(const struct invocation *invocation)
{
    char storage[8192];
    struct text path = text_over(storage, sizeof storage);
    long status = 0;
    int code;
    text_add(&path, PROTOCOL_PATH_PROBE);
    ask_add_parameter(&path, "check", invocation->arguments[0]);
    ask_add_parameter(&path, "address", invocation->arguments[1]);
    if (path.truncated)
        return ask_usage("that name is too long");
    json_t *answer = ask_daemon(invocation, path.bytes, NULL, &status, &code);
    if (!answer)
        return ask_finish(code_without_verdict(status));
    if (!invocation->json)
        fputs(ask_string(answer, "text"), stdout);
    const char *state = ask_string(answer, "state");
    code = strcmp(state, "up") == 0 ? EXIT_CODE_OK : state[0] ? EXIT_CODE_FAILED : EXIT_CODE_UNREACHED;
    json_decref(answer);
    return ask_finish(code);
}

/* ---- plan ---- */

static void print_texts(const json_t *records, const char *key)
{
    size_t index;
    json_t *record;
    json_array_foreach(records, index, record) fputs(ask_string(record, key), stdout);
}

static bool has_message(const json_t *records)
{
    size_t index;
    json_t *record;
    json_array_foreach(records, index, record)
    {
        if (ask_string(record, "message")[0])
            return true;
    }
    return false;
}

int command_plan(const struct invocation *invocation)
{
    long status;
    int code;
    json_t *answer = ask_daemon(invocation, PROTOCOL_PATH_PLAN, NULL, &status, &code);
    if (!answer)
        return ask_finish(code);
    const json_t *records = json_object_get(answer, "records");
    if (!invocation->json) {
        puts("; what repointd would send now; nothing was sent on account of this");
        if (json_is_true(json_object_get(answer, "dry_run")))
            puts("; dry run: it sends none of this");
        if (has_message(records))
            puts("; give it to nsupdate only while repointd is stopped: a marker that it has not sent itself\n"
                 "; would look like a clone's");
        print_texts(records, "message");
        print_texts(records, "note");
    }
    json_decref(answer);
    return ask_finish(EXIT_CODE_OK);
}
