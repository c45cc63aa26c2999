/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between the engine and the status page.
 * What:  the memory behind the bars and the latency lines.
 * Why:   states are looked at every ten seconds, and at once when a notice tells of a change: the engine's events need
 *        no second bookkeeping, and a target that nobody hears of costs a few nanoseconds a round. An hour is kept in
 *        two octets and a minute in one: a graph a few pixels high shows no more.
 */
#include "app/trends_parts.h"

#include "core/record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ROUND_MS  10000
#define SLICE     4096  /* targets a call */
#define CREDIT_MS 30000 /* a look speaks for no longer than this */
#define HOUR_MS   3600000
#define MINUTE_MS 60000
#define UNIT_US   16 /* the shortest latency that is told from none */

static_assert(sizeof(struct trend_target) <= TRENDS_TARGET_OCTETS, "what the header promises");
static_assert(sizeof(struct trend_watch) <= TRENDS_WATCH_OCTETS, "what the header promises");

struct trends *trends_new(const struct settings *settings)
{
    struct trends *trends = calloc(1, sizeof *trends);
    if (!trends)
        abort();
    *trends = (struct trends){.settings = settings,
                              .targets = calloc(settings->target_count + 1u, sizeof *trends->targets),
                              .watches = calloc(settings->watch_count + 1u, sizeof *trends->watches),
                              .due = settings->target_count > 0 ? 0 : MONO_NEVER};
    if (!trends->targets || !trends->watches)
        abort();
    for (uint32_t i = 0; i < settings->target_count; i++)
        trends->targets[i].at = MONO_NEVER;
    return trends;
}

void trends_free(struct trends *trends)
{
    if (!trends)
        return;
    free(trends->targets);
    free(trends->watches);
    free(trends);
}

/* ---- hours ---- */

/* Of what was seen at all something stays to be seen, and no more than the hour has. */
static uint8_t shares_of(uint32_t span_ms, uint32_t room)
{
    uint32_t shares = (span_ms * TRENDS_SHARES + HOUR_MS / 2) / HOUR_MS;
    if (span_ms > 0 && shares == 0)
        shares = 1;
    return (uint8_t)(shares < room ? shares : room);
}

void trend_target_advance(struct trend_target *target, uint32_t hour)
{
    if (target->hour == hour)
        return;
    /* A clock that was set back by more than an hour has told wrong hours until now, or does so from now on. */
    if (target->hour == 0 || hour < target->hour || hour - target->hour >= TRENDS_HOURS) {
        memset(target->up, 0, sizeof target->up);
        memset(target->down, 0, sizeof target->down);
    } else {
        uint32_t place = target->hour % TRENDS_HOURS;
        target->down[place] = shares_of(target->down_ms, TRENDS_SHARES);
        target->up[place] = shares_of(target->up_ms, TRENDS_SHARES - target->down[place]);
        for (uint32_t between = target->hour + 1; between <= hour; between++)
            target->up[between % TRENDS_HOURS] = target->down[between % TRENDS_HOURS] = 0;
    }
    target->hour = hour;
    target->up_ms = target->down_ms = 0;
}

static void add_span(struct trend_target *target, int64_t span_ms)
{
    int64_t room = (int64_t)HOUR_MS - target->up_ms - target->down_ms;
    uint32_t span = (uint32_t)(span_ms < room ? span_ms : room);
    if (target->state == HEALTH_UP)
        target->up_ms += span;
    else if (target->state == HEALTH_DOWN)
        target->down_ms += span;
}

static void look(struct trend_target *target, enum health_state state, mono_ms now, int64_t wall_ms)
{
    uint32_t hour = (uint32_t)(wall_ms / HOUR_MS);
    int64_t span_ms = target->at <= now ? now - target->at : 0;
    int64_t into_ms = wall_ms % HOUR_MS; /* the hour */
    span_ms = span_ms < CREDIT_MS ? span_ms : CREDIT_MS;
    if (target->hour == hour + 1)
        hour = target->hour; /* the clock was set back a little: this hour lasts longer */
    if (target->hour != hour && target->hour != 0 && span_ms > into_ms)
        add_span(target, span_ms - into_ms);
    if (target->hour != hour)
        span_ms = span_ms < into_ms ? span_ms : into_ms;
    trend_target_advance(target, hour);
    add_span(target, span_ms);
    target->state = (uint8_t)state;
    target->at = now;
}

static void look_at(struct trends *trends, const struct engine *engine, uint32_t index, mono_ms now, int64_t wall_ms)
{
    const struct record *record = engine_record(engine, trends->settings->targets[index].record);
    look(&trends->targets[index], record->targets[index - record->settings->target_first].state, now, wall_ms);
}

void trends_look(struct trends *trends, const struct engine *engine, mono_ms now, int64_t wall_ms)
{
    if (trends->due > now || wall_ms < HOUR_MS)
        return;
    uint32_t count = trends->settings->target_count;
    uint32_t end = count - trends->next > SLICE ? trends->next + SLICE : count;
    while (trends->next < end)
        look_at(trends, engine, trends->next++, now, wall_ms);
    if (trends->next < count)
        return;
    trends->next = 0;
    trends->due = mono_after(now, ROUND_MS);
}

mono_ms trends_deadline(const struct trends *trends)
{
    return trends->due;
}

void trends_note(struct trends *trends, const struct engine *engine, const struct notice *notice, mono_ms now,
                 int64_t wall_ms)
{
    bool tells = notice->kind == NOTICE_TARGET_UP || notice->kind == NOTICE_TARGET_DOWN ||
                 notice->kind == NOTICE_TARGET_UNKNOWN;
    if (tells && notice->value < trends->settings->value_count && wall_ms >= HOUR_MS)
        look_at(trends, engine, trends->settings->values[notice->value].target, now, wall_ms);
}

struct trend_hour trends_hour(const struct trends *trends, uint32_t target, uint32_t hour)
{
    const struct trend_target *of = &trends->targets[target];
    if (of->hour == 0 || hour > of->hour || of->hour - hour >= TRENDS_HOURS)
        return (struct trend_hour){.up_s = 0};
    if (hour == of->hour)
        return (struct trend_hour){.up_s = (uint16_t)((of->up_ms + 500) / 1000),
                                   .down_s = (uint16_t)((of->down_ms + 999) / 1000)};
    uint32_t up = of->up[hour % TRENDS_HOURS], down = of->down[hour % TRENDS_HOURS];
    return (struct trend_hour){.up_s = (uint16_t)(up * TRENDS_HOUR_S / TRENDS_SHARES),
                               .down_s = (uint16_t)(down * TRENDS_HOUR_S / TRENDS_SHARES)};
}

/* ---- minutes ---- */

/* Eight steps an octave above UNIT_US, from 1. */
static uint8_t code_of(int32_t us)
{
    uint32_t value = us < UNIT_US ? 1 : (uint32_t)us / UNIT_US, octave = 0;
    while (value >> (octave + 1) != 0)
        octave++;
    uint32_t step = (uint32_t)(((uint64_t)value << 3) >> octave) & 7;
    return (uint8_t)(1 + octave * 8 + step);
}

/* The middle of what has this code. */
static int32_t us_of(uint8_t code)
{
    uint32_t octave = (code - 1u) / 8, step = (code - 1u) % 8;
    uint64_t low = ((uint64_t)(8 + step) << octave) * UNIT_US / 8, width = ((uint64_t)UNIT_US << octave) / 8;
    uint64_t us = low + width / 2;
    return us > INT32_MAX ? INT32_MAX : (int32_t)us;
}

void trend_watch_advance(struct trend_watch *watch, uint32_t minute)
{
    if (watch->minute == minute)
        return;
    bool far = watch->minute == 0 || minute < watch->minute || minute - watch->minute >= TRENDS_MINUTES;
    for (uint32_t phase = 0; phase < TREND_PHASES; phase++) {
        if (far)
            memset(watch->slowest[phase], 0, TRENDS_MINUTES);
        for (uint32_t between = far ? minute : watch->minute + 1; between <= minute; between++)
            watch->slowest[phase][between % TRENDS_MINUTES] = 0;
    }
    watch->minute = minute;
}

void trends_probe(struct trends *trends, uint32_t watch, const struct probe_report *report, int64_t wall_ms)
{
    if (watch >= trends->settings->watch_count || report->verdict == VERDICT_LOCAL || wall_ms < HOUR_MS)
        return;
    struct trend_watch *of = &trends->watches[watch];
    uint32_t minute = (uint32_t)(wall_ms / MINUTE_MS);
    if (of->minute == minute + 1)
        minute = of->minute;
    trend_watch_advance(of, minute);
    uint32_t place = minute % TRENDS_MINUTES;
    uint8_t *total = &of->slowest[TREND_TOTAL][place];
    if (report->verdict == VERDICT_FAIL) {
        *total = *total == 0 ? TRENDS_FAILED : *total;
        return;
    }
    const struct phase_times *times = &report->phases;
    const int32_t us[TREND_PHASES] = {[TREND_TOTAL] = times->total_us,
                                      [TREND_CONNECT] = times->connect_us,
                                      [TREND_TLS] = times->tls_us,
                                      [TREND_FIRST_BYTE] = times->first_byte_us};
    if (times->total_us < 0 || (*total != TRENDS_FAILED && code_of(times->total_us) < *total))
        return;
    for (uint32_t phase = 0; phase < TREND_PHASES; phase++)
        of->slowest[phase][place] = us[phase] < 0 ? 0 : code_of(us[phase]);
}

int32_t trends_minute_us(const struct trends *trends, uint32_t watch, enum trend_phase phase, uint32_t minute)
{
    const struct trend_watch *of = &trends->watches[watch];
    if (of->minute == 0 || minute > of->minute || of->minute - minute >= TRENDS_MINUTES)
        return TREND_NONE;
    uint8_t code = of->slowest[phase][minute % TRENDS_MINUTES];
    return code == 0 ? TREND_NONE : code == TRENDS_FAILED ? TREND_FAILED : us_of(code);
}

/* ---- another configuration ---- */

static void adopt_target(struct trends *fresh, const struct trends *old, uint32_t index, uint32_t former)
{
    const struct settings *settings = old->settings;
    const struct record_settings *record = &settings->records[former];
    for (uint32_t place = 0; place < record->target_count; place++) {
        uint32_t of = record->target_first + place;
        if (strcmp(settings->targets[of].role, fresh->settings->targets[index].role) == 0)
            fresh->targets[index] = old->targets[of];
    }
}

void trends_adopt(struct trends *fresh, const struct trends *old, const uint32_t *watches, const uint32_t *records)
{
    for (uint32_t i = 0; i < fresh->settings->watch_count; i++)
        if (watches[i] != ID_NONE)
            fresh->watches[i] = old->watches[watches[i]];
    for (uint32_t i = 0; i < fresh->settings->target_count; i++) {
        uint32_t record = records[fresh->settings->targets[i].record];
        if (record != ID_NONE)
            adopt_target(fresh, old, i, record);
    }
}
