/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_SIGNATURE_H
#define REPOINTD_IO_SIGNATURE_H

/*
 * Where: io, under courier.
 * What:  what a webhook's receiver checks: HMAC-SHA256 (RFC 2104) over the body, in hex.
 */

#include <stddef.h>
#include <stdint.h>

#define SIGNATURE_TEXT_MAX 65

void signature_of(const uint8_t *secret, size_t secret_length, const char *body, size_t length,
                  char ret[SIGNATURE_TEXT_MAX]);

#endif
