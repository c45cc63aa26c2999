/* SPDX-License-Identifier: MIT */
/*
 * Where: units of model/settings.
 * What:  the names of its enums, as key files and the configuration spell them, and where a value or a watch stands, in
 *        words.
 */
#include "model/settings.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_algorithms_have_the_names_of_key_files(void **state)
{
    (void)state;
    assert_string_equal(tsig_algorithm_name(TSIG_HMAC_MD5), "hmac-md5");
    assert_string_equal(tsig_algorithm_name(TSIG_HMAC_SHA1), "hmac-sha1");
    assert_string_equal(tsig_algorithm_name(TSIG_HMAC_SHA224), "hmac-sha224");
    assert_string_equal(tsig_algorithm_name(TSIG_HMAC_SHA256), "hmac-sha256");
    assert_string_equal(tsig_algorithm_name(TSIG_HMAC_SHA384), "hmac-sha384");
    assert_string_equal(tsig_algorithm_name(TSIG_HMAC_SHA512), "hmac-sha512");
}

static void test_check_kinds_have_the_names_of_their_keys(void **state)
{
    (void)state;
    static const char *const names[] = {"http", "tcp",       "tls",    "dns",    "ping",
                                        "exec", "heartbeat", "all-of", "any-of", "at-least"};
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_string_equal(check_kind_name((enum check_kind)(CHECK_HTTP + i)), names[i]);
        assert_int_equal(check_kind_is_calculated((enum check_kind)(CHECK_HTTP + i)), i >= 7);
        assert_int_equal(check_kind_probes((enum check_kind)(CHECK_HTTP + i)), i < 6);
    }
}

static void test_types_of_questions_have_the_names_of_the_field(void **state)
{
    (void)state;
    assert_string_equal(check_dns_type_name(1), "A");
    assert_string_equal(check_dns_type_name(257), "CAA");
    assert_string_equal(check_dns_type_name(9999), "?");
}

static void test_a_place_is_an_address_or_a_host_name(void **state)
{
    (void)state;
    struct name_settings names[] = {{.text = "origin.example.net"}};
    struct value_settings values[] = {{.name = ID_NONE}, {.name = 0}};
    struct watch_settings watches[] = {{.name = ID_NONE}, {.name = 0}};
    struct error err;
    assert_true(address_parse("2001:db8::10", &values[0].address, &err));
    assert_true(address_parse("192.0.2.10", &watches[0].address, &err));
    struct settings settings = {.names = names, .values = values, .watches = watches};
    static const char *const wanted[2][2] = {{"2001:db8::10", "192.0.2.10"},
                                             {"origin.example.net", "origin.example.net"}};
    for (uint32_t i = 0; i < 2; i++) {
        char place[64];
        struct text out = text_over(place, sizeof(place));
        settings_value_format(&settings, i, &out);
        assert_string_equal(place, wanted[i][0]);
        out = text_over(place, sizeof(place));
        settings_watch_format(&settings, i, &out);
        assert_string_equal(place, wanted[i][1]);
        assert_int_equal(settings_value_data(&settings, i).type, i == 0 ? RRTYPE_AAAA : RRTYPE_CNAME);
    }
}

static void test_a_record_of_host_names_is_a_cname(void **state)
{
    (void)state;
    struct record_settings record = {.type_count = 0};
    assert_false(settings_is_cname(&record));
    record.type_count = 1;
    record.types[0] = RRTYPE_A;
    assert_false(settings_is_cname(&record));
    record.types[0] = RRTYPE_CNAME;
    assert_true(settings_is_cname(&record));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_algorithms_have_the_names_of_key_files),
        cmocka_unit_test(test_check_kinds_have_the_names_of_their_keys),
        cmocka_unit_test(test_types_of_questions_have_the_names_of_the_field),
        cmocka_unit_test(test_a_place_is_an_address_or_a_host_name),
        cmocka_unit_test(test_a_record_of_host_names_is_a_cname),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
