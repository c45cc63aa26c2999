/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/link and its parts, by way of small files.
 * What:  nearer values win; zones by longest match; watches shared; users, types and rooms; roles; times of checks.
 */
#include "reading.h"

#include <stdio.h>
#include <string.h>

static uint32_t record_named(const struct settings *settings, const char *id)
{
    for (uint32_t i = 0; i < settings->record_count; i++)
        if (strcmp(settings->records[i].id, id) == 0)
            return i;
    fail_msg("no record %s", id);
    return ID_NONE;
}

static void test_a_value_set_nearer_wins(void **state)
{
    (void)state;
    struct reading reading = read_well(
        SERVER "defaults:\n"
               "  check: {interval: 20s, fall: 5, timeout: {connect: 1s}}\n"
               "  record: {ttl: 20, fail-back: manual, min-healthy: 1, create: yes}\n"
               "checks:\n"
               "  near: {tcp: 1, interval: 8s, timeout: 3s}\n"
               "  far: {tcp: 2}\n"
               "records:\n"
               "  a.example.com: {check: near, primary: 192.0.2.1, secondary: 192.0.2.2, ttl: 10s, create: no}\n"
               "  b.example.com: {check: far, primary: 192.0.2.1, secondary: 192.0.2.2}\n");
    const struct settings *settings = &reading.config.settings;
    const struct check_settings *near = &settings->checks[0], *far = &settings->checks[1];
    assert_int_equal(near->interval_ms, 8000);
    assert_int_equal(near->interval_changing_ms, 8000);
    assert_int_equal(near->fall, 5);
    assert_int_equal(near->rise, 3);
    assert_false(near->phased);
    assert_int_equal(near->total_ms, 3000);
    assert_int_equal(far->interval_ms, 20000);
    assert_true(far->phased);
    assert_int_equal(far->connect_ms, 1000);
    assert_int_equal(far->response_ms, 2000);
    assert_int_equal(far->body_ms, 2000);
    assert_int_equal(far->total_ms, 5000);
    assert_int_equal(settings->records[0].ttl_s, 10);
    assert_int_equal(settings->records[1].ttl_s, 20);
    assert_int_equal(settings->records[0].fail_back, FAIL_BACK_MANUAL);
    assert_false(settings->records[0].create);
    assert_true(settings->records[1].create);
    reading_done(&reading);
}

/* timeout unset: 4s, or 80 % of an interval below 5s. */
static void test_a_timeout_follows_short_intervals(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        uint32_t total_ms, interval_ms, changing_ms;
    } rows[] = {
        {"", 4000, 10000, 10000},
        {", interval: 5s", 4000, 5000, 5000},
        {", interval: 4999ms", 3996, 4999, 4999},
        {", interval: 500ms", 400, 500, 500},
        {", interval: 1d", 4000, 86400000, 86400000},
        {", interval: 6s, interval-changing: 5s", 4000, 6000, 5000},
        {", timeout: 50ms", 50, 10000, 10000},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[256];
        snprintf(text, sizeof(text), "checks:\n  a: {tcp: 1%s}\n", rows[i].keys);
        struct reading reading = read_well(text);
        const struct check_settings *check = &reading.config.settings.checks[0];
        assert_int_equal(check->total_ms, rows[i].total_ms);
        assert_int_equal(check->connect_ms, rows[i].total_ms);
        assert_int_equal(check->body_ms, rows[i].total_ms);
        assert_int_equal(check->interval_ms, rows[i].interval_ms);
        assert_int_equal(check->interval_changing_ms, rows[i].changing_ms);
        reading_done(&reading);
    }
}

static void test_what_an_http_check_says(void **state)
{
    (void)state;
    struct reading reading = read_well("checks:\n"
                                       "  a:\n"
                                       "    http: https://www.example.com:8443/x\n"
                                       "    tls: {verify: off, sni: other.example, min-version: 1.2, ca: system}\n"
                                       "    expect: {status: [200, 300-302], contains: '\"ok\"'}\n"
                                       "    method: GET\n"
                                       "    body: ''\n"
                                       "    headers: {}\n"
                                       "    invert: no\n"
                                       "    follow-redirects: 0\n");
    const struct check_settings *check = &reading.config.settings.checks[0];
    assert_true(check->how.http.secure);
    assert_int_equal(check->how.http.port, 8443);
    assert_false(check->how.http.tls.verify);
    assert_string_equal(check->how.http.tls.sni, "other.example");
    assert_null(check->how.http.tls.ca);
    assert_int_equal(check->expect.status_count, 2);
    assert_int_equal(check->expect.statuses[0].most, 200);
    assert_int_equal(check->expect.statuses[1].least, 300);
    assert_string_equal(check->expect.contains, "\"ok\"");
    assert_int_equal(check->expect.contains_length, 4);
    reading_done(&reading);
}

/* ---- zones ------------------------------------------------------------------------------------------------------ */

static void test_the_longest_zone_wins_and_the_first_of_equals(void **state)
{
    (void)state;
    struct reading reading = read_well(
        "servers:\n"
        "  one: {address: 192.0.2.51, zones: [example.com], key: {credential: k}}\n"
        "  two: {address: 192.0.2.52, zones: [Sub.Example.com., example.com], key: {credential: k}}\n"
        "  root: {address: 192.0.2.53, zones: [.], key: {credential: k}}\n" CHECK "records:\n"
        "  www.example.com: &r {check: smtp, primary: 192.0.2.1, secondary: 192.0.2.2}\n"
        "  www.sub.example.com: *r\n"
        "  sub.example.com: *r\n"
        "  notsub.example.com: *r\n"
        "  www.example.org: *r\n"
        "  EXAMPLE.com: *r\n"
        "  by-name: {name: www.example.com, server: two, check: smtp, primary: 192.0.2.1, secondary: 192.0.2.2}\n"
        "  by-root: {name: www.sub.example.com, server: root, check: smtp, primary: 192.0.2.1, secondary: "
        "192.0.2.2}\n");
    const struct settings *settings = &reading.config.settings;
    static const struct {
        const char *id, *server;
        uint16_t zone_length;
    } rows[] = {
        {"www.example.com", "one", 13}, {"www.sub.example.com", "two", 17},
        {"sub.example.com", "two", 17}, {"notsub.example.com", "one", 13},
        {"www.example.org", "root", 1}, {"EXAMPLE.com", "one", 13},
        {"by-name", "two", 13},         {"by-root", "root", 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct record_settings *record = &settings->records[record_named(settings, rows[i].id)];
        const struct zone_settings *zone = &settings->zones[record->zone];
        assert_string_equal(settings->servers[zone->server].name, rows[i].server);
        assert_int_equal(zone->name.length, rows[i].zone_length);
        assert_true(dname_is_within(&record->owner, &zone->name));
    }
    reading_done(&reading);
}

/* ---- targets ---------------------------------------------------------------------------------------------------- */

static void test_watches_are_shared_and_know_their_users(void **state)
{
    (void)state;
    struct reading reading = read_well(
        SERVER CHECK
        "records:\n"
        "  a.example.com: {check: web, primary: 192.0.2.1, secondary: 192.0.2.2}\n"
        "  b.example.com: {check: web, primary: 192.0.2.2, secondary: [192.0.2.1, '2001:db8::1']}\n"
        "  c.example.com: {check: smtp, primary: 192.0.2.1, secondary: {address: '2001:DB8::1', check: web}}\n");
    const struct settings *settings = &reading.config.settings;
    assert_int_equal(settings->value_count, 7);
    assert_int_equal(settings->watch_count, 4); /* web at .1, .2 and ::1, smtp at .1 */
    assert_int_equal(settings->user_count, 7);
    uint32_t seen = 0;
    for (uint32_t w = 0; w < settings->watch_count; w++) {
        const struct watch_settings *watch = &settings->watches[w];
        assert_int_equal(watch->user_first, seen);
        for (uint32_t u = 0; u < watch->user_count; u++) {
            uint32_t value = settings->users[watch->user_first + u];
            assert_int_equal(settings->values[value].watch, w);
            assert_true(address_equal(&settings->values[value].address, &watch->address));
            assert_true(u == 0 || settings->users[watch->user_first + u - 1] < value);
        }
        seen += watch->user_count;
    }
    assert_int_equal(settings->watches[0].user_count, 2);
    assert_int_equal(settings->watches[2].user_count, 2);
    assert_int_equal(settings->watches[3].user_count, 1);
    reading_done(&reading);
}

/* Who asks in the name of a record or a target asks for each; what rests on that is as much its own. */
static void test_watches_that_name_a_target_are_its_own(void **state)
{
    (void)state;
    static const struct {
        const char *check, *argument;
        uint32_t watches;
    } rows[] = {
        {"run", "$ADDRESS", 2},  {"run", "$CHECK", 2},    {"run", "x$RECORD", 4}, {"run", "$TARGET", 4},
        {"both", "$ADDRESS", 6}, {"both", "$RECORD", 10}, /* run and both four times, web is shared */
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[1024];
        snprintf(text, sizeof text,
                 SERVER "checks:\n  web: {http: http://www.example.com/}\n  run: {exec: [/bin/true, %s]}\n"
                        "  both: {all-of: [run, web]}\n"
                        "records:\n  a.example.com: {check: %s, primary: 192.0.2.1, secondary: 192.0.2.2}\n"
                        "  b.example.com: {check: %s, primary: 192.0.2.1, secondary: 192.0.2.2}\n",
                 rows[i].argument, rows[i].check, rows[i].check);
        struct reading reading = read_well(text);
        const struct settings *settings = &reading.config.settings;
        assert_int_equal(settings->watch_count, rows[i].watches);
        for (uint32_t v = 0; v < settings->value_count; v++) {
            const struct watch_settings *watch = &settings->watches[settings->values[v].watch];
            bool own = rows[i].watches % 4 == 0 || rows[i].watches == 10;
            assert_int_equal(watch->target, own ? settings->values[v].target : ID_NONE);
        }
        reading_done(&reading);
    }
}

static void test_types_and_rooms_cover_every_target(void **state)
{
    (void)state;
    static const struct {
        const char *targets;
        uint8_t type_count;
        enum rrtype types[2];
        uint16_t room[2];
    } rows[] = {
        {"primary: 192.0.2.1, secondary: 192.0.2.2", 1, {RRTYPE_A}, {6}},
        {"primary: '2001:db8::1', secondary: '2001:db8::2'", 1, {RRTYPE_AAAA}, {18}},
        {"primary: '2001:db8::1', secondary: 192.0.2.2", 2, {RRTYPE_A, RRTYPE_AAAA}, {6, 18}},
        {"primary: [192.0.2.1, 192.0.2.3], secondary: [192.0.2.2, '2001:db8::1', '2001:db8::2']",
         2,
         {RRTYPE_A, RRTYPE_AAAA},
         {12, 36}},
        {"primary: 192.0.2.1, secondary: 192.0.2.2, fallback: ['2001:db8::1', 192.0.2.5, 192.0.2.6, 192.0.2.7]",
         2,
         {RRTYPE_A, RRTYPE_AAAA},
         {18, 18}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[1024];
        snprintf(text, sizeof(text), SERVER CHECK "records:\n  a.example.com: {check: smtp, %s}\n", rows[i].targets);
        struct reading reading = read_well(text);
        const struct record_settings *record = &reading.config.settings.records[0];
        assert_int_equal(record->type_count, rows[i].type_count);
        for (uint32_t t = 0; t < record->type_count; t++) {
            assert_int_equal(record->types[t], rows[i].types[t]);
            assert_int_equal(record->room[t], rows[i].room[t]);
        }
        reading_done(&reading);
    }
}

static void test_roles_labels_and_the_fallback(void **state)
{
    (void)state;
    struct reading reading = read_well(
        SERVER CHECK "records:\n"
                     "  a.example.com:\n"
                     "    check: smtp\n"
                     "    fallback: 192.0.2.9\n"
                     "    secondary: {address: 192.0.2.2, label: ams2}\n"
                     "    primary: {address: [192.0.2.1, 192.0.2.3], label: fra1}\n"
                     "    min-healthy: 1\n"
                     "    all-down: fallback\n"
                     "  b.example.com:\n"
                     "    check: smtp\n"
                     "    targets: [192.0.2.1, {address: 192.0.2.2, label: osaka}, [192.0.2.3, 192.0.2.4]]\n"
                     "    fallback: 192.0.2.9\n");
    const struct settings *settings = &reading.config.settings;
    static const struct {
        const char *role, *label;
        uint32_t values, record;
        bool fallback;
    } rows[] = {
        {"primary", "fra1", 2, 0, false}, {"secondary", "ams2", 1, 0, false}, {"fallback", NULL, 1, 0, true},
        {"target-1", NULL, 1, 1, false},  {"osaka", "osaka", 1, 1, false},    {"target-3", NULL, 2, 1, false},
        {"fallback", NULL, 1, 1, true},
    };
    assert_int_equal(settings->target_count, ARRAY_COUNT(rows));
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct target_settings *target = &settings->targets[i];
        assert_string_equal(target->role, rows[i].role);
        assert_int_equal(target->label != NULL, rows[i].label != NULL);
        assert_true(rows[i].label == NULL || strcmp(target->label, rows[i].label) == 0);
        assert_int_equal(target->value_count, rows[i].values);
        assert_int_equal(target->record, rows[i].record);
        assert_int_equal(target->fallback, rows[i].fallback);
        for (uint32_t v = 0; v < target->value_count; v++) {
            assert_int_equal(settings->values[target->value_first + v].target, i);
            assert_int_equal(settings->values[target->value_first + v].watch == ID_NONE, rows[i].fallback);
        }
    }
    assert_int_equal(settings->records[0].fallback, 2);
    assert_int_equal(settings->records[1].fallback, 3);
    assert_int_equal(settings->records[1].target_first, 3);
    reading_done(&reading);
}

static void test_a_target_may_have_no_check(void **state)
{
    (void)state;
    struct reading reading = read_text(
        SERVER CHECK
        "records:\n  a.example.com: {check: web, primary: 192.0.2.1, secondary: {address: 192.0.2.2, check: none}}\n");
    assert_true(reading.good);
    assert_int_equal(reading.config.settings.values[0].watch, 0);
    assert_int_equal(reading.config.settings.values[1].watch, ID_NONE);
    assert_int_equal(reading.config.settings.watch_count, 1);
    reading_done(&reading);
}

static void test_a_record_has_at_most_a_thousand_addresses(void **state)
{
    (void)state;
    static char text[40000];
    for (uint32_t count = 999; count <= 1000; count++) { /* and the secondary's */
        struct text out = text_over(text, sizeof(text));
        text_add(&out,
                 SERVER CHECK "records:\n  a.example.com: {check: smtp, secondary: 192.0.2.1, primary: [10.0.0.0");
        for (uint32_t i = 1; i < count; i++)
            text_addf(&out, ", 10.0.%u.%u", i / 256, i % 256);
        text_add(&out, "]}\n");
        assert_false(out.truncated);
        struct reading reading = read_text(text);
        assert_int_equal(reading.good, count == 999);
        assert_int_equal(find_complaint(&reading, "at most 1000 addresses") != NULL, count != 999);
        reading_done(&reading);
    }
}

/* CFG-12: what YAML takes for a boolean, a number or nothing is text where text is wanted. */
static void test_types_come_from_the_schema(void **state)
{
    (void)state;
    struct reading reading = read_well(SERVER "checks:\n  yes: {http: http://x/, expect: {contains: 1.0}}\n"
                                              "records:\n  no: {name: www.example.com, check: yes, primary: {address: "
                                              "192.0.2.1, label: no}, secondary: {address: 192.0.2.2, label: 0x10}}\n");
    const struct settings *settings = &reading.config.settings;
    assert_string_equal(settings->checks[0].name, "yes");
    assert_string_equal(settings->checks[0].expect.contains, "1.0");
    assert_string_equal(settings->records[0].id, "no");
    assert_string_equal(settings->targets[0].label, "no");
    assert_string_equal(settings->targets[1].label, "0x10");
    reading_done(&reading);
}

static void test_the_daemons_keys(void **state)
{
    (void)state;
    struct reading reading = read_well(
        "safety: {dry-run: on, start-grace: 0s, foreign-change: hold}\n"
        "daemon: {log-level: debug, probe-concurrency: 7, owner: 00000000000000ff, contact: x@y, "
        "state-directory: /s, runtime-directory: /r}\n");
    const struct settings *settings = &reading.config.settings;
    assert_true(settings->safety.dry_run);
    assert_int_equal(settings->safety.start_grace_ms, 0);
    assert_int_equal(settings->daemon.log_level, LOG_LEVEL_DEBUG);
    assert_int_equal(settings->daemon.probe_concurrency, 7);
    assert_true(settings->daemon.has_owner);
    assert_int_equal(settings->daemon.owner, 255);
    assert_string_equal(settings->daemon.contact, "x@y");
    assert_string_equal(settings->daemon.state_directory, "/s");
    assert_string_equal(settings->daemon.runtime_directory, "/r");
    reading_done(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_value_set_nearer_wins),
        cmocka_unit_test(test_a_timeout_follows_short_intervals),
        cmocka_unit_test(test_what_an_http_check_says),
        cmocka_unit_test(test_the_longest_zone_wins_and_the_first_of_equals),
        cmocka_unit_test(test_watches_are_shared_and_know_their_users),
        cmocka_unit_test(test_watches_that_name_a_target_are_its_own),
        cmocka_unit_test(test_types_and_rooms_cover_every_target),
        cmocka_unit_test(test_roles_labels_and_the_fallback),
        cmocka_unit_test(test_a_target_may_have_no_check),
        cmocka_unit_test(test_a_record_has_at_most_a_thousand_addresses),
        cmocka_unit_test(test_types_come_from_the_schema),
        cmocka_unit_test(test_the_daemons_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
