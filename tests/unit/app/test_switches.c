/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/switches.
 * What:  which notices are kept and in which words; what the engine hears of them at a start, whatever the clock did
 *        meanwhile; what is told to whoever asks. Answers of the control socket end here.
 * Names: fault 107.
 */
#include "app/switches.h"

#include "app/effects.h"
#include "core/record.h"
#include "ear.h"
#include "fixture.h"
#include "io/loop.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HOUR_MS 3600000
#define NOW     50000000
#define WALL    INT64_C(1795017600000)

/* ---- the socket's side ---- */

static struct {
    uint16_t status;
    json_t *object;
} answered;

void api_answer(struct api *api, uint32_t ticket, uint16_t status, char *json)
{
    (void)api, (void)ticket;
    json_decref(answered.object);
    answered.status = status;
    answered.object = json_loads(json, 0, NULL);
    free(json);
}

static char root[64];
static struct state *state_of_test;
static struct history *history;
static struct engine *engine;
static struct hands hands;
static struct commands commands;
static struct server_settings server;
static struct settings settings;
static struct effect items[EFFECTS_ROOM];

static int open_all(void **state)
{
    struct error err = {0};
    memset(&answered, 0, sizeof answered);
    (void)ear_open(state);
    server = fixture_settings.servers[0];
    server.timeout_ms = 5000;
    server.retry_first_ms = 1000;
    server.retry_most_ms = 60000;
    server.audit_ms = 300000;
    server.batch = 64;
    settings = fixture_settings;
    settings.servers = &server;
    engine = engine_new(&settings, 1, 1, NOW, &err);
    assert_non_null(engine);
    (void)snprintf(root, sizeof root, "/tmp/repointd-switches.XXXXXX");
    assert_non_null(mkdtemp(root));
    assert_int_equal(state_open(root, &state_of_test, &err), STATE_OPENED);
    history = history_open(state_of_test, &err);
    report.settings = &settings;
    report.engine = engine;
    hands = (struct hands){
        .engine = engine, .history = history, .report = &report, .effects = {.room = EFFECTS_ROOM, .items = items}};
    commands = (struct commands){.errands = {.settings = &settings, .hands = &hands}};
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    history_close(history);
    (void)unlinkat(state_directory(state_of_test), HISTORY_FILE, 0);
    state_close(state_of_test);
    assert_int_equal(rmdir(root), 0);
    engine_free(engine);
    json_decref(answered.object);
    return 0;
}

/* ---- keeping ---- */

static struct notice moved(enum notice_kind kind, uint32_t record, uint32_t from, uint32_t to)
{
    struct notice notice = fixture_notice(kind, record);
    notice.from = from;
    notice.to = to;
    notice.change = 3;
    notice.has_serial = true;
    notice.serial = 2026112304;
    return notice;
}

static json_t *kept(uint32_t nth)
{
    assert_true(nth < history_count(history));
    json_t *object = json_loads(history_at(history, nth)->line, 0, NULL);
    assert_non_null(object);
    return object;
}

static void expect_kept(uint32_t nth, const char *key, const char *words)
{
    json_t *object = kept(nth);
    assert_string_equal(json_string_value(json_object_get(object, key)), words);
    json_decref(object);
}

static void test_published_switches_are_kept_and_nothing_else(void **state)
{
    (void)state;
    uint32_t before = 0;
    for (enum notice_kind kind = (enum notice_kind)1; kind < NOTICE_CORE_COUNT; kind++) {
        struct notice notice = moved(kind, 0, 0, 1);
        bool keeps = kind == NOTICE_FAILOVER || kind == NOTICE_FAIL_BACK || kind == NOTICE_PUBLISHED;
        switches_note(history, &report, &notice, NOW);
        assert_int_equal(history_count(history), before + (keeps ? 1 : 0));
        before = history_count(history);
    }
    assert_int_equal(before, 3);
}

static void test_it_is_kept_in_the_words_of_its_line(void **state)
{
    (void)state;
    struct notice notice = moved(NOTICE_FAILOVER, 0, 0, 1);
    notice.cause = DECISION_CURRENT_DOWN;
    notice.reason = REASON_REFUSED;
    switches_note(history, &report, &notice, NOW);
    expect_kept(0, "record", "www.example.com");
    expect_kept(0, "event", "failover");
    expect_kept(0, "from", "primary");
    expect_kept(0, "to", "secondary");
    expect_kept(0, "reason", "refused");
    assert_true(history_at(history, 0)->by_health);
    json_t *object = kept(0);
    assert_int_equal(json_integer_value(json_object_get(object, "serial")), 2026112304);
    json_decref(object);

    notice.reason = REASON_NOT_PROBED; /* of a former life, found at the start */
    notice.cause = 0;
    switches_note(history, &report, &notice, NOW);
    object = kept(1);
    assert_false(json_is_string(json_object_get(object, "reason")) &&
                 json_string_value(json_object_get(object, "reason"))[0] != '\0');
    json_decref(object);
}

/* ---- giving back ---- */

static void switched(const char *record, int64_t age_ms, const char *cause)
{
    struct error err;
    const struct history_entry entry = {.record = record,
                                        .time_ms = WALL - age_ms,
                                        .event = "failover",
                                        .from = "primary",
                                        .to = "secondary",
                                        .cause = cause,
                                        .outage_ms = -1};
    assert_true(history_add(history, &entry, &err));
}

static uint32_t remembered(uint32_t record)
{
    return flap_count(&engine_record(engine, record)->flap, &settings.records[record], NOW);
}

static void test_those_inside_the_window_are_given_back(void **state)
{
    (void)state;
    switched("www.example.com", 2 * HOUR_MS, "health"); /* flap-window: 1h */
    switched("www.example.com", HOUR_MS, "health");
    switched("www.example.com", HOUR_MS - 1, "health");
    switched("gone.example.com", 1000, "health");
    switched("www.example.com", 1000, "manual");
    switched("www.example.com", 500, "health");
    switched("db.example.com", 0, "health");
    switches_restore(history, &hands, NOW, WALL);
    assert_int_equal(remembered(0), 2);
    assert_int_equal(remembered(1), 1);
}

/* An operator has opened the latch since: patience is what it was at first. */
static void test_what_was_before_a_release_does_not_count(void **state)
{
    (void)state;
    struct error err;
    for (uint32_t i = 0; i < 6; i++)
        switched("www.example.com", 60000 - i, "health");
    const struct history_entry released = {.record = "www.example.com", .time_ms = WALL - 30000, .released = true};
    assert_true(history_add(history, &released, &err));
    switched("www.example.com", 1000, "health");
    switches_restore(history, &hands, NOW, WALL);
    assert_int_equal(remembered(0), 1);
    assert_false(flap_is_latched(&engine_record(engine, 0)->flap));
}

/* fault 107: from the future it is now, and none is older than the one before it. */
static void test_a_clock_that_was_set_errs_towards_patience(void **state)
{
    (void)state;
    switched("www.example.com", 5000, "health");
    switched("www.example.com", -10 * HOUR_MS, "health"); /* the clock ran ahead then */
    switched("www.example.com", 50 * 60000, "health");
    switched("www.example.com", 40 * 60000, "health");
    switches_restore(history, &hands, NOW, WALL);
    assert_int_equal(remembered(0), 4);
    assert_int_equal(flap_count(&engine_record(engine, 0)->flap, &settings.records[0], NOW + HOUR_MS - 1), 3);
}

static void test_the_latch_is_given_back(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 6; i++) /* max-switches: 6 */
        switched("www.example.com", 60000 - i, "health");
    switches_restore(history, &hands, NOW, WALL);
    assert_true(flap_is_latched(&engine_record(engine, 0)->flap));
    assert_false(flap_is_latched(&engine_record(engine, 1)->flap));
}

/* ---- telling ---- */

static size_t ask(const char *name, const char *since)
{
    struct api_parameter parameters[2];
    uint32_t count = 0;
    if (name)
        parameters[count++] = (struct api_parameter){"name", name};
    if (since)
        parameters[count++] = (struct api_parameter){"since", since};
    const struct api_request request = {.ticket = 1, .parameter_count = count, .parameters = parameters};
    switches_request(&commands, &request, NOW);
    return json_array_size(json_object_get(answered.object, "switches"));
}

static void test_who_asks_is_told_of_what_he_asks_for(void **state)
{
    (void)state;
    struct error err;
    int64_t ago_ms = loop_wall_ms() - WALL; /* as of now, for `since` */
    switched("www.example.com", 2 * HOUR_MS - ago_ms, "health");
    switched("gone.example.com", HOUR_MS - ago_ms, "health");
    switched("www.example.com", 60000 - ago_ms, "health");
    const struct history_entry released = {.record = "www.example.com", .time_ms = loop_wall_ms(), .released = true};
    assert_true(history_add(history, &released, &err));
    assert_int_equal(ask(NULL, NULL), 3);
    const json_t *first = json_array_get(json_object_get(answered.object, "switches"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "from")), "primary");
    assert_true(json_is_string(json_object_get(first, "time")));
    assert_true(json_is_null(json_object_get(first, "outage_seconds")));
    assert_null(json_object_get(first, "time_ms"));
    assert_int_equal(ask("www.example.com", NULL), 2);
    assert_int_equal(ask("WWW.example.com.", NULL), 2);
    assert_int_equal(ask("gone.example.com", NULL), 1); /* it has left the file */
    assert_int_equal(ask(NULL, "90m"), 2);
    assert_int_equal(ask("www.example.com", "90m"), 1);
    assert_int_equal(ask("db.example.com", NULL), 0);
    assert_int_equal(answered.status, 200);
    (void)ask("never.example.com", NULL);
    assert_int_equal(answered.status, 404);
    (void)ask(NULL, "yesterday");
    assert_int_equal(answered.status, 400);
}

static void test_the_newest_are_told(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SWITCHES_SHOWN + 5; i++)
        switched(i < 5 ? "db.example.com" : "www.example.com", 1000, "health");
    assert_int_equal(ask(NULL, NULL), SWITCHES_SHOWN);
    const json_t *first = json_array_get(json_object_get(answered.object, "switches"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "record")), "www.example.com");
}

int main(void)
{
#define WITH_ALL(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)
    const struct CMUnitTest tests[] = {
        WITH_ALL(test_published_switches_are_kept_and_nothing_else),
        WITH_ALL(test_it_is_kept_in_the_words_of_its_line),
        WITH_ALL(test_those_inside_the_window_are_given_back),
        WITH_ALL(test_what_was_before_a_release_does_not_count),
        WITH_ALL(test_a_clock_that_was_set_errs_towards_patience),
        WITH_ALL(test_the_latch_is_given_back),
        WITH_ALL(test_who_asks_is_told_of_what_he_asks_for),
        WITH_ALL(test_the_newest_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
