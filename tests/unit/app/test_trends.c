/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/trends and app/trends_file.
 * What:  hours and minutes are what was seen, neither more nor less; over midnight, a clock that jumps, a reload and a
 *        restart; a damaged file costs the bars and nothing else.
 */
#include "app/trends.h"

#include "fixture.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define HOUR      490000
#define HOUR_MS   INT64_C(3600000)
#define MINUTE_MS 60000
#define WALL      (HOUR * HOUR_MS)
#define OWNER     0x4be1c0de77aa0912

static struct effect items[EFFECTS_ROOM];
static struct effects effects = {.room = EFFECTS_ROOM, .items = items};
static struct server_settings server;
static struct settings settings;
static struct engine *engine;
static struct trends *trends;
static mono_ms now;
static int64_t wall_ms;
static char directory[64];

static int begin(void **state)
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
    now = 1000000;
    wall_ms = WALL;
    engine = engine_new(&settings, OWNER, 1, now, &err);
    assert_non_null(engine);
    trends = trends_new(&settings);
    (void)snprintf(directory, sizeof directory, "/tmp/repointd-trends.XXXXXX");
    assert_non_null(mkdtemp(directory));
    return 0;
}

static int end(void **state)
{
    (void)state;
    char path[128];
    static const char *const names[] = {"trends", "trends.damaged"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(directory);
    trends_free(trends);
    engine_free(engine);
    return 0;
}

static void answer_probe(struct op op, bool passes)
{
    const struct probe_report report = {.verdict = passes ? VERDICT_PASS : VERDICT_FAIL,
                                        .reason = passes ? REASON_OK : REASON_REFUSED,
                                        .started = now,
                                        .phases = {-1, 4000, -1, 30000, 41230}};
    struct effect kept[EFFECTS_ROOM];
    struct effects after = {.room = EFFECTS_ROOM, .items = kept};
    engine_handle(engine, &(struct event){.kind = EVENT_PROBE_DONE, .op = op, .is.probe = &report}, now, &after);
    trends_probe(trends, op.subject, &report, wall_ms);
    for (uint32_t i = 0; i < after.count; i++)
        if (after.items[i].kind == EFFECT_TELL)
            trends_note(trends, engine, &after.items[i].notice, now, wall_ms);
}

static void pass_time_until(mono_ms at)
{
    wall_ms += at - now;
    now = at;
}

/* Lets time pass; the watches in `down` (bits) fail, the others pass. */
static void live(int64_t span_ms, uint32_t down)
{
    mono_ms until = now + span_ms;
    for (;;) {
        mono_ms next = mono_earlier(engine_deadline(engine), trends_deadline(trends));
        if (next > until)
            break;
        pass_time_until(next > now ? next : now);
        trends_look(trends, engine, now, wall_ms);
        engine_handle(engine, &(struct event){.kind = EVENT_WAKE}, now, &effects);
        struct effect asked[EFFECTS_ROOM];
        uint32_t count = effects.count;
        memcpy(asked, items, count * sizeof *items);
        for (uint32_t i = 0; i < count; i++)
            if (asked[i].kind == EFFECT_PROBE)
                answer_probe(asked[i].op, !(down & (1U << asked[i].op.subject)));
    }
    pass_time_until(until);
}

static void assert_hour(uint32_t target, uint32_t hour, int up_s, int down_s, int within_s)
{
    struct trend_hour of = trends_hour(trends, target, hour);
    assert_in_range(of.up_s + within_s, up_s, up_s + 2 * within_s);
    assert_in_range(of.down_s + within_s, down_s, down_s + 2 * within_s);
}

/* ---- hours ---- */

static void test_an_hour_is_what_was_seen(void **state)
{
    (void)state;
    live(HOUR_MS + 60000, 0);
    assert_hour(1, HOUR, 3600, 0, 30);
    assert_hour(1, HOUR + 1, 60, 0, 15);
    assert_hour(1, HOUR - 1, 0, 0, 0);
    assert_hour(1, HOUR + 2, 0, 0, 0);
}

/* A notice ends the old state where it ended: no round is waited for. */
static void test_an_outage_has_its_length(void **state)
{
    (void)state;
    live(1800000, 0);
    live(300000, 1U << 3);
    live(HOUR_MS - 2100000, 0);
    assert_hour(2, HOUR, 3300, 300, 60);
    live(10000, 0);
    assert_hour(2, HOUR, 3300, 300, 75); /* the hour is over, and kept in shares */
}

static void test_a_short_outage_stays_to_be_seen(void **state)
{
    (void)state;
    live(1800000, 0);
    live(40000, 1U << 3);
    live(2 * HOUR_MS, 0);
    assert_true(trends_hour(trends, 2, HOUR).down_s > 0);
}

static void test_what_nobody_saw_is_neither(void **state)
{
    (void)state;
    live(1800000, 0);
    pass_time_until(now + 5 * HOUR_MS); /* this process stood still */
    live(600000, 0);
    assert_hour(1, HOUR, 1800, 0, 45);
    for (uint32_t hour = HOUR + 1; hour < HOUR + 5; hour++)
        assert_hour(1, hour, 0, 0, 0);
    assert_hour(1, HOUR + 5, 600, 0, 45);
}

static void test_a_week_and_no_more_is_kept(void **state)
{
    (void)state;
    live(HOUR_MS, 0);
    pass_time_until(now + (TRENDS_HOURS - 2) * HOUR_MS);
    live(60000, 0);
    assert_hour(1, HOUR, 3600, 0, 45);
    pass_time_until(now + HOUR_MS);
    live(60000, 0);
    assert_hour(1, HOUR, 0, 0, 0);
}

static void test_a_clock_set_back_begins_anew(void **state)
{
    (void)state;
    live(HOUR_MS, 0);
    wall_ms -= 30 * HOUR_MS;
    live(600000, 0);
    assert_hour(1, HOUR, 0, 0, 0);
    assert_hour(1, HOUR - 29, 600, 0, 45);
}

/* A second back over the hour's end, as by NTP, costs nothing. */
static void test_a_clock_set_back_a_little_costs_nothing(void **state)
{
    (void)state;
    live(HOUR_MS + 500, 0);
    wall_ms -= 2000;
    live(60000, 0);
    assert_hour(1, HOUR, 3600, 0, 45);
    assert_hour(1, HOUR + 1, 60, 0, 15);
}

/* ---- minutes ---- */

static void probe_took(int32_t connect_us, int32_t total_us, enum verdict verdict)
{
    const struct probe_report report = {
        .verdict = verdict, .started = now, .phases = {-1, connect_us, -1, -1, total_us}};
    trends_probe(trends, 0, &report, wall_ms);
}

static void test_a_minute_is_its_slowest_pass(void **state)
{
    (void)state;
    const uint32_t minute = (uint32_t)(WALL / MINUTE_MS);
    probe_took(1000, 20000, VERDICT_PASS);
    probe_took(9000, 80000, VERDICT_PASS);
    probe_took(500, 10000, VERDICT_PASS);
    probe_took(-1, 3000000, VERDICT_FAIL);
    assert_in_range(trends_minute_us(trends, 0, TREND_TOTAL, minute), 75000, 85000);
    assert_in_range(trends_minute_us(trends, 0, TREND_CONNECT, minute), 8400, 9600);
    assert_int_equal(trends_minute_us(trends, 0, TREND_TLS, minute), TREND_NONE);
    assert_int_equal(trends_minute_us(trends, 0, TREND_TOTAL, minute - 1), TREND_NONE);
    wall_ms += MINUTE_MS;
    probe_took(-1, -1, VERDICT_LOCAL);
    assert_int_equal(trends_minute_us(trends, 0, TREND_TOTAL, minute + 1), TREND_NONE);
    probe_took(-1, 3000, VERDICT_FAIL);
    assert_int_equal(trends_minute_us(trends, 0, TREND_TOTAL, minute + 1), TREND_FAILED);
    probe_took(-1, 3000, VERDICT_PASS);
    assert_in_range(trends_minute_us(trends, 0, TREND_TOTAL, minute + 1), 2800, 3200);
    wall_ms += 60 * (int64_t)MINUTE_MS;
    probe_took(1, 1, VERDICT_PASS);
    assert_int_equal(trends_minute_us(trends, 0, TREND_TOTAL, minute + 1), TREND_NONE);
}

static void test_latencies_are_kept_to_a_sixteenth(void **state)
{
    (void)state;
    uint32_t minute = (uint32_t)(WALL / MINUTE_MS);
    for (int64_t us = 100; us < INT32_MAX; us += us / 5 + 1, wall_ms += MINUTE_MS, minute++) {
        probe_took(-1, (int32_t)us, VERDICT_PASS);
        int32_t kept = trends_minute_us(trends, 0, TREND_TOTAL, minute);
        assert_in_range(kept, us - us / 16 - 16, us + us / 16 + 16);
    }
    probe_took(-1, 0, VERDICT_PASS);
    assert_in_range(trends_minute_us(trends, 0, TREND_TOTAL, minute), 1, 32);
}

/* ---- another life ---- */

static struct state *open_state(void)
{
    struct state *kept = NULL;
    struct error err;
    assert_int_equal(state_open(directory, &kept, &err), STATE_OPENED);
    return kept;
}

static void test_a_restart_loses_nothing(void **state)
{
    (void)state;
    struct state *kept = open_state();
    struct error err = {0};
    live(1800000, 0);
    live(600000, 1U << 3);
    live(2 * HOUR_MS, 0);
    assert_true(trends_save(trends, kept, true, &err));
    struct trend_hour before[4];
    int32_t us = trends_minute_us(trends, 3, TREND_TOTAL, (uint32_t)(wall_ms / MINUTE_MS) - 1);
    for (uint32_t i = 0; i < 4; i++)
        before[i] = trends_hour(trends, 2, HOUR - 1 + i);
    trends_free(trends);
    trends = trends_new(&settings);
    trends_load(trends, kept, &err);
    assert_int_equal(err.code, ERROR_NONE);
    for (uint32_t i = 0; i < 4; i++)
        assert_hour(2, HOUR - 1 + i, before[i].up_s, before[i].down_s, 15);
    assert_true(us > 0);
    assert_int_equal(trends_minute_us(trends, 3, TREND_TOTAL, (uint32_t)(wall_ms / MINUTE_MS) - 1), us);
    state_close(kept);
}

static void write_file(const char *bytes)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/trends", directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(bytes, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A row each: what is wrong with it. */
static void test_a_damaged_file_is_put_aside(void **state)
{
    (void)state;
#define GOOD "t primary www.example.com 490000 167*250/0\n"
#define HEAD "repointd trends 1\n"
    static const char *const bad[] = {
        "",
        "repointd trends 2\nend\n",
        HEAD GOOD,
        HEAD GOOD "end",
        HEAD GOOD "end\nmore\n",
        HEAD "t primary www.example.com 490000 168*250/0\nend\n",
        HEAD "t primary www.example.com 490000 166*250/0\nend\n",
        HEAD "t primary www.example.com 490000 167*251/0\nend\n",
        HEAD "t primary www.example.com 490000 167*200/51\nend\n",
        HEAD "t primary www.example.com 490000 0*1/1 167*1/1\nend\n",
        HEAD "t primary www.example.com 490000 4294967296*1/1\nend\n",
        HEAD "t primary www.example.com 4\nend\n",
        HEAD "t primary\nend\n",
        HEAD "t\nend\n",
        HEAD "x\nend\n",
        HEAD "w web 192.0.2.10 29400000 - - -\nend\n",
        HEAD "w web 192.0.2.10 29400000 - - - - -\nend\n",
        HEAD "w web 192.0.2.10 29400000 - - - 0g\nend\n",
        HEAD "w web 192.0.2.10 0 - - - -\nend\n",
    };
    struct state *kept = open_state();
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        struct error err = {0};
        struct stat stat_of;
        char path[128];
        write_file(bad[i]);
        trends_load(trends, kept, &err);
        if (err.code == ERROR_NONE)
            fail_msg("taken: %s", bad[i]);
        assert_hour(0, HOUR, 0, 0, 0);
        (void)snprintf(path, sizeof path, "%s/trends.damaged", directory);
        assert_int_equal(stat(path, &stat_of), 0);
    }
    struct error err = {0};
    write_file(HEAD GOOD "t primary gone.example.com 490000 167*1/1\nw web 192.0.2.10 29400000 - - - -\nend\n");
    trends_load(trends, kept, &err);
    assert_int_equal(err.code, ERROR_NONE);
    assert_hour(0, HOUR, 3600, 0, 0);
    state_close(kept);
}

static void test_a_reload_keeps_what_is_the_same(void **state)
{
    (void)state;
    live(HOUR_MS, 0);
    const uint32_t watches[] = {0, ID_NONE, 2, 3}, records[] = {0, ID_NONE};
    struct trends *fresh = trends_new(&settings);
    trends_adopt(fresh, trends, watches, records);
    trends_free(trends);
    trends = fresh;
    assert_hour(0, HOUR, 3600, 0, 45);
    assert_hour(2, HOUR, 0, 0, 0);
    const uint32_t minute = (uint32_t)(wall_ms / MINUTE_MS) - 1;
    assert_true(trends_minute_us(trends, 0, TREND_TOTAL, minute) > 0);
    assert_int_equal(trends_minute_us(trends, 1, TREND_TOTAL, minute), TREND_NONE);
}

#define LIVED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVED(test_an_hour_is_what_was_seen),
        LIVED(test_an_outage_has_its_length),
        LIVED(test_a_short_outage_stays_to_be_seen),
        LIVED(test_what_nobody_saw_is_neither),
        LIVED(test_a_week_and_no_more_is_kept),
        LIVED(test_a_clock_set_back_begins_anew),
        LIVED(test_a_clock_set_back_a_little_costs_nothing),
        LIVED(test_a_minute_is_its_slowest_pass),
        LIVED(test_latencies_are_kept_to_a_sixteenth),
        LIVED(test_a_restart_loses_nothing),
        LIVED(test_a_damaged_file_is_put_aside),
        LIVED(test_a_reload_keeps_what_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
