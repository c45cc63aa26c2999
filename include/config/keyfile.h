/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_KEYFILE_H
#define REPOINTD_CONFIG_KEYFILE_H

/*
 * Where: config, beside secret. Pure: bytes in, places in those bytes out.
 * What:  the key files that name servers' tools write, told apart by their content:
 *            BIND      key "NAME" { algorithm ALG; secret "BASE64"; };     (tsig-keygen)
 *            Knot      key: [{id: NAME, algorithm: ALG, secret: BASE64}]   (keymgr -t, in its block form)
 *            PowerDNS  NAME ALG BASE64                                     (pdnsutil generate-tsig-key, list-tsig-keys)
 *            one line  ALG:NAME:BASE64                                     (as dig -y takes it)
 * Why:   a reader of its own for each, and not libyaml: that keeps copies that nobody wipes.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "model/dname.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyfile {
    char name[DNAME_TEXT_MAX]; /* of the first key */
    uint8_t wire[DNAME_WIRE_MAX];
    uint16_t wire_length;
    enum tsig_algorithm algorithm;
    const char *secret; /* base64, a view of the bytes */
    size_t secret_length;
    uint32_t key_count; /* keys in the file; the first is the one told */
};

/* No error text holds anything of the bytes but an algorithm's name that begins with "hmac" or "gss". */
NODISCARD bool keyfile_parse(const char *bytes, size_t length, struct keyfile *ret, struct error *err);

#endif
