/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/render_json and app/explanation, over a real engine.
 * What:  the JSON of a status to the letter: keys and their order are a contract. CLI-3, CLI-15; r53 87.
 */
#include "app/render_json.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define START 1000000
#define WALL  1795443123000 /* 2026-11-23T14:12:03Z */
#define OWNER 0x4be1c0de77aa0912

static struct effect items[EFFECTS_ROOM];
static struct effects effects = {.room = EFFECTS_ROOM, .items = items};
static struct server_settings server;
static struct settings settings;
static struct engine *engine;
static mono_ms now;

static void answer_probe(struct op op, bool passes)
{
    struct probe_report report = {.verdict = passes ? VERDICT_PASS : VERDICT_FAIL,
                                  .reason = passes ? REASON_OK : REASON_REFUSED,
                                  .started = now,
                                  .phases = {-1, 41000, -1, -1, 41230}};
    if (!passes)
        (void)snprintf(report.detail, sizeof report.detail, "connect to it: Connection refused");
    struct effect kept[EFFECTS_ROOM];
    struct effects void_of = {.room = EFFECTS_ROOM, .items = kept};
    engine_handle(engine, &(struct event){.kind = EVENT_PROBE_DONE, .op = op, .is.probe = &report}, now, &void_of);
}

/* Lets time pass; the watches in `down` (bits) fail, the others pass; nobody reads or sends. */
static void live(mono_ms until, uint32_t down)
{
    while (engine_deadline(engine) <= until) {
        now = engine_deadline(engine) > now ? engine_deadline(engine) : now;
        engine_handle(engine, &(struct event){.kind = EVENT_WAKE}, now, &effects);
        struct effect asked[EFFECTS_ROOM];
        uint32_t count = effects.count;
        memcpy(asked, items, count * sizeof *items);
        for (uint32_t i = 0; i < count; i++)
            if (asked[i].kind == EFFECT_PROBE)
                answer_probe(asked[i].op, !(down & (1U << asked[i].op.subject)));
    }
    now = until;
}

static int open_engine(void **state)
{
    (void)state;
    struct error err;
    server = fixture_settings.servers[0];
    server.timeout_ms = 5000;
    server.retry_first_ms = 1000;
    server.retry_most_ms = 60000;
    server.audit_ms = 300000;
    server.batch = 64;
    settings = fixture_settings;
    settings.servers = &server;
    now = START;
    engine = engine_new(&settings, OWNER, 1, now, &err);
    assert_non_null(engine);
    return 0;
}

static int close_engine(void **state)
{
    (void)state;
    engine_free(engine);
    return 0;
}

/* The caller's to free. */
static char *render_in_pieces(const uint32_t *records, uint32_t count, size_t room)
{
    const struct view view = {
        .settings = &settings, .engine = engine, .now = now, .wall_ms = WALL, .loaded_wall_ms = WALL};
    struct status_text *text = status_text_new(&view, records, count);
    char *words = malloc(65536);
    assert_non_null(words);
    size_t length = 0, got;
    while ((got = status_text_next(text, words + length, room)) > 0) {
        assert_true(got <= room);
        length += got;
        assert_true(length + room < 65536);
    }
    assert_int_equal(status_text_next(text, words + length, room), 0);
    status_text_free(text);
    words[length] = '\0';
    return words;
}

static char *render(const uint32_t *records, uint32_t count)
{
    return render_in_pieces(records, count, 16384);
}

#define CLOSING                                                                                          \
    "],\"connectivity\":{\"configured\":false,\"ok\":true,\"answering\":0,\"of\":0},"                    \
    "\"config\":{\"loaded\":\"2026-11-23T14:12:03Z\",\"ok\":true},\"state\":{\"ok\":true,\"why\":null}," \
    "\"starting\":false,\"dry_run\":false}\n"

static void test_the_whole_of_it(void **state)
{
    (void)state;
    const uint32_t one = 1;
    char *words = render(&one, 1);
    assert_string_equal(
        words,
        "{\"version\":1,\"records\":[{\"record\":\"db.example.com\",\"name\":\"db.example.com\",\"zone\":\"example."
        "com\","
        "\"server\":\"ns1\",\"types\":[\"A\"],\"answer\":null,\"since\":null,\"in_dns\":null,\"served\":null,"
        "\"condition\":\"unread\","
        "\"why\":\"no trustworthy answer has told yet what the zone "
        "holds\",\"override\":null,\"ownership\":\"marker\",\"marker\":null,"
        "\"targets\":[{\"role\":\"primary\",\"label\":null,\"state\":\"unknown\",\"streak\":0,\"check\":\"web\","
        "\"reason\":\"not-probed\",\"detail\":null,"
        "\"addresses\":[{\"address\":\"192.0.2.30\",\"state\":\"unknown\",\"latency_ms\":null,\"certificate_end\":null}"
        "]},"
        "{\"role\":\"secondary\",\"label\":null,\"state\":\"unknown\",\"streak\":0,\"check\":null,\"reason\":null,"
        "\"detail\":null,\"addresses\":[{\"address\":\"198.51.100.30\",\"state\":\"up\",\"latency_ms\":null,"
        "\"certificate_end\":null}]}]"
        "}" CLOSING);
    free(words);
}

static void test_no_records_and_all_records(void **state)
{
    (void)state;
    char *words = render(NULL, 0);
    assert_non_null(strstr(words, "{\"record\":\"www.example.com\""));
    assert_non_null(strstr(words, "]}]},{\"record\":\"db.example.com\""));
    free(words);
    settings.record_count = 0;
    words = render(NULL, 0);
    settings.record_count = fixture_settings.record_count;
    assert_string_equal(words, "{\"version\":1,\"records\":[" CLOSING);
    free(words);
}

static void test_what_probes_have_shown(void **state)
{
    (void)state;
    live(START + 45000, 1U << 2);
    const uint32_t zero = 0;
    char *words = render(&zero, 1);
    assert_non_null(strstr(words,
                           "{\"role\":\"primary\",\"label\":\"fra1\",\"state\":\"up\",\"streak\":5,\"check\":\"web\","
                           "\"reason\":\"ok\",\"detail\":null"));
    assert_non_null(strstr(words, "{\"address\":\"192.0.2.10\",\"state\":\"up\",\"latency_ms\":41.23"));
    assert_non_null(strstr(words, "{\"role\":\"secondary\",\"label\":null,\"state\":\"down\",\"streak\":-"));
    assert_non_null(strstr(words, "\"reason\":\"refused\",\"detail\":\"connect to it: Connection refused\""));
    assert_non_null(strstr(
        words, "{\"address\":\"198.51.100.20\",\"state\":\"down\",\"latency_ms\":null,\"certificate_end\":null}"));
    free(words);
}

static void test_pieces_of_any_size_say_the_same(void **state)
{
    (void)state;
    char *words = render(NULL, 0);
    for (size_t room = 1; room < 200; room += 37) {
        char *again = render_in_pieces(NULL, 0, room);
        assert_string_equal(again, words);
        free(again);
    }
    free(words);
}

static void test_half_a_letter_costs_no_answer(void **state)
{
    (void)state;
    struct target_settings targets[16];
    memcpy(targets, settings.targets, settings.target_count * sizeof *targets);
    targets[0].label = "fra\xc3";
    settings.targets = targets;
    char *words = render(NULL, 0);
    assert_non_null(strstr(words, "\"label\":\"fra\\\\xc3\""));
    free(words);
}

static void test_a_dry_run_is_said(void **state)
{
    (void)state;
    settings.safety.dry_run = true;
    char *words = render(NULL, 0);
    assert_non_null(strstr(words, "\"dry_run\":true}\n"));
    free(words);
}

#define WITH_ENGINE(test) cmocka_unit_test_setup_teardown(test, open_engine, close_engine)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ENGINE(test_the_whole_of_it),
        WITH_ENGINE(test_no_records_and_all_records),
        WITH_ENGINE(test_what_probes_have_shown),
        WITH_ENGINE(test_pieces_of_any_size_say_the_same),
        WITH_ENGINE(test_half_a_letter_costs_no_answer),
        WITH_ENGINE(test_a_dry_run_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
