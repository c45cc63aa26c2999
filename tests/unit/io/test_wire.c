/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/wire.
 * What:  each way in which a message can be malformed, and both sides of each bound. Faults 57, 61, 65 of
 *        docs/faults.md.
 */
#include "forge.h"
#include "io/wire.h"
#include "tsig_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct forge forge;
static struct wire_message walked;
static struct error err;

static bool walks(void)
{
    return wire_walk(forge.bytes, forge.length, &walked, &err);
}

static void assert_fault(const char *words)
{
    assert_false(walks());
    assert_int_equal(err.code, ERROR_PROTOCOL);
    assert_string_equal(err.text, words);
}

static void begin(void)
{
    forge_header(&forge, 0xabcd, 0xac09);
}

static void test_header_is_read(void **state)
{
    (void)state;
    begin();
    forge_question(&forge, "fo.test", RRTYPE_SOA);
    assert_true(walks());
    assert_int_equal(walked.id, 0xabcd);
    assert_true(walked.response);
    assert_int_equal(walked.opcode, WIRE_OPCODE_UPDATE);
    assert_true(walked.authoritative);
    assert_false(walked.cut);
    assert_int_equal(walked.rcode, WIRE_RCODE_NOTAUTH);
    assert_int_equal(walked.question_count, 1);
    assert_int_equal(walked.question_at, 12);
    assert_int_equal(walked.question_type, RRTYPE_SOA);
    assert_int_equal(walked.question_class, WIRE_CLASS_IN);
    assert_false(walked.has_tsig);
    assert_false(walked.has_opt);
    forge.bytes[2] = 0x02;
    assert_true(walks());
    assert_false(walked.response);
    assert_true(walked.cut);
}

/* An NSD that takes no updates answers so. */
static void test_bare_header_is_a_message(void **state)
{
    (void)state;
    begin();
    assert_int_equal(forge.length, 12);
    assert_true(walks());
    forge.length = 11;
    assert_fault("it is shorter than a header");
}

static void test_message_has_at_most_65535_octets(void **state)
{
    (void)state;
    static const uint8_t filling[65535];
    begin();
    size_t rest = 65535 - forge.length - 11;
    forge_record(&forge, 1, "", 99, WIRE_CLASS_IN, 0, filling, rest);
    assert_int_equal(forge.length, 65535);
    assert_true(walks());
    begin();
    forge_record(&forge, 1, "", 99, WIRE_CLASS_IN, 0, filling, rest + 1);
    assert_fault("it is longer than a message can be");
}

static void test_two_questions_are_a_fault(void **state)
{
    (void)state;
    begin();
    forge_question(&forge, "fo.test", RRTYPE_SOA);
    forge_question(&forge, "fo.test", RRTYPE_SOA);
    assert_fault("it has more than one question");
}

static void test_counts_have_to_hold(void **state)
{
    (void)state;
    for (size_t count = 4; count < 12; count += 2) {
        begin();
        forge_question(&forge, "fo.test", RRTYPE_SOA);
        forge_record(&forge, 1, "www.fo.test", RRTYPE_A, WIRE_CLASS_IN, 30, "\xc0\0\2\1", 4);
        assert_true(walks());
        forge.bytes[count + 1]++;
        assert_false(walks());
    }
    begin();
    forge_record(&forge, 1, "www.fo.test", RRTYPE_A, WIRE_CLASS_IN, 30, "\xc0\0\2\1", 4);
    forge_put(&forge, "x", 1);
    assert_fault("something lies behind its last record");
    memset(forge.bytes + 4, 0xff, 8);
    forge.bytes[4] = forge.bytes[5] = 0;
    assert_false(walks());
}

/* Every cut of a real answer is a fault, and nothing is read behind its end. */
static void test_cut_anywhere_is_a_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(tsig_vectors); i++) {
        forge.length = forge_hex(tsig_vectors[i].answer, forge.bytes, sizeof forge.bytes);
        assert_true(walks());
        size_t whole = forge.length;
        for (size_t length = 0; length < whole; length++) {
            uint8_t *exact = malloc(length + 1);
            memcpy(exact, forge.bytes, length);
            assert_false(wire_walk(exact, length, &walked, &err));
            free(exact);
        }
    }
}

static void put_octets(const char *octets, size_t length)
{
    begin();
    forge_put(&forge, octets, length);
    forge_put16(&forge, RRTYPE_A);
    forge_put16(&forge, WIRE_CLASS_IN);
    forge.bytes[5] = 1;
}

static void test_pointers_lead_back(void **state)
{
    (void)state;
    put_octets("\xc0\x0c", 2); /* to itself */
    assert_fault("the name of its question is malformed");
    put_octets("\xc0\x0e", 2); /* forward */
    assert_fault("the name of its question is malformed");
    put_octets("\xc0\x0b", 2); /* into the header */
    assert_fault("the name of its question is malformed");
    put_octets("\x01z\xc0\x0c", 4); /* to its own beginning: a loop */
    assert_fault("the name of its question is malformed");
    put_octets("\x80", 1); /* label types that nobody defined */
    assert_fault("the name of its question is malformed");
    put_octets("\x40", 1);
    assert_fault("the name of its question is malformed");
    begin();
    forge_put(&forge, "\xc0", 1); /* half a pointer at the end */
    forge.bytes[5] = 1;
    assert_fault("the name of its question is malformed");
}

static void test_compressed_name_is_read(void **state)
{
    (void)state;
    begin();
    forge_question(&forge, "Fo.Test", RRTYPE_SOA);
    size_t at = forge.length;
    forge_put(&forge, "\x03WwW\xc0\x0c", 6);
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname name;
    assert_int_equal(wire_read_name(forge.bytes, forge.length, at, false, storage, &name), at + 6);
    assert_int_equal(name.length, 13);
    assert_memory_equal(name.wire, "\3www\2fo\4test", 13);
    assert_int_equal(wire_read_name(forge.bytes, forge.length, at, true, storage, &name), 0);
}

static void test_names_have_at_most_255_octets(void **state)
{
    (void)state;
    char text[300] = "";
    for (int i = 0; i < 3; i++)
        strncat(text, "123456789012345678901234567890123456789012345678901234567890123.",
                sizeof text - strlen(text) - 1);
    size_t three = strlen(text); /* 192 octets in wire form, without the root */
    memset(text + three, 'x', 61);
    text[three + 61] = '\0';
    begin();
    forge_question(&forge, text, RRTYPE_A);
    assert_true(walks());
    memset(text + three, 'x', 62);
    text[three + 62] = '\0';
    begin();
    forge_question(&forge, text, RRTYPE_A);
    assert_fault("the name of its question is malformed");
}

/* Each pointer goes back, and still the name would be longer than any can be. */
static void test_chained_pointers_end(void **state)
{
    (void)state;
    begin();
    forge_put(&forge, "\x3f", 1);
    for (int i = 0; i < 63; i++)
        forge_put(&forge, "a", 1);
    forge_put(&forge, "", 1);
    for (uint8_t i = 0; i < 4; i++) {
        size_t at = forge.length;
        forge_put(&forge, "\x3f", 1);
        for (int k = 0; k < 63; k++)
            forge_put(&forge, "b", 1);
        forge_put16(&forge, (uint16_t)(0xc000 | (i == 0 ? 12 : at - 66)));
    }
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname name;
    assert_int_not_equal(wire_read_name(forge.bytes, forge.length, 12 + 65 + 66, false, storage, &name), 0);
    assert_int_equal(name.length, 193);
    assert_int_equal(wire_read_name(forge.bytes, forge.length, 12 + 65 + 3 * 66, false, storage, &name), 0);
}

static bool rdata_walks(uint16_t type, uint16_t class, const char *rdata, size_t length)
{
    begin();
    forge_question(&forge, "fo.test", RRTYPE_SOA);
    forge_record(&forge, 1, "www.fo.test", type, class, 0, rdata, length);
    return walks();
}

static void test_rdata_has_the_form_of_its_type(void **state)
{
    (void)state;
    static const char soa[] = "\xc0\x0c\xc0\x0c\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5";
    static const struct {
        uint16_t type, class;
        const char *rdata;
        size_t length;
        bool good;
    } rows[] = {
        {RRTYPE_A, WIRE_CLASS_IN, "\1\2\3\4", 4, true},
        {RRTYPE_A, WIRE_CLASS_IN, "\1\2\3", 3, false},
        {RRTYPE_A, WIRE_CLASS_IN, "\1\2\3\4\5\6\7\10", 8, false},
        {RRTYPE_A, WIRE_CLASS_IN, "", 0, false},
        {RRTYPE_A, WIRE_CLASS_ANY, "", 0, true},
        {RRTYPE_A, WIRE_CLASS_NONE, "", 0, true},
        {RRTYPE_A, WIRE_CLASS_NONE, "\1\2\3\4\5", 5, false},
        {RRTYPE_AAAA, WIRE_CLASS_IN, "1234567890123456", 16, true},
        {RRTYPE_AAAA, WIRE_CLASS_IN, "12345678901234567", 17, false},
        {RRTYPE_AAAA, WIRE_CLASS_IN, "1234", 4, false},
        {RRTYPE_TXT, WIRE_CLASS_IN, "\3abc", 4, true},
        {RRTYPE_TXT, WIRE_CLASS_IN, "\3abc\0\1x", 7, true},
        {RRTYPE_TXT, WIRE_CLASS_IN, "\0", 1, true},
        {RRTYPE_TXT, WIRE_CLASS_IN, "\4abc", 4, false},
        {RRTYPE_TXT, WIRE_CLASS_IN, "\2abc", 4, false},
        {RRTYPE_TXT, WIRE_CLASS_IN, "", 0, false},
        {RRTYPE_CNAME, WIRE_CLASS_IN, "\1x\0", 3, true},
        {RRTYPE_CNAME, WIRE_CLASS_IN, "\xc0\x0c", 2, true},
        {RRTYPE_CNAME, WIRE_CLASS_IN, "\xc0\x0c\0", 3, false},
        {RRTYPE_CNAME, WIRE_CLASS_IN, "\1x", 2, false},
        {RRTYPE_CNAME, WIRE_CLASS_IN, "", 0, false},
        {WIRE_TYPE_NS, WIRE_CLASS_IN, "\xc0\x0c", 2, true},
        {WIRE_TYPE_NS, WIRE_CLASS_IN, "\xc0\x0c\1", 3, false},
        {WIRE_TYPE_DNAME, WIRE_CLASS_IN, "\1x\0", 3, true},
        {WIRE_TYPE_DNAME, WIRE_CLASS_IN, "\1x\0\0", 4, false},
        {RRTYPE_SOA, WIRE_CLASS_IN, soa, 24, true},
        {RRTYPE_SOA, WIRE_CLASS_IN, soa, 23, false},
        {RRTYPE_SOA, WIRE_CLASS_IN, "\xc0\x0c", 2, false},
        {46, WIRE_CLASS_IN, "anything", 8, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        assert_int_equal(rdata_walks(rows[i].type, rows[i].class, rows[i].rdata, rows[i].length), rows[i].good);
}

static void add_tsig(uint32_t section, uint16_t class, uint32_t ttl_s)
{
    forge_record(&forge, section, "key", WIRE_TYPE_TSIG, class, ttl_s, "whatever", 8);
}

static void test_tsig_is_found(void **state)
{
    (void)state;
    begin();
    forge_question(&forge, "fo.test", RRTYPE_SOA);
    size_t at = forge.length;
    add_tsig(3, WIRE_CLASS_ANY, 0);
    assert_true(walks());
    assert_true(walked.has_tsig);
    assert_int_equal(walked.tsig.at, at);
    assert_int_equal(walked.tsig.rdata_at, at + 5 + 10);
    assert_int_equal(walked.tsig.rdata_length, 8);
}

static void test_tsig_stands_last_and_alone(void **state)
{
    (void)state;
    begin();
    add_tsig(3, WIRE_CLASS_ANY, 0);
    add_tsig(3, WIRE_CLASS_ANY, 0);
    assert_fault("its TSIG is not the last record, or not the only one");
    begin();
    add_tsig(3, WIRE_CLASS_ANY, 0);
    forge_record(&forge, 3, "x", RRTYPE_A, WIRE_CLASS_IN, 0, "1234", 4);
    assert_fault("its TSIG is not the last record, or not the only one");
    for (uint32_t section = 1; section <= 2; section++) {
        begin();
        add_tsig(section, WIRE_CLASS_ANY, 0);
        assert_fault("its TSIG is not the last record, or not the only one");
    }
    begin();
    add_tsig(3, WIRE_CLASS_IN, 0);
    assert_fault("its TSIG has another class than ANY or another TTL than 0");
    begin();
    add_tsig(3, WIRE_CLASS_ANY, 1);
    assert_fault("its TSIG has another class than ANY or another TTL than 0");
}

/* RFC 6891 6.1: its class is a size, its TTL is flags, and eight more bits of the RCODE. */
static void test_opt_brings_the_rest_of_the_rcode(void **state)
{
    (void)state;
    static const struct {
        uint32_t ttl_s;
        uint8_t rcode;
    } cases[] = {{0x00008000, 9}, {0x01000000, 25}, {0x0f000000, 249}, {0x10000000, 255}, {0xff000000, 255}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        forge_question(&forge, "fo.test", RRTYPE_SOA);
        forge_record(&forge, 3, "", WIRE_TYPE_OPT, 1232, cases[i].ttl_s, "", 0);
        assert_true(walks());
        assert_true(walked.has_opt);
        assert_int_equal(walked.rcode, cases[i].rcode);
    }
    forge_record(&forge, 3, "", WIRE_TYPE_OPT, 1232, 0, "", 0);
    assert_fault("it has more than one OPT record");
}

static void test_numbers_are_in_network_order(void **state)
{
    (void)state;
    uint8_t bytes[6];
    wire_put48(bytes, 0x010203040506);
    assert_memory_equal(bytes, "\1\2\3\4\5\6", 6);
    assert_int_equal(wire_get48(bytes), 0x010203040506);
    assert_int_equal(wire_get32(bytes), 0x01020304);
    assert_int_equal(wire_get16(bytes), 0x0102);
    wire_put32(bytes, 0xfffefdfc);
    assert_memory_equal(bytes, "\xff\xfe\xfd\xfc\5\6", 6);
}

static void test_rcodes_have_names(void **state)
{
    (void)state;
    assert_string_equal(wire_rcode_name(0), "NOERROR");
    assert_string_equal(wire_rcode_name(8), "NXRRSET");
    assert_string_equal(wire_rcode_name(10), "NOTZONE");
    assert_string_equal(wire_rcode_name(11), "an RCODE without a name");
    assert_string_equal(wire_rcode_name(16), "BADVERS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header_is_read),
        cmocka_unit_test(test_bare_header_is_a_message),
        cmocka_unit_test(test_message_has_at_most_65535_octets),
        cmocka_unit_test(test_two_questions_are_a_fault),
        cmocka_unit_test(test_counts_have_to_hold),
        cmocka_unit_test(test_cut_anywhere_is_a_fault),
        cmocka_unit_test(test_pointers_lead_back),
        cmocka_unit_test(test_compressed_name_is_read),
        cmocka_unit_test(test_names_have_at_most_255_octets),
        cmocka_unit_test(test_chained_pointers_end),
        cmocka_unit_test(test_rdata_has_the_form_of_its_type),
        cmocka_unit_test(test_tsig_is_found),
        cmocka_unit_test(test_tsig_stands_last_and_alone),
        cmocka_unit_test(test_opt_brings_the_rest_of_the_rcode),
        cmocka_unit_test(test_numbers_are_in_network_order),
        cmocka_unit_test(test_rcodes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
