/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/report.
 * What:  what the shell says itself; and that a storm of lines is summed up. LOG-6.
 */
#include "app/wording.h"
#include "ear.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct notice target_notice(enum notice_kind kind, uint32_t record, uint32_t value, enum reason reason)
{
    struct notice notice = fixture_notice(kind, record);
    notice.value = value;
    notice.watch = fixture_settings.values[value].watch;
    notice.target = fixture_settings.values[value].target - fixture_settings.records[record].target_first;
    notice.reason = reason;
    return notice;
}

/* ---- the process ---- */

static void test_gap_and_late_probes(void **state)
{
    (void)state;
    struct notice notice = fixture_notice(NOTICE_GAP, ID_NONE);
    notice.span_ms = 61000;
    expect_line(&notice, LOG_LEVEL_WARNING, "gap", "this process stood still for 1m1s: results from before are dropped",
                "DURATION_USEC=61000000");
    notice = fixture_notice(NOTICE_PROBES_LATE, ID_NONE);
    notice.count = 38;
    notice.span_ms = 2000;
    expect_line(&notice, LOG_LEVEL_WARNING, "probes-late",
                "38 probes started late, the worst by 2s: probe-concurrency 64 is reached", NULL);
}

static void test_connectivity(void **state)
{
    (void)state;
    struct notice notice = fixture_notice(NOTICE_CUT_OFF, ID_NONE);
    notice.threshold = 2;
    notice.duration_ms = 0;
    expect_line(&notice, LOG_LEVEL_CRITICAL, "connectivity",
                "this host looks cut off (0 of 2 answer): all decisions frozen, DNS left as it is", NULL);
    notice.duration_ms = 3600000;
    expect_line(&notice, LOG_LEVEL_CRITICAL, "connectivity",
                "this host looks cut off (0 of 2 answer), for 1h: all decisions frozen, DNS left as it is",
                "DURATION_USEC=3600000000");
    notice.kind = NOTICE_CONNECTED;
    notice.count = 1;
    expect_line(&notice, LOG_LEVEL_NOTICE, "connectivity",
                "this host is connected again (1 of 2 answer) after 1h: every target is unknown until probed",
                "DURATION_USEC=3600000000");
}

static void test_who_does_not_serve_a_change(void **state)
{
    (void)state;
    static const struct {
        uint16_t port;
        bool answered, authoritative;
        const char *detail, *said;
    } rows[] = {
        {53, true, true, "192.0.2.10", "192.0.2.53 still serves 192.0.2.10"},
        {5353, true, true, "", "192.0.2.53:5353 serves no address"},
        {53, true, false, "", "192.0.2.53 answers without authority for it (lame)"},
        {53, false, false, "timeout", "192.0.2.53 does not say what it serves: timeout"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct notice notice = fixture_notice(NOTICE_NOT_SERVED, 0);
        char line[256];
        notice.endpoint = (struct endpoint){{ADDRESS_V4, {192, 0, 2, 53}}, rows[i].port};
        notice.answered = rows[i].answered;
        notice.authoritative = rows[i].authoritative;
        notice.has_serial = true;
        notice.serial = 2026112304;
        notice.duration_ms = 30005;
        notice.count = 1;
        notice.threshold = 2;
        memcpy(notice.detail, rows[i].detail, strlen(rows[i].detail) + 1);
        struct text out = text_over(line, sizeof line);
        text_addf(&out, "www.example.com: %s, 30s after serial 2026112304; served 1 of 2", rows[i].said);
        expect_line(&notice, LOG_LEVEL_ERROR, "not-served", line, NULL);
    }
    struct notice notice = fixture_notice(NOTICE_NOT_SERVED, 0);
    notice.has_serial = true;
    notice.serial = 7;
    notice.duration_ms = 300000;
    expect_line(&notice, LOG_LEVEL_ERROR, "not-served",
                "www.example.com: no name server of 'verify' could be found, 5m after serial 7; served 0 of 0", NULL);
}

/* The report has the record at hand as it is when all serve it. */
static void test_who_serves_a_change_and_when(void **state)
{
    (void)state;
    struct verify_place places[] = {{.endpoint = {{ADDRESS_V4, {127, 0, 0, 1}}, 53}, .serves = true, .after_ms = 12},
                                    {.endpoint = {{ADDRESS_V4, {192, 0, 2, 53}}, 53}, .serves = true, .after_ms = 1290},
                                    {.endpoint = {{ADDRESS_V4, {192, 0, 2, 54}}, 5300}, .after_ms = 75000}};
    const struct verify verify = {.places = places, .count = 3};
    struct words words;
    words_clear(&words);
    wording_of_served(&words, &verify);
    assert_string_equal(words.value[WORD_TEXT],
                        "127.0.0.1 after 0.0 s, 192.0.2.53 after 1.2 s, 192.0.2.54:5300 after 1m15s");
}

static void test_lines_of_the_shell(void **state)
{
    (void)state;
    report_started(&report, 0, 0, 0);
    assert_non_null(
        strstr(heard.message, " ready: 2 records, 1 check, 1 server; every target is unknown until probed"));
    struct record_settings bare[2] = {fixture_settings.records[0], fixture_settings.records[1]};
    struct settings weaker = fixture_settings;
    weaker.records = bare;
    bare[0].ownership = OWNERSHIP_NONE;
    const struct report weaker_report = {.settings = &weaker};
    report_started(&weaker_report, 0, 0, 0);
    assert_non_null(strstr(heard.message, " 1 server; 1 record without a marker (ownership: none); every target"));
    report_started(&report, 2, 1, 0x4be1c0de77aa0912);
    assert_non_null(strstr(heard.message, "; owner id 4be1c0de77aa0912 was made"));
    assert_non_null(strstr(heard.message, " 1 server; 2 overrides and 1 unsent message taken over; every target is "));
    report_stopped(&report);
    assert_string_equal(heard.message, "stopping: DNS is left as it is");
    report_lines_lost(212, 41000);
    assert_string_equal(heard.message, "212 log lines were lost: the journal took none for 41s");
    report_lines_lost(1, 41000);
    assert_string_equal(heard.message, "1 log line was lost: the journal took none for 41s");
    report_reload_failed(1795000000000, 0, 2, "/etc/x.yaml:1:1: error: no check named 'a'");
    assert_int_equal(heard.level, LOG_LEVEL_ERROR);
    struct settings nothing = {0};
    report_init(&report, &nothing, 0);
    report_started(&report, 0, 0, 0);
    assert_non_null(strstr(heard.message, " ready: 0 records, 0 checks, 0 servers; no records configured"));
}

/* ---- a storm ---- */

static void test_storm_is_summed_up(void **state)
{
    (void)state;
    struct notice down = target_notice(NOTICE_TARGET_DOWN, 0, 0, REASON_REFUSED);
    struct notice over = fixture_notice(NOTICE_FAILOVER, 0);
    assert_true(report_deadline(&report) == MONO_NEVER);
    for (uint32_t i = 0; i < 412; i++)
        report_notice(&report, &down, 1100);
    for (uint32_t i = 0; i < 5; i++)
        report_notice(&report, &over, 1200);
    assert_int_equal(heard.count, REPORT_LINES);
    assert_true(report_deadline(&report) == 2000);
    report_summarise(&report, 1999);
    assert_int_equal(heard.count, REPORT_LINES);
    report_summarise(&report, 2000);
    assert_int_equal(heard.count, REPORT_LINES + 2);
    assert_string_equal(heard.kept[200 % EAR_KEPT].event, "target-down");
    assert_string_equal(heard.kept[200 % EAR_KEPT].message, "412 targets went down in 1 s, 212 not listed");
    assert_string_equal(heard.kept[201 % EAR_KEPT].message, "5 records failed over in 1 s, 5 not listed");
    assert_string_equal(heard.fields, "");
    assert_true(report_deadline(&report) == MONO_NEVER);
    report_notice(&report, &down, 2001);
    assert_int_equal(heard.count, REPORT_LINES + 3);
}

/* 5,000 targets that die within five seconds: the first 200 by name, of the rest few. */
static void test_long_storm_is_listed_less_and_less(void **state)
{
    (void)state;
    struct notice down = target_notice(NOTICE_TARGET_DOWN, 0, 0, REASON_REFUSED);
    mono_ms now = 1000;
    for (uint32_t i = 0; i < 5000; i++, now++)
        report_notice(&report, &down, now);
    report_summarise(&report, 8000);
    assert_int_equal(heard.count, REPORT_LINES + 1 + REPORT_LINES_STORM + 1 + REPORT_LINES_STORM + 1);
    assert_string_equal(heard.message, "2000 targets went down in 4 s, 1990 not listed");
    /* What is no storm any more is listed in full again. */
    for (uint32_t i = 0; i < 11; i++)
        report_notice(&report, &down, 8001);
    report_summarise(&report, 16000);
    assert_string_equal(heard.message, "11 targets went down in 8 s, 1 not listed");
    uint32_t before = heard.count;
    for (uint32_t i = 0; i < 11; i++)
        report_notice(&report, &down, 16001);
    assert_int_equal(heard.count, before + 11);
}

/* Whatever else happens, that the process stood still is said. */
static void test_storm_does_not_drown_the_rest(void **state)
{
    (void)state;
    struct notice down = target_notice(NOTICE_TARGET_DOWN, 0, 0, REASON_REFUSED);
    for (uint32_t i = 0; i < REPORT_LINES + 1; i++)
        report_notice(&report, &down, 1100);
    struct notice gap = fixture_notice(NOTICE_GAP, ID_NONE);
    gap.span_ms = 5000;
    expect_line(&gap, LOG_LEVEL_WARNING, "gap", "this process stood still for 5s: results from before are dropped",
                NULL);
}

static void test_lines_below_the_level_do_not_count(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_WARNING);
    struct notice up = target_notice(NOTICE_TARGET_UP, 0, 0, REASON_OK);
    for (uint32_t i = 0; i < 1000; i++)
        report_notice(&report, &up, 1100);
    assert_true(report_deadline(&report) == MONO_NEVER);
    struct notice down = target_notice(NOTICE_TARGET_DOWN, 0, 0, REASON_REFUSED);
    report_notice(&report, &down, 1100);
    assert_int_equal(heard.count, 1);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup(function, ear_open)
    const struct CMUnitTest tests[] = {
        TEST(test_gap_and_late_probes),
        TEST(test_connectivity),
        TEST(test_who_does_not_serve_a_change),
        TEST(test_who_serves_a_change_and_when),
        TEST(test_lines_of_the_shell),
        TEST(test_storm_is_summed_up),
        TEST(test_long_storm_is_listed_less_and_less),
        TEST(test_storm_does_not_drown_the_rest),
        TEST(test_lines_below_the_level_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
