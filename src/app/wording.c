/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between report and the settings.
 * What:  who is meant (record, target, address, check), what was seen, what was switched, in words.
 * Why:   a notice carries ids and numbers alone. Where several records share a watch, the first value that uses it
 *        gives the names.
 */
#include "app/wording.h"

#include "core/policy.h"
#include "core/record.h"
#include "core/watch.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define HALF_A_DAY_MS INT64_C(43200000)

void wording_add_latency(struct text *out, int64_t latency_us)
{
    if (latency_us < 950)
        text_addf(out, "0.%" PRId64 " ms", (latency_us + 50) / 100);
    else
        text_addf(out, "%" PRId64 " ms", (latency_us + 500) / 1000);
}

void wording_add_local_time(struct text *out, int64_t wall_ms, int64_t away_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;
    char words[32];
    bool near = away_ms < HALF_A_DAY_MS;
    if (localtime_r(&seconds, &parts) &&
        strftime(words, sizeof words, near ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &parts) > 0)
        text_add(out, words);
}

void wording_add_count(struct text *out, uint64_t count, const char *noun)
{
    text_addf(out, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
}

void wording_add_contents(struct text *out, const struct settings *settings)
{
    wording_add_count(out, settings->record_count, "record");
    text_add(out, ", ");
    wording_add_count(out, settings_named_checks(settings), "check");
    text_add(out, ", ");
    wording_add_count(out, settings->server_count, "server");
}

void wording_add_bare(struct text *out, const struct settings *settings)
{
    uint32_t bare = 0;
    for (uint32_t i = 0; i < settings->record_count; i++)
        bare += settings->records[i].ownership == OWNERSHIP_NONE;
    if (bare == 0)
        return;
    text_add(out, "; ");
    wording_add_count(out, bare, "record");
    text_add(out, " without a marker (ownership: none)");
}

static void set_duration(struct words *words, enum word word, int64_t duration_ms)
{
    char storage[64];
    struct text text = text_over(storage, sizeof storage);
    text_add_duration(&text, duration_ms);
    words_set(words, word, "%s", text.bytes);
}

static void set_count(struct words *words, enum word word, uint64_t count, const char *noun)
{
    char storage[64];
    struct text text = text_over(storage, sizeof storage);
    wording_add_count(&text, count, noun);
    words_set(words, word, "%s", text.bytes);
}

/* The target at this place of the record; NULL where the place is none of its targets. */
static const struct target_settings *target_at(const struct settings *settings, uint32_t record, uint32_t place)
{
    if (record >= settings->record_count || place >= settings->records[record].target_count)
        return NULL;
    return &settings->targets[settings->records[record].target_first + place];
}

static void add_values(struct text *out, const struct settings *settings, const struct target_settings *target,
                       const char *between)
{
    for (uint32_t i = 0; i < target->value_count; i++) {
        if (i > 0)
            text_add(out, between);
        settings_value_format(settings, target->value_first + i, out);
    }
}

static const char *place_name(const struct settings *settings, uint32_t record, uint32_t place)
{
    const struct target_settings *target = target_at(settings, record, place);
    if (target)
        return target->role;
    return place == TARGET_RETIRED ? "retired" : "none";
}

/* ---- who ---- */

static void word_target(struct words *words, const struct target_settings *target)
{
    words_set(words, WORD_TARGET, "%s", target->role);
    if (target->label && strcmp(target->label, target->role) != 0)
        words_set(words, WORD_LABEL, "%s", target->label);
}

static void word_record(struct words *words, const struct settings *settings, uint32_t record)
{
    const struct record_settings *of = &settings->records[record];
    char zone[DNAME_TEXT_MAX];
    dname_format(&settings->zones[of->zone].name, zone);
    words_set(words, WORD_RECORD, "%s", of->id);
    words_set(words, WORD_ZONE, "%s", zone);
    words_set(words, WORD_SERVER, "%s", settings->servers[settings->zones[of->zone].server].name);
    set_duration(words, WORD_WINDOW, of->flap_window_ms);
    static const char *const all_down[] = {
        [ALL_DOWN_KEEP] = "keep", [ALL_DOWN_PRIMARY] = "primary", [ALL_DOWN_FALLBACK] = "fallback"};
    words_set(words, WORD_ALL_DOWN, "%s", all_down[of->all_down]);
}

static void word_who(struct words *words, const struct settings *settings, const struct notice *notice)
{
    uint32_t value = notice->value, watch = notice->watch, record = notice->record;
    if (value >= settings->value_count && watch < settings->watch_count && settings->watches[watch].user_count > 0 &&
        record >= settings->record_count)
        value = settings->users[settings->watches[watch].user_first];
    const struct target_settings *target = target_at(settings, record, notice->target);
    if (value < settings->value_count) {
        target = &settings->targets[settings->values[value].target];
        char storage[DNAME_TEXT_MAX];
        struct text text = text_over(storage, sizeof storage);
        settings_value_format(settings, value, &text);
        words_set(words, WORD_ADDRESS, "%s", text.bytes);
        if (watch >= settings->watch_count)
            watch = settings->values[value].watch;
    }
    if (target) {
        word_target(words, target);
        if (record >= settings->record_count)
            record = target->record;
    }
    if (record < settings->record_count)
        word_record(words, settings, record);
    if (watch < settings->watch_count)
        words_set(words, WORD_CHECK, "%s", settings->checks[settings->watches[watch].check].name);
}

/* ---- what was seen ---- */

static void word_result(struct words *words, const struct notice *notice)
{
    char storage[128];
    struct text text = text_over(storage, sizeof storage);
    if (notice->code)
        text_addf(&text, "HTTP %u", (unsigned)notice->code);
    else
        text_add(&text, "answered");
    if (notice->latency_us >= 0) {
        text_add(&text, " in ");
        wording_add_latency(&text, notice->latency_us);
        words_set(words, WORD_LATENCY_USEC, "%" PRId32, notice->latency_us);
    }
    words_set(words, WORD_RESULT, "%s", text.bytes);
}

static void word_seen(struct words *words, const struct notice *notice)
{
    word_result(words, notice);
    if (notice->reason != REASON_NOT_PROBED)
        words_set(words, WORD_REASON, "%s", reason_name(notice->reason));
    if (notice->detail[0])
        words_set(words, WORD_DETAIL, "%s", notice->detail);
    else if (reason_verdict(notice->reason) == VERDICT_FAIL)
        words_set(words, WORD_DETAIL, "%s", reason_sentence(notice->reason));
    if (notice->streak) {
        words_set(words, WORD_STREAK, "%" PRIu32, notice->streak);
        set_count(words, WORD_FAILURES, notice->streak, "failure");
    }
    if (notice->threshold)
        words_set(words, WORD_THRESHOLD, "%" PRIu32, notice->threshold);
    if (notice->span_ms > 0)
        set_duration(words, WORD_SPAN, notice->span_ms);
    int64_t duration_ms = notice->kind == NOTICE_GAP ? notice->span_ms : notice->duration_ms;
    if (duration_ms >= 0) {
        set_duration(words, WORD_DURATION, duration_ms);
        words_set(words, WORD_DURATION_USEC, "%" PRId64, duration_ms * 1000);
    }
    if (notice->duration_ms > 0)
        set_duration(words, WORD_LASTED, notice->duration_ms);
    if (notice->next_ms >= 0)
        set_duration(words, WORD_NEXT, notice->next_ms);
}

/* ---- what was done ---- */

/* The addresses that were published, which need not be all of the target's (publish: healthy). */
static void word_published(struct words *words, const struct settings *settings, const struct engine *engine,
                           const struct notice *notice)
{
    const struct target_settings *to = target_at(settings, notice->record, notice->to);
    bool published = notice->kind == NOTICE_FAILOVER || notice->kind == NOTICE_FAIL_BACK ||
                     notice->kind == NOTICE_PUBLISHED || notice->kind == NOTICE_OWNED;
    if (!published || !to)
        return;
    const struct belief *belief = &engine_record(engine, notice->record)->txn.belief;
    char storage[512];
    struct text text = text_over(storage, sizeof storage);
    for (uint32_t i = 0; i < to->value_count; i++) {
        const struct rdata data = settings_value_data(settings, to->value_first + i);
        if (!rrset_holds(&belief->sets[0], &data) && !rrset_holds(&belief->sets[1], &data))
            continue;
        text_add(&text, text.length ? ", " : "");
        rdata_format(&data, &text);
    }
    if (text.length)
        words_set(words, WORD_TO_VALUES, "%s", text.bytes);
}

/* "A 192.0.2.10 192.0.2.11, AAAA 2001:db8::1": what we published last, as a person would put it back. */
static void word_sets(struct words *words, const struct engine *engine, uint32_t record)
{
    const struct belief *belief = &engine_record(engine, record)->txn.belief;
    char storage[512];
    struct text text = text_over(storage, sizeof storage);
    for (uint32_t i = 0; i < ARRAY_COUNT(belief->sets); i++) {
        if (belief->sets[i].count == 0)
            continue;
        text_add(&text, text.length ? ", " : "");
        rrset_format(&belief->sets[i], &text);
    }
    if (text.length && !text.truncated)
        words_set(words, WORD_SETS, "%s", text.bytes);
}

static void word_switch(struct words *words, const struct settings *settings, const struct notice *notice)
{
    if (notice->from != ID_NONE)
        words_set(words, WORD_FROM, "%s", place_name(settings, notice->record, notice->from));
    if (notice->cause)
        words_set(words, WORD_CAUSE, "%s", notice->manual ? "manual" : "health");
    if (notice->change)
        words_set(words, WORD_CHANGE, "%" PRIu64, notice->change);
    words_set(words, WORD_EPOCH, "%" PRIu64, notice->epoch);
    const struct target_settings *to = target_at(settings, notice->record, notice->to);
    if (!to)
        return;
    char storage[512];
    struct text text = text_over(storage, sizeof storage);
    words_set(words, WORD_TO, "%s", to->role);
    add_values(&text, settings, to, ", ");
    words_set(words, WORD_TO_VALUES, "%s", text.bytes);
}

/* "primary status", "retired": why the record was moved. */
static void word_why(struct words *words, const struct settings *settings, const struct notice *notice)
{
    const char *from = notice->from == ID_NONE ? "" : place_name(settings, notice->record, notice->from);
    if (notice->cause == DECISION_CURRENT_DOWN && notice->reason != REASON_NOT_PROBED)
        words_set(words, WORD_TEXT, "%s %s", from, reason_name(notice->reason));
    else if (notice->cause)
        words_set(words, WORD_TEXT, "%s", decision_reason_sentence(notice->cause));
}

/* "refused", "up", "unknown": the first address that is down speaks for the target. */
static const char *target_state(const struct settings *settings, const struct engine *engine,
                                const struct target_settings *target)
{
    const char *state = "up";
    for (uint32_t i = 0; i < target->value_count; i++) {
        uint32_t index = settings->values[target->value_first + i].watch;
        if (index == ID_NONE)
            continue;
        const struct watch *watch = engine_watch(engine, index);
        if (watch->health.state == HEALTH_DOWN)
            return reason_name(watch->last_failure.reason);
        if (watch->health.state == HEALTH_UNKNOWN)
            state = "unknown";
    }
    return state;
}

/* "primary refused, secondary timeout-connect"; the fallback is never probed. */
static void word_states(struct words *words, const struct settings *settings, const struct engine *engine,
                        uint32_t record)
{
    char storage[512];
    struct text text = text_over(storage, sizeof storage);
    for (uint32_t place = 0; target_at(settings, record, place); place++) {
        const struct target_settings *target = target_at(settings, record, place);
        if (!target->fallback)
            text_addf(&text, "%s%s %s", place > 0 ? ", " : "", target->role, target_state(settings, engine, target));
    }
    words_set(words, WORD_STATES, "%s", text.bytes);
}

/* Who speaks for the target of an address that cannot be judged, as long as there is somebody. */
static void word_others(struct words *words, const struct settings *settings, const struct engine *engine,
                        const struct notice *notice)
{
    const struct target_settings *target = target_at(settings, notice->record, notice->target);
    uint32_t judged = 0;
    for (uint32_t i = 0; target && i < target->value_count; i++) {
        uint32_t value = target->value_first + i, watch = settings->values[value].watch;
        if (value != notice->value && (watch == ID_NONE || engine_watch(engine, watch)->health.state != HEALTH_UNKNOWN))
            judged++;
    }
    if (judged > 0)
        words_set(words, WORD_OTHERS, "its other address%s", judged > 1 ? "es decide" : " decides");
}

/* What happens where nothing is healthy: all-down decides, and it may have no place to go. */
static void word_place(struct words *words, const struct settings *settings, const struct notice *notice)
{
    if (target_at(settings, notice->record, notice->to) && notice->to != notice->from)
        words_set(words, WORD_PLACE, "the answer becomes %s", place_name(settings, notice->record, notice->to));
    else if (notice->from != ID_NONE)
        words_set(words, WORD_PLACE, "the answer stays %s", place_name(settings, notice->record, notice->from));
    else
        words_set(words, WORD_PLACE, "the answer stays as it is");
}

static void word_count(struct words *words, const struct notice *notice)
{
    if (notice->kind == NOTICE_FLAPPING)
        set_count(words, WORD_COUNT_OF, notice->count, "time");
    else if (notice->kind == NOTICE_PROBES_LATE)
        set_count(words, WORD_COUNT_OF, notice->count, "probe");
    else if (notice->kind == NOTICE_CUT_OFF || notice->kind == NOTICE_CONNECTED || notice->kind == NOTICE_SERVED ||
             notice->kind == NOTICE_NOT_SERVED)
        words_set(words, WORD_COUNT_OF, "%" PRIu32 " of %" PRIu32, notice->count, notice->threshold);
}

void wording_of(struct words *words, const struct settings *settings, const struct engine *engine,
                const struct notice *notice, const char *user)
{
    words_clear(words);
    if (user)
        words_set(words, WORD_USER, "%s", user);
    word_who(words, settings, notice);
    word_seen(words, notice);
    word_switch(words, settings, notice);
    if (engine && notice->record < settings->record_count)
        word_published(words, settings, engine, notice);
    word_why(words, settings, notice);
    wording_of_update(words, notice);
    word_count(words, notice);
    word_place(words, settings, notice);
    if (engine && notice->record < settings->record_count) {
        word_states(words, settings, engine, notice->record);
        word_others(words, settings, engine, notice);
        word_sets(words, engine, notice->record);
    }
    wording_of_dns(words, settings, notice);
    if (notice->kind == NOTICE_SERVED && engine)
        wording_of_served(words, &engine_record(engine, notice->record)->verify);
    else if (notice->kind == NOTICE_NOT_SERVED)
        wording_of_not_served(words, notice);
    wording_of_condition(words, settings, notice);
}
