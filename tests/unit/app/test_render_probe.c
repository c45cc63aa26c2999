/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/render_probe, and of app/spot below it.
 * What:  how far a look came, line by line; what is read as a place. CLI-7.
 */
#include "app/render_probe.h"

#include "app/look.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct spot spot;
static struct error err;

static void expect_lines(const struct check_settings *check, const char *place, const struct probe_report *report,
                         const char *expected)
{
    char *words = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&words, &length);
    assert_non_null(out);
    assert_true(spot_read(place, &spot, &err));
    render_probe_head(check, &spot, out);
    render_probe(check, &spot, report, INT64_C(1800000000000), out);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(words, expected);
    free(words);
}

static const struct check_settings tcp = {.name = "smtp", .kind = CHECK_TCP, .how.tcp.port = 25};

static void test_phases(void **state)
{
    (void)state;
    struct probe_report report = {.verdict = VERDICT_PASS, .reason = REASON_OK, .phases = {-1, 400, -1, -1, 400}};
    expect_lines(&tcp, "192.0.2.10", &report,
                 "check smtp: connect to 192.0.2.10:25\n"
                 "  connect      0.4 ms\n"
                 "verdict        up (ok).  Nothing was changed.\n");
    report = (struct probe_report){
        .verdict = VERDICT_FAIL, .reason = REASON_REFUSED, .phases = {-1, -1, -1, -1, 12000}, .detail = "no"};
    expect_lines(&tcp, "2001:DB8::0", &report,
                 "check smtp: connect to [2001:db8::]:25\n"
                 "  connect      FAILED after 12 ms: no\n"
                 "verdict        down (refused).  Nothing was changed.\n");
}

static void test_a_host_name(void **state)
{
    (void)state;
    struct probe_report report = {
        .verdict = VERDICT_LOCAL, .reason = REASON_LOCAL_ERROR, .phases = {-1, -1, -1, -1, -1}, .detail = "silence"};
    expect_lines(&tcp, "mx.example.org", &report,
                 "check smtp: connect to mx.example.org:25\n"
                 "  resolve      FAILED: silence\n"
                 "verdict        none, this host could not ask (local-error).  Nothing was changed.\n");
    report = (struct probe_report){.verdict = VERDICT_PASS, .reason = REASON_OK, .phases = {3000, 5000, -1, -1, 5000}};
    expect_lines(&tcp, "mx.example.org", &report,
                 "check smtp: connect to mx.example.org:25\n"
                 "  resolve      3 ms\n"
                 "  connect      5 ms\n"
                 "verdict        up (ok).  Nothing was changed.\n");
}

/* Fault 32: the end of a certificate stands there, whatever became of the look; `invert` turns the verdict alone. */
static void test_certificate_and_invert(void **state)
{
    (void)state;
    struct check_settings tls = {.name = "imaps", .kind = CHECK_TLS, .how.tls.port = 993, .invert = true};
    struct probe_report report = {.verdict = VERDICT_PASS,
                                  .reason = REASON_OK,
                                  .phases = {-1, 1000, 3000, -1, 3000},
                                  .certificate_end_s = 1800000000 + 86400};
    expect_lines(&tls, "192.0.2.10", &report,
                 "check imaps: TLS to 192.0.2.10:993\n"
                 "  connect      1 ms\n"
                 "  tls          3 ms\n"
                 "  end          3 ms\n"
                 "  certificate  ends 2027-01-16 08:00:00 UTC (in 1d)\n"
                 "verdict        down (inverted).  Nothing was changed.\n");
}

static void test_places(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "a b", "192.0.2", "[::1]", "-", "a..b", "\033[31m"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        if (spot_read(bad[i], &spot, &err) && strcmp(bad[i], "-") != 0)
            fail_msg("'%s' is no place", bad[i]);
    assert_true(spot_read("2001:DB8:0::10", &spot, &err));
    assert_string_equal(spot.text, "2001:db8::10");
    assert_true(spot_is(&spot, &fixture_settings, &fixture_settings.values[1].address, ID_NONE));
    assert_false(spot_is(&spot, &fixture_settings, &fixture_settings.values[0].address, ID_NONE));
    assert_true(spot_read("lb1.example.org", &spot, &err));
    assert_false(spot_is(&spot, &fixture_settings, &fixture_settings.values[0].address, ID_NONE));
}

static void test_which_check(void **state)
{
    (void)state;
    assert_int_equal(look_find_check(&fixture_settings, "web", &err), 0);
    assert_int_equal(look_find_check(&fixture_settings, "wep", &err), ID_NONE);
    assert_int_equal(err.code, ERROR_MISSING);
    assert_non_null(strstr(err.text, "did you mean 'web'?"));
    struct check_settings beat = {.name = "beat", .kind = CHECK_HEARTBEAT};
    struct settings settings = {.checks = &beat, .check_count = 1};
    assert_int_equal(look_find_check(&settings, "beat", &err), ID_NONE);
    assert_int_equal(err.code, ERROR_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phases),
        cmocka_unit_test(test_a_host_name),
        cmocka_unit_test(test_certificate_and_invert),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_which_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
