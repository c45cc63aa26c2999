/* SPDX-License-Identifier: MIT */
/*
 * Where: io, beside letter.
 * What:  a message for people (chat, mail) and for programs (environment).
 * Why:   a mail's headers are lines: what goes into one passes the sanitiser, whoever wrote it.
 */
#include "io/letter.h"

#include "io/child.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WORDS_MAX      4096
#define VARIABLES_MOST 24
#define VARIABLES_ROOM 16384
#define SUBJECT_MAX    200

static const json_t *in(const struct letter *letter, const char *object, const char *key)
{
    const json_t *outer = object ? json_object_get(letter->body, object) : letter->body;
    return json_object_get(outer, key);
}

/* Numbers and texts as they are, of lists as many as fit, as half an address would be a wrong one; null is nothing. */
static void add_value(struct text *out, const json_t *value, const char *between)
{
    if (json_is_integer(value))
        text_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_string(value))
        text_add(out, json_string_value(value));
    for (size_t i = 0; i < json_array_size(value) && !out->truncated; i++) {
        size_t whole = out->length;
        text_add(out, i > 0 ? between : "");
        add_value(out, json_array_get(value, i), between);
        if (out->truncated)
            out->bytes[out->length = whole] = '\0';
    }
}

/* ---- people ------------------------------------------------------------------------------------------------------ */

/* `before` and the text, if there is one. */
static void add_if(struct text *out, const char *before, const char *words)
{
    if (words[0])
        text_addf(out, "%s%s", before, words);
}

static void add_target(struct text *out, const struct letter *letter, const char *side, const char *title)
{
    const char *target = letter_text_in(letter, side, "target");
    const json_t *failures = in(letter, side, "failures");
    if (!target[0])
        return;
    text_addf(out, "\n%s%s", title, target);
    add_if(out, " ", letter_text_in(letter, side, "label"));
    text_add(out, " (");
    add_value(out, in(letter, side, "addresses"), ", ");
    text_add(out, ")");
    add_if(out, " is ", letter_text_in(letter, side, "state"));
    add_if(out, " since ", letter_text_in(letter, side, "since"));
    add_if(out, ": ", letter_text_in(letter, side, "reason"));
    add_if(out, ", ", letter_text_in(letter, side, "detail"));
    if (json_integer_value(failures) > 0)
        text_addf(out, "; %" JSON_INTEGER_FORMAT " failures in a row", json_integer_value(failures));
    add_if(out, " of check ", letter_text_in(letter, side, "check"));
}

static void add_dns(struct text *out, const struct letter *letter)
{
    const char *server = letter_text_in(letter, "dns", "server");
    const json_t *serial = in(letter, "dns", "serial"), *ttl = in(letter, "dns", "ttl");
    if (!server[0])
        return;
    text_addf(out, "\nDNS:  %s", server);
    add_if(out, " ", letter_text_in(letter, "dns", "rcode"));
    if (json_is_integer(serial))
        text_addf(out, ", serial %" JSON_INTEGER_FORMAT, json_integer_value(serial));
    if (json_is_integer(ttl)) {
        text_add(out, "; caches may keep the old answer ");
        text_add_duration(out, json_integer_value(ttl) * 1000);
    }
}

static void add_records(struct text *out, const struct letter *letter)
{
    const json_t *records = in(letter, NULL, "records");
    for (size_t i = 0; i < json_array_size(records) && i < 20; i++) {
        const json_t *record = json_array_get(records, i);
        const char *name = json_string_value(json_object_get(record, "record"));
        const char *from = json_string_value(json_object_get(record, "from"));
        const char *to = json_string_value(json_object_get(record, "to"));
        text_addf(out, "\n%s %s -> %s", name ? name : "", from ? from : "none", to ? to : "none");
    }
    if (json_array_size(records) > 20)
        text_add(out, "\n…");
}

void letter_for_people(const struct letter *letter, int64_t wall_ms, struct text *out)
{
    const json_t *outage = in(letter, NULL, "outage_seconds"), *change = in(letter, NULL, "change");
    letter_sentence(letter, wall_ms, out);
    add_target(out, letter, "from", "from: ");
    add_target(out, letter, "to", "to:   ");
    add_dns(out, letter);
    if (json_is_integer(outage)) {
        text_add(out, "\nit lasted ");
        text_add_duration(out, json_integer_value(outage) * 1000);
    }
    add_records(out, letter);
    text_addf(out, "\n%s on %s", letter_text(letter, "time"), letter_text(letter, "host"));
    if (json_is_integer(change))
        text_addf(out, ", change %" JSON_INTEGER_FORMAT, json_integer_value(change));
}

/* ---- mail -------------------------------------------------------------------------------------------------------- */

/* "www.example.com FAILED OVER to secondary (refused)" */
static void add_subject(struct text *out, const struct letter *letter)
{
    const char *event = letter_text(letter, "event"), *record = letter_text(letter, "record");
    const char *to = letter_text_in(letter, "to", "target"), *reason = letter_text_in(letter, "from", "reason");
    char storage[SUBJECT_MAX];
    struct text words = text_over(storage, sizeof storage);
    if (strcmp(event, "failover") == 0 && to[0]) {
        text_addf(&words, "%s FAILED OVER to %s", record, to);
        if (reason[0])
            text_addf(&words, " (%s)", reason);
    } else if (strcmp(event, "fail-back") == 0 && to[0]) {
        text_addf(&words, "%s returned to %s", record, to);
    } else {
        text_add(&words, letter_text(letter, "text"));
    }
    text_add_foreign(out, words.bytes, words.length);
}

static void add_date(struct text *out, int64_t wall_ms)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc;
    if (gmtime_r(&seconds, &utc))
        text_addf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\n", days + 3 * utc.tm_wday, utc.tm_mday,
                  months + 3 * utc.tm_mon, utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

/* The date is that of what happened; when it was sent the mail servers on its way say. */
void letter_mail(const struct letter *letter, int64_t wall_ms, const char *const *addresses, struct text *out)
{
    char storage[WORDS_MAX], host_storage[300];
    struct text words = text_over(storage, sizeof storage), host = text_over(host_storage, sizeof host_storage);
    const char *name = letter_text(letter, "host");
    text_add_foreign(&host, name, strlen(name));
    text_addf(out, "From: repointd on %s <repointd@%s>\nTo: ", host.bytes, host.bytes);
    for (uint32_t i = 0; addresses[i]; i++)
        text_addf(out, "%s%s", i > 0 ? ",\n " : "", addresses[i]);
    text_addf(out, "\nSubject: [repointd %s] ", host.bytes);
    add_subject(out, letter);
    text_add(out, "\n");
    add_date(out, letter->born_wall_ms);
    text_addf(out, "Message-ID: <%s@%s>\n", letter->key, host.bytes);
    if (letter->thread[0] && strcmp(letter->thread, letter->key) != 0)
        text_addf(out, "In-Reply-To: <%s@%s>\nReferences: <%s@%s>\n", letter->thread, host.bytes, letter->thread,
                  host.bytes);
    text_add(out, "Auto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
                  "Content-Transfer-Encoding: 8bit\n\n");
    letter_for_people(letter, wall_ms, &words);
    text_add(out, words.bytes);
    text_add(out, "\n");
}

/* ---- programs ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *object, *key;
} variables[] = {
    {"EVENT", NULL, "event"},
    {"RECORD", NULL, "record"},
    {"ZONE", NULL, "zone"},
    {"FROM", "from", "target"},
    {"TO", "to", "target"},
    {"CAUSE", NULL, "cause"},
    {"REASON", "from", "reason"},
    {"DETAIL", "from", "detail"},
    {"CHECK", "from", "check"},
    {"FROM_ADDRESSES", "from", "addresses"},
    {"TO_ADDRESSES", "to", "addresses"},
    {"RCODE", "dns", "rcode"},
    {"SERIAL", "dns", "serial"},
    {"CHANGE", NULL, "change"},
    {"SINCE", "from", "since"},
    {"OUTAGE_SECONDS", NULL, "outage_seconds"},
    {"HOST", NULL, "host"},
};

static char *add_word(struct text *all, const char *name, const char *value)
{
    char *start = all->bytes + all->length;
    text_addf(all, "%s%s", name, value);
    if (all->length + 1 < all->capacity)
        all->length++; /* the NUL stays between this and the next */
    return start;
}

char **letter_environment(const struct letter *letter, int64_t wall_ms)
{
    size_t list = VARIABLES_MOST * sizeof(char *);
    char **words = malloc(list + VARIABLES_ROOM), storage[WORDS_MAX];
    uint32_t count = 0;
    if (!words)
        abort();
    struct text all = text_over((char *)words + list, VARIABLES_ROOM);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        struct text value = text_over(storage, sizeof storage);
        char name[40];
        add_value(&value, in(letter, variables[i].object, variables[i].key), " ");
        (void)snprintf(name, sizeof name, "REPOINT_%s=", variables[i].name);
        words[count++] = add_word(&all, name, value.bytes);
    }
    struct text sentence = text_over(storage, sizeof storage);
    letter_sentence(letter, wall_ms, &sentence);
    words[count++] = add_word(&all, "REPOINT_TEXT=", sentence.bytes);
    words[count++] = add_word(&all, CHILD_PATH, "");
    words[count++] = add_word(&all, CHILD_LANG, "");
    words[count] = NULL;
    return words;
}
