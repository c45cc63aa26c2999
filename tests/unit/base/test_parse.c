/* SPDX-License-Identifier: MIT */
/*
 * Where: units of base/parse.
 * What:  each scalar: what is taken, what is refused and in which words, both sides of each bound. `ret` stays
 *        untouched on refusal.
 */
#include "base/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define UNTOUCHED 12345

static void assert_uint(const char *text, uint64_t least, uint64_t most, uint64_t expected)
{
    uint64_t number = UNTOUCHED;
    struct error err = {.code = ERROR_NONE};
    assert_true(parse_uint(text, least, most, &number, &err));
    assert_true(number == expected);
}

static void assert_no_uint(const char *text, uint64_t least, uint64_t most, enum error_code code, const char *words)
{
    uint64_t number = UNTOUCHED;
    struct error err = {.code = ERROR_NONE};
    assert_false(parse_uint(text, least, most, &number, &err));
    assert_int_equal(number, UNTOUCHED);
    assert_int_equal(err.code, code);
    assert_string_equal(err.text, words);
    assert_false(parse_uint(text, least, most, &number, NULL));
}

static void test_uint_keeps_its_bounds(void **state)
{
    (void)state;
    assert_uint("1", 1, 1000, 1);
    assert_uint("1000", 1, 1000, 1000);
    assert_uint("0", 0, 0, 0);
    assert_uint("18446744073709551615", 0, UINT64_MAX, UINT64_MAX);
    assert_no_uint("0", 1, 1000, ERROR_RANGE, "'0' is out of range: 1 to 1000 is allowed");
    assert_no_uint("1001", 1, 1000, ERROR_RANGE, "'1001' is out of range: 1 to 1000 is allowed");
    assert_no_uint("18446744073709551616", 0, 5, ERROR_RANGE,
                   "'18446744073709551616' is out of range: 0 to 5 is allowed");
    assert_no_uint("99999999999999999999999", 0, UINT64_MAX, ERROR_RANGE,
                   "'99999999999999999999999' is out of range: 0 to 18446744073709551615 is allowed");
}

static void test_uint_takes_the_whole_string_or_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {"", " 7", "7 ", "+7", "-7", "0x10", "1e3", "1.0", "seven", "7\n", "1_000"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        uint64_t number = UNTOUCHED;
        struct error err = {.code = ERROR_NONE};
        assert_false(parse_uint(bad[i], 0, 100000, &number, &err));
        assert_int_equal(err.code, ERROR_SYNTAX);
        assert_non_null(strstr(err.text, "is not a whole number"));
        assert_int_equal(number, UNTOUCHED);
    }
    assert_no_uint("7\n", 0, 9, ERROR_SYNTAX, "'7\\x0a' is not a whole number");
    assert_no_uint("010", 0, 100, ERROR_SYNTAX, "'010' begins with 0; write it without");
    assert_no_uint("00", 0, 100, ERROR_SYNTAX, "'00' begins with 0; write it without");
}

static void test_switch_knows_six_words(void **state)
{
    (void)state;
    static const char *const on[] = {"on", "yes", "true"}, *const off[] = {"off", "no", "false"};
    static const char *const bad[] = {"", "On", "TRUE", "y", "1", "on ", "enabled"};
    for (size_t i = 0; i < 3; i++) {
        bool value = false;
        assert_true(parse_switch(on[i], &value, NULL));
        assert_true(value);
        assert_true(parse_switch(off[i], &value, NULL));
        assert_false(value);
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        bool value = true;
        struct error err = {.code = ERROR_NONE};
        assert_false(parse_switch(bad[i], &value, &err));
        assert_true(value);
        assert_int_equal(err.code, ERROR_SYNTAX);
    }
    struct error err = {.code = ERROR_NONE};
    bool value = true;
    assert_false(parse_switch("maybe", &value, &err));
    assert_string_equal(err.text, "'maybe' is neither on nor off; write on or off");
}

static void test_durations_have_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t expected;
    } good[] = {
        {"0s", 0},
        {"0ms", 0},
        {"1ms", 1},
        {"500ms", 500},
        {"10s", 10000},
        {"5m", 300000},
        {"1h30m", 5400000},
        {"2d", 172800000},
        {"1d1h1m1s1ms", 90061001},
        {"90m", 5400000},
        {"1m500ms", 60500},
        {"1000000ms", 1000000},
        {"1d1ms", 86400001},
        {"213503982334d", 213503982334U * 86400000},
        {"18446744073709551615ms", UINT64_MAX},
        {"0d0h", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        uint64_t duration = UNTOUCHED;
        assert_true(parse_duration_ms(good[i].text, &duration, NULL));
        assert_true(duration == good[i].expected);
    }
}

static void assert_no_duration(const char *text, enum error_code code, const char *words)
{
    uint64_t duration = UNTOUCHED;
    struct error err = {.code = ERROR_NONE};
    assert_false(parse_duration_ms(text, &duration, &err));
    assert_int_equal(duration, UNTOUCHED);
    assert_int_equal(err.code, code);
    assert_non_null(strstr(err.text, words));
}

static void test_durations_refuse_what_is_not_one(void **state)
{
    (void)state;
    static const char *const bad[] = {"",      "s",    "10 s",  " 10s",  "10s ",  "1.5h", "-1s",  "10S",
                                      "10sec", "1m1h", "1s1s",  "1ms1s", "10x",   "1h30", "5min", "01s",
                                      "1h05m", "10ss", "1d-1h", "0x1s",  "10s\n", "ten"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_no_duration(bad[i], ERROR_SYNTAX, "is not a duration; write it like 500ms, 10s, 5m, 1h30m or 2d");
    assert_no_duration("213503982335d", ERROR_RANGE, "'213503982335d' is longer than can be counted");
    assert_no_duration("18446744073709551616ms", ERROR_RANGE, "is longer than can be counted");
    assert_no_duration("213503982334d86400000000s", ERROR_RANGE, "is longer than can be counted");
}

static void test_bare_numbers_get_both_readings(void **state)
{
    (void)state;
    assert_no_duration("10", ERROR_SYNTAX, "'10' has no unit; write 10s or 10ms");
    assert_no_duration("0", ERROR_SYNTAX, "'0' has no unit; write 0s or 0ms");
}

static void test_percents_have_one_decimal(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t expected;
    } good[] = {{"0%", 0}, {"10%", 100}, {"12.5%", 125}, {"0.1%", 1}, {"99.9%", 999}, {"100%", 1000}, {"100.0%", 1000}};
    static const char *const bad[] = {"",    "%",   "10",  "10 %", "1.25%", "1.%",
                                      ".5%", "-1%", "05%", "10%%", "ten%",  "1e1%"};
    static const char *const beyond[] = {"100.1%", "101%", "99999999999999999999%", "18446744073709551615.9%"};
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        uint32_t permille = UNTOUCHED;
        assert_true(parse_percent(good[i].text, &permille, NULL));
        assert_int_equal(permille, good[i].expected);
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        uint32_t permille = UNTOUCHED;
        struct error err = {.code = ERROR_NONE};
        assert_false(parse_percent(bad[i], &permille, &err));
        assert_int_equal(permille, UNTOUCHED);
        assert_int_equal(err.code, ERROR_SYNTAX);
        assert_non_null(strstr(err.text, "is not a percentage; write it like 10% or 12.5%"));
    }
    for (size_t i = 0; i < ARRAY_COUNT(beyond); i++) {
        uint32_t permille = UNTOUCHED;
        struct error err = {.code = ERROR_NONE};
        assert_false(parse_percent(beyond[i], &permille, &err));
        assert_int_equal(permille, UNTOUCHED);
        assert_int_equal(err.code, ERROR_RANGE);
    }
}

static void assert_host_port(const char *text, const char *expected_host, uint16_t expected_port)
{
    char host[PARSE_HOST_MAX];
    uint16_t port = 0;
    assert_true(parse_host_port(text, 53, host, &port, NULL));
    assert_string_equal(host, expected_host);
    assert_int_equal(port, expected_port);
}

static void test_host_port_knows_five_forms(void **state)
{
    (void)state;
    assert_host_port("192.0.2.1", "192.0.2.1", 53);
    assert_host_port("192.0.2.1:5353", "192.0.2.1", 5353);
    assert_host_port("ns1.example.com:1", "ns1.example.com", 1);
    assert_host_port("[2001:db8::1]", "2001:db8::1", 53);
    assert_host_port("[2001:db8::1]:65535", "2001:db8::1", 65535);
    assert_host_port("2001:db8::1", "2001:db8::1", 53);
    assert_host_port("::1", "::1", 53);
}

static void test_host_port_refuses_halves(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           ":53",     "[]:53",    "[]",      "[::1",
                                      "[::1]x",     "[::1]53", "[::1]:",   "host:",   "host:0",
                                      "host:65536", "host:x",  "host: 53", "[::1]:0", "host:053"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        char host[PARSE_HOST_MAX] = "untouched";
        uint16_t port = UNTOUCHED;
        struct error err = {.code = ERROR_NONE};
        assert_false(parse_host_port(bad[i], 53, host, &port, &err));
        assert_string_equal(host, "untouched");
        assert_int_equal(port, UNTOUCHED);
        assert_true(err.code != ERROR_NONE);
    }
    struct error err = {.code = ERROR_NONE};
    char host[PARSE_HOST_MAX];
    uint16_t port = 0;
    assert_false(parse_host_port("host:99999", 53, host, &port, &err));
    assert_string_equal(err.text, "'host:99999': port '99999' is out of range: 1 to 65535 is allowed");
}

static void test_host_port_bounds_the_host(void **state)
{
    (void)state;
    char text[PARSE_HOST_MAX + 1], host[PARSE_HOST_MAX];
    uint16_t port = 0;
    struct error err = {.code = ERROR_NONE};
    memset(text, 'a', sizeof(text));
    text[PARSE_HOST_MAX - 1] = '\0';
    assert_true(parse_host_port(text, 53, host, &port, &err));
    assert_string_equal(host, text);
    text[PARSE_HOST_MAX - 1] = 'a';
    text[PARSE_HOST_MAX] = '\0';
    assert_false(parse_host_port(text, 53, host, &port, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uint_keeps_its_bounds),
        cmocka_unit_test(test_uint_takes_the_whole_string_or_nothing),
        cmocka_unit_test(test_switch_knows_six_words),
        cmocka_unit_test(test_durations_have_units),
        cmocka_unit_test(test_durations_refuse_what_is_not_one),
        cmocka_unit_test(test_bare_numbers_get_both_readings),
        cmocka_unit_test(test_percents_have_one_decimal),
        cmocka_unit_test(test_host_port_knows_five_forms),
        cmocka_unit_test(test_host_port_refuses_halves),
        cmocka_unit_test(test_host_port_bounds_the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
