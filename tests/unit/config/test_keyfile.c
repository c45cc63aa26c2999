/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/keyfile; rule CFG-16. tests/golden/keys.sh does the same with files fresh from each tool.
 * What:  each form by its content, with the liberties that people take; what is refused, and that no reason tells a
 *        secret.
 */
#include "config/keyfile.h"

#include "reading.h"

#include <string.h>

#define SECRET "VGhpcyBpcyBhIHNlY3JldCB0aGF0IG5vYm9keSBzZWVz"

static void test_every_form_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name;
        enum tsig_algorithm algorithm;
        uint32_t count;
    } rows[] = {
        {"key \"ddns\" {\n\talgorithm hmac-sha256;\n\tsecret \"" SECRET "\";\n};\n", "ddns", TSIG_HMAC_SHA256, 1},
        {"key ddns.example.com. { secret " SECRET "; algorithm HMAC-SHA512.; };", "ddns.example.com", TSIG_HMAC_SHA512,
         1},
        {"// a\n# b\n/* c\n * key \"x\" */ key \"ddns\" { // d\n algorithm /**/ hmac-md5.sig-alg.reg.int; "
         "secret " SECRET ";};",
         "ddns", TSIG_HMAC_MD5, 1},
        {"key a{algorithm hmac-sha1;secret \"" SECRET "\";};key b{algorithm hmac-sha1;secret \"eA==\";};", "a",
         TSIG_HMAC_SHA1, 2},
        {"# hmac-sha256:ddns:" SECRET "\nkey:\n  - id: ddns\n    algorithm: hmac-sha256\n    secret: " SECRET "\n",
         "ddns", TSIG_HMAC_SHA256, 1},
        {"key: [{id: ddns, algorithm: hmac-sha384, secret: \"" SECRET "\"}]\n", "ddns", TSIG_HMAC_SHA384, 1},
        {"key:\n- id: a\n  secret: " SECRET
         "\n  algorithm: hmac-sha224\n- id: b\n  algorithm: hmac-sha1\n  secret: eA==\n",
         "a", TSIG_HMAC_SHA224, 2},
        {"ddns hmac-sha256 " SECRET "\n", "ddns", TSIG_HMAC_SHA256, 1},
        {"ddns. hmac-sha256. " SECRET, "ddns", TSIG_HMAC_SHA256, 1},
        {"Create new TSIG key ddns hmac-sha256 " SECRET "\n", "ddns", TSIG_HMAC_SHA256, 1},
        {"# pdnsutil\n\na hmac-sha1 " SECRET "\nb hmac-sha1 eA==\n", "a", TSIG_HMAC_SHA1, 2},
        {"hmac-sha256:ddns:" SECRET "\n", "ddns", TSIG_HMAC_SHA256, 1},
        {"  Hmac-Sha512:Ddns.Example:" SECRET, "ddns.example", TSIG_HMAC_SHA512, 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct keyfile key;
        struct error err;
        if (!keyfile_parse(rows[i].text, strlen(rows[i].text), &key, &err))
            fail_msg("%s: %s", rows[i].text, err.text);
        assert_string_equal(key.name, rows[i].name);
        assert_int_equal(key.algorithm, rows[i].algorithm);
        assert_int_equal(key.key_count, rows[i].count);
        assert_int_equal(key.secret_length, strlen(SECRET));
        assert_memory_equal(key.secret, SECRET, strlen(SECRET));
        assert_int_equal(key.wire_length, strlen(rows[i].name) + 2);
    }
}

static void test_what_is_no_key_is_refused_without_telling_it(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", "holds no key"},
        {"# nothing\n// yet\n", "holds no key"},
        {SECRET, "nor algorithm:name:secret"},
        {"ddns:" SECRET, "names no algorithm"},
        {"ddns " SECRET, "PowerDNS"},
        {"ddns hmac-sha256 " SECRET " more", "PowerDNS"},
        {"a b c d e f g h i", "PowerDNS"},
        {SECRET " ddns hmac-sha256", "an algorithm that is not known"},
        {"ddns " SECRET " hmac-sha256", "an algorithm that is not known"},
        {SECRET ":ddns:hmac-sha256", "an algorithm that is not known"},
        {"hmac-sha256:" SECRET "..:ddns", "not a domain name"},
        {"hmac-sha256::" SECRET, "not a domain name"},
        {"hmac-sha256-128:ddns:" SECRET, "hmac-sha256-128, which is not supported"},
        {"hmac-sha3-256:ddns:" SECRET, "hmac-sha3-256, which is not supported"},
        {"gss-tsig:ddns:" SECRET, "gss-tsig, which is not supported"},
        {"key \"ddns\" { algorithm hmac-sha256; };", "no whole key"},
        {"key \"ddns\" { secret " SECRET "; };", "no whole key"},
        {"key \"\" { algorithm hmac-sha256; secret " SECRET "; };", "not a domain name"},
        {"key \"ddns\" { algorithm hmac-sha256 secret " SECRET "; };", "BIND's form"},
        {"key \"ddns\" { algorithm hmac-sha256; secret " SECRET "; }", "BIND's form"},
        {"key \"ddns\" { algorithm hmac-sha256; secret " SECRET ";", "BIND's form"},
        {"key \"ddns\" algorithm hmac-sha256; secret " SECRET "; };", "BIND's form"},
        {"key", "BIND's form"},
        {"key \"ddns\" {", "BIND's form"},
        {"key { algorithm hmac-sha256; secret " SECRET "; };", "BIND's form"},
        {"key \"ddns\" { algorithm hmac-sha256; secret " SECRET "; }; zone \"x\" {};", "BIND's form"},
        {"key:", "no whole key"},
        {"key:\n  - id: ddns\n    secret: " SECRET "\n", "no whole key"},
        {"key:\n  - id: ddns\n    algorithm hmac-sha256\n", "Knot's form"},
        {"key:\n  - id: ddns\n    master: x\n", "Knot's form"},
        {"key:\n  - algorithm: hmac-sha256\n    secret: " SECRET "\n", "no whole key"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct keyfile key = {.key_count = 77};
        struct error err = {.code = ERROR_NONE};
        if (keyfile_parse(rows[i].text, strlen(rows[i].text), &key, &err) || strstr(err.text, rows[i].words) == NULL)
            fail_msg("%s: %s", rows[i].text, err.text);
        assert_int_equal(key.key_count, 77);
        assert_null(strstr(err.text, "VGhpcy"));
    }
}

/* Slashes begin a comment in BIND's form only; a NUL is a byte like others. */
static void test_odd_bytes(void **state)
{
    (void)state;
    static const char slashes[] = "key: [{id: a, algorithm: hmac-sha1, secret: ab//cd==}]";
    static const char nul[] = "hmac-sha1:a\0b:eA==";
    struct keyfile key;
    assert_true(keyfile_parse(slashes, sizeof(slashes) - 1, &key, NULL));
    assert_int_equal(key.secret_length, 8);
    assert_memory_equal(key.secret, "ab//cd==", 8);
    assert_false(keyfile_parse(nul, sizeof(nul) - 1, &key, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_form_is_read),
        cmocka_unit_test(test_what_is_no_key_is_refused_without_telling_it),
        cmocka_unit_test(test_odd_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
