/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/metrics and its tables, over a real engine.
 * What:  the text comes out the same in pieces of any size; each group is there once; nothing breaks out of a label;
 *        when the configuration goes there is no end. MET-1, MET-3.
 */
#include "app/metrics.h"

#include "fixture.h"
#include "io/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define START 1000000
#define WALL  1795443123456

static struct server_settings server;
static struct target_settings targets[8];
static struct settings settings;
static struct engine *engine;
static struct counters counters;
static struct report report;
static uint32_t generation;

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
    assert_true(settings.target_count <= 8);
    memcpy(targets, fixture_settings.targets, settings.target_count * sizeof *targets);
    settings.targets = targets;
    engine = engine_new(&settings, 7, 1, START, &err);
    assert_non_null(engine);
    counters_init(&counters, &settings);
    generation = 1;
    return 0;
}

static int close_engine(void **state)
{
    (void)state;
    engine_free(engine);
    counters_done(&counters);
    return 0;
}

static struct metrics_text *begin(void)
{
    const struct view view = {.settings = &settings,
                              .engine = engine,
                              .now = START,
                              .wall_ms = WALL,
                              .loaded_wall_ms = WALL,
                              .generation = &generation,
                              .born = 1};
    const struct metrics_sources sources = {.counters = &counters, .report = &report, .started_wall_ms = WALL};
    return metrics_text_new(&view, &sources);
}

/* The caller's to free; without what the kernel tells of this process, which is another number each time. */
static char *render(size_t room)
{
    struct metrics_text *text = begin();
    char *words = calloc(1, 1 << 20);
    assert_non_null(words);
    size_t length = 0, got;
    while ((got = metrics_text_next(text, words + length, room)) > 0) {
        assert_true(got <= room);
        length += got;
        assert_true(length + room < 1 << 20);
    }
    metrics_text_free(text);
    char *end = strstr(words, "# HELP repointd_probes_total");
    assert_non_null(end);
    char *from = strstr(words, "# HELP process_cpu_seconds_total");
    assert_non_null(from);
    memmove(from, end, strlen(end) + 1);
    return words;
}

static void test_pieces_of_any_size_are_one_text(void **state)
{
    (void)state;
    char *whole = render(65536), *bits = render(1), *pieces = render(97);
    assert_string_equal(whole, bits);
    assert_string_equal(whole, pieces);
    free(whole);
    free(bits);
    free(pieces);
}

static void has_line(const char *words, const char *line)
{
    const char *at = strstr(words, line);
    if (!at || (at != words && at[-1] != '\n'))
        fail_msg("not there: %s", line);
}

static void test_the_lines(void **state)
{
    (void)state;
    targets[0].label = "fr\"a\\1\n";
    counters.checks[0].probes[REASON_REFUSED] = 3;
    histogram_count(&counters.checks[0].latency, &histogram_of_seconds, 1234567);
    counters.zones[0].updates[UPDATE_NOT_SENT] = 1;
    char *words = render(4096);
    has_line(words, "# HELP repointd_start_time_seconds When the daemon started, since 1970.\n"
                    "# TYPE repointd_start_time_seconds gauge\nrepointd_start_time_seconds 1795443123.456\n");
    has_line(words, "repointd_config_last_reload_successful 1\n");
    has_line(words, "repointd_state_writable 1\n");
    has_line(words, "repointd_probes_total{check=\"web\",reason=\"ok\"} 0\n"
                    "repointd_probes_total{check=\"web\",reason=\"refused\"} 3\n");
    has_line(words, "repointd_probe_latency_seconds_bucket{check=\"web\",le=\"1\"} 0\n"
                    "repointd_probe_latency_seconds_bucket{check=\"web\",le=\"2.5\"} 1\n");
    has_line(words, "repointd_probe_latency_seconds_bucket{check=\"web\",le=\"+Inf\"} 1\n"
                    "repointd_probe_latency_seconds_sum{check=\"web\"} 1.234567\n"
                    "repointd_probe_latency_seconds_count{check=\"web\"} 1\n");
    has_line(words, "repointd_record_state{record=\"db.example.com\",zone=\"example.com\",state=\"primary\"} 0\n"
                    "repointd_record_state{record=\"db.example.com\",zone=\"example.com\",state=\"secondary\"} 0\n"
                    "repointd_record_state{record=\"db.example.com\",zone=\"example.com\",state=\"other\"} 1\n");
    has_line(
        words,
        "repointd_target_state{record=\"www.example.com\",target=\"primary\",check=\"web\",state=\"unknown\"} 1\n");
    has_line(words, "repointd_target_state{record=\"db.example.com\",target=\"secondary\",check=\"none\",");
    has_line(words, "repointd_target_info{record=\"www.example.com\",target=\"primary\",label=\"fr\\\"a\\\\1\\n\","
                    "address=\"192.0.2.10\"} 1\n");
    has_line(words, "repointd_dns_updates_total{server=\"ns1\",zone=\"example.com\",rcode=\"not-sent\"} 1\n");
    assert_null(strstr(words, "repointd_probe_success{")); /* what was never probed did not fail */
    free(words);
}

/* Each family stands in one place, and no line twice. */
static void test_each_family_once(void **state)
{
    (void)state;
    char *words = render(4096);
    for (char *at = words; (at = strstr(at, "# TYPE ")); at++) {
        char name[128] = "";
        size_t length = strcspn(at + 7, " ");
        assert_true(length < sizeof name - 8);
        memcpy(name, "# TYPE ", 7);
        memcpy(name + 7, at + 7, length + 1);
        assert_null(strstr(at + 1, name));
    }
    free(words);
}

/* Half a scrape would look like a whole one. */
static void test_another_configuration_breaks_it_off(void **state)
{
    (void)state;
    char bytes[64];
    struct metrics_text *text = begin();
    assert_int_equal(metrics_text_next(text, bytes, sizeof bytes), sizeof bytes);
    generation = 2;
    assert_true(metrics_text_next(text, bytes, sizeof bytes) == API_PIECE_NONE);
    metrics_text_free(text);
}

#define WITH_ENGINE(test) cmocka_unit_test_setup_teardown(test, open_engine, close_engine)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ENGINE(test_pieces_of_any_size_are_one_text),
        WITH_ENGINE(test_the_lines),
        WITH_ENGINE(test_each_family_once),
        WITH_ENGINE(test_another_configuration_breaks_it_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
