/* SPDX-License-Identifier: MIT */
/*
 * Where: units of model/rdata.
 * What:  addresses and host names there and back; what has not the form of its type is shown and never trusted.
 */
#include "model/rdata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_shown(const struct rdata *rdata, const char *expected)
{
    char storage[DNAME_TEXT_MAX];
    struct text text = text_over(storage, sizeof storage);
    rdata_format(rdata, &text);
    assert_string_equal(storage, expected);
}

static void test_parse_and_format_are_each_others_reverse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum rrtype type;
        uint16_t length;
        const char *shown;
    } table[] = {
        {"192.0.2.1", RRTYPE_A, 4, "192.0.2.1"},
        {"2001:DB8::1", RRTYPE_AAAA, 16, "2001:db8::1"},
        {"LB1.Example.ORG.", RRTYPE_CNAME, 17, "lb1.example.org"},
        {"lb1", RRTYPE_CNAME, 5, "lb1"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        uint8_t storage[DNAME_WIRE_MAX];
        struct rdata rdata;
        assert_true(rdata_parse(table[i].text, storage, &rdata, NULL));
        assert_int_equal(rdata.type, table[i].type);
        assert_int_equal(rdata.length, table[i].length);
        assert_shown(&rdata, table[i].shown);
        assert_true(rdata_is(&rdata, table[i].type, storage, rdata.length));
        assert_false(rdata_is(&rdata, RRTYPE_TXT, storage, rdata.length));
        assert_false(rdata_is(&rdata, table[i].type, storage, (uint16_t)(rdata.length - 1)));
    }
    uint8_t storage[DNAME_WIRE_MAX];
    struct rdata rdata;
    assert_false(rdata_parse("lb1..example.org", storage, &rdata, NULL));
}

static void test_what_is_malformed_is_only_shown(void **state)
{
    (void)state;
    static const struct {
        enum rrtype type;
        uint16_t length;
        const char *bytes, *shown;
    } table[] = {
        {RRTYPE_A, 3, "\300\0\2", "\\xc0\\x00\\x02"}, {RRTYPE_TXT, 3, "\2ab", "\\x02ab"}, {RRTYPE_CNAME, 0, "", ""},
        {RRTYPE_CNAME, 2, "\300\14", "\\xc0\\x0c"},  /* points somewhere */
        {RRTYPE_CNAME, 3, "\3ab", "\\x03ab"},        /* ends in the middle */
        {RRTYPE_CNAME, 4, "\1a\0b", "\\x01a\\x00b"}, /* goes on behind its root */
        {RRTYPE_CNAME, 3, "\1a\1", "\\x01a\\x01"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(table); i++)
        assert_shown(&(struct rdata){table[i].type, table[i].length, (const uint8_t *)table[i].bytes}, table[i].shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_and_format_are_each_others_reverse),
        cmocka_unit_test(test_what_is_malformed_is_only_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
