/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between commands and a reader and an asker of its own.
 * What:  two questions a record, to the update server and to those of `verify`; their answers as objects; one answer.
 */
#include "app/survey.h"

#include "app/commands.h"
#include "app/json_tree.h"
#include "app/pieces.h"
#include "app/protocol.h"
#include "core/preview.h"
#include "core/record.h"
#include "io/dns_client.h"
#include "io/dns_verify.h"
#include "io/loop.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The objects that are told one by one, when all have come. */
struct report_text {
    json_t *records;
    size_t next;
    bool closed;
    struct pieces pieces;
};

struct survey {
    struct commands *commands;
    const struct settings *settings;
    struct loop *loop;
    struct dns_client *reader;
    struct dns_verify *asker;
    struct timer timer; /* the end: by patience, or at once when all have answered */
    uint32_t ticket, count, next, left;
    uint32_t *records; /* those that are asked about */
    uint32_t *place;   /* by record of the settings: which of them it is */
    uint8_t *awaited;  /* by place: answers that are still to come */
    json_t *objects;   /* by place */
    bool broken;       /* there was no memory for one of them, or for a part of it */
};

static const char no_memory[] = "there is no memory for it: try again in a moment";

/* ---- one server's answer ---- */

static json_t *sets_object(const struct record_settings *record, const struct rrset sets[2])
{
    json_t *object = json_object();
    for (uint32_t t = 0; t < record->type_count; t++) {
        json_t *values = json_array();
        struct rdata rdata = {.type = record->types[t]};
        uint16_t offset = 0;
        while (sets[t].count > 0 && rrset_next(&sets[t], &offset, &rdata.bytes, &rdata.length)) {
            char storage[DNAME_TEXT_MAX];
            struct text text = text_over(storage, sizeof storage);
            rdata_format(&rdata, &text);
            values = json_tree_append(values, json_string(text.bytes));
        }
        object = json_tree_set(object, rrtype_name(record->types[t]), values);
    }
    return object;
}

static bool serves_wanted(const struct survey *survey, uint32_t record, const struct rrset sets[2])
{
    struct rrset wanted[2];
    struct engine *engine = survey->commands->errands.hands->engine;
    return preview_wanted(engine, record, wanted) && plan_same_sets(&survey->settings->records[record], sets, wanted);
}

/* `sets` NULL: it did not answer. The update server stands first, whoever answers first. */
static void add_server(struct survey *survey, uint32_t record, const char *server, bool is_signed,
                       const struct rrset *sets, const uint32_t *serial, const char *detail, bool ok)
{
    json_t *object = json_array_get(survey->objects, survey->place[record]);
    json_t *servers = json_object_get(object, "servers");
    bool added = !json_array_insert_new(
        servers, is_signed ? 0 : json_array_size(servers),
        json_pack("{s:o, s:b, s:b, s:o, s:o, s:b, s:o}", "server", render_json_text(server), "signed", is_signed,
                  "answered", sets != NULL, "serves",
                  sets ? sets_object(&survey->settings->records[record], sets) : json_null(), "serial",
                  serial ? json_integer(*serial) : json_null(), "ok", ok, "detail", render_json_text(detail)));
    if (!ok && json_is_true(json_object_get(object, "ok")))
        json_object_set(object, "ok", json_false());
    survey->broken = survey->broken || !added;
}

/* ---- asking, a few at a time ---- */

static void ask_next(struct survey *survey)
{
    uint32_t record = survey->records[survey->next];
    const struct op op = {.subject = record, .ticket = survey->next + 1};
    survey->awaited[survey->next++] = 2;
    dns_client_read(survey->reader, op);
    dns_verify_start(survey->asker, op);
}

static void take_answer(struct survey *survey, uint32_t record)
{
    if (--survey->awaited[survey->place[record]] > 0)
        return;
    survey->left--;
    if (survey->next < survey->count)
        ask_next(survey);
    if (survey->left == 0)
        loop_timer_set(survey->loop, &survey->timer, loop_now(survey->loop));
}

static bool is_marked(const struct survey *survey, uint32_t record, const struct observed *seen)
{
    const struct txn *txn = &engine_record(survey->commands->errands.hands->engine, record)->txn;
    return survey->settings->records[record].ownership == OWNERSHIP_NONE ||
           (seen->form == MARKER_FORM_ONE && seen->marker.owner == txn->belief.owner);
}

/*
 *   what was read                            detail
 *   a marker that is not ours, or none       that
 *   signatures that are missing or over      that
 *   else                                     none: the sets speak for themselves
 */
static void on_read(struct op op, const struct dns_report *report, const struct observed *seen, void *ctx)
{
    struct survey *survey = ctx;
    const struct record_settings *record = &survey->settings->records[op.subject];
    const char *server = survey->settings->servers[survey->settings->zones[record->zone].server].name;
    const char *detail = report->detail[0] ? report->detail : outcome_name(report->outcome);
    bool ok = false;
    if (seen) {
        bool marked = is_marked(survey, op.subject, seen), sound = !seen->is_signed || seen->signatures_good;
        detail = !marked ? "the marker there is not ours" : !sound ? "its signatures are missing or over" : NULL;
        ok = marked && sound && serves_wanted(survey, op.subject, seen->sets);
    }
    add_server(survey, op.subject, server, true, seen ? seen->sets : NULL,
               seen && seen->has_serial ? &seen->serial : NULL, detail, ok);
    take_answer(survey, op.subject);
}

static void on_sent(struct op op, const struct dns_report *report, void *ctx)
{
    (void)op, (void)report, (void)ctx; /* never: nothing is sent */
}

static void on_verified(struct op op, const struct verify_report *report, void *ctx)
{
    struct survey *survey = ctx;
    const struct record_settings *record = &survey->settings->records[op.subject];
    const struct server_settings *server = &survey->settings->servers[survey->settings->zones[record->zone].server];
    for (uint32_t i = 0; i < report->count; i++) {
        const struct verify_answer *answer = &report->answers[i];
        char name[ENDPOINT_TEXT_MAX];
        endpoint_format(&answer->endpoint, name);
        bool ok = answer->answered && answer->aa && serves_wanted(survey, op.subject, answer->sets);
        add_server(survey, op.subject, name, false, answer->answered ? answer->sets : NULL,
                   answer->has_serial ? &answer->serial : NULL, answer->detail, ok);
    }
    if (report->count == 0 && (server->verify_count > 0 || server->verify_ns))
        add_server(survey, op.subject, NULL, false, NULL, NULL, "no name server of 'verify' could be found", false);
    take_answer(survey, op.subject);
}

/* ---- the answer ---- */

static bool put_next(void *of)
{
    static const char head[] = "{\"version\":1,\"records\":[";
    struct report_text *text = of;
    if (text->closed)
        return false;
    text->closed = text->next == json_array_size(text->records);
    if (text->closed)
        pieces_put(&text->pieces, text->next == 0 ? head : "", json_array(), 2, "]}\n");
    else
        pieces_put(&text->pieces, text->next == 0 ? head : ",", json_incref(json_array_get(text->records, text->next)),
                   0, "");
    text->next++;
    return true;
}

static size_t next_piece(void *source, char *bytes, size_t room)
{
    struct report_text *text = source;
    return pieces_fill(&text->pieces, put_next, text, bytes, room);
}

static void free_text(void *source)
{
    struct report_text *text = source;
    json_decref(text->records);
    pieces_done(&text->pieces);
    free(text);
}

static void free_survey(struct survey *survey)
{
    survey->commands->survey = NULL;
    loop_timer_stop(survey->loop, &survey->timer);
    dns_client_free(survey->reader);
    dns_verify_free(survey->asker);
    json_decref(survey->objects);
    free(survey->records);
    free(survey->place);
    free(survey->awaited);
    free(survey);
}

static void on_time(struct timer *timer)
{
    struct survey *survey = CONTAINER_OF(timer, struct survey, timer);
    struct report_text *text = calloc(1, sizeof *text);
    for (uint32_t place = 0; place < survey->count && survey->left > 0; place++)
        if (place >= survey->next || survey->awaited[place] > 0)
            add_server(survey, survey->records[place], NULL, false, NULL, NULL,
                       place >= survey->next ? "not asked: the time was over" : "no answer in time", false);
    if (!text || survey->broken) {
        free(text);
        survey_abandon(survey, no_memory);
        return;
    }
    text->records = json_incref(survey->objects);
    api_answer_pieces(survey->commands->errands.api, survey->ticket, 200, NULL, next_piece, free_text, text);
    free_survey(survey);
}

/* ---- the request ---- */

static json_t *new_object(const struct survey *survey, uint32_t index)
{
    struct engine *engine = survey->commands->errands.hands->engine;
    const struct record_settings *record = &survey->settings->records[index];
    enum condition condition = record_condition(engine_record(engine, index));
    struct rrset wanted[2];
    bool known = preview_wanted(engine, index, wanted);
    return json_pack("{s:s, s:s, s:o, s:o, s:[]}", "record", record->id, "condition", condition_name(condition),
                     "wanted", known ? sets_object(record, wanted) : json_null(), "ok",
                     condition == CONDITION_OFF ? json_null() : json_boolean(known), "servers");
}

/* Whoever names a record twice asks about it once. Fills `place`, which is zeroed; gives how many there are. */
static uint32_t once_each(uint32_t *records, uint32_t count, uint32_t *place)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t known = place[records[i]];
        if (known < kept && records[known] == records[i])
            continue;
        place[records[i]] = kept;
        records[kept++] = records[i];
    }
    return kept;
}

static bool open_survey(struct survey *survey, struct error *err)
{
    const struct settings *settings = survey->settings;
    survey->place = calloc(settings->record_count + 1, sizeof *survey->place);
    survey->awaited = calloc(survey->count + 1, sizeof *survey->awaited);
    survey->objects = json_array();
    error_set(err, ERROR_SYSTEM, "%s", no_memory);
    if (!survey->place || !survey->awaited || !survey->objects)
        return false;
    survey->count = once_each(survey->records, survey->count, survey->place);
    survey->left = survey->count;
    for (uint32_t i = 0; i < survey->count; i++)
        survey->broken |= json_array_append_new(survey->objects, new_object(survey, survey->records[i])) != 0;
    survey->reader = dns_client_new(survey->loop, settings, on_read, on_sent, survey, err);
    survey->asker = survey->reader ? dns_verify_new(survey->loop, settings, on_verified, survey, err) : NULL;
    return survey->asker && !survey->broken;
}

void survey_request(struct commands *commands, const struct api_request *request, mono_ms now)
{
    struct error err = {0};
    uint32_t count = 0, *records = commands_named_records(commands, request, true, &count);
    if (!records)
        return;
    if (commands->survey) {
        answer_error(commands->errands.api, request->ticket, 503,
                     "another one is under way: try again when it has ended");
        free(records);
        return;
    }
    struct survey *survey = calloc(1, sizeof *survey);
    if (!survey) {
        answer_error(commands->errands.api, request->ticket, 503, no_memory);
        free(records);
        return;
    }
    *survey = (struct survey){.commands = commands,
                              .settings = commands->errands.settings,
                              .loop = commands->loop,
                              .timer = {.fire = on_time},
                              .ticket = request->ticket,
                              .records = records,
                              .count = count};
    commands->survey = survey;
    if (!open_survey(survey, &err)) {
        survey_abandon(survey, err.text);
        return;
    }
    loop_timer_set(survey->loop, &survey->timer, survey->count == 0 ? now : mono_after(now, SURVEY_WAIT_MS));
    while (survey->next < survey->count && survey->next < SURVEY_AT_ONCE)
        ask_next(survey);
}

void survey_abandon(struct survey *survey, const char *why)
{
    if (!survey)
        return;
    answer_error(survey->commands->errands.api, survey->ticket, 503, why);
    free_survey(survey);
}
