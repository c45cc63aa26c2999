/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_answer.
 * What:  a hundred thousand spoilt answers of real servers, and as many of a signed zone with an OPT record, of which
 *        none may be believed. Fault 65 of docs/faults.md;
 *        acceptance 22.
 */
#include "base/random.h"
#include "forge.h"
#include "io/dns_answer.h"
#include "tsig_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct endpoint peer = {.address = {.family = ADDRESS_V4, .bytes = {192, 0, 2, 53}}, .port = 53};
static struct forge forge;
static struct wire_message walked;
static struct dns_report report;
static struct key_settings key;

static void spoil(struct random *random)
{
    uint64_t changes = 1 + random_below(random, 4);
    while (changes-- > 0) {
        size_t at = (size_t)random_below(random, forge.length);
        switch (random_below(random, 7)) {
        case 0:
            forge.bytes[at] = (uint8_t)random_u64(random);
            break;
        case 1:
            forge.bytes[at] = (uint8_t)(forge.bytes[at] ^ 1u << random_below(random, 8));
            break;
        case 2: /* an octet more */
            memmove(forge.bytes + at + 1, forge.bytes + at, forge.length - at);
            forge.length++;
            break;
        case 3: /* some less */
            if (forge.length > 1) {
                memmove(forge.bytes + at, forge.bytes + at + 1, forge.length - at - 1);
                forge.length--;
            }
            break;
        case 4: /* another count */
            if (forge.length > WIRE_HEADER_SIZE)
                wire_put16(forge.bytes + 4 + 2 * random_below(random, 4), (uint16_t)random_below(random, 8));
            break;
        case 5: /* cut */
            forge.length = at + 1;
            break;
        default: /* a pointer */
            if (at + 1 < forge.length)
                wire_put16(forge.bytes + at, (uint16_t)(0xc000 | random_below(random, forge.length)));
            break;
        }
    }
}

/* A spoilt answer that still says the same, but for the letter case of names outside the MAC, is no other answer. */
static bool is_the_same(const uint8_t *whole, size_t length)
{
    if (length != forge.length)
        return false;
    for (size_t i = 0; i < length; i++) {
        uint8_t letter = whole[i] | 0x20;
        bool same_letter = (forge.bytes[i] | 0x20) == letter && letter >= 'a' && letter <= 'z';
        if (whole[i] != forge.bytes[i] && !same_letter)
            return false;
    }
    return true;
}

/* The whole answer of a vector, in `forge`, and what it answers. */
static struct dns_expectation expectation_of(const struct tsig_vector *vector, struct tsig_state *state,
                                             struct dname *name)
{
    static uint8_t storage[DNAME_WIRE_MAX];
    struct error err;
    forge.length = forge_hex(vector->request, forge.bytes, sizeof forge.bytes);
    assert_true(wire_walk(forge.bytes, forge.length, &walked, &err));
    assert_true(wire_read_name(forge.bytes, forge.length, walked.question_at, true, storage, name) > 0);
    const uint8_t *rdata = forge.bytes + walked.tsig.rdata_at;
    while (*rdata)
        rdata += 1 + *rdata;
    state->mac_length = (uint8_t)wire_get16(rdata + 9);
    memcpy(state->mac, rdata + 11, state->mac_length);
    forge.length = forge_hex(vector->answer, forge.bytes, sizeof forge.bytes);
    return (struct dns_expectation){.key = &key,
                                    .peer = &peer,
                                    .request = state,
                                    .id = walked.id,
                                    .opcode = walked.opcode,
                                    .name = name,
                                    .type = (enum rrtype)walked.question_type};
}

static void test_spoilt_answers_are_never_believed(void **state)
{
    (void)state;
    struct random random = random_from_seed(65);
    for (uint32_t round = 0; round < 100000; round++) {
        const struct tsig_vector *vector = &tsig_vectors[round % ARRAY_COUNT(tsig_vectors)];
        struct tsig_state own_request;
        struct dname name;
        key = forge_key(vector->key, vector->algorithm);
        struct dns_expectation expected = expectation_of(vector, &own_request, &name);
        uint8_t whole[1024];
        size_t length = forge.length;
        memcpy(whole, forge.bytes, length);
        dns_answer_judge(&expected, whole, length, vector->wall_s, &walked, &report);
        assert_int_equal(report.verified, vector->result == TSIG_GOOD || vector->result == TSIG_ERROR_TOLD);

        spoil(&random);
        if (is_the_same(whole, length))
            continue;
        uint8_t *exact = malloc(forge.length);
        memcpy(exact, forge.bytes, forge.length);
        dns_answer_judge(&expected, exact, forge.length, vector->wall_s, &walked, &report);
        free(exact);
        if (report.verified || report.outcome != OUTCOME_UNKNOWN)
            fail_msg("%s, round %u", vector->name, round);
    }
}

/* What a read brings from a signed zone: two addresses, their RRSIG, an OPT, a TSIG. */
static void forge_signed_zone(const struct tsig_state *request)
{
    static const uint8_t rrsig[] = "\0\1\15\3\0\0\0\36\x6f\0\0\0\x60\0\0\0\1\2\2fo\4test\0signature";
    forge_header(&forge, 77, 0x8400);
    forge_question(&forge, "www.fo.test", RRTYPE_A);
    forge_record(&forge, 1, "www.fo.test", RRTYPE_A, WIRE_CLASS_IN, 30, "\xc0\0\2\1", 4);
    forge_record(&forge, 1, "www.fo.test", RRTYPE_A, WIRE_CLASS_IN, 30, "\xc0\0\2\2", 4);
    forge_record(&forge, 1, "www.fo.test", WIRE_TYPE_RRSIG, WIRE_CLASS_IN, 30, rrsig, sizeof rrsig - 1);
    forge_record(&forge, 3, "", WIRE_TYPE_OPT, 1232, 0x8000, "", 0);
    struct forge_tsig tsig = forge_tsig(&key, request, 1700000000);
    forge_sign(&forge, &tsig);
}

static void test_spoilt_answers_of_a_signed_zone_are_never_believed(void **state)
{
    (void)state;
    struct random random = random_from_seed(22);
    const struct tsig_state request = {.mac_length = 32, .mac = {1, 2, 3}};
    key = forge_key("repointd", TSIG_HMAC_SHA256);
    uint8_t storage[DNAME_WIRE_MAX], whole[1024];
    struct dname name;
    assert_true(dname_parse("www.fo.test", storage, &name, NULL));
    struct dns_expectation expected = {
        .key = &key, .peer = &peer, .request = &request, .id = 77, .name = &name, .type = RRTYPE_A};
    forge_signed_zone(&request);
    size_t length = forge.length;
    memcpy(whole, forge.bytes, length);
    dns_answer_judge(&expected, whole, length, 1700000000, &walked, &report);
    assert_int_equal(report.outcome, OUTCOME_ACCEPTED);
    for (uint32_t round = 0; round < 100000; round++) {
        memcpy(forge.bytes, whole, length);
        forge.length = length;
        spoil(&random);
        if (is_the_same(whole, length))
            continue;
        uint8_t *exact = malloc(forge.length);
        memcpy(exact, forge.bytes, forge.length);
        dns_answer_judge(&expected, exact, forge.length, 1700000000, &walked, &report);
        free(exact);
        if (report.verified || report.outcome != OUTCOME_UNKNOWN)
            fail_msg("round %u", round);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spoilt_answers_are_never_believed),
        cmocka_unit_test(test_spoilt_answers_of_a_signed_zone_are_never_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
