/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_packet.
 * What:  the message of each kind of plan, record by record and once octet for octet. S10 of docs/simulator.md.
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

/* T1: what is there goes out again with the TTL that was read, in order; the marker with its own. */
static void test_rehearsal_adds_what_is_there(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_REHEARSE);
    plans[0].expect[0].ttl_s = 77;
    write_update();
    assert_string_equal(in_words(message),
                        ZONE SETS MARKER_IS_OLD "update www.fo.test IN 1 77 c0000201\n"
                                                "update www.fo.test IN 1 77 c0000202\n"
                                                "update www.fo.test IN 28 30 20010db8000000000000000000000001\n"
                                                "update _repointd.www.fo.test IN 16 60 " OLD);
}

static void test_rehearsal_deletes_one_made_up_of_what_is_not_there(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_REHEARSE);
    plans[0].has_old = false;
    plans[0].expect[0] = set_of(RRTYPE_A, 0, NULL, NULL);
    plans[0].expect[1] = set_of(RRTYPE_AAAA, 1, NULL, NULL);
    write_update();
    assert_string_equal(in_words(message),
                        ZONE "prereq www.fo.test NONE 1 0\n"
                             "prereq www.fo.test NONE 28 0\n"
                             "prereq www.fo.test NONE 5 0\n" NO_MARKER "update www.fo.test NONE 1 0 c000020b\n"
                             "update www.fo.test NONE 28 0 20010db800000000000000000000000b\n"
                             "update _repointd.www.fo.test NONE 16 0 " FRESH);
}

static void test_disown_takes_the_marker_alone_away(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_DISOWN);
    write_update();
    assert_string_equal(in_words(message), ZONE MARKER_IS_OLD DELETE_MARKER);
}

/* T9, and adoption of what is ours already: the sets are pinned, and only the marker moves. */
static void test_take_over_replaces_the_marker(void **state)
{
    (void)state;
    for (int adopts = 0; adopts < 2; adopts++) {
        plans[0] = plan_of(adopts ? PLAN_ADOPT : PLAN_TAKE_OVER);
        plans[0].old.owner = 0x0123456789abcdef;
        write_update();
        assert_string_equal(in_words(message),
                            ZONE SETS "prereq _repointd.www.fo.test IN 16 0 "
                                      "\"repointd1 o=0123456789abcdef e=41 n=000000000000000a\"\n"
                                      "update _repointd.www.fo.test NONE 16 0 "
                                      "\"repointd1 o=0123456789abcdef e=41 n=000000000000000a\"\n" ADD_MARKER);
    }
}

/* ownership: none. */
static void test_bare_plans_do_not_speak_of_markers(void **state)
{
    (void)state;
    plans[0] = plan_of(PLAN_SWITCH);
    plans[0].bare = true;
    plans[0].has_old = false;
    write_update();
    assert_string_equal(in_words(message), ZONE SETS "update www.fo.test ANY 1 0\n"
                                                     "update www.fo.test ANY 28 0\n"
                                                     "update www.fo.test IN 1 30 c6336414\n");
    plans[0].kind = PLAN_ASSERT;
    write_update();
    assert_string_equal(in_words(message), ZONE SETS);
    plans[0].kind = PLAN_REHEARSE;
    plans[0].expect[0] = set_of(RRTYPE_A, 0, NULL, NULL);
    write_update();
    assert_string_equal(in_words(message), ZONE "prereq www.fo.test NONE 1 0\n"
                                                "prereq www.fo.test IN 28 0 20010db8000000000000000000000001\n"
                                                "prereq www.fo.test NONE 5 0\n"
                                                "update www.fo.test NONE 1 0 c000020b\n"
                                                "update www.fo.test IN 28 30 20010db8000000000000000000000001\n");
    plans[0].kind = PLAN_CREATE;
    plans[0].expect[1] = set_of(RRTYPE_AAAA, 1, NULL, NULL);
    write_update();
    assert_string_equal(in_words(message), ZONE "prereq www.fo.test NONE 1 0\n"
                                                "prereq www.fo.test NONE 28 0\n"
                                                "prereq www.fo.test NONE 5 0\n"
                                                "update www.fo.test IN 1 30 c6336414\n");
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
    assert_true(
        dns_packet_write_question(&records[0].owner, RRTYPE_AAAA, false, message, sizeof message, &length, &err));
    assert_int_equal(length, size);
    assert_memory_equal(message, golden, size);
    size = forge_hex("00000000000100000000000103777777"
                     "02666f0474657374"
                     "00001c0001"
                     "00002904d0000080000000", /* OPT: 1232 octets, DO */
                     golden, sizeof golden);
    assert_true(
        dns_packet_write_question(&records[0].owner, RRTYPE_AAAA, true, message, sizeof message, &length, &err));
    assert_int_equal(length, size);
    assert_memory_equal(message, golden, size);
    assert_false(dns_packet_write_question(&records[0].owner, RRTYPE_AAAA, true, message, size - 1, &length, &err));
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
        cmocka_unit_test(test_rehearsal_adds_what_is_there),
        cmocka_unit_test(test_rehearsal_deletes_one_made_up_of_what_is_not_there),
        cmocka_unit_test(test_disown_takes_the_marker_alone_away),
        cmocka_unit_test(test_take_over_replaces_the_marker),
        cmocka_unit_test(test_bare_plans_do_not_speak_of_markers),
        cmocka_unit_test(test_switch_octet_for_octet),
        cmocka_unit_test(test_batch_keeps_its_members_apart),
        cmocka_unit_test(test_update_fits_or_is_refused),
        cmocka_unit_test(test_question_asks_for_no_more_than_that),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
