/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/counters.
 * What:  what is counted where; what goes on under another configuration. CFG-14, MET-4.
 */
#include "app/counters.h"

#include "core/policy.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct counters counters;

static int open_counters(void **state)
{
    (void)state;
    counters_init(&counters, &fixture_settings);
    return 0;
}

static int close_counters(void **state)
{
    (void)state;
    counters_done(&counters);
    return 0;
}

/* Both sides of a bound, and what is above the last one. */
static void test_buckets(void **state)
{
    (void)state;
    struct histogram histogram = {.sum = 0};
    const uint64_t values[] = {0, 5000, 5001, 10000000, 10000001};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        histogram_count(&histogram, &histogram_of_seconds, values[i]);
    assert_int_equal(histogram.buckets[0], 2);
    assert_int_equal(histogram.buckets[1], 1);
    assert_int_equal(histogram.buckets[10], 1);
    assert_int_equal(histogram.buckets[11], 1);
    assert_int_equal(histogram.sum, 20010002);
}

static void test_probes_by_reason(void **state)
{
    (void)state;
    struct probe_report report = {.verdict = VERDICT_FAIL, .reason = REASON_REFUSED, .phases.total_us = 4000};
    counters_probe(&counters, 0, &report);
    counters_probe(&counters, 3, &report);
    report = (struct probe_report){.verdict = VERDICT_LOCAL, .reason = REASON_LOCAL_ERROR, .phases.total_us = 4000};
    counters_probe(&counters, 0, &report);
    assert_int_equal(counters.checks[0].probes[REASON_REFUSED], 2);
    assert_int_equal(counters.checks[0].probes[REASON_LOCAL_ERROR], 1);
    assert_int_equal(counters.checks[0].latency.buckets[0], 2); /* our own trouble says nothing about the target */
}

static void test_answers(void **state)
{
    (void)state;
    const struct {
        struct dns_report report;
        const char *end;
    } rows[] = {
        {{.outcome = OUTCOME_ACCEPTED, .has_answer = true, .verified = true}, "NOERROR"},
        {{.outcome = OUTCOME_PREREQ, .has_answer = true, .verified = true, .rcode = 8}, "NXRRSET"},
        {{.outcome = OUTCOME_BUG, .has_answer = true, .verified = true, .rcode = 12}, "other"},
        {{.outcome = OUTCOME_CLOCK, .has_answer = true, .verified = true, .rcode = 9, .skew_s = 400}, "BADTIME"},
        {{.outcome = OUTCOME_UNKNOWN, .has_answer = true, .rcode = 5}, "unknown"},
        {{.outcome = OUTCOME_NOT_SENT}, "not-sent"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t before[UPDATE_END_COUNT];
        memcpy(before, counters.zones[0].updates, sizeof before);
        counters_answer(&counters, 0, &rows[i].report);
        for (uint32_t end = 0; end < UPDATE_END_COUNT; end++)
            assert_int_equal(counters.zones[0].updates[end] - before[end],
                             strcmp(update_end_name(end), rows[i].end) == 0 ? 1 : 0);
    }
    assert_true(counters.servers[0].told_skew);
    assert_int_equal(counters.servers[0].skew_s, 400); /* what is not believed takes nothing back */
    counters_answer(&counters, 0, &rows[0].report);
    assert_int_equal(counters.servers[0].skew_s, 0);
}

static void switches(uint32_t from, uint32_t to, bool manual)
{
    struct notice notice = fixture_notice(NOTICE_FAILOVER, 0);
    notice.from = from;
    notice.to = to;
    notice.manual = manual;
    counters_notice(&counters, &notice);
}

static void test_switches_and_who_wanted_them(void **state)
{
    (void)state;
    assert_int_equal(counters_switches(&counters, 0, 0, 1, SWITCH_HEALTH), 0);
    switches(0, 1, false);
    switches(0, 1, false);
    switches(1, 0, true);
    switches(TARGET_RETIRED, 1, false);
    assert_int_equal(counters_switches(&counters, 0, 0, 1, SWITCH_HEALTH), 2);
    assert_int_equal(counters_switches(&counters, 0, 1, 0, SWITCH_MANUAL), 1);
    assert_int_equal(counters_switches(&counters, 0, 1, 0, SWITCH_HEALTH), 0);
    assert_int_equal(counters_switches(&counters, 0, 2, 1, SWITCH_RELOAD), 1);
    assert_int_equal(counters_switches(&counters, 1, 0, 1, SWITCH_HEALTH), 0);
}

/* A record of very many targets takes no more room than one of SWITCH_PLACES_MOST. */
static void test_places_beyond_the_bound_are_others(void **state)
{
    (void)state;
    struct record_settings record = fixture_settings.records[0];
    struct settings settings = fixture_settings;
    settings.records = &record;
    settings.record_count = 1;
    counters_done(&counters);
    record.target_count = SWITCH_PLACES_MOST;
    assert_int_equal(counters_places(&record), SWITCH_PLACES_MOST);
    record.target_count = 100000;
    assert_int_equal(counters_places(&record), SWITCH_PLACES_MOST);
    counters_init(&counters, &settings);
    switches(0, SWITCH_PLACES_MOST - 1, false);
    switches(0, SWITCH_PLACES_MOST, false);
    switches(0, 99999, false);
    assert_int_equal(counters_switches(&counters, 0, 0, SWITCH_PLACES_MOST - 1, SWITCH_HEALTH), 1);
    assert_int_equal(counters_switches(&counters, 0, 0, SWITCH_PLACES_MOST, SWITCH_HEALTH), 2);
    counters_done(&counters);
    counters_init(&counters, &fixture_settings);
}

/* By name: the records have changed places, the first check has another one's name. */
static void test_another_configuration(void **state)
{
    (void)state;
    struct record_settings records[] = {fixture_settings.records[1], fixture_settings.records[0]};
    struct check_settings check = fixture_settings.checks[0];
    struct settings settings = fixture_settings;
    settings.records = records;
    settings.checks = &check;
    settings.check_count = 1;
    check.name = "another";
    struct probe_report report = {.verdict = VERDICT_PASS, .reason = REASON_OK, .phases.total_us = 1};
    counters_probe(&counters, 0, &report);
    switches(0, 1, false);
    counters_answer(&counters, 0, &(struct dns_report){.outcome = OUTCOME_ACCEPTED, .verified = true});
    counters.lines_lost = 7;

    counters_move(&counters, &settings);

    assert_int_equal(counters.checks[0].probes[REASON_OK], 0);
    assert_int_equal(counters_switches(&counters, 1, 0, 1, SWITCH_HEALTH), 1);
    assert_int_equal(counters_switches(&counters, 0, 0, 1, SWITCH_HEALTH), 0);
    assert_int_equal(counters.zones[0].updates[0], 1);
    assert_int_equal(counters.lines_lost, 7);
    counters_done(&counters);
    counters_init(&counters, &fixture_settings);
}

#define WITH_COUNTERS(test) cmocka_unit_test_setup_teardown(test, open_counters, close_counters)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buckets),
        WITH_COUNTERS(test_probes_by_reason),
        WITH_COUNTERS(test_answers),
        WITH_COUNTERS(test_switches_and_who_wanted_them),
        WITH_COUNTERS(test_places_beyond_the_bound_are_others),
        WITH_COUNTERS(test_another_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
