/* SPDX-License-Identifier: MIT */
/*
 * Where: io; written by app, carried by notifier and courier.
 * What:  the life of a message, its object as text, and one object for many.
 */
#include "io/letter.h"

#include "model/limits.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SENTENCE_MAX 2048
#define NAMED_MOST   5 /* records that the sentence of a digest names */

struct letter *letter_new(const char *key, int64_t born_wall_ms, json_t *body)
{
    struct letter *letter = calloc(1, sizeof *letter);
    if (!letter || !body)
        abort();
    *letter = (struct letter){.uses = 1, .subject = ID_NONE, .born_wall_ms = born_wall_ms, .body = body};
    struct text words = text_over(letter->key, sizeof letter->key);
    text_add(&words, key);
    return letter;
}

struct letter *letter_share(struct letter *letter)
{
    letter->uses++;
    return letter;
}

void letter_free(struct letter *letter)
{
    if (!letter || --letter->uses > 0)
        return;
    json_decref(letter->body);
    free(letter);
}

static const char *text_or_empty(const json_t *value)
{
    const char *words = json_string_value(value);
    return words ? words : "";
}

const char *letter_text(const struct letter *letter, const char *key)
{
    return text_or_empty(json_object_get(letter->body, key));
}

const char *letter_text_in(const struct letter *letter, const char *object, const char *key)
{
    return text_or_empty(json_object_get(json_object_get(letter->body, object), key));
}

static void add_utc(struct text *out, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;
    char words[40];
    if (gmtime_r(&seconds, &parts) && strftime(words, sizeof words, "%Y-%m-%d %H:%M:%S UTC", &parts) > 0)
        text_add(out, words);
}

void letter_sentence(const struct letter *letter, int64_t wall_ms, struct text *out)
{
    text_add(out, letter_text(letter, "text"));
    if (wall_ms - letter->born_wall_ms < LETTER_LATE_MS)
        return;
    text_add(out, " (told late: it happened at ");
    add_utc(out, letter->born_wall_ms);
    text_add(out, ", ");
    text_add_duration(out, wall_ms - letter->born_wall_ms);
    text_add(out, " ago)");
}

static char *dump(json_t *object, size_t *ret_length)
{
    char *words = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (!words)
        abort();
    *ret_length = strlen(words);
    return words;
}

char *letter_json(const struct letter *letter, int64_t wall_ms, size_t *ret_length)
{
    char storage[SENTENCE_MAX];
    struct text sentence = text_over(storage, sizeof storage);
    letter_sentence(letter, wall_ms, &sentence);
    json_t *object = json_copy(letter->body);
    json_object_set_new(object, "text", json_stringn_nocheck(sentence.bytes, sentence.length));
    return dump(object, ret_length);
}

char *letter_slack(const struct letter *letter, int64_t wall_ms, size_t *ret_length)
{
    char storage[2 * SENTENCE_MAX];
    struct text words = text_over(storage, sizeof storage);
    letter_for_people(letter, wall_ms, &words);
    return dump(json_pack("{s:s#}", "text", words.bytes, words.length), ret_length);
}

/* ---- many as one ------------------------------------------------------------------------------------------------- */

static const char *done_to(const char *event)
{
    return strcmp(event, "failover") == 0 ? "FAILED OVER" : strcmp(event, "fail-back") == 0 ? "returned" : event;
}

/* "990 records FAILED OVER", or "990 messages in one: 80 records FAILED OVER, 20 returned among the first 100" */
static void add_counts(struct text *out, struct letter *const *letters, uint32_t at_hand, uint32_t count)
{
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < at_hand; i++) {
        const char *event = letter_text(letters[i], "event");
        uint32_t alike = 0, before = 0;
        for (uint32_t k = 0; k < at_hand; k++) {
            bool same = strcmp(letter_text(letters[k], "event"), event) == 0;
            alike += same;
            before += same && k < i;
        }
        if (before > 0)
            continue;
        bool alone = alike == at_hand;
        if (!alone && kinds == 0)
            text_addf(out, "%" PRIu32 " messages in one: ", count);
        text_addf(out, "%s%" PRIu32 "%s %s", kinds++ > 0 ? ", " : "", alone ? count : alike, alone ? " records" : "",
                  done_to(event));
    }
    if (kinds > 1 && count > at_hand)
        text_addf(out, " among the first %" PRIu32, at_hand);
}

static void add_names(struct text *out, struct letter *const *letters, uint32_t at_hand, uint32_t count)
{
    uint32_t shown = at_hand < NAMED_MOST ? at_hand : NAMED_MOST;
    for (uint32_t i = 0; i < shown; i++)
        text_addf(out, "%s%s", i == 0 ? ": " : ", ", letter_text(letters[i], "record"));
    if (count > shown)
        text_addf(out, " and %" PRIu32 " more", count - shown);
}

static json_t *listed(const struct letter *letter)
{
    json_t *from = json_object_get(json_object_get(letter->body, "from"), "target");
    json_t *to = json_object_get(json_object_get(letter->body, "to"), "target");
    return json_pack("{s:O?, s:O?, s:O?, s:O?, s:O?}", "record", json_object_get(letter->body, "record"), "event",
                     json_object_get(letter->body, "event"), "change", json_object_get(letter->body, "change"), "from",
                     from, "to", to);
}

struct letter *letter_digest(const char *key, int64_t wall_ms, struct letter *const *letters, uint32_t at_hand,
                             uint32_t count)
{
    json_t *body = json_deep_copy(letters[0]->body), *records = json_array();
    static const char *const none[] = {"change", "record", "zone", "cause", "from", "to", "outage_seconds"};
    char storage[SENTENCE_MAX];
    struct text words = text_over(storage, sizeof storage);
    for (uint32_t i = 0; i < at_hand; i++)
        json_array_append_new(records, listed(letters[i]));
    add_counts(&words, letters, at_hand, count);
    add_names(&words, letters, at_hand, count);
    json_object_set_new(body, "event", json_string("digest"));
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        json_object_set_new(body, none[i], json_null());
    json_object_set_new(body, "dns", json_null());
    json_object_set_new(body, "count", json_integer(count));
    json_object_set_new(body, "records", records);
    json_object_set_new(body, "text", json_stringn_nocheck(words.bytes, words.length));
    return letter_new(key, wall_ms, body);
}
