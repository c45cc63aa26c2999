/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under letters.
 * What:  the object of a message: every key, null where there is nothing.
 * Why:   a receiver that has met one message has met them all.
 */
#include "app/letter_body.h"

#include "app/render_json.h"
#include "core/record.h"
#include "core/watch.h"

#include <jansson.h>
#include <stdio.h>
#include <time.h>

static const char *word(const struct letter_facts *facts, enum word which)
{
    return facts->words ? facts->words->value[which] : NULL;
}

static json_t *time_of(int64_t wall_ms)
{
    char words[48];
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;
    if (!gmtime_r(&seconds, &parts))
        return json_null();
    size_t length = strftime(words, sizeof words, "%Y-%m-%dT%H:%M:%S", &parts);
    (void)snprintf(words + length, sizeof words - length, ".%03dZ", (int)(wall_ms % 1000));
    return json_string(words);
}

static json_t *addresses_of(const struct settings *settings, const struct target_settings *target)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < target->value_count; i++)
        json_array_append_new(list, render_json_value(settings, target->value_first + i));
    return list;
}

/* When what it is now began: of a target that is down with its first failure. */
static json_t *since_of(const struct letter_facts *facts, const struct tally *tally)
{
    mono_ms since = tally->state == HEALTH_DOWN ? tally->failing_start
                    : tally->state == HEALTH_UP ? tally->up_since
                                                : MONO_NEVER;
    if (since == MONO_NEVER || since == 0 || since > facts->now)
        return json_null();
    return render_json_utc(facts->wall_ms - (facts->now - since));
}

static json_t *target_object(const struct letter_facts *facts, uint32_t place)
{
    const struct record_settings *record = facts->record == ID_NONE ? NULL : &facts->settings->records[facts->record];
    if (!record || place >= record->target_count)
        return json_null();
    const struct target_settings *target = &facts->settings->targets[record->target_first + place];
    const struct tally *tally = &engine_record(facts->engine, facts->record)->targets[place];
    return json_pack("{s:s, s:o, s:o, s:s}", "target", target->role, "label", render_json_text(target->label),
                     "addresses", addresses_of(facts->settings, target), "state",
                     target->fallback ? "fallback" : health_state_name(tally->state));
}

/* In a row, of the watch that decided, while it is down. */
static json_t *failures_of(const struct letter_facts *facts)
{
    uint32_t watch = facts->notice ? facts->notice->watch : ID_NONE;
    if (watch >= facts->settings->watch_count)
        return json_null();
    const struct health *health = &engine_watch(facts->engine, watch)->health;
    return health->state == HEALTH_DOWN ? json_integer(health->streak) : json_null();
}

static json_t *from_object(const struct letter_facts *facts)
{
    json_t *object = target_object(facts, facts->from);
    if (!json_is_object(object))
        return object;
    const struct tally *tally = &engine_record(facts->engine, facts->record)->targets[facts->from];
    json_object_set_new(object, "check", render_json_text(word(facts, WORD_CHECK)));
    json_object_set_new(object, "reason", render_json_text(word(facts, WORD_REASON)));
    json_object_set_new(object, "detail", render_json_text(word(facts, WORD_DETAIL)));
    json_object_set_new(object, "since", since_of(facts, tally));
    json_object_set_new(object, "failures", failures_of(facts));
    return object;
}

static json_t *served(const struct record *record)
{
    switch (record->verify.state) {
    case VERIFY_SERVED:
        return json_true();
    case VERIFY_NONE:
        break;
    case VERIFY_WAITING:
    case VERIFY_ASKED:
        return record->verify.lags.active ? json_false() : json_null();
    }
    return json_null();
}

static json_t *dns_object(const struct letter_facts *facts)
{
    if (facts->record == ID_NONE)
        return json_null();
    const struct record_settings *record = &facts->settings->records[facts->record];
    const struct notice *notice = facts->notice;
    return json_pack("{s:s, s:o, s:o, s:I, s:o}", "server",
                     facts->settings->servers[facts->settings->zones[record->zone].server].name, "rcode",
                     render_json_text(word(facts, WORD_RCODE)), "serial",
                     notice && notice->has_serial ? json_integer(notice->serial) : json_null(), "ttl",
                     (json_int_t)record->ttl_s, "served", served(engine_record(facts->engine, facts->record)));
}

static json_t *zone_of(const struct letter_facts *facts)
{
    if (facts->record == ID_NONE)
        return json_null();
    char name[DNAME_TEXT_MAX];
    dname_format(&facts->settings->zones[facts->settings->records[facts->record].zone].name, name);
    return json_string(name);
}

json_t *letter_body(const struct letter_facts *facts)
{
    const struct notice *notice = facts->notice;
    const char *id = facts->record == ID_NONE ? NULL : facts->settings->records[facts->record].id;
    return json_pack(
        "{s:i, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "version", 1, "event", facts->event,
        "change", notice && notice->change ? json_integer((json_int_t)notice->change) : json_null(), "host",
        facts->host, "time", time_of(facts->wall_ms), "record", render_json_text(id), "zone", zone_of(facts), "cause",
        render_json_text(facts->cause), "from", from_object(facts), "to", target_object(facts, facts->to), "dns",
        dns_object(facts), "outage_seconds", facts->outage_ms < 0 ? json_null() : json_integer(facts->outage_ms / 1000),
        "text", facts->sentence);
}
