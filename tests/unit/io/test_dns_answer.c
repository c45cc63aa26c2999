/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_answer.
 * What:  each row of its tables and each rule of belief. Faults 51 to 64 of docs/faults.md.
 */
#include "forge.h"
#include "io/dns_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1700000000
#define ID  0x1111

static struct forge forge;
static struct wire_message walked;
static struct dns_report report;
static const struct tsig_state request = {.mac_length = 32, .mac = "the MAC of some request, 32 long"};
static const struct endpoint peer = {.address = {.family = ADDRESS_V4, .bytes = {192, 0, 2, 53}}, .port = 53};
static struct key_settings key;
static struct dname zone;

static int set_up(void **state)
{
    (void)state;
    static uint8_t storage[DNAME_WIRE_MAX];
    key = forge_key("repointd", TSIG_HMAC_SHA256);
    return dname_parse("fo.test", storage, &zone, NULL) ? 0 : -1;
}

static struct dns_expectation expect(enum wire_opcode opcode)
{
    return (struct dns_expectation){
        .key = &key, .peer = &peer, .request = &request, .id = ID, .opcode = opcode, .name = &zone, .type = RRTYPE_SOA};
}

static void begin(enum wire_opcode opcode, uint8_t rcode)
{
    forge_header(&forge, ID, (uint16_t)(0x8000 | opcode << 11 | rcode));
    forge_question(&forge, "fo.test", RRTYPE_SOA);
}

static struct forge_tsig good_tsig(void)
{
    return forge_tsig(&key, &request, NOW);
}

static void judge(enum wire_opcode opcode)
{
    struct dns_expectation expected = expect(opcode);
    dns_answer_judge(&expected, forge.bytes, forge.length, NOW, &walked, &report);
}

static void assert_detail(const char *words)
{
    assert_string_equal(report.detail, words);
}

static void test_rcodes_mean_what_the_table_says(void **state)
{
    (void)state;
    static const struct {
        uint8_t rcode;
        enum outcome update, read;
    } rows[] = {
        {WIRE_RCODE_NOERROR, OUTCOME_ACCEPTED, OUTCOME_ACCEPTED},
        {WIRE_RCODE_FORMERR, OUTCOME_BUG, OUTCOME_BUG},
        {WIRE_RCODE_SERVFAIL, OUTCOME_SERVER_FAILURE, OUTCOME_SERVER_FAILURE},
        {WIRE_RCODE_NXDOMAIN, OUTCOME_PREREQ, OUTCOME_ACCEPTED},
        {WIRE_RCODE_NOTIMP, OUTCOME_BUG, OUTCOME_BUG},
        {WIRE_RCODE_REFUSED, OUTCOME_DENIED, OUTCOME_DENIED},
        {WIRE_RCODE_YXDOMAIN, OUTCOME_PREREQ, OUTCOME_BUG},
        {WIRE_RCODE_YXRRSET, OUTCOME_PREREQ, OUTCOME_BUG},
        {WIRE_RCODE_NXRRSET, OUTCOME_PREREQ, OUTCOME_BUG},
        {WIRE_RCODE_NOTAUTH, OUTCOME_NOT_SERVED, OUTCOME_NOT_SERVED},
        {WIRE_RCODE_NOTZONE, OUTCOME_BUG, OUTCOME_BUG},
        {11, OUTCOME_BUG, OUTCOME_BUG},
        {15, OUTCOME_BUG, OUTCOME_BUG},
    };
    struct forge_tsig tsig = good_tsig();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        begin(WIRE_OPCODE_UPDATE, rows[i].rcode);
        forge_sign(&forge, &tsig);
        judge(WIRE_OPCODE_UPDATE);
        assert_int_equal(report.outcome, rows[i].update);
        assert_true(report.verified);
        assert_true(report.has_answer);
        assert_int_equal(report.rcode, rows[i].rcode);
        assert_int_equal(report.detail[0] == '\0', report.outcome == OUTCOME_ACCEPTED);
        begin(WIRE_OPCODE_QUERY, rows[i].rcode);
        forge_sign(&forge, &tsig);
        judge(WIRE_OPCODE_QUERY);
        assert_int_equal(report.outcome, rows[i].read);
    }
}

static void judge_error(uint16_t error, const char *other)
{
    struct forge_tsig tsig = good_tsig();
    tsig.error = error;
    tsig.other = other;
    begin(WIRE_OPCODE_UPDATE, WIRE_RCODE_NOTAUTH);
    forge_sign(&forge, &tsig);
    judge(WIRE_OPCODE_UPDATE);
    assert_int_equal(report.tsig_error, error);
}

static void test_signed_errors_mean_what_the_table_says(void **state)
{
    (void)state;
    judge_error(TSIG_ERROR_BADTRUNC, "");
    assert_int_equal(report.outcome, OUTCOME_CONFIG);
    judge_error(TSIG_ERROR_BADSIG, "");
    assert_int_equal(report.outcome, OUTCOME_BUG);
    judge_error(TSIG_ERROR_BADTIME, "00006553f100"); /* 1700000000 is 0x6553f100 */
    assert_int_equal(report.outcome, OUTCOME_CLOCK);
    assert_int_equal(report.skew_s, 0);
    judge_error(TSIG_ERROR_BADTIME, "00006553ef70");
    assert_int_equal(report.skew_s, 400); /* ours is ahead */
    judge_error(TSIG_ERROR_BADTIME, "00006553f290");
    assert_int_equal(report.skew_s, -400);
    judge_error(TSIG_ERROR_BADTIME, "");
    assert_int_equal(report.outcome, OUTCOME_CLOCK);
    assert_int_equal(report.skew_s, 0);
    judge_error(TSIG_ERROR_BADTIME, "ffffffffffff"); /* further away than we can say */
    assert_int_equal(report.skew_s, INT32_MIN);
}

/* What came unsigned is never an outcome, and always a hint. */
static void test_unsigned_is_unknown_with_a_hint(void **state)
{
    (void)state;
    static const struct {
        uint8_t rcode;
        uint16_t error; /* 0: no TSIG at all */
        const char *detail;
    } rows[] = {
        {WIRE_RCODE_NOTAUTH, TSIG_ERROR_BADKEY,
         "192.0.2.53 port 53 answered NOTAUTH, BADKEY, unsigned: key name or algorithm unknown to the server, or "
         "(Knot) no right for "
         "this name and type"},
        {WIRE_RCODE_NOTAUTH, TSIG_ERROR_BADSIG, "192.0.2.53 port 53 answered NOTAUTH, BADSIG, unsigned: wrong secret"},
        {WIRE_RCODE_NOTAUTH, TSIG_ERROR_BADTIME,
         "192.0.2.53 port 53 answered NOTAUTH, BADTIME, unsigned: do the clocks differ?"},
        {WIRE_RCODE_REFUSED, 0,
         "192.0.2.53 port 53 answered REFUSED, unsigned: PowerDNS answers so for key, clock and rights alike"},
        {WIRE_RCODE_NOTAUTH, 0,
         "192.0.2.53 port 53 answered NOTAUTH, unsigned: wrong key or clock (PowerDNS), or a zone that it does not "
         "serve (Knot)"},
        {WIRE_RCODE_SERVFAIL, 0,
         "192.0.2.53 port 53 answered SERVFAIL, unsigned: a secondary answers so when it cannot pass the message on to "
         "its primary"},
        {WIRE_RCODE_NOTIMP, 0,
         "192.0.2.53 port 53 answered NOTIMP, unsigned: it takes no updates (NSD, or PowerDNS with a back end that "
         "cannot)"},
        {WIRE_RCODE_FORMERR, 0,
         "192.0.2.53 port 53 answered FORMERR, unsigned: it could not read the message; is it a name server, does it "
         "speak EDNS?"},
        {WIRE_RCODE_NOERROR, 0, "192.0.2.53 port 53 answered NOERROR, unsigned: anybody can have sent it"},
        {WIRE_RCODE_NXRRSET, 0, "192.0.2.53 port 53 answered NXRRSET, unsigned: anybody can have sent it"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        begin(WIRE_OPCODE_UPDATE, rows[i].rcode);
        if (rows[i].error) {
            struct forge_tsig tsig = good_tsig();
            tsig.error = rows[i].error;
            tsig.mac_cut = 32;
            forge_sign(&forge, &tsig);
        }
        judge(WIRE_OPCODE_UPDATE);
        assert_int_equal(report.outcome, OUTCOME_UNKNOWN);
        assert_false(report.verified);
        assert_true(report.has_answer);
        assert_int_equal(report.rcode, rows[i].rcode);
        assert_int_equal(report.tsig_error, rows[i].error);
        assert_detail(rows[i].detail);
    }
}

static void test_badly_signed_is_unknown(void **state)
{
    (void)state;
    struct forge_tsig tsig = good_tsig();
    tsig.time_s = NOW - 301;
    begin(WIRE_OPCODE_UPDATE, WIRE_RCODE_NOERROR);
    forge_sign(&forge, &tsig);
    judge(WIRE_OPCODE_UPDATE);
    assert_int_equal(report.outcome, OUTCOME_UNKNOWN);
    assert_detail("192.0.2.53 port 53 answered NOERROR, not believed: it was signed at another time than now");
    tsig = good_tsig();
    begin(WIRE_OPCODE_UPDATE, WIRE_RCODE_NOERROR);
    forge_sign(&forge, &tsig);
    forge.bytes[forge.length - 10] ^= 1;
    judge(WIRE_OPCODE_UPDATE);
    assert_int_equal(report.outcome, OUTCOME_UNKNOWN);
    assert_detail("192.0.2.53 port 53 answered NOERROR, not believed: its MAC is wrong");
}

static void assert_mismatch(const char *words)
{
    struct forge_tsig tsig = good_tsig();
    forge_sign(&forge, &tsig);
    judge(WIRE_OPCODE_UPDATE);
    assert_int_equal(report.outcome, OUTCOME_UNKNOWN);
    assert_false(report.verified);
    assert_detail(words);
}

/* A right signature does not help an answer to something else. */
static void test_answer_belongs_to_the_question(void **state)
{
    (void)state;
    forge_header(&forge, ID + 1, 0xa800);
    forge_question(&forge, "fo.test", RRTYPE_SOA);
    assert_mismatch("answer from 192.0.2.53 port 53 not believed: it carries another id");
    forge_header(&forge, ID, 0x2800);
    forge_question(&forge, "fo.test", RRTYPE_SOA);
    assert_mismatch("answer from 192.0.2.53 port 53 not believed: it is a question");
    forge_header(&forge, ID, 0x8000);
    forge_question(&forge, "fo.test", RRTYPE_SOA);
    assert_mismatch("answer from 192.0.2.53 port 53 not believed: it answers another kind of message");
    forge_header(&forge, ID, 0xaa00);
    forge_question(&forge, "fo.test", RRTYPE_SOA);
    assert_mismatch("answer from 192.0.2.53 port 53 not believed: it says that it was cut");
    forge_header(&forge, ID, 0xa800);
    forge_question(&forge, "fo.tesu", RRTYPE_SOA);
    assert_mismatch("answer from 192.0.2.53 port 53 not believed: it is about another zone");
    forge_header(&forge, ID, 0xa800);
    forge_question(&forge, "fo.test", RRTYPE_A);
    assert_mismatch("answer from 192.0.2.53 port 53 not believed: it is about another zone");
    forge_header(&forge, ID, 0xa800);
    forge_question(&forge, "fo.test", RRTYPE_SOA);
    forge.bytes[forge.length - 1] = 3; /* class CH */
    assert_mismatch("answer from 192.0.2.53 port 53 not believed: it is about another zone");
}

static void test_question_may_be_left_out_or_in_capitals(void **state)
{
    (void)state;
    struct forge_tsig tsig = good_tsig();
    forge_header(&forge, ID, 0xa800);
    forge_sign(&forge, &tsig);
    judge(WIRE_OPCODE_UPDATE);
    assert_int_equal(report.outcome, OUTCOME_ACCEPTED);
    forge_header(&forge, ID, 0xa800);
    forge_question(&forge, "FO.Test", RRTYPE_SOA);
    forge_sign(&forge, &tsig);
    judge(WIRE_OPCODE_UPDATE);
    assert_int_equal(report.outcome, OUTCOME_ACCEPTED);
}

static void test_answer_to_an_update_has_at_most_16384_octets(void **state)
{
    (void)state;
    static const uint8_t filling[16384];
    struct forge_tsig tsig = good_tsig();
    begin(WIRE_OPCODE_UPDATE, WIRE_RCODE_NOERROR);
    forge_sign(&forge, &tsig);
    size_t rest = 16384 - forge.length - 11;
    for (size_t more = 0; more < 2; more++) {
        begin(WIRE_OPCODE_UPDATE, WIRE_RCODE_NOERROR);
        forge_record(&forge, 1, "", 99, WIRE_CLASS_IN, 0, filling, rest + more);
        forge_sign(&forge, &tsig);
        assert_int_equal(forge.length, 16384 + more);
        judge(WIRE_OPCODE_UPDATE);
        assert_int_equal(report.outcome, more ? OUTCOME_UNKNOWN : OUTCOME_ACCEPTED);
    }
    assert_detail("answer from 192.0.2.53 port 53 not believed: it is longer than the answer to an update can be");
    begin(WIRE_OPCODE_QUERY, WIRE_RCODE_NOERROR);
    forge_record(&forge, 1, "", 99, WIRE_CLASS_IN, 0, filling, rest + 1);
    forge_sign(&forge, &tsig);
    judge(WIRE_OPCODE_QUERY);
    assert_int_equal(report.outcome, OUTCOME_ACCEPTED);
}

static void test_malformed_is_unknown(void **state)
{
    (void)state;
    forge.length = 5;
    judge(WIRE_OPCODE_UPDATE);
    assert_int_equal(report.outcome, OUTCOME_UNKNOWN);
    assert_true(report.has_answer);
    assert_detail("answer from 192.0.2.53 port 53 not believed: it is shorter than a header");
}

static void test_silence_is_unknown_with_a_hint(void **state)
{
    (void)state;
    struct dns_expectation expected = expect(WIRE_OPCODE_UPDATE);
    dns_answer_missing(&expected, 3000, NULL, &report);
    assert_int_equal(report.outcome, OUTCOME_UNKNOWN);
    assert_false(report.has_answer);
    assert_detail("no answer from 192.0.2.53 port 53 within 3s; PowerDNS stays silent when dnsupdate is off");
    expected = expect(WIRE_OPCODE_QUERY);
    dns_answer_missing(&expected, 850, NULL, &report);
    assert_detail("no answer from 192.0.2.53 port 53 within 850ms");
    struct error err;
    error_set(&err, ERROR_PROTOCOL, "the cat sat on it");
    dns_answer_missing(&expected, 850, &err, &report);
    assert_detail("the cat sat on it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rcodes_mean_what_the_table_says),
        cmocka_unit_test(test_signed_errors_mean_what_the_table_says),
        cmocka_unit_test(test_unsigned_is_unknown_with_a_hint),
        cmocka_unit_test(test_badly_signed_is_unknown),
        cmocka_unit_test(test_answer_belongs_to_the_question),
        cmocka_unit_test(test_question_may_be_left_out_or_in_capitals),
        cmocka_unit_test(test_answer_to_an_update_has_at_most_16384_octets),
        cmocka_unit_test(test_malformed_is_unknown),
        cmocka_unit_test(test_silence_is_unknown_with_a_hint),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
