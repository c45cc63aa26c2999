/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between the control socket and the engine's door.
 * What:  one errand a request: what was asked and by whom, what has come back, who waits for it.
 * Why:   the engine answers commands one by one and when it knows, which may be at once or after a fence; a request may
 *        stand for thousands (take-over --all). The errand outlives the client: what he asked for is done, and logged,
 *        whether he waits or not.
 */
#include "app/commands.h"

#include "app/command_request.h"
#include "app/protocol.h"
#include "app/render_json.h"
#include "core/record.h"
#include "io/loop.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct errand {
    struct errand *next;
    uint32_t ticket; /* 0: nobody waits */
    uint32_t first, count, left;
    uint32_t *records; /* by number - first */
    uint32_t refused, failed;
    mono_ms give_up; /* whoever waits hears that it is not known */
    enum command_kind kind;
    json_t *results;
    char user[API_USER_MAX], words[COMMAND_WORDS_MAX],
        detail[DETAIL_TEXT_MAX]; /* detail: of the last that went wrong */
};

/* ---- answers ---- */

static void answer_object(struct commands *commands, uint32_t ticket, uint16_t status, json_t *object)
{
    char *words = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(7));
    json_decref(object);
    api_answer(commands->api, ticket, status, words ? words : strdup("{}"));
}

static void answer_error(struct commands *commands, uint32_t ticket, uint16_t status, const char *sentence)
{
    answer_object(commands, ticket, status, json_pack("{s:i, s:s}", "version", PROTOCOL_VERSION, "error", sentence));
}

/* Values for one record; `reply` NULL: it is not known yet. */
static json_t *result_of(const struct commands *commands, enum command_kind kind, uint32_t record,
                         const struct reply *reply)
{
    static const char *const words[] = {
        [COMMAND_DONE] = "done", [COMMAND_REFUSED] = "refused", [COMMAND_FAILED] = "failed"};
    const struct settings *settings = commands->settings;
    const struct record_settings *of = &settings->records[record];
    json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "record", of->id, "command", command_kind_name(kind), "result",
                               reply ? words[reply->result] : "accepted", "server",
                               settings->servers[settings->zones[of->zone].server].name);
    bool answered = reply && reply->dns.outcome && reply->dns.has_answer;
    const char *detail = reply && reply->detail[0] ? reply->detail : reply ? reply->dns.detail : "";
    json_object_set_new(object, "condition", reply ? json_string(condition_name(reply->condition)) : json_null());
    json_object_set_new(object, "detail", detail[0] ? json_string(detail) : json_null());
    json_object_set_new(object, "outcome",
                        reply && reply->dns.outcome ? json_string(outcome_name(reply->dns.outcome)) : json_null());
    json_object_set_new(object, "rcode", answered ? json_integer(reply->dns.rcode) : json_null());
    json_object_set_new(object, "took_ms", answered ? json_real(reply->dns.took_us / 1000.0) : json_null());
    json_object_set_new(object, "serial", reply && reply->has_serial ? json_integer(reply->serial) : json_null());
    return object;
}

static void answer_results(struct commands *commands, const struct errand *errand, uint16_t status)
{
    if (errand->ticket)
        answer_object(commands, errand->ticket, status,
                      json_pack("{s:i, s:O}", "version", PROTOCOL_VERSION, "results", errand->results));
}

/* ---- the log ---- */

static void log_asked(struct commands *commands, const struct errand *errand)
{
    uint32_t record = errand->count == 1 ? errand->records[0] : ID_NONE;
    report_command(commands->hands->report, record, errand->user, errand->words, NULL);
}

static void log_end(struct commands *commands, const struct errand *errand)
{
    char storage[512];
    struct text end = text_over(storage, sizeof storage);
    uint32_t record = errand->count == 1 ? errand->records[0] : ID_NONE;
    uint32_t bad = errand->refused + errand->failed;
    if (errand->count > 1)
        text_addf(&end, "%" PRIu32 " done, %" PRIu32 " not", errand->count - bad, bad);
    else
        text_add(&end, errand->refused ? "refused" : errand->failed ? "failed" : "done");
    if (bad && errand->detail[0])
        text_addf(&end, ": %s", errand->detail);
    report_command(commands->hands->report, record, errand->user, errand->words, end.bytes);
}

/* ---- errands ---- */

static void end_errand(struct commands *commands, struct errand *errand)
{
    struct errand **link = &commands->errands;
    while (*link != errand)
        link = &(*link)->next;
    *link = errand->next;
    answer_results(commands, errand, errand->refused ? 409 : errand->failed ? 502 : 200);
    log_end(commands, errand);
    json_decref(errand->results);
    free(errand->records);
    free(errand);
}

static struct errand *errand_of(const struct commands *commands, uint32_t number)
{
    struct errand *errand = commands->errands;
    while (errand && number - errand->first >= errand->count)
        errand = errand->next;
    return errand;
}

const char *commands_user_of(uint32_t number, const void *ctx)
{
    const struct errand *errand = errand_of(ctx, number);
    return errand ? errand->user : NULL;
}

void commands_reply(struct commands *commands, const struct reply *reply)
{
    struct errand *errand = errand_of(commands, reply->number);
    if (!errand || errand->left == 0)
        return;
    errand->refused += reply->result == COMMAND_REFUSED ? 1 : 0;
    errand->failed += reply->result == COMMAND_FAILED ? 1 : 0;
    if (reply->result != COMMAND_DONE) {
        struct text detail = text_over(errand->detail, sizeof errand->detail);
        text_add(&detail, reply->detail[0] ? reply->detail : reply->dns.detail);
    }
    uint32_t record = errand->records[reply->number - errand->first];
    json_array_append_new(errand->results, result_of(commands, errand->kind, record, reply));
    if (--errand->left == 0)
        end_errand(commands, errand);
}

static uint32_t count_errands(const struct commands *commands)
{
    uint32_t count = 0;
    for (const struct errand *errand = commands->errands; errand; errand = errand->next)
        count++;
    return count;
}

/* The records that a command is for, into the errand: the one, or all whose marker carries the owner. */
static void choose_records(const struct commands *commands, const struct command_request *request,
                           struct errand *errand)
{
    const struct settings *settings = commands->settings;
    errand->records = calloc(request->all ? settings->record_count + 1 : 1, sizeof *errand->records);
    if (!errand->records)
        abort();
    if (!request->all) {
        errand->records[errand->count++] = request->command.record;
        return;
    }
    for (uint32_t i = 0; i < settings->record_count; i++) {
        const struct observed_marker *seen = &engine_record(commands->hands->engine, i)->txn.seen;
        if (settings->records[i].enabled && seen->form == MARKER_FORM_ONE &&
            seen->marker.owner == request->command.owner)
            errand->records[errand->count++] = i;
    }
}

/* What the client need not wait for is said at once. */
static void answer_accepted(struct commands *commands, struct errand *errand)
{
    json_t *accepted = json_array();
    for (uint32_t i = 0; i < errand->count; i++)
        json_array_append_new(accepted, result_of(commands, errand->kind, errand->records[i], NULL));
    answer_object(commands, errand->ticket, 202,
                  json_pack("{s:i, s:o}", "version", PROTOCOL_VERSION, "results", accepted));
    errand->ticket = 0;
}

/* The last reply may come within the last call: the errand is not to be looked at after that. */
static void issue(struct commands *commands, const struct errand *errand, struct command command, mono_ms now)
{
    bool all = command.record == ID_NONE;
    uint32_t first = errand->first, count = errand->count;
    uint32_t *records = malloc(count * sizeof *records);
    if (!records)
        abort();
    memcpy(records, errand->records, count * sizeof *records);
    for (uint32_t i = 0; i < count; i++) {
        command.number = first + i;
        command.record = records[i];
        if (all)
            command.epoch = engine_record(commands->hands->engine, records[i])->txn.seen.marker.epoch;
        effects_handle(commands->hands, &(struct event){.kind = EVENT_COMMAND, .is.command = &command}, now);
    }
    free(records);
}

static void begin_errand(struct commands *commands, const struct command_request *request, uint32_t ticket,
                         const char *user, mono_ms now)
{
    struct errand *errand = calloc(1, sizeof *errand);
    if (!errand)
        abort();
    *errand = (struct errand){
        .next = commands->errands, .ticket = ticket, .kind = request->command.kind, .results = json_array()};
    errand->give_up = mono_after(now, COMMANDS_WAIT_MS);
    memcpy(errand->words, request->words, sizeof errand->words);
    struct text name = text_over(errand->user, sizeof errand->user);
    text_add(&name, user);
    choose_records(commands, request, errand);
    errand->left = errand->count;
    errand->first = commands->numbers + 1;
    if (errand->first == 0 || errand->first > UINT32_MAX - errand->count)
        errand->first = 1;
    commands->numbers = errand->first + errand->count - 1;
    commands->errands = errand;
    log_asked(commands, errand);
    if (errand->count == 0) {
        struct text detail = text_over(errand->detail, sizeof errand->detail);
        text_add(&detail, "no record's marker carries that owner, as far as it was read");
        answer_error(commands, ticket, 404, detail.bytes);
        errand->ticket = 0;
        errand->refused = 1;
        end_errand(commands, errand);
        return;
    }
    if (request->no_wait)
        answer_accepted(commands, errand);
    issue(commands, errand, request->command, now);
}

mono_ms commands_deadline(const struct commands *commands)
{
    mono_ms at = MONO_NEVER;
    for (const struct errand *errand = commands->errands; errand; errand = errand->next)
        if (errand->ticket)
            at = mono_earlier(at, errand->give_up);
    return at;
}

void commands_wake(struct commands *commands, mono_ms now)
{
    for (struct errand *errand = commands->errands; errand; errand = errand->next) {
        if (!errand->ticket || errand->give_up > now)
            continue;
        answer_error(commands, errand->ticket, 504,
                     "not known within 60s what became of it: it goes on, and the log will say; see the status");
        errand->ticket = 0;
    }
}

void commands_done(struct commands *commands)
{
    for (struct errand *errand = commands->errands, *next; errand; errand = next) {
        next = errand->next;
        json_decref(errand->results);
        free(errand->records);
        free(errand);
    }
    commands->errands = NULL;
}

/* ---- requests ---- */

static void request_status(struct commands *commands, const struct api_request *request, mono_ms now)
{
    const struct settings *settings = commands->settings;
    uint32_t *records = calloc(request->parameter_count + 1, sizeof *records);
    struct error err = {0};
    uint32_t count = 0;
    if (!records)
        abort();
    for (uint32_t i = 0; i < request->parameter_count; i++) {
        if (strcmp(request->parameters[i].name, "name") != 0)
            continue;
        records[count] = command_find_record(settings, request->parameters[i].value, &err);
        if (records[count++] != ID_NONE)
            continue;
        answer_error(commands, request->ticket, 404, err.text);
        free(records);
        return;
    }
    const struct view view = {.settings = settings,
                              .engine = commands->hands->engine,
                              .now = now,
                              .wall_ms = loop_wall_ms(),
                              .loaded_wall_ms = commands->loaded_wall_ms};
    api_answer_pieces(commands->api, request->ticket, 200, status_text_next, status_text_free,
                      status_text_new(&view, count ? records : NULL, count));
    free(records);
}

static void request_change(struct commands *commands, const struct api_request *request, enum command_kind kind,
                           mono_ms now)
{
    struct command_request read;
    struct error err = {0};
    char user[API_USER_MAX];
    api_user_name(request->user, user);
    if (count_errands(commands) >= COMMANDS_MOST) {
        report_command(commands->hands->report, ID_NONE, user, command_kind_name(kind),
                       "refused: too many are under way");
        answer_error(commands, request->ticket, 503, "too many commands are under way: try again in a moment");
        return;
    }
    enum command_request_verdict verdict = command_request_read(commands->settings, kind, request->body,
                                                                request->body_length, &read, &err);
    if (verdict == COMMAND_REQUEST_GOOD) {
        begin_errand(commands, &read, request->ticket, user, now);
        return;
    }
    char storage[512];
    struct text end = text_over(storage, sizeof storage);
    text_addf(&end, "refused: %s", err.text);
    report_command(commands->hands->report, read.command.record, user, read.words, end.bytes);
    answer_error(commands, request->ticket, verdict == COMMAND_REQUEST_BAD ? 400 : 404, err.text);
}

void commands_request(struct commands *commands, const struct api_request *request, mono_ms now)
{
    static const struct {
        const char *method, *path;
        enum command_kind kind; /* 0: it only looks */
    } routes[] = {
        {"GET", PROTOCOL_PATH_STATUS, (enum command_kind)0},
        {"POST", PROTOCOL_PATH_ADOPT, COMMAND_ADOPT},
        {"POST", PROTOCOL_PATH_TAKE_OVER, COMMAND_TAKE_OVER},
        {"POST", PROTOCOL_PATH_DISOWN, COMMAND_DISOWN},
    };
    for (size_t i = 0; i < ARRAY_COUNT(routes); i++) {
        if (strcmp(request->path, routes[i].path) != 0)
            continue;
        if (strcmp(request->method, routes[i].method) != 0)
            answer_error(commands, request->ticket, 405, "that path takes another method");
        else if (routes[i].kind)
            request_change(commands, request, routes[i].kind, now);
        else
            request_status(commands, request, now);
        return;
    }
    answer_error(commands, request->ticket, 404, "no such path in this version");
}
