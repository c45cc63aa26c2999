/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under courier.
 * What:  HMAC-SHA256 in hex.
 */
#include "io/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

void signature_of(const uint8_t *secret, size_t secret_length, const char *body, size_t length,
                  char ret[SIGNATURE_TEXT_MAX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned mac_length = 0;
    if (!HMAC(EVP_sha256(), secret, (int)secret_length, (const unsigned char *)body, length, mac, &mac_length))
        abort();
    for (unsigned i = 0; i < mac_length; i++) {
        ret[2 * i] = digits[mac[i] >> 4];
        ret[2 * i + 1] = digits[mac[i] & 15];
    }
    ret[2 * mac_length] = '\0';
}
