/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between notices and io/history.
 * What:  a switch in the words of its log line, kept; the answer to `repointctl history`; what the engine hears at
 *        start.
 * Why:   ages are by the wall clock, since the process that saw it had another monotonic one. A clock that was set
 *        makes them wrong, so each is bounded by 0 and by the age of the one before: they err towards patience.
 */
#include "app/switches.h"

#include "app/command_request.h"
#include "app/effects.h"
#include "app/json_tree.h"
#include "app/keeper.h"
#include "app/protocol.h"
#include "app/render_json.h"
#include "app/wording.h"
#include "base/names.h"
#include "base/parse.h"
#include "core/record.h"
#include "io/loop.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- keeping ---- */

static void add(struct history *history, struct report *report, const struct history_entry *entry)
{
    struct error err = {0};
    if (!history_add(history, entry, &err))
        report_state_unwritable(report, STATE_PART_HISTORY, err.text, KEEPER_COST_HISTORY);
}

/* Since the first failure of the target that was left; -1: it was not failing. */
static int64_t outage_ms(const struct engine *engine, const struct notice *notice, mono_ms now)
{
    const struct record *record = engine_record(engine, notice->record);
    if (notice->from >= record->settings->target_count || notice->from == notice->to ||
        record->targets[notice->from].state != HEALTH_DOWN)
        return -1;
    mono_ms began = record->targets[notice->from].failing_start;
    return began <= now ? now - began : -1;
}

/* Of a switch of a former life, found at the start, nobody knows why it was made. */
static const char *reason_of(const struct notice *notice, const struct words *words)
{
    if (notice->reason != REASON_NOT_PROBED)
        return words->value[WORD_REASON];
    return notice->cause == 0 ? NULL : decision_reason_name(notice->cause);
}

void switches_note(struct history *history, struct report *report, const struct notice *notice, mono_ms now)
{
    if (notice->kind != NOTICE_FAILOVER && notice->kind != NOTICE_FAIL_BACK && notice->kind != NOTICE_PUBLISHED)
        return;
    struct words words;
    wording_of(&words, report->settings, report->engine, notice, NULL);
    const struct history_entry entry = {.record = report->settings->records[notice->record].id,
                                        .time_ms = loop_wall_ms(),
                                        .event = catalogue_row(notice->kind)->event,
                                        .from = words.value[WORD_FROM],
                                        .to = words.value[WORD_TO],
                                        .cause = words.value[WORD_CAUSE],
                                        .reason = reason_of(notice, &words),
                                        .rcode = words.value[WORD_RCODE],
                                        .change = notice->change,
                                        .has_serial = notice->has_serial,
                                        .serial = notice->serial,
                                        .outage_ms = outage_ms(report->engine, notice, now)};
    add(history, report, &entry);
}

void switches_released(struct history *history, struct report *report, uint32_t record)
{
    const struct history_entry entry = {
        .record = report->settings->records[record].id, .time_ms = loop_wall_ms(), .released = true};
    add(history, report, &entry);
}

/* ---- giving back ---- */

static uint32_t find(const struct names *ids, const char *id)
{
    uint32_t record;
    return names_find(ids, id, &record) ? record : ID_NONE;
}

static void give_back(struct hands *hands, uint32_t record, int64_t age_ms, mono_ms now)
{
    const struct event event = {.kind = EVENT_SWITCHED, .op.subject = record, .is.age_ms = age_ms};
    effects_handle(hands, &event, now);
}

/* Where the record's history begins to count: behind the last release. */
static void find_beginnings(const struct history *history, const struct names *ids, uint32_t *beginnings)
{
    for (uint32_t i = 0; i < history_count(history); i++) {
        const struct history_item *item = history_at(history, i);
        uint32_t record = item->released ? find(ids, item->record) : ID_NONE;
        if (record != ID_NONE)
            beginnings[record] = i + 1;
    }
}

void switches_restore(const struct history *history, struct hands *hands, mono_ms now, int64_t wall_ms)
{
    const struct settings *settings = hands->report->settings;
    struct names *ids = names_new();
    uint32_t *beginnings = calloc(settings->record_count + 1u, sizeof *beginnings);
    int64_t *youngest = calloc(settings->record_count + 1u, sizeof *youngest);
    if (!beginnings || !youngest)
        abort();
    for (uint32_t i = 0; i < settings->record_count; i++) {
        (void)names_add(ids, settings->records[i].id, i, NULL);
        youngest[i] = settings->records[i].flap_window_ms;
    }
    find_beginnings(history, ids, beginnings);
    for (uint32_t i = 0; i < history_count(history); i++) {
        const struct history_item *item = history_at(history, i);
        uint32_t record = item->by_health ? find(ids, item->record) : ID_NONE;
        int64_t age_ms = wall_ms > item->time_ms ? wall_ms - item->time_ms : 0;
        if (record == ID_NONE || i < beginnings[record] || age_ms >= settings->records[record].flap_window_ms)
            continue;
        youngest[record] = age_ms < youngest[record] ? age_ms : youngest[record];
        give_back(hands, record, youngest[record], now);
    }
    free(youngest);
    free(beginnings);
    names_free(ids);
}

/* ---- telling ---- */

/* As it is told: the time in words, what took how long in seconds. */
static json_t *told(const struct history_item *item)
{
    json_t *object = json_loads(item->line, 0, NULL);
    const json_t *outage = json_object_get(object, "outage_ms");
    object = json_tree_set(object, "time", render_json_utc(item->time_ms));
    object = json_tree_set(object, "outage_seconds",
                           json_is_integer(outage) ? json_real((double)json_integer_value(outage) / 1000.0)
                                                   : json_null());
    json_object_del(object, "outage_ms");
    json_object_del(object, "time_ms");
    json_object_del(object, "version");
    return object;
}

static json_t *answer_of(const struct history *history, const char *record, int64_t since_ms)
{
    json_t *list = json_array();
    for (uint32_t i = history_count(history); i-- > 0 && json_array_size(list) < SWITCHES_SHOWN;) {
        const struct history_item *item = history_at(history, i);
        if (item->released || item->time_ms < since_ms || (record && strcmp(item->record, record) != 0))
            continue;
        if (json_array_insert_new(list, 0, told(item)) == 0)
            continue;
        json_decref(list);
        return NULL;
    }
    return json_pack("{s:i, s:o}", "version", PROTOCOL_VERSION, "switches", list);
}

/* The query; 200 or another status, with err. */
static uint16_t read_query(const struct settings *settings, const struct history *history,
                           const struct api_request *request, const char **ret_record, int64_t *ret_since_ms,
                           struct error *err)
{
    for (uint32_t i = 0; i < request->parameter_count; i++) {
        const char *name = request->parameters[i].name, *value = request->parameters[i].value;
        uint64_t span_ms;
        if (strcmp(name, "name") == 0) {
            uint32_t record = command_find_record(settings, value, err);
            bool former = false; /* one that has left the file */
            for (uint32_t nth = 0; nth < history_count(history) && !former; nth++)
                former = strcmp(history_at(history, nth)->record, value) == 0;
            if (record == ID_NONE && !former)
                return 404;
            *ret_record = record == ID_NONE ? value : settings->records[record].id;
        } else if (strcmp(name, "since") == 0) {
            if (!parse_duration_ms(value, &span_ms, err))
                return 400;
            *ret_since_ms = span_ms < (uint64_t)loop_wall_ms() ? loop_wall_ms() - (int64_t)span_ms : 0;
        }
    }
    return 200;
}

void switches_request(struct commands *commands, const struct api_request *request, mono_ms now)
{
    (void)now;
    const struct history *history = commands->errands.hands->history;
    const char *record = NULL;
    int64_t since_ms = INT64_MIN;
    struct error err = {0};
    uint16_t status = read_query(commands->errands.settings, history, request, &record, &since_ms, &err);
    if (status == 200)
        answer_object(commands->errands.api, request->ticket, 200, answer_of(history, record, since_ms));
    else
        answer_error(commands->errands.api, request->ticket, status, err.text);
}
