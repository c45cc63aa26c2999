/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between the control socket and the errands.
 * What:  the table of paths, what only looks, and the commands about whose a record is.
 */
#include "app/commands.h"

#include "app/command_request.h"
#include "app/event_ring.h"
#include "app/heartbeats.h"
#include "app/metrics.h"
#include "app/notify.h"
#include "app/override_commands.h"
#include "app/override_request.h"
#include "app/plan_text.h"
#include "app/protocol.h"
#include "app/render_explain.h"
#include "app/survey.h"
#include "app/switches.h"
#include "app/verbosity.h"
#include "core/record.h"
#include "io/api_user.h"
#include "io/loop.h"

#include <stdlib.h>
#include <string.h>

/* ---- looking ---- */

struct view commands_view(const struct commands *commands, mono_ms now)
{
    return (struct view){.settings = commands->errands.settings,
                         .engine = commands->errands.hands->engine,
                         .now = now,
                         .wall_ms = loop_wall_ms(),
                         .loaded_wall_ms = commands->loaded_wall_ms,
                         .config_is_old = commands->config_is_old,
                         .generation = &commands->generation,
                         .born = commands->generation,
                         .book = commands->book,
                         .state_problem = report_state_problem(commands->errands.hands->report)};
}

uint32_t *commands_named_records(struct commands *commands, const struct api_request *request, bool all,
                                 uint32_t *ret_count)
{
    const struct settings *settings = commands->errands.settings;
    uint32_t *records = calloc(request->parameter_count + settings->record_count + 1, sizeof *records);
    struct error err = {0};
    uint32_t count = 0;
    if (!records) {
        answer_error(commands->errands.api, request->ticket, 503, "there is no memory for it: try again in a moment");
        return NULL;
    }
    for (uint32_t i = 0; i < request->parameter_count; i++) {
        if (strcmp(request->parameters[i].name, "name") != 0)
            continue;
        records[count] = command_find_record(settings, request->parameters[i].value, &err);
        if (records[count++] != ID_NONE)
            continue;
        answer_error(commands->errands.api, request->ticket, 404, err.text);
        free(records);
        return NULL;
    }
    for (uint32_t i = 0; count == 0 && all && i < settings->record_count; i++)
        records[i] = i;
    *ret_count = count == 0 && all ? settings->record_count : count;
    return records;
}

static void request_status(struct commands *commands, const struct api_request *request, mono_ms now)
{
    uint32_t count = 0, *records = commands_named_records(commands, request, false, &count);
    if (!records)
        return;
    const struct view view = commands_view(commands, now);
    struct status_text *text = status_text_new(&view, count ? records : NULL, count);
    api_answer_pieces(commands->errands.api, request->ticket, 200, NULL, status_text_next, status_text_free, text);
    free(records);
}

static void request_explain(struct commands *commands, const struct api_request *request, mono_ms now)
{
    struct error err = {0};
    bool named = request->parameter_count == 1 && strcmp(request->parameters[0].name, "name") == 0;
    uint32_t record = ID_NONE;
    if (named)
        record = command_find_record(commands->errands.settings, request->parameters[0].value, &err);
    const struct view view = commands_view(commands, now);
    if (record != ID_NONE)
        answer_object(commands->errands.api, request->ticket, 200, render_explain(&view, record));
    else
        answer_error(commands->errands.api, request->ticket, named ? 404 : 400,
                     named ? err.text : "explain is for one record: ?name=NAME");
}

static void request_metrics(struct commands *commands, const struct api_request *request, mono_ms now)
{
    static const struct api_content content = {.type = METRICS_TYPE};
    const struct view view = commands_view(commands, now);
    api_answer_pieces(commands->errands.api, request->ticket, 200, &content, metrics_text_next, metrics_text_free,
                      metrics_text_new(&view, commands->metrics));
}

/* ---- whose a record is ---- */

/* The records that a command is for: the one, or all whose marker carries the owner. */
static uint32_t choose_records(const struct commands *commands, const struct command_request *request,
                               uint32_t *records)
{
    const struct settings *settings = commands->errands.settings;
    uint32_t count = 0;
    if (!request->all) {
        records[0] = request->command.record;
        return 1;
    }
    for (uint32_t i = 0; i < settings->record_count; i++) {
        const struct observed_marker *seen = &engine_record(commands->errands.hands->engine, i)->txn.seen;
        if (settings->records[i].enabled && seen->form == MARKER_FORM_ONE &&
            seen->marker.owner == request->command.owner)
            records[count++] = i;
    }
    return count;
}

void commands_log_refused(struct commands *commands, const char *user, const char *words, uint32_t record,
                          const char *why)
{
    char storage[512];
    struct text end = text_over(storage, sizeof storage);
    text_addf(&end, "refused: %s", why);
    report_command(commands->errands.hands->report, record, user, words, end.bytes);
}

void commands_refuse(struct commands *commands, uint32_t ticket, const char *user, const char *words, uint32_t record,
                     uint16_t status, const char *why)
{
    commands_log_refused(commands, user, words, record, why);
    answer_error(commands->errands.api, ticket, status, why);
}

static void begin(struct commands *commands, const struct command_request *read, uint32_t ticket, const char *user,
                  mono_ms now)
{
    uint32_t *records = calloc(read->all ? commands->errands.settings->record_count + 1 : 1, sizeof *records);
    if (!records) {
        answer_out_of_memory(commands->errands.api, ticket);
        return;
    }
    const struct errand_order order = {.verb = command_kind_name(read->command.kind),
                                       .words = read->words,
                                       .user = user,
                                       .ticket = ticket,
                                       .no_wait = read->no_wait,
                                       .command = read->command,
                                       .epochs_as_read = read->all,
                                       .records = records,
                                       .count = choose_records(commands, read, records)};
    if (order.count > 0)
        errands_begin(&commands->errands, &order, now);
    else
        commands_refuse(commands, ticket, user, read->words, ID_NONE, 404,
                        "no record's marker carries that owner, as far as it was read");
    free(records);
}

static void request_change(struct commands *commands, const struct api_request *request, uint32_t kind,
                           const char *user, mono_ms now)
{
    struct command_request read;
    struct error err = {0};
    enum command_request_verdict verdict = command_request_read(commands->errands.settings, (enum command_kind)kind,
                                                                request->body, request->body_length, &read, &err);
    if (verdict == COMMAND_REQUEST_GOOD)
        begin(commands, &read, request->ticket, user, now);
    else
        commands_refuse(commands, request->ticket, user, read.words, read.command.record,
                        verdict == COMMAND_REQUEST_BAD ? 400 : 404, err.text);
}

static void request_reload(struct commands *commands, const struct api_request *request, uint32_t which,
                           const char *user, mono_ms now)
{
    (void)which, (void)now;
    report_command(commands->errands.hands->report, ID_NONE, user, "reload", NULL);
    commands->reload(request->ticket, command_request_no_wait(request->body, request->body_length),
                     commands->reload_ctx);
}

/* ---- the table of paths ---- */

typedef void look_fn(struct commands *commands, const struct api_request *request, mono_ms now);
typedef void change_fn(struct commands *commands, const struct api_request *request, uint32_t which, const char *user,
                       mono_ms now);

static const struct route {
    const char *path;
    look_fn *look;     /* GET */
    change_fn *change; /* POST */
    uint32_t which;    /* for `change` */
} routes[] = {
    {PROTOCOL_PATH_STATUS, request_status, NULL, 0},
    {PROTOCOL_PATH_EXPLAIN, request_explain, NULL, 0},
    {PROTOCOL_PATH_METRICS, request_metrics, NULL, 0},
    {PROTOCOL_PATH_HISTORY, switches_request, NULL, 0},
    {PROTOCOL_PATH_EVENTS, event_ring_request, NULL, 0},
    {PROTOCOL_PATH_OVERRIDES, override_commands_list, NULL, 0},
    {PROTOCOL_PATH_PROBE, looks_request, NULL, 0},
    {PROTOCOL_PATH_PLAN, plan_text_request, NULL, 0},
    {PROTOCOL_PATH_VERIFY, survey_request, NULL, 0},
    {PROTOCOL_PATH_ADOPT, NULL, request_change, COMMAND_ADOPT},
    {PROTOCOL_PATH_TAKE_OVER, NULL, request_change, COMMAND_TAKE_OVER},
    {PROTOCOL_PATH_DISOWN, NULL, request_change, COMMAND_DISOWN},
    {PROTOCOL_PATH_FAILOVER, NULL, override_commands_request, VERB_FAILOVER},
    {PROTOCOL_PATH_FAILBACK, NULL, override_commands_request, VERB_FAIL_BACK},
    {PROTOCOL_PATH_DRAIN, NULL, override_commands_request, VERB_DRAIN},
    {PROTOCOL_PATH_HOLD, NULL, override_commands_request, VERB_HOLD},
    {PROTOCOL_PATH_RELEASE, NULL, override_commands_request, VERB_RELEASE},
    {PROTOCOL_PATH_RELOAD, NULL, request_reload, 0},
    {PROTOCOL_PATH_HEARTBEAT, NULL, heartbeats_request, 0},
    {PROTOCOL_PATH_LOG_LEVEL, NULL, verbosity_request, 0},
    {PROTOCOL_PATH_NOTIFY, NULL, notify_request, 0},
};

static void change(struct commands *commands, const struct route *route, const struct api_request *request, mono_ms now)
{
    char user[API_USER_MAX];
    api_user_name(request->user, user);
    if (errands_are_full(&commands->errands))
        commands_refuse(commands, request->ticket, user, route->path, ID_NONE, 503,
                        "too many commands are under way: try again in a moment");
    else
        route->change(commands, request, route->which, user, now);
}

void commands_request(struct commands *commands, const struct api_request *request, mono_ms now)
{
    for (size_t i = 0; i < ARRAY_COUNT(routes); i++) {
        const struct route *route = &routes[i];
        if (strcmp(request->path, route->path) != 0)
            continue;
        if (route->look && strcmp(request->method, "GET") == 0)
            route->look(commands, request, now);
        else if (route->change && strcmp(request->method, "POST") == 0)
            change(commands, route, request, now);
        else
            answer_error(commands->errands.api, request->ticket, 405, "that path takes another method");
        return;
    }
    answer_error(commands->errands.api, request->ticket, 404, "no such path in this version");
}
