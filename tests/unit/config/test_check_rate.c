/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/check_rate; rule CFG-9.
 * What:  both sides of two probes a second at one address, and who does not count.
 */
#include "config/check.h"

#include "reading.h"

#include <stdlib.h>
#include <string.h>

/* So many checks of this interval and one of another, at one address. */
static const char *rate_of(const char *address, uint32_t checks, uint32_t interval_ms, uint32_t other_ms,
                           enum check_kind other)
{
    static struct check_settings settings[10];
    static struct watch_settings watches[10];
    static char message[400];
    for (uint32_t i = 0; i <= checks; i++) {
        settings[i] = (struct check_settings){.name = "web",
                                              .kind = i == checks ? other : CHECK_TCP,
                                              .interval_ms = i == checks ? other_ms : interval_ms};
        watches[i] = (struct watch_settings){.check = i, .name = ID_NONE};
        assert_true(address_parse(address, &watches[i].address, NULL));
    }
    const struct settings whole = {
        .checks = settings, .check_count = checks + 1, .watches = watches, .watch_count = checks + 1};
    struct complaints *complaints = complaints_new();
    check_rates(&whole, NULL, complaints);
    assert_int_equal(complaints_errors(complaints), 0);
    char *text = printed(complaints, false);
    snprintf(message, sizeof(message), "%s", text);
    free(text);
    complaints_free(complaints);
    return message;
}

static void test_two_a_second_are_fine_and_more_are_told(void **state)
{
    (void)state;
    assert_string_equal(rate_of("192.0.2.1", 1, 1000, 1000, CHECK_PING), "");
    assert_non_null(strstr(rate_of("192.0.2.1", 1, 1000, 999, CHECK_PING), "192.0.2.1 gets 120 probes a minute"));
    assert_string_equal(rate_of("2001:db8::1", 1, 1000, 1001, CHECK_PING), "");
    assert_string_equal(rate_of("192.0.2.1", 0, 0, 500, CHECK_TCP), "");
    assert_non_null(strstr(rate_of("192.0.2.1", 9, 1000, 500, CHECK_DNS), "gets 660 probes a minute from 10 checks"));
}

static void test_who_does_not_count(void **state)
{
    (void)state;
    assert_string_equal(rate_of("127.0.0.1", 9, 1000, 500, CHECK_TCP), "");
    assert_string_equal(rate_of("::1", 9, 1000, 500, CHECK_TCP), "");
    assert_string_equal(rate_of("192.0.2.1", 2, 1000, 1000, CHECK_HEARTBEAT), "");
    assert_string_equal(rate_of("192.0.2.1", 2, 1000, 0, CHECK_ALL_OF), "");
    assert_string_equal(rate_of("192.0.2.1", 2, 1000, 0, CHECK_TCP), ""); /* complained of already */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_a_second_are_fine_and_more_are_told),
        cmocka_unit_test(test_who_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
