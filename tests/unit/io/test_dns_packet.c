/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_packet.
 * What:  the message of each kind of plan, record by record and once octet for octet; and what answers say about a
 *        record. Faults 88, 90, 94 of docs/faults.md; S10 of docs/simulator.md.
 */
#include "forge.h"
#include "io/dns_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OWNER 0x4be1c0de77aa0912

static struct record_settings records[2];
static struct zone_settings zone;
static const struct settings settings = {.records = records, .zones = &zone, .record_count = 2, .zone_count = 1};
static uint8_t names[5][DNAME_WIRE_MAX], packed[4][256];
static struct plan plans[2];
static struct batch_member members[2] = {{.record = 0, .plan = &plans[0]}, {.record = 1, .plan = &plans[1]}};
static struct batch_view batch = {.zone = 0, .count = 1, .members = members};
static uint8_t message[MESSAGE_OCTETS_MAX];
static size_t length;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    bool good = dname_parse("fo.test", names[0], &zone.name, NULL) &&
                dname_parse("www.fo.test", names[1], &records[0].owner, NULL) &&
                dname_prepend_label(MARKER_LABEL, &records[0].owner, names[2], &records[0].marker) &&
                dname_parse("db.fo.test", names[3], &records[1].owner, NULL) &&
                dname_prepend_label(MARKER_LABEL, &records[1].owner, names[4], &records[1].marker);
    records[0].type_count = 2;
    records[0].types[0] = RRTYPE_A;
    records[0].types[1] = RRTYPE_AAAA;
    records[1].type_count = 1;
    records[1].types[0] = RRTYPE_A;
    return good ? 0 : -1;
}

/* ---- plans ------------------------------------------------------------------------------------------------------- */

/* The addresses (NULL: none) of one family, in storage number `storage`. */
static struct rrset set_of(enum rrtype type, uint32_t storage, const char *one, const char *other)
{
    struct rrset_builder builder = rrset_builder_over(type, 30, packed[storage], sizeof packed[storage]);
    const char *texts[] = {one, other};
    for (size_t i = 0; i < 2 && texts[i]; i++) {
        struct address address;
        assert_true(address_parse(texts[i], &address, NULL));
        rrset_add_address(&builder, &address);
    }
    struct rrset set = {0};
    assert_true(rrset_pack(&builder, &set));
    return set;
}

static struct plan plan_of(enum plan_kind kind)
{
    return (struct plan){
        .kind = kind,
        .expect = {set_of(RRTYPE_A, 0, "192.0.2.2", "192.0.2.1"), set_of(RRTYPE_AAAA, 1, "2001:db8::1", NULL)},
        .publish = {set_of(RRTYPE_A, 2, "198.51.100.20", NULL), set_of(RRTYPE_AAAA, 3, NULL, NULL)},
        .has_old = true,
        .old = {.owner = OWNER, .epoch = 41, .nonce = 0xa},
        .fresh = {.owner = OWNER, .epoch = 42, .nonce = 0xb},
    };
}

/* ---- messages in words ------------------------------------------------------------------------------------------- */

static const char *class_name(uint16_t class)
{
    return class == WIRE_CLASS_IN ? "IN" : class == WIRE_CLASS_NONE ? "NONE" : class == WIRE_CLASS_ANY ? "ANY" : "?";
}

static void tell_rdata(struct text *out, uint16_t type, const uint8_t *rdata, uint16_t size)
{
    if (type == RRTYPE_TXT && size > 0)
        text_addf(out, " \"%.*s\"", rdata[0], (const char *)rdata + 1);
    else
        for (uint16_t i = 0; i < size; i++)
            text_addf(out, "%s%02x", i ? "" : " ", rdata[i]);
}

/* One line a record; written with wire_read_name alone, not with what wrote the message. */
static const char *in_words(const uint8_t *bytes)
{
    static char storage[16384];
    struct text out = text_over(storage, sizeof storage);
    uint8_t wire[DNAME_WIRE_MAX];
    char text[DNAME_TEXT_MAX];
    struct dname name;
    static const char *const sections[] = {"question", "prereq", "update", "additional"};
    size_t at = WIRE_HEADER_SIZE;
    for (size_t section = 0; section < 4; section++)
        for (uint16_t i = 0; i < wire_get16(bytes + 4 + 2 * section); i++) {
            at = wire_read_name(bytes, length, at, false, wire, &name);
            assert_true(at > 0);
            dname_format(&name, text);
            uint16_t type = wire_get16(bytes + at), size = section ? wire_get16(bytes + at + 8) : 0;
            text_addf(&out, "%s %s %s %u", sections[section], text, class_name(wire_get16(bytes + at + 2)), type);
            if (section)
                text_addf(&out, " %u", wire_get32(bytes + at + 4));
            tell_rdata(&out, type, bytes + at + 10, size);
            text_add(&out, "\n");
            at += section ? 10u + size : 4u;
        }
    assert_int_equal(at, length);
    assert_false(out.truncated);
    return storage;
}

static void write_update(void)
{
    assert_true(dns_packet_write_update(&settings, &batch, message, sizeof message, &length, &err));
    static const uint8_t header[] = {0, 0, 0x28, 0}; /* id 0, opcode 5, every other bit clear */
    assert_memory_equal(message, header, sizeof header);
    assert_int_equal(wire_get16(message + 10), 0); /* no OPT, no TSIG yet */
}

#define OLD   "\"repointd1 o=4be1c0de77aa0912 e=41 n=000000000000000a\"\n"
#define FRESH "\"repointd1 o=4be1c0de77aa0912 e=42 n=000000000000000b\"\n"
#define ZONE  "question fo.test IN 6\n"
#define SETS                                                        \
    "prereq www.fo.test IN 1 0 c0000201\n"                          \
    "prereq www.fo.test IN 1 0 c0000202\n"                          \
    "prereq www.fo.test IN 28 0 20010db8000000000000000000000001\n" \
    "prereq www.fo.test NONE 5 0\n"
#define MARKER_IS_OLD "prereq _repointd.www.fo.test IN 16 0 " OLD
#define NO_MARKER     "prereq _repointd.www.fo.test NONE 16 0\n"
#define ADD_MARKER    "update _repointd.www.fo.test IN 16 60 " FRESH
#define DELETE_MARKER "update _repointd.www.fo.test NONE 16 0 " OLD

static void test_assert_changes_nothing(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_ASSERT);
    write_update();
    assert_string_equal(in_words(message), ZONE SETS MARKER_IS_OLD);
    plans[0].has_old = false;
    write_update();
    assert_string_equal(in_words(message), ZONE SETS NO_MARKER);
}

static void test_adopt_adds_the_marker_alone(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_ADOPT);
    plans[0].has_old = false;
    write_update();
    assert_string_equal(in_words(message), ZONE SETS NO_MARKER ADD_MARKER);
}

static void test_create_expects_nothing_there(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_CREATE);
    plans[0].has_old = false;
    plans[0].expect[0] = set_of(RRTYPE_A, 0, NULL, NULL);
    plans[0].expect[1] = set_of(RRTYPE_AAAA, 1, NULL, NULL);
    write_update();
    assert_string_equal(in_words(message), ZONE "prereq www.fo.test NONE 1 0\n"
                                                "prereq www.fo.test NONE 28 0\n"
                                                "prereq www.fo.test NONE 5 0\n" NO_MARKER
                                                "update www.fo.test IN 1 30 c6336414\n" ADD_MARKER);
}

#define SWITCH                                                            \
    ZONE SETS MARKER_IS_OLD "update www.fo.test ANY 1 0\n"                \
                            "update www.fo.test ANY 28 0\n" DELETE_MARKER \
                            "update www.fo.test IN 1 30 c6336414\n" ADD_MARKER

/* A target without IPv6: the family goes in the same message. */
static void test_switch_deletes_before_it_adds(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_SWITCH);
    write_update();
    assert_string_equal(in_words(message), SWITCH);
}

static void test_ttl_is_written_like_a_switch(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_TTL);
    write_update();
    assert_string_equal(in_words(message), SWITCH);
}

static void test_fence_moves_the_marker_alone(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_FENCE);
    write_update();
    assert_string_equal(in_words(message), ZONE MARKER_IS_OLD DELETE_MARKER ADD_MARKER);
}

static void test_switch_octet_for_octet(void **state)
{
    (void)state;
    static const char golden[] =
        "00002800000100050005000002666f0474657374000006000103777777c00c00010001000000000004c0000201c01900010001000000"
        "000004c0000202c019001c000100000000001020010db8000000000000000000000001c019000500fe000000000000095f7265706f69"
        "6e7464c01900100001000000000035347265706f696e746431206f3d3462653163306465373761613039313220653d3431206e3d3030"
        "3030303030303030303030303061c019000100ff000000000000c019001c00ff000000000000c065001000fe00000000003534726570"
        "6f696e746431206f3d3462653163306465373761613039313220653d3431206e3d30303030303030303030303030303061c019000100"
        "010000001e0004c6336414c065001000010000003c0035347265706f696e746431206f3d346265316330646537376161303931322065"
        "3d3432206e3d30303030303030303030303030303062";
    static uint8_t bytes[512];
    size_t known = forge_hex(golden, bytes, sizeof bytes);
    plans[0] = plan_of(PLAN_SWITCH);
    write_update();
    assert_int_equal(length, known);
    assert_memory_equal(message, bytes, known);
}

static void test_batch_keeps_its_members_apart(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_FENCE);
    plans[1] = plan_of(PLAN_SWITCH);
    plans[1].expect[1].count = 0;
    batch.count = 2;
    write_update();
    batch.count = 1;
    assert_string_equal(in_words(message), ZONE MARKER_IS_OLD
                        "prereq db.fo.test IN 1 0 c0000201\n"
                        "prereq db.fo.test IN 1 0 c0000202\n"
                        "prereq db.fo.test NONE 5 0\n"
                        "prereq _repointd.db.fo.test IN 16 0 " OLD DELETE_MARKER ADD_MARKER
                        "update db.fo.test ANY 1 0\n"
                        "update _repointd.db.fo.test NONE 16 0 " OLD "update db.fo.test IN 1 30 c6336414\n"
                        "update _repointd.db.fo.test IN 16 60 " FRESH);
}

static void test_update_fits_or_is_refused(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_SWITCH);
    write_update();
    size_t whole = length;
    assert_true(dns_packet_write_update(&settings, &batch, message, whole, &length, &err));
    length = 7;
    assert_false(dns_packet_write_update(&settings, &batch, message, whole - 1, &length, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_int_equal(length, 7);
}

static void test_question_asks_for_no_more_than_that(void **state)
{
    (void)state;
    uint8_t golden[64];
    size_t size = forge_hex("00000000000100000000000003777777"
                            "02666f0474657374"
                            "00001c0001",
                            golden, sizeof golden);
    assert_true(dns_packet_write_question(&records[0].owner, RRTYPE_AAAA, message, sizeof message, &length, &err));
    assert_int_equal(length, size);
    assert_memory_equal(message, golden, size);
    assert_false(dns_packet_write_question(&records[0].owner, RRTYPE_AAAA, message, size - 1, &length, &err));
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

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
    assert_true(dns_packet_observe_set(forge.bytes, forge.length, &records[0].owner, RRTYPE_A, 0, found, sizeof found,
                                       &seen, &err));
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
    assert_false(seen.cname);
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
    assert_true(seen.cname);
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
    assert_true(
        dns_packet_observe_set(forge.bytes, forge.length, &records[0].owner, RRTYPE_A, 0, found, 12000, &seen, &err));
    assert_false(
        dns_packet_observe_set(forge.bytes, forge.length, &records[0].owner, RRTYPE_A, 0, found, 11999, &seen, &err));
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
    assert_true(dns_packet_observe_marker(forge.bytes, forge.length, &records[0].marker, &seen, &err));
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
    assert_true(dns_packet_observe_serial(forge.bytes, forge.length, &zone.name, &seen, &err));
    assert_true(seen.has_serial);
    assert_int_equal(seen.serial, 2026101505);
    begin_answer("fo.test", RRTYPE_SOA, 0x8400);
    add(1, "test", RRTYPE_SOA, soa, 22);
    assert_true(dns_packet_observe_serial(forge.bytes, forge.length, &zone.name, &seen, &err));
    assert_false(seen.has_serial);
}

/* Believed and still nonsense: ldns refuses what the walk has no opinion about. */
static void test_unreadable_is_an_error(void **state)
{
    (void)state;
    begin_answer("www.fo.test", RRTYPE_A, 0x8400);
    add(1, "www.fo.test", 15, "", 0); /* an MX of nothing */
    assert_walks();
    bool read = dns_packet_observe_set(forge.bytes, forge.length, &records[0].owner, RRTYPE_A, 0, found, sizeof found,
                                       &seen, &err);
    assert_true(read || err.code == ERROR_PROTOCOL);
    forge.length -= 3;
    assert_false(dns_packet_observe_set(forge.bytes, forge.length, &records[0].owner, RRTYPE_A, 0, found, sizeof found,
                                        &seen, &err));
    assert_false(dns_packet_observe_marker(forge.bytes, forge.length, &records[0].marker, &seen, &err));
    assert_false(dns_packet_observe_serial(forge.bytes, forge.length, &zone.name, &seen, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_assert_changes_nothing),
        cmocka_unit_test(test_adopt_adds_the_marker_alone),
        cmocka_unit_test(test_create_expects_nothing_there),
        cmocka_unit_test(test_switch_deletes_before_it_adds),
        cmocka_unit_test(test_ttl_is_written_like_a_switch),
        cmocka_unit_test(test_fence_moves_the_marker_alone),
        cmocka_unit_test(test_switch_octet_for_octet),
        cmocka_unit_test(test_batch_keeps_its_members_apart),
        cmocka_unit_test(test_update_fits_or_is_refused),
        cmocka_unit_test(test_question_asks_for_no_more_than_that),
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
