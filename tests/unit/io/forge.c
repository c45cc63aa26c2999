/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of the DNS side of io.
 * What:  see forge.h.
 */
#include "forge.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

size_t forge_hex(const char *hex, uint8_t *bytes, size_t capacity)
{
    size_t length = strlen(hex) / 2;
    assert(length <= capacity);
    for (size_t i = 0; i < length; i++) {
        unsigned octet = 0;
        int read = sscanf(hex + 2 * i, "%2x", &octet);
        assert(read == 1);
        bytes[i] = (uint8_t)octet;
    }
    return length;
}

struct key_settings forge_key(const char *name, enum tsig_algorithm algorithm)
{
    static uint8_t secret[32], wire[DNAME_WIRE_MAX];
    for (uint8_t i = 0; i < sizeof secret; i++)
        secret[i] = i;
    struct key_settings key = {.algorithm = algorithm, .secret = secret, .secret_length = sizeof secret};
    bool good = dname_parse(name, wire, &key.name, NULL);
    assert(good);
    return key;
}

void forge_put(struct forge *forge, const void *bytes, size_t length)
{
    assert(forge->length + length <= sizeof forge->bytes);
    if (length > 0)
        memcpy(forge->bytes + forge->length, bytes, length);
    forge->length += length;
}

void forge_put16(struct forge *forge, uint16_t number)
{
    const uint8_t bytes[] = {(uint8_t)(number >> 8), (uint8_t)number};
    forge_put(forge, bytes, sizeof bytes);
}

static void put48(struct forge *forge, uint64_t number)
{
    forge_put16(forge, (uint16_t)(number >> 32));
    forge_put16(forge, (uint16_t)(number >> 16));
    forge_put16(forge, (uint16_t)number);
}

void forge_header(struct forge *forge, uint16_t id, uint16_t flags)
{
    static const uint8_t counts[8] = {0};
    forge->length = 0;
    forge_put16(forge, id);
    forge_put16(forge, flags);
    forge_put(forge, counts, sizeof counts);
}

void forge_name(struct forge *forge, const char *name)
{
    while (*name) {
        size_t length = strcspn(name, ".");
        uint8_t octet = (uint8_t)length;
        forge_put(forge, &octet, 1);
        forge_put(forge, name, length);
        name += length + (name[length] == '.');
    }
    forge_put(forge, "", 1);
}

static void count_up(struct forge *forge, size_t at)
{
    uint16_t count = (uint16_t)((forge->bytes[at] << 8 | forge->bytes[at + 1]) + 1);
    forge->bytes[at] = (uint8_t)(count >> 8);
    forge->bytes[at + 1] = (uint8_t)count;
}

void forge_question(struct forge *forge, const char *name, uint16_t type)
{
    forge_name(forge, name);
    forge_put16(forge, type);
    forge_put16(forge, WIRE_CLASS_IN);
    count_up(forge, 4);
}

/* `section`: 1 answer, 2 authority, 3 additional. */
void forge_record(struct forge *forge, uint32_t section, const char *name, uint16_t type, uint16_t class,
                  uint32_t ttl_s, const void *rdata, size_t length)
{
    forge_name(forge, name);
    forge_put16(forge, type);
    forge_put16(forge, class);
    forge_put16(forge, (uint16_t)(ttl_s >> 16));
    forge_put16(forge, (uint16_t)ttl_s);
    forge_put16(forge, (uint16_t)length);
    forge_put(forge, rdata, length);
    count_up(forge, 4 + 2 * section);
}

struct forge_tsig forge_tsig(const struct key_settings *key, const struct tsig_state *request, int64_t wall_s)
{
    return (struct forge_tsig){.key = *key,
                               .request = *request,
                               .time_s = (uint64_t)wall_s,
                               .class = WIRE_CLASS_ANY,
                               .fudge = 300,
                               .other = ""};
}

static const EVP_MD *digest_of(enum tsig_algorithm algorithm)
{
    switch (algorithm) {
    case TSIG_HMAC_MD5:
        return EVP_md5();
    case TSIG_HMAC_SHA1:
        return EVP_sha1();
    case TSIG_HMAC_SHA224:
        return EVP_sha224();
    case TSIG_HMAC_SHA256:
        return EVP_sha256();
    case TSIG_HMAC_SHA384:
        return EVP_sha384();
    case TSIG_HMAC_SHA512:
        return EVP_sha512();
    }
    return NULL;
}

static const char *algorithm_text(const struct forge_tsig *tsig)
{
    if (tsig->algorithm)
        return tsig->algorithm;
    return tsig->key.algorithm == TSIG_HMAC_MD5 ? "hmac-md5.sig-alg.reg.int" : tsig_algorithm_name(tsig->key.algorithm);
}

static void put_key_name(struct forge *forge, const struct forge_tsig *tsig)
{
    if (tsig->name)
        forge_name(forge, tsig->name);
    else
        forge_put(forge, tsig->key.name.wire, tsig->key.name.length);
}

/* Names are digested in lower case, as RFC 8945 4.3.3 wants; the caller's odd case is for the message alone. */
static void lower_names(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] >= 'A' && bytes[i] <= 'Z')
            bytes[i] = (uint8_t)(bytes[i] + 32);
}

static unsigned digest(const struct forge *forge, const struct forge_tsig *tsig, const uint8_t *other,
                       size_t other_length, uint8_t mac[EVP_MAX_MD_SIZE])
{
    static struct forge input;
    input.length = 0;
    if (tsig->request.mac_length > 0) {
        forge_put16(&input, tsig->request.mac_length);
        forge_put(&input, tsig->request.mac, tsig->request.mac_length);
    }
    size_t header = input.length;
    forge_put(&input, forge->bytes, forge->length);
    if (tsig->has_original_id)
        wire_put16(input.bytes + header, tsig->original_id);
    size_t names = input.length;
    put_key_name(&input, tsig);
    lower_names(input.bytes + names, input.length - names);
    forge_put16(&input, tsig->class);
    forge_put16(&input, (uint16_t)(tsig->ttl_s >> 16));
    forge_put16(&input, (uint16_t)tsig->ttl_s);
    names = input.length;
    forge_name(&input, algorithm_text(tsig));
    lower_names(input.bytes + names, input.length - names);
    put48(&input, tsig->time_s);
    forge_put16(&input, tsig->fudge);
    forge_put16(&input, tsig->error);
    forge_put16(&input, (uint16_t)other_length);
    forge_put(&input, other, other_length);
    unsigned length = 0;
    HMAC(digest_of(tsig->key.algorithm), tsig->key.secret, tsig->key.secret_length, input.bytes, input.length, mac,
         &length);
    return length;
}

void forge_sign(struct forge *forge, const struct forge_tsig *tsig)
{
    uint8_t mac[EVP_MAX_MD_SIZE], other[64];
    size_t other_length = forge_hex(tsig->other, other, sizeof other);
    unsigned mac_length = digest(forge, tsig, other, other_length, mac) - tsig->mac_cut;
    uint16_t original_id = tsig->has_original_id ? tsig->original_id : wire_get16(forge->bytes);
    static struct forge rdata;
    rdata.length = 0;
    forge_name(&rdata, algorithm_text(tsig));
    put48(&rdata, tsig->time_s);
    forge_put16(&rdata, tsig->fudge);
    forge_put16(&rdata, (uint16_t)mac_length);
    forge_put(&rdata, mac, mac_length);
    forge_put16(&rdata, original_id);
    forge_put16(&rdata, tsig->error);
    forge_put16(&rdata, (uint16_t)other_length);
    forge_put(&rdata, other, other_length);

    put_key_name(forge, tsig);
    forge_put16(forge, WIRE_TYPE_TSIG);
    forge_put16(forge, tsig->class);
    forge_put16(forge, (uint16_t)(tsig->ttl_s >> 16));
    forge_put16(forge, (uint16_t)tsig->ttl_s);
    forge_put16(forge, (uint16_t)rdata.length);
    forge_put(forge, rdata.bytes, rdata.length);
    count_up(forge, 10);
}
