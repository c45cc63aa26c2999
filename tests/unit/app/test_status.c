/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/status.
 * What:  the line that systemctl status shows. LOG-8.
 */
#include "app/status.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct engine_summary quiet = {
    .records = 2, .on_first = 2, .failed_over_record = ID_NONE, .stopped_record = ID_NONE, .changed_at = MONO_NEVER};

static void expect_status(const struct settings *settings, const struct engine_summary *summary, const char *wanted)
{
    char storage[STATUS_MAX];
    struct text status = text_over(storage, sizeof storage);
    status_format(settings, summary, 1000000, &status);
    assert_string_equal(status.bytes, wanted);
}

static void test_all_well(void **state)
{
    (void)state;
    expect_status(&fixture_settings, &quiet, "2 records: 2 primary; dns ok");
}

static void test_records_without_a_marker(void **state)
{
    (void)state;
    struct settings settings = fixture_settings;
    struct record_settings records[2] = {fixture_settings.records[0], fixture_settings.records[1]};
    settings.records = records;
    records[1].ownership = OWNERSHIP_NONE;
    expect_status(&settings, &quiet, "2 records: 2 primary; dns ok; 1 record without a marker (ownership: none)");
    records[0].ownership = OWNERSHIP_NONE;
    expect_status(&settings, &quiet, "2 records: 2 primary; dns ok; 2 records without a marker (ownership: none)");
}

static void test_each_part(void **state)
{
    (void)state;
    struct engine_summary summary = quiet;
    summary.on_first = 1;
    summary.failed_over = 1;
    summary.failed_over_record = 0;
    summary.changed_at = 1000000 - 360000;
    expect_status(&fixture_settings, &summary,
                  "2 records: 1 primary, 1 failed over (www.example.com); dns ok; last change 6m ago");
    summary.pending = 1;
    summary.on_first = 0;
    summary.failed_over = 2;
    expect_status(&fixture_settings, &summary,
                  "2 records: 0 primary, 2 failed over (www.example.com, ...); dns: 1 pending; last change 6m ago");
    summary = quiet;
    summary.on_first = 0;
    summary.unread = 2;
    summary.pending = 2;
    expect_status(&fixture_settings, &summary, "2 records: 0 primary; dns: 2 not read yet");
    summary = quiet;
    summary.records = 1;
    summary.on_first = 0;
    summary.stopped = 1;
    summary.stopped_record = 1;
    expect_status(&fixture_settings, &summary, "2 records: 0 primary, 1 not written (db.example.com), 1 off; dns ok");
}

static void test_the_gate_stands_before_all(void **state)
{
    (void)state;
    struct engine_summary summary = quiet;
    summary.references = 2;
    summary.gate = GATE_OPEN;
    expect_status(&fixture_settings, &summary, "2 records: 2 primary; dns ok");
    summary.gate = GATE_CLOSED;
    expect_status(&fixture_settings, &summary,
                  "CUT OFF, 0 of 2 references answer: all decisions frozen; 2 records: 2 primary; dns ok");
    summary.gate = GATE_UNKNOWN;
    expect_status(&fixture_settings, &summary,
                  "none of 2 references is known to answer: nothing is decided; 2 records: 2 primary; dns ok");
    summary.references = 0;
    expect_status(&fixture_settings, &summary, "2 records: 2 primary; dns ok");
}

static void test_dry_run_and_nothing(void **state)
{
    (void)state;
    struct settings settings = fixture_settings;
    settings.safety.dry_run = true;
    expect_status(&settings, &quiet, "2 records: 2 primary; dns ok; dry run");
    settings.record_count = 0;
    expect_status(&settings, &quiet, "no records configured");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_well),
        cmocka_unit_test(test_records_without_a_marker),
        cmocka_unit_test(test_each_part),
        cmocka_unit_test(test_the_gate_stands_before_all),
        cmocka_unit_test(test_dry_run_and_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
