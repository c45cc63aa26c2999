/* SPDX-License-Identifier: MIT */
/*
 * Where: app, beside report: what that tells in words, this counts.
 * What:  arrays by the numbers of the settings, found again by name when the configuration changes.
 */
#include "app/counters.h"

#include "base/names.h"
#include "core/policy.h"
#include "core/watch.h"
#include "io/wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX 1024

const struct histogram_shape histogram_of_seconds = {
    .count = 11,
    .bounds = {5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000},
    .names = {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10"},
    .unit = 1000000};
const struct histogram_shape histogram_of_records = {
    .count = 10,
    .bounds = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1000},
    .names = {"1", "2", "5", "10", "25", "50", "100", "250", "500", "1000"},
    .unit = 1};

void histogram_count(struct histogram *histogram, const struct histogram_shape *shape, uint64_t value)
{
    uint32_t bucket = 0;
    while (bucket < shape->count && value > shape->bounds[bucket])
        bucket++;
    histogram->buckets[bucket]++;
    histogram->sum += value;
}

const char *update_end_name(uint32_t end)
{
    static const char *const names[] = {[UPDATE_BADTIME - UPDATE_BADTIME] = "BADTIME",
                                        [UPDATE_BADTRUNC - UPDATE_BADTIME] = "BADTRUNC",
                                        [UPDATE_UNKNOWN - UPDATE_BADTIME] = "unknown",
                                        [UPDATE_NOT_SENT - UPDATE_BADTIME] = "not-sent"};
    if (end < UPDATE_OTHER)
        return wire_rcode_name((uint8_t)end);
    return end == UPDATE_OTHER ? "other" : names[end - UPDATE_BADTIME];
}

/* ---- there and gone ---- */

static void *room_for(uint32_t count, size_t size)
{
    void *room = calloc((size_t)count + 1, size);
    if (!room)
        abort();
    return room;
}

void counters_init(struct counters *counters, const struct settings *settings)
{
    *counters = (struct counters){.settings = settings,
                                  .checks = room_for(settings_named_checks(settings), sizeof *counters->checks),
                                  .servers = room_for(settings->server_count, sizeof *counters->servers),
                                  .zones = room_for(settings->zone_count, sizeof *counters->zones),
                                  .records = room_for(settings->record_count, sizeof *counters->records)};
}

void counters_done(struct counters *counters)
{
    for (uint32_t i = 0; counters->records && i < counters->settings->record_count; i++)
        free(counters->records[i].switches);
    free(counters->checks);
    free(counters->servers);
    free(counters->zones);
    free(counters->records);
    *counters = (struct counters){.settings = NULL};
}

/* ---- another configuration ---- */

typedef void key_fn(const struct settings *settings, uint32_t index, struct text *out);

static void check_key(const struct settings *settings, uint32_t index, struct text *out)
{
    text_add(out, settings->checks[index].name);
}

static void server_key(const struct settings *settings, uint32_t index, struct text *out)
{
    text_add(out, settings->servers[index].name);
}

static void zone_key(const struct settings *settings, uint32_t index, struct text *out)
{
    char name[DNAME_TEXT_MAX];
    dname_format(&settings->zones[index].name, name);
    text_addf(out, "%s %s", name, settings->servers[settings->zones[index].server].name);
}

/* Switches are counted by place, so its targets have to be the same in the same order. */
static void record_key(const struct settings *settings, uint32_t index, struct text *out)
{
    const struct record_settings *record = &settings->records[index];
    text_add(out, record->id);
    for (uint32_t i = 0; i < record->target_count; i++)
        text_addf(out, " %s", settings->targets[record->target_first + i].role);
}

/* What has the same key goes over, and is void where it was. */
static void move_all(key_fn *key_of, const struct settings *fresh, uint32_t fresh_count, void *to,
                     const struct settings *old, uint32_t old_count, void *from, size_t size)
{
    char storage[KEY_MAX];
    struct names *known = names_new();
    for (uint32_t i = 0; i < old_count; i++) {
        struct text key = text_over(storage, sizeof storage);
        key_of(old, i, &key);
        (void)names_add(known, key.bytes, i, NULL);
    }
    for (uint32_t i = 0; i < fresh_count; i++) {
        uint32_t former;
        struct text key = text_over(storage, sizeof storage);
        key_of(fresh, i, &key);
        if (key.truncated || !names_find(known, key.bytes, &former))
            continue;
        memcpy((char *)to + i * size, (char *)from + former * size, size);
        memset((char *)from + former * size, 0, size);
    }
    names_free(known);
}

void counters_move(struct counters *counters, const struct settings *settings)
{
    struct counters old = *counters;
    const struct settings *former = old.settings;
    counters_init(counters, settings);
    counters->lines_lost = old.lines_lost;
    move_all(check_key, settings, settings_named_checks(settings), counters->checks, former,
             settings_named_checks(former), old.checks, sizeof *old.checks);
    move_all(server_key, settings, settings->server_count, counters->servers, former, former->server_count, old.servers,
             sizeof *old.servers);
    move_all(zone_key, settings, settings->zone_count, counters->zones, former, former->zone_count, old.zones,
             sizeof *old.zones);
    move_all(record_key, settings, settings->record_count, counters->records, former, former->record_count, old.records,
             sizeof *old.records);
    counters_done(&old);
}

/* ---- counting ---- */

void counters_probe(struct counters *counters, uint32_t watch, const struct probe_report *report)
{
    uint32_t check = counters->settings->watches[watch].check;
    if (check >= settings_named_checks(counters->settings))
        return;
    enum reason reason = report->reason;
    if (counters->settings->checks[check].invert && report->verdict != VERDICT_LOCAL)
        reason = report->verdict == VERDICT_PASS ? REASON_INVERTED : REASON_OK;
    counters->checks[check].probes[reason]++;
    if (report->verdict != VERDICT_LOCAL && report->phases.total_us >= 0)
        histogram_count(&counters->checks[check].latency, &histogram_of_seconds, (uint64_t)report->phases.total_us);
}

void counters_send(struct counters *counters, uint32_t zone, uint32_t records)
{
    uint32_t server = counters->settings->zones[zone].server;
    histogram_count(&counters->servers[server].records, &histogram_of_records, records);
}

static uint32_t end_of(const struct dns_report *report)
{
    switch (report->outcome) {
    case OUTCOME_UNKNOWN:
        return UPDATE_UNKNOWN;
    case OUTCOME_NOT_SENT:
        return UPDATE_NOT_SENT;
    case OUTCOME_CLOCK:
        return UPDATE_BADTIME;
    case OUTCOME_CONFIG:
        return UPDATE_BADTRUNC;
    case OUTCOME_ACCEPTED:
    case OUTCOME_PREREQ:
    case OUTCOME_DENIED:
    case OUTCOME_NOT_SERVED:
    case OUTCOME_SERVER_FAILURE:
    case OUTCOME_BUG:
        break;
    }
    return report->rcode < UPDATE_OTHER ? report->rcode : (uint32_t)UPDATE_OTHER;
}

void counters_answer(struct counters *counters, uint32_t zone, const struct dns_report *report)
{
    struct server_counters *server = &counters->servers[counters->settings->zones[zone].server];
    counters->zones[zone].updates[end_of(report)]++;
    if (report->has_answer)
        histogram_count(&server->duration, &histogram_of_seconds, report->took_us);
    if (!report->verified)
        return;
    server->told_skew = true;
    server->skew_s = report->outcome == OUTCOME_CLOCK ? report->skew_s : 0;
}

/* ---- switches ---- */

uint32_t counters_places(const struct record_settings *record)
{
    return record->target_count < SWITCH_PLACES_MOST ? record->target_count : SWITCH_PLACES_MOST;
}

static size_t switch_place(const struct record_settings *record, uint32_t from, uint32_t to, enum switch_cause cause)
{
    const size_t targets = counters_places(record);
    return ((from < targets ? from : targets) * (targets + 1) + (to < targets ? to : targets)) * SWITCH_CAUSE_COUNT +
           (size_t)cause;
}

static void count_switch(struct counters *counters, const struct notice *notice)
{
    const struct record_settings *record = &counters->settings->records[notice->record];
    uint32_t **switches = &counters->records[notice->record].switches;
    enum switch_cause cause = notice->manual                   ? SWITCH_MANUAL
                              : notice->from == TARGET_RETIRED ? SWITCH_RELOAD
                                                               : SWITCH_HEALTH;
    const uint32_t places = counters_places(record) + 1;
    if (!*switches)
        *switches = room_for(places * places * SWITCH_CAUSE_COUNT, sizeof **switches);
    (*switches)[switch_place(record, notice->from, notice->to, cause)]++;
}

uint32_t counters_switches(const struct counters *counters, uint32_t record, uint32_t from, uint32_t to,
                           enum switch_cause cause)
{
    const uint32_t *switches = counters->records[record].switches;
    return switches ? switches[switch_place(&counters->settings->records[record], from, to, cause)] : 0;
}

void counters_notice(struct counters *counters, const struct notice *notice)
{
    if (notice->kind == NOTICE_FAILOVER || notice->kind == NOTICE_FAIL_BACK)
        count_switch(counters, notice);
    else if (notice->kind == NOTICE_FOREIGN_CHANGE && !notice->repeated && notice->plan == 0)
        counters->records[notice->record].foreign_changes++;
}
