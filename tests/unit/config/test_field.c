/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/field; rule CFG-8, CFG-12.
 * What:  what each kind of value takes and refuses, with both ends of its range, and what it becomes.
 */
#include "config/field.h"

#include "reading.h"

#include <string.h>

static const struct word words[] = {{"keep", 1}, {"primary", 2}, {"fallback", 3}, {NULL, 0}};

#define DURATION                                               \
    {                                                          \
        .kind = FIELD_DURATION, .least = 500, .most = 86400000 \
    }
#define TTL                                          \
    {                                                \
        .kind = FIELD_TTL, .least = 1, .most = 86400 \
    }
#define PERCENT                                        \
    {                                                  \
        .kind = FIELD_PERCENT, .least = 0, .most = 500 \
    }
#define COUNT                                         \
    {                                                 \
        .kind = FIELD_COUNT, .least = 1, .most = 1000 \
    }
#define CONCURRENCY                                            \
    {                                                          \
        .kind = FIELD_CONCURRENCY, .least = 1, .most = 1000000 \
    }
#define WORD                               \
    {                                      \
        .kind = FIELD_WORD, .words = words \
    }
#define OWNER               \
    {                       \
        .kind = FIELD_OWNER \
    }

static void test_numbers_are_taken(void **state)
{
    (void)state;
    static const struct {
        struct field_rule rule;
        const char *text;
        uint64_t number;
    } rows[] = {
        {DURATION, "500ms", 500},
        {DURATION, "1d", 86400000},
        {DURATION, "10s", 10000},
        {DURATION, "5m", 300000},
        {DURATION, "1h30m", 5400000},
        {DURATION, "1s500ms", 1500},
        {DURATION, "23h59m59s999ms", 86399999},
        {TTL, "1", 1},
        {TTL, "86400", 86400},
        {TTL, "30", 30},
        {TTL, "30s", 30},
        {TTL, "1d", 86400},
        {TTL, "1h30m", 5400},
        {TTL, "1000ms", 1},
        {PERCENT, "0%", 0},
        {PERCENT, "50%", 500},
        {PERCENT, "12.5%", 125},
        {COUNT, "1", 1},
        {COUNT, "1000", 1000},
        {CONCURRENCY, "auto", 0},
        {CONCURRENCY, "1", 1},
        {CONCURRENCY, "1000000", 1000000},
        {WORD, "primary", 2},
        {OWNER, "4be1c0de77aa0912", 0x4be1c0de77aa0912},
        {OWNER, "0000000000000000", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        union field_value value;
        struct error err;
        if (!field_read(&rows[i].rule, rows[i].text, &value, &err))
            fail_msg("%s: %s", rows[i].text, err.text);
        assert_int_equal(value.number, rows[i].number);
    }
}

static void test_numbers_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct field_rule rule;
        const char *text, *words;
    } rows[] = {
        {DURATION, "10", "'10' has no unit; write 10s or 10ms"},
        {DURATION, "0", "has no unit"},
        {DURATION, "499ms", "500ms to 1d"},
        {DURATION, "1d1ms", "500ms to 1d"},
        {DURATION, "10 s", "is not a duration"},
        {DURATION, "", "is not a duration"},
        {DURATION, "1.5s", "is not a duration"},
        {DURATION, "-1s", "is not a duration"},
        {DURATION, "1m1h", "is not a duration"},
        {TTL, "0", "1 to 86400"},
        {TTL, "86401", "1 to 86400"},
        {TTL, "1d1s", "1s to 1d"},
        {TTL, "0s", "1s to 1d"},
        {TTL, "1500ms", "whole number of seconds"},
        {TTL, "1.5", "is not a duration"},
        {PERCENT, "51%", "0% to 50%"},
        {PERCENT, "50.1%", "0% to 50%"},
        {PERCENT, "10", "is not a percentage"},
        {COUNT, "0", "1 to 1000"},
        {COUNT, "1001", "1 to 1000"},
        {COUNT, "03", "begins with 0"},
        {COUNT, "0x10", "is not a whole number"},
        {COUNT, "three", "is not a whole number"},
        {CONCURRENCY, "0", "out of range"},
        {CONCURRENCY, "automatic", "neither auto nor a number"},
        {WORD, "primry", "unknown value 'primry'; did you mean 'primary'?"},
        {WORD, "Keep", "did you mean 'keep'?"},
        {WORD, "xyz", "unknown value 'xyz'; write keep, primary or fallback"},
        {OWNER, "4be1c0de77aa091", "16 hex digits"},
        {OWNER, "4be1c0de77aa09123", "16 hex digits"},
        {OWNER, "4BE1C0DE77AA0912", "lower case"},
        {OWNER, "4be1c0de77aa091g", "16 hex digits"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        union field_value value = {.number = 77};
        struct error err = {.code = ERROR_NONE};
        if (field_read(&rows[i].rule, rows[i].text, &value, &err) || strstr(err.text, rows[i].words) == NULL)
            fail_msg("%s: %s", rows[i].text, err.text);
    }
}

static void test_switches_have_six_words(void **state)
{
    (void)state;
    static const struct field_rule rule = {.kind = FIELD_SWITCH};
    static const char *const on[] = {"on", "yes", "true"}, *const off[] = {"off", "no", "false"};
    union field_value value;
    for (size_t i = 0; i < 3; i++) {
        assert_true(field_read(&rule, on[i], &value, NULL) && value.on);
        assert_true(field_read(&rule, off[i], &value, NULL) && !value.on);
    }
    static const char *const bad[] = {"On", "1", "y", "", "TRUE"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(field_read(&rule, bad[i], &value, NULL));
}

#define KIND(word)                                  \
    {                                               \
        .kind = FIELD_##word, .least = 1, .most = 8 \
    }

static void test_texts_are_taken_and_refused(void **state)
{
    (void)state;
    static const struct {
        struct field_rule rule;
        const char *text;
        bool good;
    } rows[] = {
        {KIND(TEXT), "no", true},
        {KIND(TEXT), "12345678", true},
        {KIND(TEXT), "123456789", false},
        {KIND(TEXT), "", false},
        {KIND(TEXT), "a\nb", false},
        {KIND(TEXT), "a\tb", false},
        {KIND(RAW_TEXT), "a\r\nb", true},
        {KIND(RAW_TEXT), "", false},
        {KIND(PATH), "a/b", true},
        {KIND(REFERENCE), "web", true},
        {KIND(HEADER), "a b\tc", true},
        {KIND(HEADER), " a", false},
        {KIND(HEADER), "a\r\nb", false},
        {KIND(HEADER), "\xc3\xbc", false},
        {KIND(HEADER), "123456789", false},
        {KIND(TOKEN), "X-Get", true},
        {KIND(TOKEN), "GET x", false},
        {KIND(TOKEN), "", false},
        {KIND(TOKEN), "a:b", false},
        {KIND(DIRECTORY), "/var", true},
        {KIND(DIRECTORY), "var", false},
        {KIND(DIRECTORY), "", false},
        {KIND(DOMAIN), "a.example.", true},
        {KIND(DOMAIN), "a..b", false},
        {KIND(URL), "http://a/", true},
        {KIND(URL), "ftp://a/", false},
        {KIND(TARGET), "192.0.2.1", true},
        {KIND(TARGET), "lb1.example", true},
        {KIND(TARGET), "2001:db8::1", true},
        {KIND(TARGET), "0.0.0.0", false},
        {KIND(TARGET), "::", false},
        {KIND(TARGET), "224.0.0.1", false},
        {KIND(TARGET), "239.255.255.255", false},
        {KIND(TARGET), "223.255.255.255", true},
        {KIND(TARGET), "ff02::1", false},
        {KIND(TARGET), "255.255.255.255", false},
        {KIND(TARGET), "255.255.255.254", true},
        {KIND(TARGET), "::ffff:192.0.2.1", false},
        {KIND(TARGET), "10.0.0.1", true},
        {KIND(TARGET), "127.0.0.1", true},
        {KIND(TARGET), "3232235777", false},
        {KIND(ADDRESS), "192.0.2.1", true},
        {KIND(ADDRESS), "eth0", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        union field_value value;
        struct error err = {.code = ERROR_NONE};
        if (field_read(&rows[i].rule, rows[i].text, &value, &err) != rows[i].good)
            fail_msg("'%s': %s", rows[i].text, rows[i].good ? err.text : "taken");
        assert_int_equal(err.code == ERROR_NONE, rows[i].good);
    }
}

static void test_endpoints_have_ports(void **state)
{
    (void)state;
    static const struct {
        const char *text, *endpoint, *service, *verifier; /* NULL: refused */
    } rows[] = {
        {"192.0.2.1", "192.0.2.1:53", NULL, "192.0.2.1:53"},
        {"192.0.2.1:5353", "192.0.2.1:5353", "192.0.2.1:5353", "192.0.2.1:5353"},
        {"2001:db8::1", "[2001:db8::1]:53", NULL, "[2001:db8::1]:53"},
        {"[2001:db8::1]", "[2001:db8::1]:53", NULL, "[2001:db8::1]:53"},
        {"[2001:db8::1]:5353", "[2001:db8::1]:5353", "[2001:db8::1]:5353", "[2001:db8::1]:5353"},
        {"ns1.example.com", NULL, NULL, NULL},
        {"192.0.2.1:0", NULL, NULL, NULL},
        {"192.0.2.1:65536", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        static const enum field_kind kinds[] = {FIELD_ENDPOINT, FIELD_SERVICE, FIELD_VERIFIER};
        const char *const wanted[] = {rows[i].endpoint, rows[i].service, rows[i].verifier};
        for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
            const struct field_rule rule = {.kind = kinds[k]};
            union field_value value;
            char text[ENDPOINT_TEXT_MAX];
            assert_int_equal(field_read(&rule, rows[i].text, &value, NULL), wanted[k] != NULL);
            if (wanted[k] == NULL)
                continue;
            endpoint_format(&value.endpoint, text);
            assert_string_equal(text, wanted[k]);
        }
    }
    static const struct field_rule verifier = {.kind = FIELD_VERIFIER};
    union field_value value;
    assert_true(field_read(&verifier, "ns", &value, NULL));
    assert_int_equal(value.endpoint.address.family, ADDRESS_NONE);
}

static void test_statuses_are_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint16_t least, most; /* 0: refused */
    } rows[] = {{"200", 200, 200},   {"200-399", 200, 399}, {"100-599", 100, 599}, {"99", 0, 0},         {"600", 0, 0},
                {"399-200", 0, 0},   {"200-", 0, 0},        {"-200", 0, 0},        {"2xx", 0, 0},        {"", 0, 0},
                {"200 - 299", 0, 0}, {"200-299-300", 0, 0}, {"0200", 0, 0},        {"20000000000", 0, 0}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct status_range range = {.least = 0};
        assert_int_equal(status_parse(rows[i].text, &range, NULL), rows[i].least != 0);
        assert_int_equal(range.least, rows[i].least);
        assert_int_equal(range.most, rows[i].most);
    }
}

static void test_values_are_stored_in_their_type(void **state)
{
    (void)state;
    union field_value value = {.number = 0x1122334455667788};
    struct {
        uint16_t before, narrow, after;
        uint32_t wide, behind;
        uint64_t whole;
        bool on;
        const char *text;
    } field = {.before = 1, .after = 2, .behind = 3};
    field_store(&(struct field_rule)COUNT, &value, &field.narrow);
    field_store(&(struct field_rule)DURATION, &value, &field.wide);
    field_store(&(struct field_rule)OWNER, &value, &field.whole);
    assert_int_equal(field.before, 1);
    assert_int_equal(field.narrow, 0x7788);
    assert_int_equal(field.after, 2);
    assert_int_equal(field.wide, 0x55667788);
    assert_int_equal(field.behind, 3);
    assert_true(field.whole == 0x1122334455667788);
    value = (union field_value){.on = true};
    field_store(&(struct field_rule){.kind = FIELD_SWITCH}, &value, &field.on);
    assert_true(field.on);
    value = (union field_value){.text = "x"};
    field_store(&(struct field_rule){.kind = FIELD_TEXT}, &value, &field.text);
    assert_string_equal(field.text, "x");
}

static void test_durations_read_as_they_were_written(void **state)
{
    (void)state;
    static const struct {
        uint64_t ms;
        const char *text;
    } rows[] = {{0, "0s"},         {1, "1ms"},        {500, "500ms"},
                {1000, "1s"},      {1500, "1s500ms"}, {5400000, "1h30m"},
                {172800000, "2d"}, {604800000, "7d"}, {86399999, "23h59m59s999ms"}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        static const struct field_rule any = {.kind = FIELD_DURATION, .most = UINT64_MAX};
        char text[DURATION_TEXT_MAX];
        union field_value value;
        duration_format(rows[i].ms, text);
        assert_string_equal(text, rows[i].text);
        assert_true(field_read(&any, text, &value, NULL));
        assert_int_equal(value.number, rows[i].ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_taken),
        cmocka_unit_test(test_numbers_are_refused),
        cmocka_unit_test(test_switches_have_six_words),
        cmocka_unit_test(test_texts_are_taken_and_refused),
        cmocka_unit_test(test_endpoints_have_ports),
        cmocka_unit_test(test_statuses_are_ranges),
        cmocka_unit_test(test_values_are_stored_in_their_type),
        cmocka_unit_test(test_durations_read_as_they_were_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
