/* SPDX-License-Identifier: MIT */
/*
 * Where: rule CFG-16; key files come from other programs and from hands.
 * What:  any bytes are a key or get a reason; a key has a name, and its secret lies within the bytes; no reason
 *        repeats them.
 */
#include "config/keyfile.h"
#include "config/secret.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * A run of the input that long in a message would be a secret in a log. Words of our own may be in the input as well.
 */
#define TELLING 24

static bool tells(const char *message, const char *bytes, size_t size)
{
    for (size_t i = 0; size >= TELLING && i + TELLING <= size; i++)
        if (memchr(bytes + i, '\0', TELLING) == NULL && memmem(message, strlen(message), bytes + i, TELLING) != NULL)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct keyfile key = {.key_count = 0};
    struct error err = {.code = ERROR_NONE};
    if (!keyfile_parse(bytes, size, &key, &err)) {
        assert(err.code != ERROR_NONE && err.text[0] != '\0' && key.key_count == 0);
        bool is_algorithm = err.code == ERROR_UNSUPPORTED;
        bool is_form = strstr(err.text, "form") != NULL || strstr(err.text, "nor algorithm") != NULL;
        assert(is_algorithm || is_form || !tells(err.text, bytes, size));
        return 0;
    }
    assert(key.key_count >= 1 && key.wire_length >= 1 && key.name[0] != '\0' && key.algorithm >= TSIG_HMAC_MD5);
    assert(key.secret >= bytes && key.secret + key.secret_length <= bytes + size);
    struct secrets *secrets = secrets_new();
    const uint8_t *secret = NULL;
    uint16_t length = 0;
    if (secret_decode(secrets, key.secret, key.secret_length, &secret, &length, &err))
        assert(secret != NULL && length <= SECRET_OCTETS_MAX);
    secrets_free(secrets);
    return 0;
}
