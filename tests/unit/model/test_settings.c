/* SPDX-License-Identifier: MIT */
/*
 * Where: units of model/settings.
 * What:  the names of its enums, as key files and the configuration spell them.
 */
#include "model/settings.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_algorithms_have_the_names_of_key_files),
        cmocka_unit_test(test_check_kinds_have_the_names_of_their_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
