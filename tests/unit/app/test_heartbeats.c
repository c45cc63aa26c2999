/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/heartbeats.
 * What:  what a push may say, and what it is told where it says something else. Fault 132.
 */
#include "app/heartbeats.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct heartbeat beat;
static struct error err;

/* The fixture's check is one of HTTP; here it waits for pushes. */
static uint16_t read_text(const char *body)
{
    static struct check_settings check;
    struct settings settings = fixture_settings;
    check = *settings.checks;
    check.kind = CHECK_HEARTBEAT;
    settings.checks = &check;
    settings.check_count = 1;
    return heartbeat_read(&settings, body, strlen(body), &beat, &err);
}

static void test_what_is_understood(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"check\": \"web\", \"address\": \"198.51.100.20\", \"state\": \"up\"}"), 200);
    assert_int_equal(beat.watch, 2);
    assert_int_equal(beat.verdict, VERDICT_PASS);
    assert_string_equal(beat.reason, "");
    assert_int_equal(read_text("{\"check\": \"web\", \"address\": \"2001:db8:0::10\", \"state\": \"down\", "
                               "\"reason\": \"disk\\u001b full\"}"),
                     200);
    assert_int_equal(beat.watch, 1);
    assert_int_equal(beat.verdict, VERDICT_FAIL);
    assert_string_equal(beat.reason, "disk\\x1b full");
}

static void test_what_is_not(void **state)
{
    (void)state;
    static const struct {
        const char *body, *words;
        uint16_t status;
    } rows[] = {
        {"", "no JSON object", 400},
        {"[]", "no JSON object", 400},
        {"{}", "'state', which is up or down", 400},
        {"{\"check\": \"web\", \"address\": \"192.0.2.10\"}", "'state', which is up or down", 400},
        {"{\"check\": \"web\", \"address\": \"192.0.2.10\", \"state\": \"UP\"}", "'state', which is up or down", 400},
        {"{\"check\": \"web\", \"address\": \"192.0.2.10\", \"state\": \"up\", \"why\": 1}", "a heartbeat has", 400},
        {"{\"check\": \"web\", \"address\": \"192.0.2.10\", \"state\": \"up\", \"reason\": 1}", "a heartbeat has", 400},
        {"{\"check\": \"web\", \"address\": \"a..b\", \"state\": \"up\"}", "a..b", 400},
        {"{\"check\": \"web\", \"address\": \"lb.example.org\", \"state\": \"up\"}", "has the address lb.example.org",
         404},
        {"{\"check\": \"wep\", \"address\": \"192.0.2.10\", \"state\": \"up\"}", "no check named 'wep'", 404},
        {"{\"check\": \"web\", \"address\": \"192.0.2.99\", \"state\": \"up\"}", "has the address 192.0.2.99", 404},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        assert_int_equal(read_text(rows[i].body), rows[i].status);
        if (!strstr(err.text, rows[i].words))
            fail_msg("%s: '%s' lacks '%s'", rows[i].body, err.text, rows[i].words);
    }
    static const char body[] = "{\"check\": \"web\", \"address\": \"192.0.2.10\", \"state\": \"up\"}";
    assert_int_equal(heartbeat_read(&fixture_settings, body, strlen(body), &beat, &err), 409);
    assert_non_null(strstr(err.text, "looks for itself"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_understood),
        cmocka_unit_test(test_what_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
