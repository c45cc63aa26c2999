/* SPDX-License-Identifier: MIT */
/*
 * Where: app, beside render_json.
 * What:  one record, with everything that speaks for what is believed of it.
 */
#include "app/render_explain.h"

#include "app/json_tree.h"
#include "app/protocol.h"
#include "core/record.h"
#include "core/watch.h"

#include <jansson.h>
#include <string.h>

static json_t *instant(const struct view *view, mono_ms at)
{
    return at == MONO_NEVER ? json_null() : render_json_utc(view_wall_ms(view, at));
}

static json_t *milliseconds(int32_t us)
{
    return us < 0 ? json_null() : json_real(us / 1000.0);
}

/* ---- evidence ---- */

static const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return "pass";
    case VERDICT_FAIL:
        return "fail";
    case VERDICT_LOCAL:
        break;
    }
    return "local";
}

json_t *render_explain_result(const struct view *view, const struct probe_report *report)
{
    if (report->verdict == 0)
        return json_null();
    const struct phase_times *phases = &report->phases;
    json_t *times = json_pack("{s:o, s:o, s:o, s:o, s:o}", "resolve_ms", milliseconds(phases->resolve_us), "connect_ms",
                              milliseconds(phases->connect_us), "tls_ms", milliseconds(phases->tls_us), "first_byte_ms",
                              milliseconds(phases->first_byte_us), "total_ms", milliseconds(phases->total_us));
    return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "time", instant(view, report->started), "verdict",
                     verdict_name(report->verdict), "reason", reason_name(report->reason), "detail",
                     render_json_text(report->detail), "code", report->code ? json_integer(report->code) : json_null(),
                     "phases", times, "certificate_end", render_json_certificate(report));
}

static json_t *results_of(const struct view *view, const struct trail *trail)
{
    json_t *list = json_array();
    const struct trail_entry *entry;
    for (uint32_t back = 0; (entry = trail_at(trail, back)) != NULL; back++)
        list = json_tree_append(list, json_pack("{s:o, s:s, s:s, s:o}", "time", instant(view, entry->started),
                                                "verdict", verdict_name((enum verdict)entry->verdict), "reason",
                                                reason_name((enum reason)entry->reason), "ms",
                                                milliseconds(entry->total_us)));
    return list;
}

static json_t *address_evidence(const struct view *view, const struct target_settings *target, uint32_t index)
{
    const struct value_settings *value = &view->settings->values[index];
    const struct watch *watch = value->watch == ID_NONE ? NULL : engine_watch(view->engine, value->watch);
    json_t *object = json_pack(
        "{s:s, s:o, s:o, s:s, s:I}", "role", target->role, "address", render_json_value(view->settings, index), "check",
        render_json_text(watch ? watch->check->name : ""), "state",
        health_state_name(watch ? watch->health.state : HEALTH_UP), "streak", (json_int_t)view_streak(watch));
    bool passed = watch && watch->health.passed_start != 0;
    object = json_tree_set(object, "label", render_json_text(target->label));
    object = json_tree_set(object, "fall", watch ? json_integer(watch->check->fall) : json_null());
    object = json_tree_set(object, "rise", watch ? json_integer(watch->check->rise) : json_null());
    object = json_tree_set(object, "since", watch ? instant(view, watch->health.since) : json_null());
    object = json_tree_set(object, "passed", passed ? instant(view, watch->health.passed_start) : json_null());
    object = json_tree_set(object, "last", watch ? render_explain_result(view, &watch->last) : json_null());
    object = json_tree_set(object, "last_failure",
                           watch ? render_explain_result(view, &watch->last_failure) : json_null());
    object = json_tree_set(object, "results", watch ? results_of(view, &watch->trail) : json_array());
    return object;
}

static json_t *evidence_of(const struct view *view, const struct record_settings *record)
{
    json_t *list = json_array();
    for (uint32_t place = 0; place < record->target_count; place++) {
        const struct target_settings *target = &view->settings->targets[record->target_first + place];
        for (uint32_t i = 0; i < target->value_count; i++)
            list = json_tree_append(list, address_evidence(view, target, target->value_first + i));
    }
    return list;
}

/* ---- DNS ---- */

static const char *type_name(const struct value_settings *value)
{
    if (value->name != ID_NONE)
        return rrtype_name(RRTYPE_CNAME);
    return rrtype_name(value->address.family == ADDRESS_V6 ? RRTYPE_AAAA : RRTYPE_A);
}

static json_t *values_of_type(const struct view *view, const struct target_settings *target, enum rrtype type)
{
    json_t *values = json_array();
    for (uint32_t i = 0; i < target->value_count; i++) {
        uint32_t index = target->value_first + i;
        if (strcmp(type_name(&view->settings->values[index]), rrtype_name(type)) == 0)
            values = json_tree_append(values, render_json_value(view->settings, index));
    }
    return values;
}

/* All values of the target that is decided on, by type. */
static json_t *wanted_of(const struct view *view, const struct record *record)
{
    uint32_t place = record->decision.target;
    if (place >= record->settings->target_count)
        return json_null();
    const struct target_settings *target = &view->settings->targets[record->settings->target_first + place];
    json_t *wanted = json_object();
    for (uint32_t t = 0; t < record->settings->type_count; t++) {
        enum rrtype type = record->settings->types[t];
        wanted = json_tree_set(wanted, rrtype_name(type), values_of_type(view, target, type));
    }
    return wanted;
}

static json_t *sent_of(const struct view *view, const struct record *record)
{
    const struct dns_report *report = &record->txn.report;
    const struct zone_settings *zone = &view->settings->zones[record->settings->zone];
    if (report->outcome == 0)
        return json_null();
    return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "time", instant(view, record->switched_at), "server",
                     view->settings->servers[zone->server].name, "outcome", outcome_name(report->outcome), "rcode",
                     report->has_answer ? json_integer(report->rcode) : json_null(), "took_ms",
                     report->has_answer ? json_real(report->took_us / 1000.0) : json_null(), "serial",
                     record->txn.has_serial ? json_integer(record->txn.serial) : json_null(), "detail",
                     render_json_text(report->detail));
}

static json_t *served_of(const struct record *record)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < record->verify.count; i++) {
        const struct verify_place *place = &record->verify.places[i];
        char words[ENDPOINT_TEXT_MAX];
        endpoint_format(&place->endpoint, words);
        list = json_tree_append(list, json_pack("{s:s, s:b, s:o}", "server", words, "ok", place->serves, "after_ms",
                                                place->serves ? json_integer(place->after_ms) : json_null()));
    }
    return list;
}

/* ---- what happens next ---- */

static const char *role_of(const struct settings *settings, uint32_t record, uint32_t place)
{
    const struct record_settings *of = &settings->records[record];
    return place < of->target_count ? settings->targets[of->target_first + place].role : "another target";
}

static const char *const outlook_names[] = {
    [OUTLOOK_WATCHED] = "watched",
    [OUTLOOK_ALONE] = "alone",
    [OUTLOOK_RETURNS_AT] = "returns-at",
    [OUTLOOK_RETURNS_AFTER] = "returns-after",
    [OUTLOOK_MANUAL] = "manual",
    [OUTLOOK_LATCHED] = "latched",
    [OUTLOOK_OVERRIDE] = "override",
    [OUTLOOK_CUT_OFF] = "cut-off",
    [OUTLOOK_GRACE] = "start-grace",
    [OUTLOOK_PROOF] = "proof",
    [OUTLOOK_FIRST_UP] = "first-up",
    [OUTLOOK_KNOWN] = "unknown",
    [OUTLOOK_MOVES] = "moves",
    [OUTLOOK_WOULD_MOVE] = "would-move",
    [OUTLOOK_OPERATOR] = "operator",
    [OUTLOOK_READ] = "read",
    [OUTLOOK_OFF] = "off",
};

static void add_outlook(const struct settings *settings, uint32_t record, const struct outlook *outlook,
                        struct text *out)
{
    const char *id = settings->records[record].id, *role = role_of(settings, record, outlook->target);
    switch (outlook->kind) {
    case OUTLOOK_WATCHED:
        text_addf(out, "moves to %s when what answers is down", role);
        return;
    case OUTLOOK_ALONE:
        text_add(out, "stays: there is no other target to move to");
        return;
    case OUTLOOK_RETURNS_AT:
        text_addf(out, "returns to %s, if that stays up (fail-back auto)", role);
        return;
    case OUTLOOK_RETURNS_AFTER:
        text_addf(out, "returns to %s after %u success%s in a row (fail-back auto), ", role, (unsigned)outlook->passes,
                  outlook->passes == 1 ? "" : "es");
        text_add_duration(out, outlook->wait_ms);
        text_add(out, " after its first good answer at the earliest");
        return;
    case OUTLOOK_MANUAL:
        text_addf(out, "%s is up; returns by repointctl failback %s (fail-back manual)", role, id);
        return;
    case OUTLOOK_LATCHED:
        text_addf(out, "%s is up; it has switched too often and returns by repointctl release %s", role, id);
        return;
    case OUTLOOK_OVERRIDE:
        text_addf(out, "stays as an operator ordered; repointctl overrides says which one, and what ends it");
        return;
    case OUTLOOK_CUT_OFF:
        text_add(out, "nothing, until a reference of safety.connectivity answers");
        return;
    case OUTLOOK_GRACE:
        text_add(out, "nothing, until every target is known or start-grace is over");
        return;
    case OUTLOOK_PROOF:
        text_addf(out, "moves to %s as soon as that passes once more", role);
        return;
    case OUTLOOK_FIRST_UP:
        text_add(out, "moves to the first target that comes up");
        return;
    case OUTLOOK_KNOWN:
        text_add(out, "nothing, until more is known of its targets");
        return;
    case OUTLOOK_MOVES:
        text_addf(out, "moves to %s: the update is under way", role);
        return;
    case OUTLOOK_WOULD_MOVE:
        text_addf(out, "would move to %s", role);
        return;
    case OUTLOOK_OPERATOR:
        text_add(out, "waits for an operator; the zone is read again now and then");
        return;
    case OUTLOOK_READ:
        text_add(out, "the zone is read");
        return;
    case OUTLOOK_OFF:
        text_add(out, "nothing: enabled is off");
        return;
    }
}

/* Some end in a change of the zone, and then a dry run is another matter. */
static bool ends_in_a_change(enum outlook_kind kind)
{
    switch (kind) {
    case OUTLOOK_WATCHED:
    case OUTLOOK_RETURNS_AT:
    case OUTLOOK_RETURNS_AFTER:
    case OUTLOOK_MANUAL:
    case OUTLOOK_LATCHED:
    case OUTLOOK_PROOF:
    case OUTLOOK_FIRST_UP:
    case OUTLOOK_MOVES:
    case OUTLOOK_WOULD_MOVE:
        return true;
    case OUTLOOK_ALONE:
    case OUTLOOK_OVERRIDE:
    case OUTLOOK_CUT_OFF:
    case OUTLOOK_GRACE:
    case OUTLOOK_KNOWN:
    case OUTLOOK_OPERATOR:
    case OUTLOOK_READ:
    case OUTLOOK_OFF:
        break;
    }
    return false;
}

void render_outlook(const struct settings *settings, uint32_t record, const struct outlook *outlook, struct text *out)
{
    add_outlook(settings, record, outlook, out);
    if (settings->safety.dry_run && ends_in_a_change(outlook->kind))
        text_add(out, "; but this is a dry run: nothing is sent");
}

static json_t *next_of(const struct view *view, uint32_t record)
{
    const struct outlook outlook = explain_outlook(view->engine, record);
    char storage[400];
    struct text words = text_over(storage, sizeof storage);
    render_outlook(view->settings, record, &outlook, &words);
    return json_pack("{s:s, s:s, s:o}", "kind", outlook_names[outlook.kind], "text", words.bytes, "earliest",
                     instant(view, outlook.at));
}

static json_t *timing_of(const struct view *view, uint32_t record)
{
    const struct timing timing = explain_timing(view->settings, record);
    return json_pack("{s:o, s:o, s:I, s:o, s:I}", "detect_least_ms",
                     timing.detects ? json_integer(timing.detect_least_ms) : json_null(), "detect_most_ms",
                     timing.detects ? json_integer(timing.detect_most_ms) : json_null(), "update_most_ms",
                     (json_int_t)timing.update_most_ms, "return_least_ms",
                     timing.return_least_ms >= 0 ? json_integer(timing.return_least_ms) : json_null(), "caches_ms",
                     (json_int_t)timing.caches_ms);
}

json_t *render_explain(const struct view *view, uint32_t index)
{
    const struct record *record = engine_record(view->engine, index);
    json_t *object = render_json_record(view, index);
    object = json_tree_set(object, "version", json_integer(PROTOCOL_VERSION));
    object = json_tree_set(object, "ttl", json_integer(record->settings->ttl_s));
    object = json_tree_set(object, "decision", json_string(decision_reason_name(record->decision.reason)));
    object = json_tree_set(object, "evidence", evidence_of(view, record->settings));
    object = json_tree_set(object, "dns",
                           json_pack("{s:o, s:o, s:o}", "wanted", wanted_of(view, record), "sent",
                                     sent_of(view, record), "served", served_of(record)));
    object = json_tree_set(object, "connectivity", render_json_connectivity(view));
    object = json_tree_set(object, "next", next_of(view, index));
    object = json_tree_set(object, "timing", timing_of(view, index));
    return object;
}
