/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_packet.
 * What:  what answers say about a record. Faults 88, 90, 94 of docs/faults.md.
 */
#include "forge.h"
#include "io/dns_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OWNER 0x4be1c0de77aa0912
#define NOW   INT64_C(1700000000)

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

static void test_set_is_sorted_and_has_its_ttl(void **state)
{
    (void)state;
    begin_answer("www.fo.test", RRTYPE_A, 0x8400);
    add(1, "WWW.fo.test", RRTYPE_A, "\xc0\0\2\2", 4);
    add(1, "www.fo.test", RRTYPE_A, "\xc0\0\2\1", 4);
    add(1, "www.fo.test", RRTYPE_TXT, "\1x", 2);
    add(3, "www.fo.test", RRTYPE_A, "\xc0\0\2\3", 4);
    observe_a();
    assert_int_equal(seen.sets[0].type, RRTYPE_A);
    assert_int_equal(seen.sets[0].count, 2);
    assert_int_equal(seen.sets[0].ttl_s, 30);
    assert_memory_equal(seen.sets[0].packed, "\0\4\xc0\0\2\1\0\4\xc0\0\2\2", 12);
    assert_false(seen.beside);
    assert_false(seen.occluded);
}

static void test_no_data_is_an_absent_set(void **state)
{
    (void)state;
    begin_answer("www.fo.test", RRTYPE_A, 0x8403);
    add(2, "fo.test", RRTYPE_SOA, "\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5", 22);
    observe_a();
    assert_int_equal(seen.sets[0].type, RRTYPE_A);
    assert_int_equal(seen.sets[0].count, 0);
    assert_false(seen.occluded);
}

/* The target's addresses come along and are not the name's. */
static void test_cname_is_noted_and_not_followed(void **state)
{
    (void)state;
    begin_answer("www.fo.test", RRTYPE_A, 0x8400);
    add(1, "www.fo.test", RRTYPE_CNAME, "\5other\2fo\4test\0", 15);
    add(1, "other.fo.test", RRTYPE_A, "\xc0\0\2\1", 4);
    observe_a();
    assert_true(seen.beside);
    assert_int_equal(seen.sets[0].count, 0);
}

static void test_referral_is_occlusion(void **state)
{
    (void)state;
    begin_answer("www.fo.test", RRTYPE_A, 0x8000);
    add(2, "www.fo.test", WIRE_TYPE_NS, "\2ns\0", 4);
    observe_a();
    assert_true(seen.occluded);
    begin_answer("www.fo.test", RRTYPE_A, 0x8000);
    add(2, "fo.test", WIRE_TYPE_NS, "\2ns\0", 4);
    observe_a();
    assert_true(seen.occluded);
    begin_answer("www.fo.test", RRTYPE_A, 0x8000);
    add(2, "ftp.fo.test", WIRE_TYPE_NS, "\2ns\0", 4);
    observe_a();
    assert_false(seen.occluded); /* about another name */
    begin_answer("www.fo.test", RRTYPE_A, 0x8400);
    add(2, "fo.test", WIRE_TYPE_NS, "\2ns\0", 4);
    observe_a();
    assert_false(seen.occluded); /* authority, with the zone's own servers */
    begin_answer("www.fo.test", RRTYPE_A, 0x8000);
    add(1, "www.fo.test", RRTYPE_A, "\xc0\0\2\1", 4);
    add(2, "fo.test", WIRE_TYPE_NS, "\2ns\0", 4);
    observe_a();
    assert_false(seen.occluded); /* an answer out of a cache */
}

static void test_dname_above_is_occlusion(void **state)
{
    (void)state;
    begin_answer("www.fo.test", RRTYPE_A, 0x8400);
    add(1, "fo.test", WIRE_TYPE_DNAME, "\2fo\7example\0", 12);
    add(1, "www.fo.test", RRTYPE_CNAME, "\3www\2fo\7example\0", 16);
    observe_a();
    assert_true(seen.occluded);
    begin_answer("www.fo.test", RRTYPE_A, 0x8400);
    add(1, "www.fo.test", WIRE_TYPE_DNAME, "\2fo\7example\0", 12);
    observe_a();
    assert_false(seen.occluded); /* at the name: it moves what is below */
}

static void test_large_sets_are_held_or_refused(void **state)
{
    (void)state;
    begin_answer("www.fo.test", RRTYPE_A, 0x8400);
    for (uint32_t i = 0; i < 2000; i++) {
        const uint8_t rdata[4] = {10, 0, (uint8_t)(i >> 8), (uint8_t)i};
        add(1, "www.fo.test", RRTYPE_A, rdata, sizeof rdata);
    }
    observe_a();
    assert_int_equal(seen.sets[0].count, 2000);
    assert_int_equal(seen.sets[0].length, 12000);
    assert_true(dns_packet_observe_set(forge.bytes, forge.length, &owner, RRTYPE_A, 0, found, 12000, NOW, &seen, &err));
    assert_false(
        dns_packet_observe_set(forge.bytes, forge.length, &owner, RRTYPE_A, 0, found, 11999, NOW, &seen, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
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

static void test_marker_is_one_text_of_one_string(void **state)
{
    (void)state;
    begin_marker();
    assert_int_equal(observed_form(), MARKER_FORM_NONE);
    begin_marker();
    add_text(marker_text);
    assert_int_equal(observed_form(), MARKER_FORM_ONE);
    assert_int_equal(seen.marker.owner, OWNER);
    assert_int_equal(seen.marker.epoch, 41);
    assert_int_equal(seen.marker.nonce, 0xa);
}

static void test_other_texts_are_foreign(void **state)
{
    (void)state;
    begin_marker();
    add_text("v=spf1 -all");
    assert_int_equal(observed_form(), MARKER_FORM_FOREIGN);
    for (int first = 0; first < 2; first++) { /* a marker and something beside it, in either order */
        begin_marker();
        add_text(first ? marker_text : "x");
        add_text(first ? "x" : marker_text);
        assert_int_equal(observed_form(), MARKER_FORM_FOREIGN);
    }
    begin_marker();
    add_text(marker_text);
    add_text("repointd1 o=4be1c0de77aa0912 e=42 n=000000000000000a");
    assert_int_equal(observed_form(), MARKER_FORM_FOREIGN);
    begin_marker();
    add_text("REPOINTD1 o=4be1c0de77aa0912 e=41 n=000000000000000a");
    assert_int_equal(observed_form(), MARKER_FORM_FOREIGN);
    begin_marker();
    add_text("");
    assert_int_equal(observed_form(), MARKER_FORM_FOREIGN);
}

static void test_text_in_two_strings_is_foreign(void **state)
{
    (void)state;
    char rdata[256];
    size_t half = 20, rest = strlen(marker_text) - half;
    rdata[0] = (char)half;
    memcpy(rdata + 1, marker_text, half);
    rdata[1 + half] = (char)rest;
    memcpy(rdata + 2 + half, marker_text + half, rest);
    begin_marker();
    add(1, "_repointd.www.fo.test", RRTYPE_TXT, rdata, 2 + half + rest);
    assert_int_equal(observed_form(), MARKER_FORM_FOREIGN);
    rdata[0] = (char)strlen(marker_text); /* the marker, and an empty string behind it */
    memcpy(rdata + 1, marker_text, strlen(marker_text));
    rdata[1 + strlen(marker_text)] = 0;
    begin_marker();
    add(1, "_repointd.www.fo.test", RRTYPE_TXT, rdata, 2 + strlen(marker_text));
    assert_int_equal(observed_form(), MARKER_FORM_FOREIGN);
}

static void test_cname_in_the_markers_place_is_foreign(void **state)
{
    (void)state;
    begin_marker();
    add(1, "_repointd.www.fo.test", RRTYPE_CNAME, "\1x\0", 3);
    add(1, "x", RRTYPE_TXT, "\1y", 2);
    assert_int_equal(observed_form(), MARKER_FORM_FOREIGN);
}

static void test_serial_is_the_zones_own(void **state)
{
    (void)state;
    static const char soa[] = "\0\0\x78\xc3\xdb\x01\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5";
    begin_answer("fo.test", RRTYPE_SOA, 0x8400);
    add(1, "fo.test", RRTYPE_SOA, soa, 22);
    assert_walks();
    assert_true(dns_packet_observe_serial(forge.bytes, forge.length, &zone, NOW, &seen, &err));
    assert_true(seen.has_serial);
    assert_int_equal(seen.serial, 2026101505);
    begin_answer("fo.test", RRTYPE_SOA, 0x8400);
    add(1, "test", RRTYPE_SOA, soa, 22);
    assert_true(dns_packet_observe_serial(forge.bytes, forge.length, &zone, NOW, &seen, &err));
    assert_false(seen.has_serial);
}

/* Believed and still nonsense: ldns refuses what the walk has no opinion about. */
static void test_unreadable_is_an_error(void **state)
{
    (void)state;
    begin_answer("www.fo.test", RRTYPE_A, 0x8400);
    add(1, "www.fo.test", 15, "", 0); /* an MX of nothing */
    assert_walks();
    bool read = dns_packet_observe_set(forge.bytes, forge.length, &owner, RRTYPE_A, 0, found, sizeof found, NOW, &seen,
                                       &err);
    assert_true(read || err.code == ERROR_PROTOCOL);
    forge.length -= 3;
    assert_false(
        dns_packet_observe_set(forge.bytes, forge.length, &owner, RRTYPE_A, 0, found, sizeof found, NOW, &seen, &err));
    assert_false(dns_packet_observe_marker(forge.bytes, forge.length, &marker, NOW, &seen, &err));
    assert_false(dns_packet_observe_serial(forge.bytes, forge.length, &zone, NOW, &seen, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_is_sorted_and_has_its_ttl),
        cmocka_unit_test(test_no_data_is_an_absent_set),
        cmocka_unit_test(test_cname_is_noted_and_not_followed),
        cmocka_unit_test(test_referral_is_occlusion),
        cmocka_unit_test(test_dname_above_is_occlusion),
        cmocka_unit_test(test_large_sets_are_held_or_refused),
        cmocka_unit_test(test_marker_is_one_text_of_one_string),
        cmocka_unit_test(test_other_texts_are_foreign),
        cmocka_unit_test(test_text_in_two_strings_is_foreign),
        cmocka_unit_test(test_cname_in_the_markers_place_is_foreign),
        cmocka_unit_test(test_serial_is_the_zones_own),
        cmocka_unit_test(test_unreadable_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
