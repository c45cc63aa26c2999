/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/check; rule CFG-9, fault 46. Structs, no YAML.
 * What:  each rule that spans fields, on both sides of its bound; and that zeros, which were complained of, break none.
 */
#include "config/check.h"

#include "reading.h"

#include <stdlib.h>
#include <string.h>

/* One record with a primary and a secondary, one check, one address and watch each. Sound until a test changes it. */
struct site {
    struct check_settings check;
    struct watch_settings watches[2];
    struct value_settings values[3];
    struct target_settings targets[3];
    struct record_settings record;
    struct settings settings;
};

static struct site *site_new(void)
{
    static struct site site;
    site = (struct site){
        .check = {.name = "web",
                  .kind = CHECK_TCP,
                  .interval_ms = 10000,
                  .interval_changing_ms = 10000,
                  .total_ms = 4000,
                  .rise = 3,
                  .fall = 3,
                  .jitter_permille = 100},
        .watches = {{.check = 0}, {.check = 0}},
        .values = {{.watch = 0, .target = 0}, {.watch = 1, .target = 1}, {.watch = ID_NONE, .target = 2}},
        .targets = {{.role = "primary", .value_first = 0, .value_count = 1, .least_healthy = 1},
                    {.role = "secondary", .value_first = 1, .value_count = 1, .least_healthy = 1},
                    {.role = "fallback", .value_first = 2, .value_count = 1, .least_healthy = 1, .fallback = true}},
        .record = {.id = "www.example.com",
                   .ttl_s = 30,
                   .target_count = 2,
                   .fallback = ID_NONE,
                   .fail_back = FAIL_BACK_AUTO,
                   .fail_back_ms = 60000,
                   .fail_back_most_ms = 3600000,
                   .all_down = ALL_DOWN_KEEP},
    };
    site.settings = (struct settings){.checks = &site.check,
                                      .check_count = 1,
                                      .watches = site.watches,
                                      .watch_count = 2,
                                      .values = site.values,
                                      .value_count = 3,
                                      .targets = site.targets,
                                      .target_count = 3,
                                      .records = &site.record,
                                      .record_count = 1};
    return &site;
}

/* Asserts that the site gets this one complaint, or with NULL none. */
static void assert_rule(const struct site *site, enum complaint_level level, const char *words)
{
    struct complaints *complaints = complaints_new();
    config_check(&site->settings, NULL, 1024, complaints);
    uint32_t count = complaints_errors(complaints) + complaints_warnings(complaints);
    if (words == NULL && count > 0)
        fail_msg("%s", complaints_get(complaints, 0)->message);
    if (words != NULL) {
        assert_int_equal(count, 1);
        if (strstr(complaints_get(complaints, 0)->message, words) == NULL)
            fail_msg("%s", complaints_get(complaints, 0)->message);
        assert_int_equal(complaints_get(complaints, 0)->level, level);
    }
    complaints_free(complaints);
}

static void test_a_sound_site_has_no_complaints(void **state)
{
    (void)state;
    assert_rule(site_new(), COMPLAINT_ERROR, NULL);
}

static void test_times_of_a_check(void **state)
{
    (void)state;
    static const struct {
        uint32_t total_ms, changing_ms, interval_ms;
        const char *words;
    } rows[] = {
        {9999, 10000, 10000, NULL},
        {10000, 10000, 10000, "'timeout' (10s) must be shorter than 'interval' (10s) in check 'web'"},
        {12000, 10000, 10000, "'timeout' (12s) must be shorter than 'interval' (10s)"},
        {1999, 2000, 10000, NULL},
        {2000, 2000, 10000, "'timeout' (2s) must be shorter than 'interval-changing' (2s)"},
        {4000, 10000, 10000, NULL},
        {4000, 10001, 10000, "'interval-changing' (10s1ms) must not be longer than 'interval' (10s)"},
        {0, 10000, 10000, NULL},
        {20000, 10000, 0, NULL},
        {20000, 0, 10000, NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct site *site = site_new();
        site->check.total_ms = rows[i].total_ms;
        site->check.interval_changing_ms = rows[i].changing_ms;
        site->check.interval_ms = rows[i].interval_ms;
        assert_rule(site, COMPLAINT_ERROR, rows[i].words);
    }
}

static void test_a_primary_needs_a_check_and_a_standby(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->values[0].watch = ID_NONE;
    assert_rule(site, COMPLAINT_WARNING, "'www.example.com' has no check on its primary: it can never fail over");
    site->values[1].watch = ID_NONE; /* then its standby's lack is no worry */
    assert_rule(site, COMPLAINT_WARNING, "'www.example.com' has no check on its primary: it can never fail over");

    site = site_new();
    site->values[1].watch = ID_NONE;
    assert_rule(site, COMPLAINT_WARNING, "its own outage would look like the primary's");

    site = site_new();
    site->record.target_count = 1;
    assert_rule(site, COMPLAINT_WARNING, "has one target only");

    site = site_new();
    site->record.target_count = 3; /* the fallback is never probed and nobody's worry */
    site->record.fallback = 2;
    assert_rule(site, COMPLAINT_WARNING, NULL);

    site = site_new();
    site->targets[0].value_count = 0; /* its addresses were bad */
    assert_rule(site, COMPLAINT_WARNING, NULL);
    site->record.target_count = 0;
    assert_rule(site, COMPLAINT_WARNING, NULL);
}

/* A target with several addresses is watched if one of them is. */
static void test_one_watched_address_is_enough(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->values[2].watch = 1;
    site->values[1].watch = ID_NONE;
    site->targets[1].value_count = 2;
    assert_rule(site, COMPLAINT_WARNING, NULL);
}

static void test_detection_counts_interval_streak_jitter_and_timeout(void **state)
{
    (void)state;
    struct site *site = site_new();
    assert_int_equal(check_detection_ms(&site->check), 10000 + 20000 + 1000 + 4000);
    site->check.interval_changing_ms = 5000;
    site->check.fall = 1;
    site->check.jitter_permille = 0;
    assert_int_equal(check_detection_ms(&site->check), 14000);
}

static void test_a_ttl_above_three_times_the_detection_warns(void **state)
{
    (void)state;
    struct site *site = site_new(); /* detection 35 s */
    site->record.ttl_s = 105;
    assert_rule(site, COMPLAINT_WARNING, NULL);
    site->record.ttl_s = 106;
    assert_rule(site, COMPLAINT_WARNING,
                "'ttl' (1m46s) is more than three times what check 'web' needs to see an outage (35s)");
    site->check.fall = 0; /* was complained of */
    assert_rule(site, COMPLAINT_WARNING, NULL);
}

static void test_more_healthy_than_there_are(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->targets[1].least_healthy = 2;
    assert_rule(site, COMPLAINT_ERROR, "'min-healthy' is 2 and 'secondary' has 1 address: it could never be up");
    site->targets[1].value_count = 2;
    assert_rule(site, COMPLAINT_ERROR, NULL);
}

static void test_policy_of_a_record(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->record.all_down = ALL_DOWN_FALLBACK;
    assert_rule(site, COMPLAINT_ERROR, "needs a 'fallback'");
    site->record.target_count = 3;
    site->record.fallback = 2;
    assert_rule(site, COMPLAINT_ERROR, NULL);

    site = site_new();
    site->record.fail_back_ms = 3600000;
    assert_rule(site, COMPLAINT_WARNING, NULL);
    site->record.fail_back_ms = 3600001;
    assert_rule(site, COMPLAINT_WARNING,
                "'fail-back-delay' (1h1ms) is longer than 'fail-back-delay-max' (1h): it does "
                "not grow");
    site->record.fail_back_ms = site->record.fail_back_most_ms = 0;
    assert_rule(site, COMPLAINT_WARNING, NULL);
}

/* Two watches at 4 s of 10 s: 1.25 x 0.8 = 1 probe at a time. */
static void test_fewer_probes_than_silent_targets_need(void **state)
{
    (void)state;
    static const struct {
        uint32_t asked, open_files;
        bool warned;
    } rows[] = {{0, 1024, false}, {1, 1024, false}, {2, 1024, false}, {0, 0, false}, {4, 0, false}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct site *site = site_new();
        site->settings.daemon.probe_concurrency = rows[i].asked;
        struct complaints *complaints = complaints_new();
        config_check(&site->settings, NULL, rows[i].open_files, complaints);
        assert_int_equal(complaints_warnings(complaints) > 0, rows[i].warned);
        complaints_free(complaints);
    }
    struct site *site = site_new();
    site->check.total_ms = 9000; /* 1.25 x 1.8 = 2.25: three */
    site->settings.daemon.probe_concurrency = 3;
    assert_rule(site, COMPLAINT_WARNING, NULL);
    site->settings.daemon.probe_concurrency = 2;
    assert_rule(site, COMPLAINT_WARNING, "'probe-concurrency' is 2 and these checks need 3");
}

static void test_the_limit_of_open_files_caps_probes(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->settings.daemon.probe_concurrency = 5000;
    assert_rule(site, COMPLAINT_WARNING, "the limit of open files (1024)");
}

/* Two watches: 1.25 x 2 x 25.6. That the timeout is above the interval is told by another rule. */
static void test_more_programs_than_may_run(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->settings.daemon.probe_concurrency = 1000;
    site->check.kind = CHECK_EXEC;
    site->check.interval_ms = site->check.interval_changing_ms = 1000;
    site->check.total_ms = 25601;
    struct complaints *complaints = complaints_new();
    config_check(&site->settings, NULL, 65536, complaints);
    char *text = printed(complaints, false);
    assert_non_null(strstr(text, "need 65 at a time when they all hang, and at most 64 run"));
    free(text);
    complaints_free(complaints);
    site->check.total_ms = 25600;
    complaints = complaints_new();
    config_check(&site->settings, NULL, 65536, complaints);
    text = printed(complaints, false);
    assert_null(strstr(text, "when they all hang"));
    free(text);
    complaints_free(complaints);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sound_site_has_no_complaints),
        cmocka_unit_test(test_times_of_a_check),
        cmocka_unit_test(test_a_primary_needs_a_check_and_a_standby),
        cmocka_unit_test(test_one_watched_address_is_enough),
        cmocka_unit_test(test_detection_counts_interval_streak_jitter_and_timeout),
        cmocka_unit_test(test_a_ttl_above_three_times_the_detection_warns),
        cmocka_unit_test(test_more_healthy_than_there_are),
        cmocka_unit_test(test_policy_of_a_record),
        cmocka_unit_test(test_fewer_probes_than_silent_targets_need),
        cmocka_unit_test(test_the_limit_of_open_files_caps_probes),
        cmocka_unit_test(test_more_programs_than_may_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
