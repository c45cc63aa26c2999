/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between the engine and the control socket.
 * What:  the state of records and targets as JSON.
 * Why:   one record at a time is turned into text, and only when somebody takes it: a hundred thousand of them would
 *        hold the loop for seconds, and be a tree of millions of nodes first.
 */
#include "app/render_json.h"

#include "app/explanation.h"
#include "app/json_tree.h"
#include "app/pieces.h"
#include "app/protocol.h"
#include "core/gate.h"
#include "core/policy.h"
#include "core/record.h"
#include "core/watch.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- values ---- */

/* Words of ours are UTF-8; what is cut in the middle of a letter must not cost the whole answer. */
static json_t *text_value(const char *words)
{
    char storage[TEXT_FOREIGN_MAX * 4 + 8];
    struct text shown = text_over(storage, sizeof storage);
    json_t *value = json_string(words);
    if (value)
        return value;
    text_add_foreign(&shown, words, strlen(words));
    return json_string(shown.bytes);
}

json_t *render_json_text(const char *words)
{
    return words && words[0] ? text_value(words) : json_null();
}

json_t *render_json_utc(int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;
    char words[32];
    if (!gmtime_r(&seconds, &parts) || strftime(words, sizeof words, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        return json_null();
    return json_string(words);
}

json_t *render_json_certificate(const struct probe_report *report)
{
    return report->certificate_end_s == 0 ? json_null() : render_json_utc(report->certificate_end_s * 1000);
}

static json_t *hex(uint64_t number)
{
    char words[17];
    (void)snprintf(words, sizeof words, "%016" PRIx64, number);
    return json_string(words);
}

/* ---- targets ---- */

json_t *render_json_value(const struct settings *settings, uint32_t index)
{
    char storage[DNAME_TEXT_MAX];
    struct text words = text_over(storage, sizeof storage);
    settings_value_format(settings, index, &words);
    return json_string(words.bytes);
}

static json_t *address_object(const struct view *view, uint32_t index)
{
    const struct value_settings *value = &view->settings->values[index];
    const struct watch *watch = value->watch == ID_NONE ? NULL : engine_watch(view->engine, value->watch);
    json_t *latency = json_null();
    if (watch && watch->last.verdict == VERDICT_PASS && watch->last.phases.total_us >= 0)
        latency = json_real(watch->last.phases.total_us / 1000.0);
    const char *state = health_state_name(watch ? watch->health.state : HEALTH_UP);
    return json_pack("{s:o, s:s, s:o, s:o}", "address", render_json_value(view->settings, index), "state", state,
                     "latency_ms", latency, "certificate_end",
                     watch ? render_json_certificate(&watch->last) : json_null());
}

static json_t *target_object(const struct view *view, const struct record *record, uint32_t place)
{
    const struct target_settings *target = view_target(view, record, place);
    enum health_state state = record->targets[place].state;
    const struct watch *watch = view_spokesman(view, record, place);
    json_t *addresses = json_array();
    for (uint32_t i = 0; i < target->value_count; i++)
        addresses = json_tree_append(addresses, address_object(view, target->value_first + i));
    return json_pack(
        "{s:s, s:o, s:s, s:I, s:o, s:o, s:o, s:o}", "role", target->role, "label", render_json_text(target->label),
        "state", engine_is_drained(view->engine, record->index, place) ? "drained" : health_state_name(state), "streak",
        (json_int_t)view_streak(watch), "check", render_json_text(watch ? watch->check->name : NULL), "reason",
        watch ? json_string(reason_name(watch->last.verdict ? watch->last.reason : REASON_NOT_PROBED)) : json_null(),
        "detail", render_json_text(watch ? watch->last.detail : NULL), "addresses", addresses);
}

/* ---- records ---- */

static json_t *answer_of(const struct view *view, const struct record *record)
{
    if (record->current < record->settings->target_count)
        return json_string(view->settings->targets[record->settings->target_first + record->current].role);
    return record->current == TARGET_RETIRED && !belief_is_absent(&record->txn.belief) ? json_string("retired")
                                                                                       : json_null();
}

static json_t *in_dns(const struct record *record)
{
    enum in_step step = record_in_step(record);
    return step == IN_STEP_UNKNOWN ? json_null() : json_boolean(step == IN_STEP_YES);
}

/* By how many of those that are asked beside the update server. */
static json_t *served_of(const struct record *record)
{
    if (record->verify.state == VERIFY_NONE || record->verify.count == 0)
        return json_null();
    return json_pack("{s:I, s:I}", "by", (json_int_t)verify_serving(&record->verify), "of",
                     (json_int_t)record->verify.count);
}

static json_t *marker_of(const struct record *record)
{
    if (record->txn.seen.form != MARKER_FORM_ONE)
        return json_null();
    const struct marker *marker = &record->txn.seen.marker;
    return json_pack("{s:o, s:I}", "owner", hex(marker->owner), "epoch", (json_int_t)marker->epoch);
}

static json_t *types_of(const struct record_settings *record)
{
    json_t *types = json_array();
    for (uint32_t i = 0; i < record->type_count; i++)
        types = json_tree_append(types, json_string(rrtype_name(record->types[i])));
    return types;
}

static json_t *since(const struct view *view, const struct record *record)
{
    if (record->current == ID_NONE)
        return json_null();
    return render_json_utc(view_wall_ms(view, record->current_since));
}

json_t *render_json_override(const struct override_note *note)
{
    if (!note)
        return json_null();
    return json_pack("{s:s, s:s, s:o, s:s, s:o, s:o, s:o}", "kind", override_kind_name(note->kind), "subject",
                     note->subject, "target", render_json_text(note->target), "user", note->user, "reason",
                     render_json_text(note->reason), "since", render_json_utc(note->since_wall_ms), "until",
                     note->until_wall_ms ? render_json_utc(note->until_wall_ms) : json_null());
}

json_t *render_json_record(const struct view *view, uint32_t index)
{
    const struct record *record = engine_record(view->engine, index);
    const struct record_settings *settings = record->settings;
    const struct zone_settings *zone = &view->settings->zones[settings->zone];
    char name[DNAME_TEXT_MAX], zone_name[DNAME_TEXT_MAX], storage[EXPLANATION_MAX];
    dname_format(&settings->owner, name);
    dname_format(&zone->name, zone_name);
    struct text why = text_over(storage, sizeof storage);
    view_why(view, index, &why);
    json_t *targets = json_array();
    for (uint32_t place = 0; place < settings->target_count; place++)
        targets = json_tree_append(targets, target_object(view, record, place));
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:s, s:o, s:o}", "record", settings->id, "name",
        name, "zone", zone_name, "server", view->settings->servers[zone->server].name, "types", types_of(settings),
        "answer", answer_of(view, record), "since", since(view, record), "in_dns", in_dns(record), "served",
        served_of(record), "condition", condition_name(record_condition(record)), "why", text_value(why.bytes),
        "override", render_json_override(view_override(view, record)), "ownership",
        settings->ownership == OWNERSHIP_NONE ? "none" : "marker", "marker", marker_of(record), "targets", targets);
}

json_t *render_json_connectivity(const struct view *view)
{
    const struct gate *gate = engine_gate(view->engine);
    return json_pack("{s:b, s:b, s:I, s:I}", "configured", gate->count > 0, "ok", gate->state != GATE_CLOSED,
                     "answering", (json_int_t)gate_answering(gate), "of", (json_int_t)gate->count);
}

/* ---- the whole, in pieces ---- */

struct status_text {
    struct view view;
    uint32_t *records; /* NULL: all */
    uint32_t count, next;
    bool closed; /* the last words were put */
    struct pieces pieces;
};

static json_t *rest_object(const struct view *view)
{
    bool writable = !view->state_problem || !view->state_problem[0];
    return json_pack("{s:o, s:{s:o, s:b}, s:{s:b, s:o}, s:b, s:b}", "connectivity", render_json_connectivity(view),
                     "config", "loaded", render_json_utc(view->loaded_wall_ms), "ok", !view->config_is_old, "state",
                     "ok", writable, "why", render_json_text(view->state_problem), "starting",
                     engine_is_starting(view->engine, view->now), "dry_run", view->settings->safety.dry_run);
}

/* What stands after the records goes on with the object that was begun before them. */
static bool put_next(void *of)
{
    struct status_text *text = of;
    static const char head[] = "{\"version\":1,\"records\":[";
    const struct view *view = &text->view;
    if (text->closed)
        return false;
    if (text->next < text->count) {
        uint32_t index = text->records ? text->records[text->next] : text->next;
        pieces_put(&text->pieces, text->next == 0 ? head : ",", render_json_record(view, index), 0, "");
        text->next++;
        return true;
    }
    pieces_put(&text->pieces, text->count == 0 ? "{\"version\":1,\"records\":[]," : "],", rest_object(view), 1, "\n");
    text->closed = true;
    return true;
}

struct status_text *status_text_new(const struct view *view, const uint32_t *records, uint32_t count)
{
    struct status_text *text = calloc(1, sizeof *text);
    uint32_t *copy = records ? calloc(count + 1, sizeof *copy) : NULL;
    if (!text || (records && !copy)) {
        free(text);
        free(copy);
        return NULL;
    }
    if (records)
        memcpy(copy, records, count * sizeof *copy);
    *text = (struct status_text){
        .view = *view, .records = copy, .count = records ? count : view->settings->record_count};
    put_next(text);
    if (!text->pieces.broken)
        return text;
    status_text_free(text);
    return NULL;
}

size_t status_text_next(void *status_text, char *bytes, size_t room)
{
    struct status_text *text = status_text;
    if (text->view.generation && *text->view.generation != text->view.born)
        return API_PIECE_NONE; /* what it looks at is gone */
    return pieces_fill(&text->pieces, put_next, text, bytes, room);
}

void status_text_free(void *status_text)
{
    struct status_text *text = status_text;
    free(text->records);
    pieces_done(&text->pieces);
    free(text);
}

void render_json_library(struct text *out)
{
    text_addf(out, "jansson %s", jansson_version_str());
}
