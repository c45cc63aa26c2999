/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind override_commands.
 * What:  JSON to one typed request.
 */
#include "app/override_request.h"

#include "base/attributes.h"
#include "base/parse.h"

#include <jansson.h>
#include <string.h>

#define FOR_MOST_MS (UINT64_C(366) * 24 * 3600 * 1000)

static const struct {
    const char *name, *subject; /* the key of its subject */
    const char *keys;           /* those it knows beside that, each between blanks */
} verbs[] = {
    [VERB_FAILOVER] = {"failover", "record", " to for reason force no_wait "},
    [VERB_FAIL_BACK] = {"failback", "record", " no_wait "},
    [VERB_DRAIN] = {"drain", "subject", " for reason force no_wait "},
    [VERB_HOLD] = {"hold", "record", " all for reason no_wait "},
    [VERB_RELEASE] = {"release", "subject", " all no_wait "},
};

const char *override_verb_name(enum override_verb verb)
{
    return verbs[verb].name;
}

static bool knows_its_keys(json_t *object, enum override_verb verb, struct error *err)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        char padded[24];
        struct text text = text_over(padded, sizeof padded);
        text_addf(&text, " %s ", key);
        if (strcmp(key, verbs[verb].subject) == 0 ||
            (!text.truncated && !strchr(key, ' ') && strstr(verbs[verb].keys, padded)))
            continue;
        struct text foreign = text_over(padded, sizeof padded);
        text_add_foreign(&foreign, key, strlen(key));
        error_set(err, ERROR_SYNTAX, "%s knows no key '%s'", verbs[verb].name, foreign.bytes);
        return false;
    }
    return true;
}

/* A name of something that may be there. */
static bool take_name(const json_t *object, const char *key, char ret[OVERRIDE_NAME_MAX], struct error *err)
{
    const json_t *value = json_object_get(object, key);
    const char *words = json_string_value(value);
    size_t length = json_string_length(value), printable = 0;
    if (!value)
        return true;
    while (words && printable < length && words[printable] > ' ' && words[printable] <= '~')
        printable++;
    if (words && length > 0 && printable == length && length < OVERRIDE_NAME_MAX) {
        memcpy(ret, words, length + 1);
        return true;
    }
    error_set(err, ERROR_SYNTAX, "'%s' is a name of at most %d printable letters, without blanks", key,
              OVERRIDE_NAME_MAX - 1);
    return false;
}

/* Text that was typed: sanitised and cut, since it goes into lines, files and pages. */
static bool take_reason(const json_t *object, char ret[OVERRIDE_REASON_MAX + 1], struct error *err)
{
    const json_t *value = json_object_get(object, "reason");
    struct text text = text_over(ret, OVERRIDE_REASON_MAX + 1);
    if (value && !json_is_string(value)) {
        error_set(err, ERROR_SYNTAX, "'reason' is a text");
        return false;
    }
    if (value)
        text_add_foreign(&text, json_string_value(value), json_string_length(value));
    return true;
}

static bool take_switch(const json_t *object, const char *key, bool *ret, struct error *err)
{
    const json_t *value = json_object_get(object, key);
    *ret = json_is_true(value);
    if (!value || json_is_boolean(value))
        return true;
    error_set(err, ERROR_SYNTAX, "'%s' is true or false", key);
    return false;
}

static bool take_duration(const json_t *object, uint64_t *ret, struct error *err)
{
    const json_t *value = json_object_get(object, "for");
    const char *words = json_string_value(value);
    if (!value)
        return true;
    if (words && parse_duration_ms(words, ret, NULL) && *ret >= 1000 && *ret <= FOR_MOST_MS)
        return true;
    error_set(err, ERROR_RANGE, "'for' is a duration with its unit, from 1s to 366d, as \"2h\"");
    return false;
}

static void write_words(struct override_request *request)
{
    struct text words = text_over(request->words, sizeof request->words);
    text_addf(&words, "%s %s", verbs[request->verb].name, request->all ? "--all" : request->subject);
    if (request->target[0])
        text_addf(&words, " --to %s", request->target);
    if (request->for_ms != 0) {
        text_add(&words, " --for ");
        text_add_duration(&words, (int64_t)request->for_ms);
    }
    text_add(&words, request->force ? " --force" : "");
    if (request->reason[0])
        text_addf(&words, " --reason \"%s\"", request->reason);
}

static bool read_object(json_t *object, struct override_request *ret, struct error *err)
{
    const char *key = verbs[ret->verb].subject;
    if (!knows_its_keys(object, ret->verb, err) || !take_name(object, key, ret->subject, err) ||
        !take_name(object, "to", ret->target, err) || !take_reason(object, ret->reason, err) ||
        !take_duration(object, &ret->for_ms, err) || !take_switch(object, "all", &ret->all, err) ||
        !take_switch(object, "force", &ret->force, err) || !take_switch(object, "no_wait", &ret->no_wait, err))
        return false;
    if (ret->all == (ret->subject[0] != '\0')) {
        error_set(err, ERROR_SYNTAX, ret->all ? "'all' goes without '%s'" : "'%s' is missing", key);
        return false;
    }
    if (ret->all)
        (void)memcpy(ret->subject, OVERRIDE_ALL, sizeof OVERRIDE_ALL);
    return true;
}

bool override_request_read(enum override_verb verb, const char *body, size_t length, struct override_request *ret,
                           struct error *err)
{
    *ret = (struct override_request){.verb = verb};
    struct text words = text_over(ret->words, sizeof ret->words);
    text_add(&words, verbs[verb].name);
    json_t *object = json_loadb(body, length, JSON_REJECT_DUPLICATES, NULL);
    bool good = json_is_object(object);
    if (!good)
        error_set(err, ERROR_SYNTAX, "the body is no JSON object");
    good = good && read_object(object, ret, err);
    if (good)
        write_words(ret);
    json_decref(object);
    return good;
}
