/* SPDX-License-Identifier: MIT */
/*
 * Where: io, the only file that signs DNS messages, and one of two that see OpenSSL.
 * What:  HMAC over what RFC 8945 4.3 lists: the request's MAC (of an answer), the message as it was before its TSIG
 *        came (original id, ARCOUNT without it), key name, class, TTL, algorithm, time, fudge, error, other data.
 * Why:   the order of judgement is the point. Fields that are only compared come first, then the MAC, and what the
 *        message says (time, error) is looked at last, when it is known who said it. The id in the header may differ
 *        from the original one: an answer that a secondary passed on is still the primary's. A MAC cut short is refused
 *        whatever the RFC allows.
 */

#include "io/tsig.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#define FIXED_SIZE       10 /* type, class, TTL, RDLENGTH */
#define RDATA_FIXED_SIZE 16 /* time, fudge, MAC size, original id, error, other length */
#define SERVER_TIME_SIZE 6
#define ARCOUNT_AT       10

struct algorithm {
    struct dname name;
    const char *digest;
    uint8_t mac_length;
};

#define ALGORITHM(wire_name, digest_name, mac_octets)                                                         \
    {                                                                                                         \
        .name = {.wire = (const uint8_t *)(wire_name), .length = sizeof(wire_name)}, .digest = (digest_name), \
        .mac_length = (mac_octets)                                                                            \
    }

/* The NUL of each literal is the root's octet. */
static const struct algorithm algorithms[] = {
    [TSIG_HMAC_MD5] = ALGORITHM("\x08hmac-md5\x07sig-alg\x03reg\x03int", "MD5", 16),
    [TSIG_HMAC_SHA1] = ALGORITHM("\x09hmac-sha1", "SHA1", 20),
    [TSIG_HMAC_SHA224] = ALGORITHM("\x0bhmac-sha224", "SHA224", 28),
    [TSIG_HMAC_SHA256] = ALGORITHM("\x0bhmac-sha256", "SHA256", 32),
    [TSIG_HMAC_SHA384] = ALGORITHM("\x0bhmac-sha384", "SHA384", 48),
    [TSIG_HMAC_SHA512] = ALGORITHM("\x0bhmac-sha512", "SHA512", 64),
};

/* Octets to be digested, one run after the other. */
struct run {
    const void *bytes;
    size_t length;
};

/* Everything in a TSIG record that its MAC covers beside the names. */
struct fields {
    uint8_t time[SERVER_TIME_SIZE];
    uint8_t fudge[2];
    uint8_t error[2];
    uint8_t other_length[2];
    const uint8_t *other;
};

static bool digest_runs(const struct key_settings *key, const struct run *runs, size_t count, uint8_t mac[TSIG_MAC_MAX])
{
    const struct algorithm *algorithm = &algorithms[key->algorithm];
    char digest[8];
    memcpy(digest, algorithm->digest, strlen(algorithm->digest) + 1);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    bool good = context && EVP_MAC_init(context, key->secret, key->secret_length, params);
    for (size_t i = 0; good && i < count; i++)
        good = EVP_MAC_update(context, runs[i].bytes, runs[i].length);
    size_t length = 0;
    good = good && EVP_MAC_final(context, mac, &length, TSIG_MAC_MAX);
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(hmac);
    assert(!good || length == algorithm->mac_length);
    return good;
}

/* The MAC of a message whose TSIG-less form is `header` (patched) and `body`. `request` is NULL for a request. */
static bool digest_message(const struct key_settings *key, const struct tsig_state *request,
                           const uint8_t header[WIRE_HEADER_SIZE], struct run body, const struct fields *fields,
                           uint8_t mac[TSIG_MAC_MAX])
{
    static const uint8_t class_and_ttl[] = {0, WIRE_CLASS_ANY, 0, 0, 0, 0};
    const struct algorithm *algorithm = &algorithms[key->algorithm];
    const uint8_t request_length[2] = {0, request ? request->mac_length : 0};
    const struct run runs[] = {
        {request_length, request ? 2 : 0},
        {request ? request->mac : NULL, request ? request->mac_length : 0},
        {header, WIRE_HEADER_SIZE},
        body,
        {key->name.wire, key->name.length},
        {class_and_ttl, sizeof class_and_ttl},
        {algorithm->name.wire, algorithm->name.length},
        {fields->time, sizeof fields->time},
        {fields->fudge, sizeof fields->fudge},
        {fields->error, sizeof fields->error},
        {fields->other_length, sizeof fields->other_length},
        {fields->other, wire_get16(fields->other_length)},
    };
    return digest_runs(key, runs, ARRAY_COUNT(runs), mac);
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t length)
{
    memcpy(at, bytes, length);
    return at + length;
}

static uint8_t *put_number(uint8_t *at, uint16_t number)
{
    wire_put16(at, number);
    return at + 2;
}

bool tsig_sign(const struct key_settings *key, uint8_t *message, size_t *length, size_t capacity, int64_t wall_s,
               struct tsig_state *ret, struct error *err)
{
    assert(*length >= WIRE_HEADER_SIZE && wall_s >= 0);
    const struct algorithm *algorithm = &algorithms[key->algorithm];
    size_t rdata_length = (size_t)algorithm->name.length + RDATA_FIXED_SIZE + algorithm->mac_length;
    if (*length + key->name.length + FIXED_SIZE + rdata_length > capacity) {
        error_set(err, ERROR_LIMIT, "a message of %zu octets has no room for its signature", *length);
        return false;
    }
    struct tsig_state state = {.mac_length = algorithm->mac_length};
    struct fields fields = {{0}, {0}, {0}, {0}, NULL};
    wire_put48(fields.time, (uint64_t)wall_s);
    wire_put16(fields.fudge, TSIG_FUDGE_S);
    struct run body = {message + WIRE_HEADER_SIZE, *length - WIRE_HEADER_SIZE};
    if (!digest_message(key, NULL, message, body, &fields, state.mac)) {
        error_set(err, ERROR_SYSTEM, "no signature can be made: memory is out, or OpenSSL refuses the algorithm");
        return false;
    }

    uint8_t *at = put(message + *length, key->name.wire, key->name.length);
    at = put_number(at, WIRE_TYPE_TSIG);
    at = put_number(at, WIRE_CLASS_ANY);
    wire_put32(at, 0);
    at = put_number(at + 4, (uint16_t)rdata_length);
    at = put(at, algorithm->name.wire, algorithm->name.length);
    at = put(at, fields.time, sizeof fields.time);
    at = put(at, fields.fudge, sizeof fields.fudge);
    at = put_number(at, state.mac_length);
    at = put(at, state.mac, state.mac_length);
    at = put(at, message, 2); /* the original id */
    at = put(at, fields.error, sizeof fields.error);
    at = put(at, fields.other_length, sizeof fields.other_length);
    *length = (size_t)(at - message);
    wire_put16(message + ARCOUNT_AT, (uint16_t)(wire_get16(message + ARCOUNT_AT) + 1));
    *ret = state;
    return true;
}

/* What stands in the TSIG of an answer, not yet judged. */
struct parsed {
    struct dname key, algorithm;
    uint8_t key_storage[DNAME_WIRE_MAX], algorithm_storage[DNAME_WIRE_MAX];
    const uint8_t *mac;
    uint16_t mac_length;
    uint8_t original_id[2];
    struct fields fields;
};

static bool parse(const uint8_t *message, size_t length, const struct wire_tsig *tsig, struct parsed *ret)
{
    if (!wire_read_name(message, length, tsig->at, false, ret->key_storage, &ret->key))
        return false;
    const uint8_t *end = message + tsig->rdata_at + tsig->rdata_length;
    size_t after_name = wire_read_name(message, length, tsig->rdata_at, true, ret->algorithm_storage, &ret->algorithm);
    const uint8_t *at = message + after_name;
    if (!after_name || at > end || end - at < RDATA_FIXED_SIZE)
        return false;
    memcpy(ret->fields.time, at, sizeof ret->fields.time);
    memcpy(ret->fields.fudge, at + 6, sizeof ret->fields.fudge);
    ret->mac_length = wire_get16(at + 8);
    ret->mac = at + 10;
    if (end - at - RDATA_FIXED_SIZE < ret->mac_length)
        return false;
    at = ret->mac + ret->mac_length;
    memcpy(ret->original_id, at, sizeof ret->original_id);
    memcpy(ret->fields.error, at + 2, sizeof ret->fields.error);
    memcpy(ret->fields.other_length, at + 4, sizeof ret->fields.other_length);
    ret->fields.other = at + 6;
    return end - ret->fields.other == wire_get16(ret->fields.other_length);
}

static struct tsig_facts facts_of(const struct fields *fields)
{
    struct tsig_facts facts = {
        .error = wire_get16(fields->error),
        .fudge_s = wire_get16(fields->fudge),
        .signed_wall_s = (int64_t)wire_get48(fields->time),
    };
    facts.has_server_time = facts.error == TSIG_ERROR_BADTIME && wire_get16(fields->other_length) == SERVER_TIME_SIZE;
    if (facts.has_server_time)
        facts.server_wall_s = (int64_t)wire_get48(fields->other);
    return facts;
}

/* GOOD: the MAC is right; anything else: nothing may be believed. */
static enum tsig_result check_mac(const struct key_settings *key, const struct tsig_state *request,
                                  const uint8_t *message, const struct wire_message *walked,
                                  const struct parsed *parsed)
{
    const struct algorithm *algorithm = &algorithms[key->algorithm];
    if (!dname_equal(&parsed->key, &key->name))
        return TSIG_OTHER_KEY;
    if (!dname_equal(&parsed->algorithm, &algorithm->name))
        return TSIG_OTHER_ALGORITHM;
    if (parsed->mac_length == 0)
        return TSIG_NO_MAC;
    if (parsed->mac_length != algorithm->mac_length)
        return TSIG_MAC_LENGTH;

    uint8_t header[WIRE_HEADER_SIZE], mac[TSIG_MAC_MAX];
    memcpy(header, message, sizeof header);
    memcpy(header, parsed->original_id, sizeof parsed->original_id);
    wire_put16(header + ARCOUNT_AT, (uint16_t)(walked->additional_count - 1));
    struct run body = {message + WIRE_HEADER_SIZE, (size_t)walked->tsig.at - WIRE_HEADER_SIZE};
    if (!digest_message(key, request, header, body, &parsed->fields, mac))
        return TSIG_NOT_CHECKED;
    return CRYPTO_memcmp(mac, parsed->mac, parsed->mac_length) == 0 ? TSIG_GOOD : TSIG_MAC_WRONG;
}

/*
 * What a message with a right MAC says about itself:
 *
 *   RCODE      error      time      result
 *   NOTAUTH    BADTIME    any       error told: the time is ours, put back
 *   any        any        misfit    time
 *   NOTAUTH    not 0      fits      error told
 *   other      not 0      fits      error misplaced
 *   any        0          fits      good
 */
static enum tsig_result judge(const struct wire_message *walked, const struct tsig_facts *facts, int64_t wall_s)
{
    bool not_auth = walked->rcode == WIRE_RCODE_NOTAUTH;
    if (not_auth && facts->error == TSIG_ERROR_BADTIME)
        return TSIG_ERROR_TOLD;
    int64_t off_s = wall_s - facts->signed_wall_s;
    if (off_s > facts->fudge_s || -off_s > facts->fudge_s)
        return TSIG_TIME;
    if (facts->error == TSIG_ERROR_NONE)
        return TSIG_GOOD;
    return not_auth ? TSIG_ERROR_TOLD : TSIG_ERROR_MISPLACED;
}

enum tsig_result tsig_verify(const struct key_settings *key, const struct tsig_state *request, const uint8_t *message,
                             size_t length, const struct wire_message *walked, int64_t wall_s, struct tsig_facts *ret)
{
    *ret = (struct tsig_facts){0};
    if (!walked->has_tsig)
        return TSIG_ABSENT;
    struct parsed parsed;
    if (!parse(message, length, &walked->tsig, &parsed))
        return TSIG_MALFORMED;
    *ret = facts_of(&parsed.fields);
    enum tsig_result result = check_mac(key, request, message, walked, &parsed);
    return result == TSIG_GOOD ? judge(walked, ret, wall_s) : result;
}

const char *tsig_result_sentence(enum tsig_result result)
{
    switch (result) {
    case TSIG_GOOD:
        return "it is signed";
    case TSIG_ERROR_TOLD:
        return "it is signed and tells an error";
    case TSIG_ABSENT:
        return "it is not signed";
    case TSIG_MALFORMED:
        return "its TSIG is malformed";
    case TSIG_OTHER_KEY:
        return "it is signed with another key";
    case TSIG_OTHER_ALGORITHM:
        return "it is signed with another algorithm";
    case TSIG_NO_MAC:
        return "its TSIG has no MAC";
    case TSIG_MAC_LENGTH:
        return "its MAC is cut";
    case TSIG_MAC_WRONG:
        return "its MAC is wrong";
    case TSIG_TIME:
        return "it was signed at another time than now";
    case TSIG_ERROR_MISPLACED:
        return "its TSIG tells an error that its RCODE does not";
    case TSIG_NOT_CHECKED:
        return "there was no memory to check its MAC";
    }
    return "";
}

const char *tsig_error_name(uint16_t error)
{
    switch (error) {
    case TSIG_ERROR_NONE:
        return "no error";
    case TSIG_ERROR_BADSIG:
        return "BADSIG";
    case TSIG_ERROR_BADKEY:
        return "BADKEY";
    case TSIG_ERROR_BADTIME:
        return "BADTIME";
    case TSIG_ERROR_BADTRUNC:
        return "BADTRUNC";
    default:
        return "an error without a name";
    }
}

void tsig_library(struct text *out)
{
    text_addf(out, "OpenSSL %s", OpenSSL_version(OPENSSL_VERSION_STRING));
}
