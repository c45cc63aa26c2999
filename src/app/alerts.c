/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind io/notifier for Alertmanagers.
 * What:  a row for each alert: when a record has it, since when, how grave it is.
 * Why:   walks the records that name the notifier, once a minute and a second after something was told; so it is a list
 *        and no ledger of what went where.
 */
#include "app/alerts.h"

#include "app/render_json.h"
#include "base/names.h"
#include "core/gate.h"
#include "core/record.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- the rows ---------------------------------------------------------------------------------------------------- */

/* Each: since when it stands; MONO_NEVER: it does not. */
static mono_ms failed_over(const struct record *record)
{
    bool away = record->current > 0 && record->current < record->settings->target_count;
    return away ? record->current_since : MONO_NEVER;
}

static mono_ms no_healthy(const struct record *record)
{
    return record->told_no_healthy ? record->current_since : MONO_NEVER;
}

static mono_ms update_failed(const struct record *record)
{
    return record->failed.active ? record->failed.since : MONO_NEVER;
}

static mono_ms not_served(const struct record *record)
{
    return record->verify.lags.active ? record->verify.lags.since : MONO_NEVER;
}

static bool is_conflict(enum condition condition)
{
    return condition == CONDITION_PARTIAL || condition == CONDITION_CLONE || condition == CONDITION_ROLLBACK ||
           condition == CONDITION_INCONSISTENT || condition == CONDITION_CONFLICT;
}

static mono_ms foreign_change(const struct record *record)
{
    bool stands = record->stopped.active && record->stopped_by == CONDITION_FOREIGN_CHANGE;
    return stands ? record->stopped.since : MONO_NEVER;
}

static mono_ms conflict(const struct record *record)
{
    return record->stopped.active && is_conflict(record->stopped_by) ? record->stopped.since : MONO_NEVER;
}

static mono_ms flapping(const struct record *record)
{
    return record->told_flapping ? record->current_since : MONO_NEVER;
}

static mono_ms rights(const struct record *record)
{
    return record->rights.active ? record->rights.since : MONO_NEVER;
}

static const struct {
    const char *name, *severity, *summary;
    enum notify_event event;
    mono_ms (*since)(const struct record *record); /* NULL: of this host */
} rows[] = {
    {"RepointFailedOver", "warning", "answers with another target than its first", NOTIFY_FAILOVER, failed_over},
    {"RepointNoHealthyTarget", "critical", "has no healthy target", NOTIFY_NO_HEALTHY_TARGET, no_healthy},
    {"RepointUpdateFailed", "critical", "cannot be read or updated", NOTIFY_UPDATE_FAILED, update_failed},
    {"RepointNotServed", "warning", "is not served by all its name servers as it was published", NOTIFY_NOT_SERVED,
     not_served},
    {"RepointForeignChange", "warning", "was changed by someone else and is left alone", NOTIFY_FOREIGN_CHANGE,
     foreign_change},
    {"RepointConflict", "critical", "is stopped by a conflict and waits for an operator", NOTIFY_CONFLICT, conflict},
    {"RepointFlapping", "warning", "switched too often and stays where it is", NOTIFY_FLAPPING, flapping},
    {"RepointRights", "critical", "could not be updated: a rehearsal was refused", NOTIFY_RIGHTS, rights},
    {"RepointCutOff", "critical", "looks cut off: all decisions are frozen", NOTIFY_CONNECTIVITY, NULL},
};

/* ---- the list ---------------------------------------------------------------------------------------------------- */

struct walk {
    struct alert_list *list;
    const struct alerts_view *view;
    struct names *known; /* "0 www.example.com": place in the list */
    uint32_t former;     /* places below are of before */
    bool *stands;        /* by place, of those */
};

static bool key_of(uint32_t kind, const char *record, char storage[512])
{
    struct text key = text_over(storage, 512);
    text_addf(&key, "%u %s", (unsigned)kind, record ? record : "");
    return !key.truncated;
}

static char *copy(const char *words)
{
    char *own = words ? strdup(words) : NULL;
    if (words && !own)
        abort();
    return own;
}

static void add(struct walk *walk, uint32_t kind, const char *record, const char *zone, mono_ms since)
{
    struct alert_list *list = walk->list;
    char key[512];
    uint32_t place;
    if (!key_of(kind, record, key))
        return;
    if (names_find(walk->known, key, &place)) {
        walk->stands[place] = true;
        list->items[place].over_wall_ms = 0;
        return;
    }
    if (list->count == ALERTS_MOST)
        return;
    if (!list->items && !(list->items = calloc(ALERTS_MOST, sizeof *list->items)))
        abort();
    int64_t ago_ms = walk->view->now - since;
    list->items[list->count++] = (struct alert){.kind = (uint8_t)kind,
                                                .record = copy(record),
                                                .zone = copy(zone),
                                                .since_wall_ms = walk->view->wall_ms - (ago_ms > 0 ? ago_ms : 0)};
}

static bool names_it(const struct settings *settings, uint32_t record, uint32_t notifier)
{
    const struct record_settings *of = &settings->records[record];
    for (uint32_t i = 0; i < of->route_count; i++)
        if (settings->routes[of->route_first + i] == notifier)
            return true;
    return false;
}

static void look_at(struct walk *walk, uint32_t index, uint32_t events)
{
    const struct settings *settings = walk->view->settings;
    const struct record *record = engine_record(walk->view->engine, index);
    char zone[DNAME_TEXT_MAX];
    for (uint32_t kind = 0; kind < ARRAY_COUNT(rows); kind++) {
        if (!rows[kind].since || !(events & NOTIFY_BIT(rows[kind].event)))
            continue;
        mono_ms since = rows[kind].since(record);
        if (since == MONO_NEVER)
            continue;
        dname_format(&settings->zones[record->settings->zone].name, zone);
        add(walk, kind, record->settings->id, zone, since);
    }
}

static void look_at_host(struct walk *walk, uint32_t events)
{
    const struct gate *gate = engine_gate(walk->view->engine);
    for (uint32_t kind = 0; kind < ARRAY_COUNT(rows); kind++)
        if (!rows[kind].since && (events & NOTIFY_BIT(rows[kind].event)) && gate->state == GATE_CLOSED)
            add(walk, kind, NULL, NULL, gate->since);
}

static void update(struct alert_list *list, const struct alerts_view *view, uint32_t notifier)
{
    const struct settings *settings = view->settings;
    uint32_t events = settings->notifiers[notifier].events;
    struct walk walk = {.list = list, .view = view, .known = names_new(), .former = list->count};
    char key[512];
    walk.stands = calloc(list->count + (size_t)1, sizeof *walk.stands);
    if (!walk.stands)
        abort();
    for (uint32_t i = 0; i < list->count; i++)
        if (key_of(list->items[i].kind, list->items[i].record, key))
            (void)names_add(walk.known, key, i, NULL);
    look_at_host(&walk, events);
    for (uint32_t i = 0; i < settings->record_count; i++)
        if (names_it(settings, i, notifier))
            look_at(&walk, i, events);
    for (uint32_t i = 0; i < walk.former; i++)
        if (!walk.stands[i] && list->items[i].over_wall_ms == 0)
            list->items[i].over_wall_ms = view->wall_ms;
    free(walk.stands);
    names_free(walk.known);
}

/* ---- as text ----------------------------------------------------------------------------------------------------- */

static json_t *object_of(const struct alert *alert, const struct alerts_view *view)
{
    char storage[512];
    struct text summary = text_over(storage, sizeof storage);
    int64_t end_wall_ms = alert->over_wall_ms ? alert->over_wall_ms : view->wall_ms + ALERTS_HOLD_MS;
    text_addf(&summary, "%s %s", alert->record ? alert->record : view->host, rows[alert->kind].summary);
    json_t *labels = json_pack("{s:s, s:s, s:s}", "alertname", rows[alert->kind].name, "severity",
                               rows[alert->kind].severity, "host", view->host);
    if (alert->record) {
        json_object_set_new(labels, "record", json_string(alert->record));
        json_object_set_new(labels, "zone", json_string(alert->zone));
    }
    return json_pack("{s:o, s:{s:s}, s:o, s:o}", "labels", labels, "annotations", "summary", summary.bytes, "startsAt",
                     render_json_utc(alert->since_wall_ms), "endsAt", render_json_utc(end_wall_ms));
}

char *alerts_text(struct alert_list *list, const struct alerts_view *view, uint32_t notifier, size_t *ret_length)
{
    update(list, view, notifier);
    if (list->count == 0)
        return NULL;
    json_t *array = json_array();
    for (uint32_t i = 0; i < list->count; i++)
        json_array_append_new(array, object_of(&list->items[i], view));
    char *text = json_dumps(array, JSON_COMPACT);
    json_decref(array);
    *ret_length = text ? strlen(text) : 0;
    return text;
}

void alerts_told(struct alert_list *list)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].over_wall_ms == 0) {
            list->items[kept++] = list->items[i];
            continue;
        }
        free(list->items[i].record);
        free(list->items[i].zone);
    }
    list->count = kept;
}

void alerts_done(struct alert_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        free(list->items[i].record);
        free(list->items[i].zone);
    }
    free(list->items);
    *list = (struct alert_list){.items = NULL};
}
