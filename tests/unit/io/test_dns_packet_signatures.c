/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_packet.
 * What:  what the RRSIGs of a signed zone say about the sets below them. Fault 98 of docs/faults.md.
 */
#include "forge.h"
#include "io/dns_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1700000000)

static struct dname zone, owner, marker;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    static uint8_t storage[3][DNAME_WIRE_MAX];
    bool good = dname_parse("fo.test", storage[0], &zone, NULL) &&
                dname_parse("www.fo.test", storage[1], &owner, NULL) &&
                dname_prepend_label(MARKER_LABEL, &owner, storage[2], &marker);
    return good ? 0 : -1;
}

static struct forge forge;
static struct observed seen;
static uint8_t found[65535];

static void begin_answer(const char *name, uint16_t type, uint16_t flags)
{
    forge_header(&forge, 1, flags);
    forge_question(&forge, name, type);
    seen = (struct observed){0};
}

static void add(uint32_t section, const char *name, uint16_t type, const void *rdata, size_t size)
{
    forge_record(&forge, section, name, type, WIRE_CLASS_IN, 30, rdata, size);
}

static void assert_walks(void)
{
    struct wire_message walked;
    assert_true(wire_walk(forge.bytes, forge.length, &walked, &err));
}

static void observe_a(void)
{
    assert_walks();
    assert_true(
        dns_packet_observe_set(forge.bytes, forge.length, &owner, RRTYPE_A, 0, found, sizeof found, NOW, &seen, &err));
}

static const char marker_text[] = "repointd1 o=4be1c0de77aa0912 e=41 n=000000000000000a";

static void begin_marker(void)
{
    begin_answer("_repointd.www.fo.test", RRTYPE_TXT, 0x8400);
}

static void add_text(const char *text)
{
    char rdata[256];
    rdata[0] = (char)strlen(text);
    memcpy(rdata + 1, text, strlen(text));
    add(1, "_repointd.www.fo.test", RRTYPE_TXT, rdata, 1 + strlen(text));
}

static enum marker_form observed_form(void)
{
    assert_walks();
    assert_true(dns_packet_observe_marker(forge.bytes, forge.length, &marker, NOW, &seen, &err));
    return seen.form;
}

/* RFC 4034 3.1: over a set of this type, good from `from_s` to `until_s`. */
static void add_signature(const char *name, uint16_t covered, int64_t from_s, int64_t until_s)
{
    static struct forge rdata;
    rdata.length = 0;
    forge_put16(&rdata, covered);
    forge_put(&rdata, "\15\3\0\0\0\36", 6); /* algorithm, labels, TTL */
    forge_put16(&rdata, (uint16_t)(until_s >> 16));
    forge_put16(&rdata, (uint16_t)until_s);
    forge_put16(&rdata, (uint16_t)(from_s >> 16));
    forge_put16(&rdata, (uint16_t)from_s);
    forge_put(&rdata, "\1\2\2fo\4test\0signature", 20); /* key tag, signer */
    add(1, name, WIRE_TYPE_RRSIG, rdata.bytes, rdata.length);
}

static void begin_signed_a(void)
{
    begin_answer("www.fo.test", RRTYPE_A, 0x8400);
    add(1, "www.fo.test", RRTYPE_A, "\xc0\0\2\1", 4);
    seen.signatures_good = true;
}

static void test_signature_in_date_is_good(void **state)
{
    (void)state;
    begin_signed_a();
    add_signature("www.fo.test", RRTYPE_A, NOW - 3600, NOW + 1000);
    observe_a();
    assert_true(seen.signatures_good);
    assert_int_equal(seen.signed_until_s, NOW + 1000);
    seen.signed_until_s = NOW + 999; /* of another set, which ends earlier */
    observe_a();
    assert_int_equal(seen.signed_until_s, NOW + 999);
    seen.signed_until_s = NOW + 1001;
    observe_a();
    assert_int_equal(seen.signed_until_s, NOW + 1000);
}

static void test_signature_has_two_dates(void **state)
{
    (void)state;
    static const struct {
        int64_t from_s, until_s;
        bool good;
    } cases[] = {{NOW - 1, NOW, true},      {NOW, NOW + 1, true},          {NOW - 2, NOW - 1, false},
                 {NOW + 1, NOW + 2, false}, {NOW - 0x7fffffff, NOW, true}, {NOW, NOW + 0x7fffffff, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin_signed_a();
        add_signature("www.fo.test", RRTYPE_A, cases[i].from_s, cases[i].until_s);
        observe_a();
        assert_int_equal(seen.signatures_good, cases[i].good);
        assert_int_equal(seen.signed_until_s, cases[i].good ? cases[i].until_s : 0);
    }
}

/* While keys are rolled: one that holds is enough, and the last of them counts. */
static void test_best_of_several_signatures_counts(void **state)
{
    (void)state;
    begin_signed_a();
    add_signature("www.fo.test", RRTYPE_A, NOW - 9, NOW - 1);
    add_signature("www.fo.test", RRTYPE_A, NOW - 9, NOW + 50);
    add_signature("www.fo.test", RRTYPE_A, NOW - 9, NOW + 40);
    observe_a();
    assert_true(seen.signatures_good);
    assert_int_equal(seen.signed_until_s, NOW + 50);
}

static void test_signature_is_of_the_very_set(void **state)
{
    (void)state;
    begin_signed_a();
    observe_a();
    assert_false(seen.signatures_good); /* none */
    begin_signed_a();
    add_signature("www.fo.test", RRTYPE_AAAA, NOW - 9, NOW + 50);
    add_signature("ftp.fo.test", RRTYPE_A, NOW - 9, NOW + 50);
    add(1, "www.fo.test", WIRE_TYPE_RRSIG, "\0\1\15\3\0\0\0\36", 8); /* ends within its fields */
    assert_walks();
    if (dns_packet_observe_set(forge.bytes, forge.length, &owner, RRTYPE_A, 0, found, sizeof found, NOW, &seen, &err))
        assert_false(seen.signatures_good);
}

static void test_absent_sets_need_no_signature(void **state)
{
    (void)state;
    begin_answer("www.fo.test", RRTYPE_A, 0x8400);
    seen.signatures_good = true;
    observe_a();
    assert_true(seen.signatures_good);
    begin_marker();
    seen.signatures_good = true;
    assert_int_equal(observed_form(), MARKER_FORM_NONE);
    assert_true(seen.signatures_good);
    begin_marker();
    seen.signatures_good = true;
    add_text(marker_text);
    assert_int_equal(observed_form(), MARKER_FORM_ONE);
    assert_false(seen.signatures_good);
}

static void test_zone_is_signed_if_its_soa_is(void **state)
{
    (void)state;
    for (int is_signed = 0; is_signed < 2; is_signed++)
        for (int late = 0; late < 2; late++) {
            begin_answer("fo.test", RRTYPE_SOA, 0x8400);
            add(1, "fo.test", RRTYPE_SOA, "\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5", 22);
            if (is_signed)
                add_signature("fo.test", RRTYPE_SOA, NOW - 9, late ? NOW - 1 : NOW + 50);
            seen.signatures_good = true;
            assert_walks();
            assert_true(dns_packet_observe_serial(forge.bytes, forge.length, &zone, NOW, &seen, &err));
            assert_int_equal(seen.is_signed, is_signed);
            assert_int_equal(seen.signatures_good, is_signed && !late);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signature_in_date_is_good),         cmocka_unit_test(test_signature_has_two_dates),
        cmocka_unit_test(test_best_of_several_signatures_counts), cmocka_unit_test(test_signature_is_of_the_very_set),
        cmocka_unit_test(test_absent_sets_need_no_signature),     cmocka_unit_test(test_zone_is_signed_if_its_soa_is),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
