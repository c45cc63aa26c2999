/* SPDX-License-Identifier: MIT */
/*
 * Where: tests; libFuzzer, and each `make check` over the corpus.
 * What:  io/wire and io/tsig. The first octet chooses the algorithm, the rest is a message: once as it came, once
 *        signed by us and verified again.
 * Why:   no input may be believed that was not signed, and none that was may be refused.
 */
#include "io/tsig.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1700000000

static const uint8_t secret[32] = "a secret that no corpus contains";
static const uint8_t key_name[] = "\010repointd";

static void believe_nothing(const struct key_settings *key, const uint8_t *bytes, size_t length)
{
    static const struct tsig_state request = {.mac_length = 32, .mac = {1}};
    struct wire_message walked;
    struct tsig_facts facts;
    if (!wire_walk(bytes, length, &walked, NULL))
        return;
    assert(!walked.has_tsig || (walked.tsig.at >= WIRE_HEADER_SIZE && walked.tsig.at < length));
    enum tsig_result result = tsig_verify(key, &request, bytes, length, &walked, NOW, &facts);
    assert(result != TSIG_GOOD && result != TSIG_ERROR_TOLD);
    assert(tsig_result_sentence(result)[0] != '\0');
}

static void sign_and_verify(const struct key_settings *key, const uint8_t *bytes, size_t length)
{
    struct wire_message walked;
    if (!wire_walk(bytes, length, &walked, NULL) || walked.has_tsig || walked.additional_count == UINT16_MAX)
        return;
    size_t capacity = length + TSIG_RECORD_MAX, signed_length = length;
    uint8_t *message = malloc(capacity);
    assert(message);
    memcpy(message, bytes, length);
    struct tsig_state signature;
    struct tsig_facts facts;
    bool good = tsig_sign(key, message, &signed_length, capacity, NOW, &signature, NULL);
    assert(good);
    if (signed_length <= UINT16_MAX) {
        bool walks = wire_walk(message, signed_length, &walked, NULL);
        assert(walks && walked.has_tsig && walked.tsig.at == length);
        assert(tsig_verify(key, NULL, message, signed_length, &walked, NOW, &facts) == TSIG_GOOD);
        assert(tsig_verify(key, NULL, message, signed_length, &walked, NOW + 301, &facts) == TSIG_TIME);
        assert(tsig_verify(key, &signature, message, signed_length, &walked, NOW, &facts) == TSIG_MAC_WRONG);
    }
    free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct key_settings key = {.name = {.wire = key_name, .length = sizeof key_name},
                               .algorithm = (enum tsig_algorithm)(TSIG_HMAC_MD5 + data[0] % 6),
                               .secret = secret,
                               .secret_length = sizeof secret};
    believe_nothing(&key, data + 1, size - 1);
    sign_and_verify(&key, data + 1, size - 1);
    return 0;
}
