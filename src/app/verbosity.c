/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind POST /v1/log-level.
 * What:  sets the level, and sets it back.
 */
#include "app/verbosity.h"

#include "app/protocol.h"
#include "base/attributes.h"
#include "base/parse.h"

#include <jansson.h>
#include <string.h>

#define FOR_MOST_MS 86400000ULL

static const struct {
    const char *name;
    enum log_level level;
} levels[] = {{"error", LOG_LEVEL_ERROR},
              {"warning", LOG_LEVEL_WARNING},
              {"notice", LOG_LEVEL_NOTICE},
              {"info", LOG_LEVEL_INFO},
              {"debug", LOG_LEVEL_DEBUG}};

static const char *name_of(enum log_level level)
{
    for (size_t i = 0; i < ARRAY_COUNT(levels); i++)
        if (levels[i].level == level)
            return levels[i].name;
    return "crit";
}

/* `*ret_for_ms` 0: until something else is said. */
static bool read_body(const char *body, size_t length, enum log_level *ret_level, uint64_t *ret_for_ms,
                      struct error *err)
{
    json_t *object = json_loadb(body, length, JSON_REJECT_DUPLICATES, NULL);
    const char *level = json_string_value(json_object_get(object, "level"));
    const json_t *span = json_object_get(object, "for");
    const char *words = json_string_value(span);
    bool good = false;
    *ret_for_ms = 0;
    for (size_t i = 0; level && i < ARRAY_COUNT(levels); i++) {
        good = good || strcmp(levels[i].name, level) == 0;
        *ret_level = strcmp(levels[i].name, level) == 0 ? levels[i].level : *ret_level;
    }
    good = good && json_object_size(object) == (span ? 2u : 1u);
    if (!good)
        error_set(err, ERROR_SYNTAX, "the level of the log is error, warning, notice, info or debug");
    else if (span &&
             (!words || !parse_duration_ms(words, ret_for_ms, err) || *ret_for_ms == 0 || *ret_for_ms > FOR_MOST_MS)) {
        error_set(err, ERROR_RANGE, "for is a time of at most 24h, as 10m");
        good = false;
    }
    json_decref(object);
    return good;
}

void verbosity_request(struct commands *commands, const struct api_request *request, uint32_t which, const char *user,
                       mono_ms now)
{
    (void)which;
    struct verbosity *verbosity = &commands->verbosity;
    struct report *report = commands->errands.hands->report;
    enum log_level level = LOG_LEVEL_INFO;
    uint64_t for_ms;
    struct error err = {0};
    if (!read_body(request->body, request->body_length, &level, &for_ms, &err)) {
        commands_refuse(commands, request->ticket, user, "log-level", ID_NONE, 400, err.text);
        return;
    }
    if (verbosity->until == 0)
        verbosity->usual = log_level_now();
    struct text words = text_over(verbosity->words, sizeof verbosity->words);
    struct text name = text_over(verbosity->user, sizeof verbosity->user);
    text_addf(&words, "log-level %s%s", name_of(level), for_ms ? " for " : "");
    if (for_ms)
        text_add_duration(&words, (int64_t)for_ms);
    text_add(&name, user);
    report_command(report, ID_NONE, user, verbosity->words, "done");
    log_set_level(level);
    verbosity->until = for_ms ? mono_after(now, (uint32_t)for_ms) : 0;
    answer_object(commands->errands.api, request->ticket, 200,
                  json_pack("{s:i, s:s, s:s}", "version", PROTOCOL_VERSION, "level", name_of(level), "usual",
                            name_of(for_ms ? verbosity->usual : level)));
}

void verbosity_usual(struct commands *commands, enum log_level level)
{
    if (commands->verbosity.until == 0)
        log_set_level(level);
    else
        commands->verbosity.usual = level;
}

mono_ms verbosity_deadline(const struct commands *commands)
{
    return commands->verbosity.until == 0 ? MONO_NEVER : commands->verbosity.until;
}

/* Before it is told: a level that is quieter than that line must not swallow it. */
void verbosity_wake(struct commands *commands, mono_ms now)
{
    struct verbosity *verbosity = &commands->verbosity;
    char end[64];
    if (verbosity->until == 0 || verbosity->until > now)
        return;
    struct text words = text_over(end, sizeof end);
    log_set_level(verbosity->usual);
    verbosity->until = 0;
    text_addf(&words, "its time is over: %s again", name_of(verbosity->usual));
    report_command(commands->errands.hands->report, ID_NONE, verbosity->user, verbosity->words, words.bytes);
}
