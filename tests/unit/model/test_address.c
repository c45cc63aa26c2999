/* SPDX-License-Identifier: MIT */
/*
 * Where: units of model/address.
 * What:  the text forms, equality and order, and the edges of each kind of address.
 */
#include "model/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct address address_of(const char *text)
{
    struct address address = {.family = ADDRESS_NONE};
    assert_true(address_parse(text, &address, NULL));
    return address;
}

static void assert_shown(const char *text, const char *expected)
{
    struct address address = address_of(text);
    char shown[ADDRESS_TEXT_MAX];
    address_format(&address, shown);
    assert_string_equal(shown, expected);
}

static void test_format_is_canonical(void **state)
{
    (void)state;
    assert_shown("192.0.2.1", "192.0.2.1");
    assert_shown("0.0.0.0", "0.0.0.0");
    assert_shown("255.255.255.255", "255.255.255.255");
    assert_shown("2001:DB8:0:0:0:0:0:1", "2001:db8::1");
    assert_shown("2001:0db8::0001", "2001:db8::1");
    assert_shown("2001:db8:0:1:1:1:1:1",
                 "2001:db8:0:1:1:1:1:1");                /* RFC 5952 4.2.2: one group of zeros is not shortened */
    assert_shown("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"); /* 4.2.3: the longest run is */
    assert_shown("::", "::");
    assert_shown("::1", "::1");
    assert_shown("::ffff:192.0.2.1", "::ffff:192.0.2.1");
    assert_shown("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    assert_shown("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
                 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"); /* 45 characters */
}

static void test_parse_refuses_other_forms(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.1.1",
        "192.0.2.01",
        "0300.0.2.1",
        "0xc0.0.2.1",
        "3221225985",
        "192.0.2.1 ",
        " 192.0.2.1",
        "192.0.2.1:53",
        "[::1]",
        "::1%eth0",
        "2001:db8",
        ":::",
        "2001:db8::1::2",
        "12345::",
        "1:2:3:4:5:6:7:8:9",
        "www.example.com",
        "192.0.2.1/32",
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        struct address address = {.family = 99};
        struct error err = {.code = ERROR_NONE};
        assert_false(address_parse(bad[i], &address, &err));
        assert_int_equal(address.family, 99);
        assert_int_equal(err.code, ERROR_SYNTAX);
        assert_non_null(strstr(err.text, "' is not an IPv4 or IPv6 address"));
    }
    struct error err = {.code = ERROR_NONE};
    struct address address;
    assert_false(address_parse("no\x1bwhere", &address, &err));
    assert_string_equal(err.text, "'no\\x1bwhere' is not an IPv4 or IPv6 address");
}

static void test_compare_puts_v4_first_then_goes_by_bytes(void **state)
{
    (void)state;
    static const char *const ascending[] = {"0.0.0.0", "9.255.255.255", "10.0.0.1",    "10.0.1.0", "255.0.0.0",
                                            "::",      "::1",           "2001:db8::1", "ff02::1"};
    for (size_t i = 0; i < ARRAY_COUNT(ascending); i++)
        for (size_t j = 0; j < ARRAY_COUNT(ascending); j++) {
            struct address a = address_of(ascending[i]), b = address_of(ascending[j]);
            int order = address_compare(&a, &b);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
            assert_int_equal(address_equal(&a, &b), i == j);
        }
}

static void test_length_is_that_of_the_family(void **state)
{
    (void)state;
    struct address v4 = address_of("192.0.2.1"), v6 = address_of("::1");
    assert_int_equal(address_length(&v4), 4);
    assert_int_equal(address_length(&v6), 16);
    static const uint8_t rest[12];
    assert_memory_equal(v4.bytes + 4, rest, sizeof(rest));
}

struct kind_case {
    const char *text;
    bool expected;
};

static void assert_kinds(bool (*is_kind)(const struct address *), const struct kind_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct address address = address_of(cases[i].text);
        if (is_kind(&address) != cases[i].expected)
            fail_msg("%s", cases[i].text);
    }
}

static void test_kinds_have_exact_edges(void **state)
{
    (void)state;
    static const struct kind_case unspecified[] = {{"0.0.0.0", true}, {"0.0.0.1", false}, {"::", true}, {"::1", false}};
    static const struct kind_case multicast[] = {
        {"223.255.255.255", false}, {"224.0.0.0", true}, {"239.255.255.255", true}, {"240.0.0.0", false},
        {"feff::1", false},         {"ff00::", true},    {"ff02::1", true}};
    static const struct kind_case broadcast[] = {
        {"255.255.255.255", true}, {"255.255.255.254", false}, {"ffff:ffff::", false}};
    static const struct kind_case loopback[] = {{"126.255.255.255", false},
                                                {"127.0.0.0", true},
                                                {"127.255.255.255", true},
                                                {"128.0.0.0", false},
                                                {"::1", true},
                                                {"::2", false},
                                                {"::", false},
                                                {"7f00::1", false}};
    static const struct kind_case link_local[] = {
        {"169.253.255.255", false}, {"169.254.0.0", true}, {"169.254.255.255", true}, {"169.255.0.0", false},
        {"168.254.0.0", false},     {"fe7f::1", false},    {"fe80::1", true},         {"febf:ffff::1", true},
        {"fec0::1", false},         {"fd80::1", false}};
    assert_kinds(address_is_unspecified, unspecified, ARRAY_COUNT(unspecified));
    assert_kinds(address_is_multicast, multicast, ARRAY_COUNT(multicast));
    assert_kinds(address_is_broadcast, broadcast, ARRAY_COUNT(broadcast));
    assert_kinds(address_is_loopback, loopback, ARRAY_COUNT(loopback));
    assert_kinds(address_is_link_local, link_local, ARRAY_COUNT(link_local));
}

static void test_endpoint_has_brackets_for_v6(void **state)
{
    (void)state;
    char text[ENDPOINT_TEXT_MAX];
    endpoint_format(&(struct endpoint){.address = address_of("192.0.2.1"), .port = 53}, text);
    assert_string_equal(text, "192.0.2.1:53");
    endpoint_format(&(struct endpoint){.address = address_of("2001:db8::1"), .port = 0}, text);
    assert_string_equal(text, "[2001:db8::1]:0");
    endpoint_format(&(struct endpoint){.address = address_of("2001:db8:1111:2222:3333:4444:5555:6666"), .port = 65535},
                    text);
    assert_string_equal(text, "[2001:db8:1111:2222:3333:4444:5555:6666]:65535");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format_is_canonical),
        cmocka_unit_test(test_parse_refuses_other_forms),
        cmocka_unit_test(test_compare_puts_v4_first_then_goes_by_bytes),
        cmocka_unit_test(test_length_is_that_of_the_family),
        cmocka_unit_test(test_kinds_have_exact_edges),
        cmocka_unit_test(test_endpoint_has_brackets_for_v6),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
