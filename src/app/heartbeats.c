/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind commands.
 * What:  the JSON of a heartbeat, to an event of the watch that it is for.
 * Why:   it is a result and no command: it comes each minute from each of many places, so what follows from it is told
 *        and it itself is not. One that is refused is told like any command, since somebody's script is wrong.
 */
#include "app/heartbeats.h"

#include "app/protocol.h"
#include "app/spot.h"
#include "core/watch.h"

#include <jansson.h>
#include <string.h>

static bool knows_its_keys(json_t *object)
{
    static const char *const known[] = {"check", "address", "state", "reason"};
    size_t found = 0;
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        found += json_object_get(object, known[i]) ? 1 : 0;
    return found == json_object_size(object);
}

/* The check of that name; ID_NONE with `err`. */
static uint32_t find_check(const struct settings *settings, const char *name, struct error *err)
{
    for (uint32_t i = 0; i < settings_named_checks(settings); i++)
        if (strcmp(settings->checks[i].name, name) == 0)
            return i;
    char storage[TEXT_FOREIGN_MAX * 4 + 8];
    struct text text = text_over(storage, sizeof storage);
    text_add_foreign(&text, name, strlen(name));
    error_set(err, ERROR_MISSING, "no check named '%.300s'", text.bytes);
    return ID_NONE;
}

static uint16_t find_watch(const struct settings *settings, const char *name, const char *spot_text,
                           struct heartbeat *ret, struct error *err)
{
    struct spot spot;
    if (!spot_read(spot_text, &spot, err))
        return 400;
    uint32_t check = find_check(settings, name, err);
    if (check == ID_NONE)
        return 404;
    if (settings->checks[check].kind != CHECK_HEARTBEAT) {
        error_set(err, ERROR_CONFLICT, "check '%s' looks for itself; only those of the kind 'heartbeat' are pushed to",
                  settings->checks[check].name);
        return 409;
    }
    for (uint32_t i = 0; i < settings->watch_count; i++) {
        const struct watch_settings *watch = &settings->watches[i];
        if (watch->check == check && spot_is(&spot, settings, &watch->address, watch->name)) {
            ret->watch = i;
            return 200;
        }
    }
    char storage[TEXT_FOREIGN_MAX * 4 + 8];
    struct text text = text_over(storage, sizeof storage);
    text_add_foreign(&text, spot_text, strlen(spot_text));
    error_set(err, ERROR_MISSING, "no target with check '%s' has the address %.200s", settings->checks[check].name,
              text.bytes);
    return 404;
}

static uint16_t read_object(const struct settings *settings, json_t *object, struct heartbeat *ret, struct error *err)
{
    const char *check = json_string_value(json_object_get(object, "check"));
    const char *address = json_string_value(json_object_get(object, "address"));
    const char *state = json_string_value(json_object_get(object, "state"));
    const json_t *reason = json_object_get(object, "reason");
    bool up = state && strcmp(state, "up") == 0, down = state && strcmp(state, "down") == 0;
    if (!check || !address || (!up && !down) || (reason && !json_is_string(reason)) || !knows_its_keys(object)) {
        error_set(err, ERROR_SYNTAX,
                  "a heartbeat has 'check', 'address', 'state', which is up or down, and perhaps a 'reason'");
        return 400;
    }
    ret->verdict = up ? VERDICT_PASS : VERDICT_FAIL;
    struct text text = text_over(ret->reason, sizeof ret->reason);
    if (reason)
        text_add_foreign(&text, json_string_value(reason), json_string_length(reason));
    return find_watch(settings, check, address, ret, err);
}

uint16_t heartbeat_read(const struct settings *settings, const char *body, size_t length, struct heartbeat *ret,
                        struct error *err)
{
    json_error_t trouble;
    *ret = (struct heartbeat){.watch = ID_NONE};
    json_t *object = json_loadb(body, length, JSON_REJECT_DUPLICATES, &trouble);
    uint16_t status = 400;
    if (json_is_object(object))
        status = read_object(settings, object, ret, err);
    else
        error_set(err, ERROR_SYNTAX, "the body is no JSON object");
    json_decref(object);
    return status;
}

void heartbeats_request(struct commands *commands, const struct api_request *request, uint32_t which, const char *user,
                        mono_ms now)
{
    (void)which;
    struct heartbeat beat;
    struct error err = {0};
    const struct settings *settings = commands->errands.settings;
    uint16_t status = heartbeat_read(settings, request->body, request->body_length, &beat, &err);
    if (status != 200) {
        commands_refuse(commands, request->ticket, user, "heartbeat", ID_NONE, status, err.text);
        return;
    }
    struct probe_report report = {.verdict = beat.verdict,
                                  .reason = beat.verdict == VERDICT_PASS ? REASON_OK : REASON_HEARTBEAT_DOWN,
                                  .started = now,
                                  .phases = {-1, -1, -1, -1, -1}};
    memcpy(report.detail, beat.reason, sizeof report.detail);
    const struct event event = {.kind = EVENT_HEARTBEAT, .op.subject = beat.watch, .is.probe = &report};
    effects_handle(commands->errands.hands, &event, now);
    const struct watch *watch = engine_watch(commands->errands.hands->engine, beat.watch);
    answer_object(commands->errands.api, request->ticket, 200,
                  json_pack("{s:i, s:s, s:s}", "version", PROTOCOL_VERSION, "check", watch->check->name, "state",
                            health_state_name(watch->health.state)));
}
