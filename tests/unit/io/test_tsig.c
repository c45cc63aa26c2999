/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/tsig.
 * What:  vectors of five implementations octet for octet, and each field wrong on its own under an otherwise right MAC.
 *        Faults 60, 61, 62 of docs/faults.md.
 */
#include "forge.h"
#include "io/tsig.h"
#include "tsig_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1700000000

static struct forge forge;
static struct wire_message walked;
static struct tsig_facts facts;
static struct error err;

/* The MAC of a signed request, as its sender keeps it. */
static struct tsig_state state_of(const uint8_t *request, size_t length)
{
    struct tsig_state state = {0};
    assert_true(wire_walk(request, length, &walked, &err));
    const uint8_t *rdata = request + walked.tsig.rdata_at;
    while (*rdata)
        rdata += 1 + *rdata;
    state.mac_length = (uint8_t)wire_get16(rdata + 1 + 8);
    memcpy(state.mac, rdata + 1 + 10, state.mac_length);
    return state;
}

static struct tsig_state request_of(const struct tsig_vector *vector)
{
    uint8_t request[1024];
    return state_of(request, forge_hex(vector->request, request, sizeof request));
}

static enum tsig_result verify(const struct key_settings *key, const struct tsig_state *request, int64_t wall_s)
{
    assert_true(wire_walk(forge.bytes, forge.length, &walked, &err));
    return tsig_verify(key, request, forge.bytes, forge.length, &walked, wall_s, &facts);
}

static void test_vectors_are_judged_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(tsig_vectors); i++) {
        const struct tsig_vector *vector = &tsig_vectors[i];
        struct key_settings key = forge_key(vector->key, vector->algorithm);
        struct tsig_state request = request_of(vector);
        forge.length = forge_hex(vector->answer, forge.bytes, sizeof forge.bytes);
        enum tsig_result result = verify(&key, &request, vector->wall_s);
        if (result != vector->result)
            fail_msg("%s: %s", vector->name, tsig_result_sentence(result));
        assert_int_equal(facts.error, vector->error);
        assert_int_equal(walked.rcode, vector->rcode);
    }
}

static void test_requests_are_signed_octet_for_octet(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(tsig_vectors); i++) {
        const struct tsig_vector *vector = &tsig_vectors[i];
        if (vector->result == TSIG_NO_MAC)
            continue; /* made with another secret */
        struct key_settings key = forge_key(vector->key, vector->algorithm);
        uint8_t wanted[1024], message[1024];
        size_t wanted_length = forge_hex(vector->request, wanted, sizeof wanted);
        assert_true(wire_walk(wanted, wanted_length, &walked, &err));
        size_t length = walked.tsig.at;
        memcpy(message, wanted, length);
        wire_put16(message + 10, (uint16_t)(walked.additional_count - 1));
        struct tsig_state signature;
        assert_true(tsig_sign(&key, message, &length, sizeof message, vector->wall_s, &signature, &err));
        assert_int_equal(length, wanted_length);
        assert_memory_equal(message, wanted, length);
        struct tsig_state request = request_of(vector);
        assert_int_equal(signature.mac_length, request.mac_length);
        assert_memory_equal(signature.mac, request.mac, request.mac_length);
    }
}

static void test_clock_of_the_server_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(tsig_vectors); i++) {
        const struct tsig_vector *vector = &tsig_vectors[i];
        if (vector->error != TSIG_ERROR_BADTIME)
            continue;
        struct key_settings key = forge_key(vector->key, vector->algorithm);
        struct tsig_state request = request_of(vector);
        forge.length = forge_hex(vector->answer, forge.bytes, sizeof forge.bytes);
        assert_int_equal(verify(&key, &request, vector->wall_s), TSIG_ERROR_TOLD);
        assert_true(facts.has_server_time);
        assert_int_equal(facts.signed_wall_s, vector->wall_s);
        assert_in_range(facts.signed_wall_s - facts.server_wall_s, 399, 401);
    }
}

/* Whatever bit is another one: not believed. The id in the header is not covered, and names have no letter case. */
static void test_any_flipped_bit_is_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(tsig_vectors); i++) {
        const struct tsig_vector *vector = &tsig_vectors[i];
        if (vector->result != TSIG_GOOD && vector->result != TSIG_ERROR_TOLD)
            continue;
        struct key_settings key = forge_key(vector->key, vector->algorithm);
        struct tsig_state request = request_of(vector);
        forge.length = forge_hex(vector->answer, forge.bytes, sizeof forge.bytes);
        assert_true(wire_walk(forge.bytes, forge.length, &walked, &err));
        size_t names_from = walked.tsig.at, names_to = walked.tsig.rdata_at;
        while (forge.bytes[names_to])
            names_to += 1u + forge.bytes[names_to];
        for (size_t bit = 16; bit < 8 * forge.length; bit++) {
            uint8_t *octet = &forge.bytes[bit / 8], mask = (uint8_t)(1u << (bit % 8));
            *octet ^= mask;
            if (wire_walk(forge.bytes, forge.length, &walked, &err)) {
                enum tsig_result result = tsig_verify(&key, &request, forge.bytes, forge.length, &walked,
                                                      vector->wall_s, &facts);
                uint8_t letter = *octet | 0x20;
                bool is_case = bit / 8 >= names_from && bit / 8 < names_to && mask == 0x20 && letter >= 'a' &&
                               letter <= 'z';
                bool believed = result == TSIG_GOOD || result == TSIG_ERROR_TOLD;
                if (believed && !is_case)
                    fail_msg("%s: bit %zu", vector->name, bit);
            }
            *octet ^= mask;
        }
    }
}

/* An answer is bound to its request and to the key. */
static void test_other_request_or_secret_is_noticed(void **state)
{
    (void)state;
    const struct tsig_vector *vector = &tsig_vectors[3];
    struct key_settings key = forge_key(vector->key, vector->algorithm);
    struct tsig_state request = request_of(vector);
    forge.length = forge_hex(vector->answer, forge.bytes, sizeof forge.bytes);
    assert_int_equal(verify(&key, &request, vector->wall_s), TSIG_GOOD);
    request.mac[0] ^= 1;
    assert_int_equal(verify(&key, &request, vector->wall_s), TSIG_MAC_WRONG);
    request.mac[0] ^= 1;
    uint8_t secret[32] = {1};
    key.secret = secret;
    assert_int_equal(verify(&key, &request, vector->wall_s), TSIG_MAC_WRONG);
}

/* ---- forged ------------------------------------------------------------------------------------------------------ */

static const struct tsig_state some_request = {.mac_length = 32, .mac = "the MAC of some request, 32 long"};

static struct key_settings some_key(void)
{
    return forge_key("repointd", TSIG_HMAC_SHA256);
}

static void begin_answer(uint8_t rcode)
{
    forge_header(&forge, 0x1111, (uint16_t)(0x8400 | rcode));
    forge_question(&forge, "fo.test", RRTYPE_SOA);
}

static enum tsig_result judged(uint8_t rcode, const struct forge_tsig *tsig, int64_t wall_s)
{
    struct key_settings key = some_key();
    begin_answer(rcode);
    forge_sign(&forge, tsig);
    return verify(&key, &some_request, wall_s);
}

static struct forge_tsig some_tsig(void)
{
    struct key_settings key = some_key();
    return forge_tsig(&key, &some_request, NOW);
}

static void test_forger_signs_right(void **state)
{
    (void)state;
    struct forge_tsig tsig = some_tsig();
    assert_int_equal(judged(0, &tsig, NOW), TSIG_GOOD);
    assert_int_equal(facts.fudge_s, 300);
    assert_int_equal(facts.signed_wall_s, NOW);
    assert_false(facts.has_server_time);
}

static void test_unsigned_is_absent(void **state)
{
    (void)state;
    struct key_settings key = some_key();
    begin_answer(0);
    assert_int_equal(verify(&key, &some_request, NOW), TSIG_ABSENT);
}

static void test_time_fits_within_the_fudge(void **state)
{
    (void)state;
    struct forge_tsig tsig = some_tsig();
    assert_int_equal(judged(0, &tsig, NOW + 300), TSIG_GOOD);
    assert_int_equal(judged(0, &tsig, NOW + 301), TSIG_TIME);
    assert_int_equal(judged(0, &tsig, NOW - 300), TSIG_GOOD);
    assert_int_equal(judged(0, &tsig, NOW - 301), TSIG_TIME);
    tsig.fudge = 0;
    assert_int_equal(judged(0, &tsig, NOW), TSIG_GOOD);
    assert_int_equal(judged(0, &tsig, NOW + 1), TSIG_TIME);
    tsig.time_s = 0xffffffffffff;
    assert_int_equal(judged(0, &tsig, NOW), TSIG_TIME);
}

static void test_names_of_key_and_algorithm_are_ours(void **state)
{
    (void)state;
    struct forge_tsig tsig = some_tsig();
    tsig.name = "RePointD";
    tsig.algorithm = "HMAC-SHA256";
    assert_int_equal(judged(0, &tsig, NOW), TSIG_GOOD);
    tsig.name = "repointe";
    assert_int_equal(judged(0, &tsig, NOW), TSIG_OTHER_KEY);
    tsig.name = NULL;
    tsig.algorithm = "hmac-sha512";
    assert_int_equal(judged(0, &tsig, NOW), TSIG_OTHER_ALGORITHM);
}

static void test_mac_is_whole(void **state)
{
    (void)state;
    struct forge_tsig tsig = some_tsig();
    tsig.mac_cut = 16;
    assert_int_equal(judged(0, &tsig, NOW), TSIG_MAC_LENGTH);
    tsig.mac_cut = 1;
    assert_int_equal(judged(0, &tsig, NOW), TSIG_MAC_LENGTH);
    tsig.mac_cut = 32;
    tsig.error = TSIG_ERROR_BADKEY;
    assert_int_equal(judged(WIRE_RCODE_NOTAUTH, &tsig, NOW), TSIG_NO_MAC);
    assert_int_equal(facts.error, TSIG_ERROR_BADKEY);
}

static void test_mac_without_the_request_is_wrong(void **state)
{
    (void)state;
    struct forge_tsig tsig = some_tsig();
    tsig.request.mac_length = 0;
    assert_int_equal(judged(0, &tsig, NOW), TSIG_MAC_WRONG);
}

/* A secondary that passes an update on sets its own id in the header; the MAC is over the primary's. */
static void test_original_id_is_put_back(void **state)
{
    (void)state;
    struct forge_tsig tsig = some_tsig();
    tsig.has_original_id = true;
    tsig.original_id = 0x2222;
    assert_int_equal(judged(0, &tsig, NOW), TSIG_GOOD);
}

static void test_errors_go_with_notauth(void **state)
{
    (void)state;
    struct forge_tsig tsig = some_tsig();
    tsig.error = TSIG_ERROR_BADTRUNC;
    assert_int_equal(judged(WIRE_RCODE_NOTAUTH, &tsig, NOW), TSIG_ERROR_TOLD);
    assert_int_equal(judged(WIRE_RCODE_NOTAUTH, &tsig, NOW + 301), TSIG_TIME);
    assert_int_equal(judged(WIRE_RCODE_NOERROR, &tsig, NOW), TSIG_ERROR_MISPLACED);
    tsig.error = TSIG_ERROR_BADTIME;
    tsig.other = "00006553f100";
    assert_int_equal(judged(WIRE_RCODE_NOTAUTH, &tsig, NOW + 100000), TSIG_ERROR_TOLD);
    assert_true(facts.has_server_time);
    assert_int_equal(facts.server_wall_s, 0x6553f100);
    assert_int_equal(judged(WIRE_RCODE_NOERROR, &tsig, NOW), TSIG_ERROR_MISPLACED);
    tsig.other = "006553f100"; /* five octets are no time */
    assert_int_equal(judged(WIRE_RCODE_NOTAUTH, &tsig, NOW), TSIG_ERROR_TOLD);
    assert_false(facts.has_server_time);
    tsig.error = TSIG_ERROR_NONE;
    tsig.other = "";
    assert_int_equal(judged(WIRE_RCODE_NOTAUTH, &tsig, NOW), TSIG_GOOD);
}

/* Lengths within the TSIG that do not add up, each end of it. */
static void test_lying_lengths_are_malformed(void **state)
{
    (void)state;
    struct key_settings key = some_key();
    struct forge_tsig tsig = some_tsig();
    tsig.other = "0102";
    begin_answer(0);
    forge_sign(&forge, &tsig);
    struct forge whole = forge;
    assert_true(wire_walk(forge.bytes, forge.length, &walked, &err));
    size_t rdata_at = walked.tsig.rdata_at, mac_size_at = rdata_at + 13 + 8, other_at = forge.length - 4;

    static const uint16_t sizes[] = {0, 31, 33, 34, 35, 0x7fff, 0xffff};
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        forge = whole;
        wire_put16(forge.bytes + mac_size_at, sizes[i]);
        enum tsig_result result = verify(&key, &some_request, NOW);
        assert_true(result == TSIG_MALFORMED || result == TSIG_NO_MAC || result == TSIG_MAC_LENGTH);
        forge = whole;
        wire_put16(forge.bytes + other_at, sizes[i]);
        assert_int_equal(verify(&key, &some_request, NOW), TSIG_MALFORMED);
    }
    for (uint16_t cut = 1; cut <= whole.length - rdata_at; cut++) { /* RDATA that ends too soon */
        forge = whole;
        forge.length -= cut;
        wire_put16(forge.bytes + rdata_at - 2, (uint16_t)(whole.length - rdata_at - cut));
        assert_int_equal(verify(&key, &some_request, NOW), TSIG_MALFORMED);
    }
}

/* The name of the key may be compressed, as any owner; the algorithm's may not (RFC 3597 4). */
static void test_compressed_names(void **state)
{
    (void)state;
    struct key_settings key = forge_key("fo.test", TSIG_HMAC_SHA256);
    struct forge_tsig tsig = forge_tsig(&key, &some_request, NOW);
    begin_answer(0);
    size_t before = forge.length;
    forge_sign(&forge, &tsig);
    size_t name = key.name.length;
    memmove(forge.bytes + before + 2, forge.bytes + before + name, forge.length - before - name);
    forge.length -= name - 2;
    memcpy(forge.bytes + before, "\xc0\x0c", 2);
    assert_int_equal(verify(&key, &some_request, NOW), TSIG_GOOD);

    size_t rdata_at = walked.tsig.rdata_at;
    uint16_t rdata_length = walked.tsig.rdata_length;
    memmove(forge.bytes + rdata_at + 2, forge.bytes + rdata_at + 13, rdata_length - 13u);
    memcpy(forge.bytes + rdata_at, "\xc0\x0c", 2);
    wire_put16(forge.bytes + rdata_at - 2, (uint16_t)(rdata_length - 11));
    forge.length -= 11;
    assert_int_equal(verify(&key, &some_request, NOW), TSIG_MALFORMED);
}

static void test_sign_needs_room(void **state)
{
    (void)state;
    struct key_settings key = some_key();
    uint8_t message[128] = {0x12, 0x34}, before[128];
    struct tsig_state signature = {0};
    size_t needed = 12 + 10 + 10 + 13 + 16 + 32, length = 12;
    memcpy(before, message, sizeof message);
    assert_false(tsig_sign(&key, message, &length, needed - 1, NOW, &signature, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_int_equal(length, 12);
    assert_memory_equal(message, before, sizeof message);
    assert_int_equal(signature.mac_length, 0);
    assert_true(tsig_sign(&key, message, &length, needed, NOW, &signature, &err));
    assert_int_equal(length, needed);
    assert_int_equal(wire_get16(message + 10), 1);
}

static void test_everything_has_words(void **state)
{
    (void)state;
    for (enum tsig_result result = TSIG_GOOD; result <= TSIG_NOT_CHECKED; result++)
        assert_true(strlen(tsig_result_sentence(result)) > 0);
    static const char *const names[] = {[0] = "no error", [16] = "BADSIG",           "BADKEY",
                                        "BADTIME",        "an error without a name", [22] = "BADTRUNC"};
    for (uint16_t error = 0; error < ARRAY_COUNT(names); error++)
        if (names[error])
            assert_string_equal(tsig_error_name(error), names[error]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors_are_judged_right),
        cmocka_unit_test(test_requests_are_signed_octet_for_octet),
        cmocka_unit_test(test_clock_of_the_server_is_told),
        cmocka_unit_test(test_any_flipped_bit_is_noticed),
        cmocka_unit_test(test_other_request_or_secret_is_noticed),
        cmocka_unit_test(test_forger_signs_right),
        cmocka_unit_test(test_unsigned_is_absent),
        cmocka_unit_test(test_time_fits_within_the_fudge),
        cmocka_unit_test(test_names_of_key_and_algorithm_are_ours),
        cmocka_unit_test(test_mac_is_whole),
        cmocka_unit_test(test_mac_without_the_request_is_wrong),
        cmocka_unit_test(test_original_id_is_put_back),
        cmocka_unit_test(test_errors_go_with_notauth),
        cmocka_unit_test(test_lying_lengths_are_malformed),
        cmocka_unit_test(test_compressed_names),
        cmocka_unit_test(test_sign_needs_room),
        cmocka_unit_test(test_everything_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
