/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between report (what is told) and io/notifier (who carries it).
 * What:  which notices are messages, who hears of them, what their sentence is.
 * Why:   the sentence is the catalogue's, but for a switch: there the log line says more than a telephone can show.
 */
#include "app/letters.h"

#include "app/letter_body.h"
#include "app/render_json.h"
#include "app/wording.h"
#include "base/names.h"
#include "core/policy.h"
#include "io/loop.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SENTENCE_MAX 1024

/* ---- which, and to whom ---- */

enum notify_event letters_event_of(const struct notice *notice)
{
    static const uint8_t events[NOTICE_CORE_COUNT] = {
        [NOTICE_FAILOVER] = NOTIFY_FAILOVER,
        [NOTICE_FAIL_BACK] = NOTIFY_FAIL_BACK,
        [NOTICE_NO_HEALTHY_TARGET] = NOTIFY_NO_HEALTHY_TARGET,
        [NOTICE_TARGET_UNKNOWN] = NOTIFY_TARGET_UNKNOWN,
        [NOTICE_UPDATE_FAILED] = NOTIFY_UPDATE_FAILED,
        [NOTICE_NOT_SERVED] = NOTIFY_NOT_SERVED,
        [NOTICE_FOREIGN_CHANGE] = NOTIFY_FOREIGN_CHANGE,
        [NOTICE_CONFLICT] = NOTIFY_CONFLICT,
        [NOTICE_FLAPPING] = NOTIFY_FLAPPING,
        [NOTICE_RIGHTS] = NOTIFY_RIGHTS,
        [NOTICE_CLOCK_SKEW] = NOTIFY_CLOCK_SKEW,
        [NOTICE_CUT_OFF] = NOTIFY_CONNECTIVITY,
        [NOTICE_CONNECTED] = NOTIFY_CONNECTIVITY,
        [NOTICE_TARGET_DOWN] = NOTIFY_TARGET_DOWN,
        [NOTICE_TARGET_UP] = NOTIFY_TARGET_UP,
    };
    return notice->repeated ? 0 : (enum notify_event)events[notice->kind];
}

static bool is_of_target(enum notify_event event)
{
    return event == NOTIFY_TARGET_DOWN || event == NOTIFY_TARGET_UP || event == NOTIFY_TARGET_UNKNOWN;
}

/* How many notifiers hear of it; each gets the letter (NULL: none). What is about no record is for all of them. */
static uint32_t hearers(const struct letters *letters, uint32_t record, enum notify_event event, struct letter *letter)
{
    const struct settings *settings = letters->settings;
    bool routed = record != ID_NONE;
    uint32_t heard = 0, count = routed ? settings->records[record].route_count : settings->notifier_count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t notifier = routed ? settings->routes[settings->records[record].route_first + i] : i;
        if (!(settings->notifiers[notifier].events & NOTIFY_BIT(event)))
            continue;
        heard++;
        if (letter)
            notifiers_put(letters->notifiers, notifier, letter);
    }
    return heard;
}

/* ---- threads ---- */

/*
 *   failover, no-healthy-target   begin one, unless one is under way
 *   a fail-back to the first      ends it
 *   whatever else of the record   belongs to it
 */
static void thread(struct letters *letters, struct letter *letter, uint32_t record, enum notify_event event,
                   uint32_t to)
{
    if (record >= letters->thread_count)
        return;
    char **thread = &letters->threads[record];
    if (!*thread && (event == NOTIFY_FAILOVER || event == NOTIFY_NO_HEALTHY_TARGET)) {
        *thread = strdup(letter->key);
        if (!*thread)
            abort();
    }
    if (!*thread)
        return;
    struct text words = text_over(letter->thread, sizeof letter->thread);
    text_add(&words, *thread);
    if (event != NOTIFY_FAIL_BACK || to != 0)
        return;
    free(*thread);
    *thread = NULL;
}

/* ---- sentences ---- */

/* "www.example.com FAILED OVER primary -> secondary: refused" */
static void say_switch(const struct words *words, const struct notice *notice, struct text *out)
{
    words_say(words,
              notice->kind == NOTICE_FAILOVER ? "%{record} FAILED OVER %{from} -> %{to}"
                                              : "%{record} returned %{from} -> %{to}[ after %{duration}]",
              out);
    if (notice->kind != NOTICE_FAILOVER || !words->value[WORD_TEXT])
        return;
    bool by_probe = notice->cause == DECISION_CURRENT_DOWN && words->value[WORD_REASON];
    text_addf(out, ": %s", words->value[by_probe ? WORD_REASON : WORD_TEXT]);
}

static void say(const struct words *words, const struct notice *notice, struct text *out)
{
    if (notice->kind == NOTICE_FAILOVER || notice->kind == NOTICE_FAIL_BACK)
        say_switch(words, notice, out);
    else
        words_say(words, catalogue_row(notice->kind)->sentence, out);
}

/* ---- messages ---- */

static void post(struct letters *letters, const struct letter_facts *facts, enum notify_event event, json_t *override)
{
    char key[LETTER_KEY_MAX];
    json_t *body = letter_body(facts);
    if (override)
        json_object_set_new(body, "override", override);
    notifiers_key(letters->notifiers, key);
    struct letter *letter = letter_new(key, facts->wall_ms, body);
    letter->subject = facts->record;
    thread(letters, letter, facts->record, event, facts->to);
    (void)hearers(letters, facts->record, event, letter);
    letter_free(letter);
}

/* Of a target there is one side alone; else where it comes from, and where it goes. */
static struct letter_facts facts_of(const struct letters *letters, const struct notice *notice, enum notify_event event)
{
    struct letter_facts facts = {.event = notify_event_name(event),
                                 .host = letters->host,
                                 .wall_ms = loop_wall_ms(),
                                 .settings = letters->settings,
                                 .engine = letters->engine,
                                 .notice = notice,
                                 .record = event == NOTIFY_CLOCK_SKEW ? ID_NONE : notice->record,
                                 .from = is_of_target(event) ? notice->target : notice->from,
                                 .to = is_of_target(event) ? ID_NONE : notice->to,
                                 .outage_ms = -1};
    if (facts.record >= letters->settings->record_count)
        facts.record = ID_NONE;
    if (event == NOTIFY_FAIL_BACK || event == NOTIFY_TARGET_UP || notice->kind == NOTICE_CONNECTED)
        facts.outage_ms = notice->duration_ms;
    return facts;
}

void letters_notice(struct letters *letters, const struct notice *notice, mono_ms now)
{
    enum notify_event event = letters_event_of(notice);
    if (!letters->notifiers || letters->settings->notifier_count == 0)
        return;
    notifiers_alerts_changed(letters->notifiers);
    if (!event)
        return;
    struct letter_facts facts = facts_of(letters, notice, event);
    if (hearers(letters, facts.record, event, NULL) == 0 ||
        (is_of_target(event) && facts.record != ID_NONE && facts.from != ID_NONE &&
         engine_is_drained(letters->engine, facts.record, facts.from)))
        return;
    struct words words;
    char storage[SENTENCE_MAX];
    struct text sentence = text_over(storage, sizeof storage);
    wording_of(&words, letters->settings, letters->engine, notice, NULL);
    say(&words, notice, &sentence);
    facts.words = &words;
    facts.sentence = sentence.bytes;
    facts.now = now;
    facts.cause = words.value[WORD_CAUSE] && (event == NOTIFY_FAILOVER || event == NOTIFY_FAIL_BACK)
                      ? words.value[WORD_CAUSE]
                      : "health";
    post(letters, &facts, event, NULL);
}

void letters_override(struct letters *letters, uint32_t kind, const struct words *words,
                      const struct override_note *note, uint32_t record)
{
    if (!letters->notifiers || letters->settings->notifier_count == 0 ||
        hearers(letters, record, NOTIFY_OVERRIDE, NULL) == 0)
        return;
    char storage[SENTENCE_MAX];
    struct text sentence = text_over(storage, sizeof storage);
    words_say(words, catalogue_row(kind)->sentence, &sentence);
    const struct letter_facts facts = {.event = notify_event_name(NOTIFY_OVERRIDE),
                                       .host = letters->host,
                                       .sentence = sentence.bytes,
                                       .wall_ms = loop_wall_ms(),
                                       .settings = letters->settings,
                                       .engine = letters->engine,
                                       .record = record,
                                       .from = ID_NONE,
                                       .to = ID_NONE,
                                       .cause = "manual",
                                       .outage_ms = -1};
    post(letters, &facts, NOTIFY_OVERRIDE, render_json_override(note));
}

struct letter *letters_test(struct letters *letters, const char *notifier)
{
    char key[LETTER_KEY_MAX], storage[SENTENCE_MAX];
    struct text sentence = text_over(storage, sizeof storage);
    text_addf(&sentence, "TEST: notifier %s of repointd on %s works; nothing has happened", notifier, letters->host);
    const struct letter_facts facts = {.event = "test",
                                       .host = letters->host,
                                       .sentence = sentence.bytes,
                                       .wall_ms = loop_wall_ms(),
                                       .settings = letters->settings,
                                       .engine = letters->engine,
                                       .record = ID_NONE,
                                       .from = ID_NONE,
                                       .to = ID_NONE,
                                       .outage_ms = -1};
    json_t *body = letter_body(&facts);
    json_object_set_new(body, "test", json_true());
    notifiers_key(letters->notifiers, key);
    return letter_new(key, facts.wall_ms, body);
}

/* ---- life ---- */

void letters_init(struct letters *letters, struct notifiers *notifiers)
{
    *letters = (struct letters){.notifiers = notifiers};
    if (gethostname(letters->host, sizeof letters->host - 1) != 0)
        letters->host[0] = '\0';
}

static void drop_threads(struct letters *letters)
{
    for (uint32_t i = 0; i < letters->thread_count; i++)
        free(letters->threads[i]);
    free(letters->threads);
}

/* Those of records that are still there. */
static void move_threads(struct letters *letters, const struct settings *settings, char **threads)
{
    struct names *ids = names_new();
    uint32_t record;
    for (uint32_t i = 0; i < settings->record_count; i++)
        (void)names_add(ids, settings->records[i].id, i, NULL);
    for (uint32_t i = 0; i < letters->thread_count; i++)
        if (letters->threads[i] && names_find(ids, letters->settings->records[i].id, &record)) {
            threads[record] = letters->threads[i];
            letters->threads[i] = NULL;
        }
    names_free(ids);
}

void letters_settle(struct letters *letters, const struct settings *settings, const struct engine *engine)
{
    char **threads = calloc(settings->record_count + (size_t)1, sizeof *threads);
    if (!threads)
        abort();
    if (letters->threads)
        move_threads(letters, settings, threads);
    drop_threads(letters);
    letters->settings = settings;
    letters->engine = engine;
    letters->thread_count = settings->record_count;
    letters->threads = threads;
}

void letters_done(struct letters *letters)
{
    drop_threads(letters);
}
