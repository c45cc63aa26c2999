/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/signature.
 * What:  test cases 1, 2 and 6 of RFC 4231.
 */
#include "io/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_hmac_sha256(void **state)
{
    (void)state;
    uint8_t secret[131];
    char found[SIGNATURE_TEXT_MAX];
    memset(secret, 0x0b, 20);
    signature_of(secret, 20, "Hi There", 8, found);
    assert_string_equal(found, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    signature_of((const uint8_t *)"Jefe", 4, "what do ya want for nothing?", 28, found);
    assert_string_equal(found, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(secret, 0xaa, sizeof secret);
    signature_of(secret, sizeof secret, "Test Using Larger Than Block-Size Key - Hash Key First", 54, found);
    assert_string_equal(found, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hmac_sha256)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
