/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  the TSIG key of a server: what its file holds, and whether it is strong enough.
 */
#include "config/keyfile.h"
#include "config/link_secret.h"

#include <string.h>

#define STRENGTH_LEAST_BITS 128
#define STRENGTH_GOOD_BITS  256

static void check_strength(struct linker *linker, const struct node *node, const char *path,
                           const struct key_settings *key)
{
    unsigned bits = key->secret_length * 8u;
    if (bits < STRENGTH_LEAST_BITS)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                       "the key in '%s' has %u bits; at least %d are needed, %d are good", path, bits,
                       STRENGTH_LEAST_BITS, STRENGTH_GOOD_BITS);
    else if (bits < STRENGTH_GOOD_BITS)
        complaints_add(linker->complaints, COMPLAINT_WARNING, node_place(node),
                       "the key in '%s' has %u bits; make one of %d", path, bits, STRENGTH_GOOD_BITS);
    if (key->algorithm == TSIG_HMAC_MD5 || key->algorithm == TSIG_HMAC_SHA1)
        complaints_add(linker->complaints, COMPLAINT_WARNING, node_place(node),
                       "the key in '%s' is for %s, which is out of date; make one for hmac-sha256", path,
                       tsig_algorithm_name(key->algorithm));
}

static bool take_key(struct linker *linker, const char *path, const struct secret_text *text, const struct node *node,
                     struct key_settings *ret, struct error *err)
{
    struct keyfile file;
    struct key_settings key = {.secret = NULL};
    if (!keyfile_parse(text->bytes, text->length, &file, err) ||
        !secret_decode(linker->secrets, file.secret, file.secret_length, &key.secret, &key.secret_length, err)) {
        error_prefix(err, "'%s' ", path);
        return false;
    }
    if (file.key_count > 1)
        complaints_add(linker->complaints, COMPLAINT_WARNING, node_place(node),
                       "'%s' holds %u keys; the first, '%s', is used", path, file.key_count, file.name);
    uint8_t *wire = arena_take(linker->arena, file.wire_length);
    memcpy(wire, file.wire, file.wire_length);
    key.name = (struct dname){.wire = wire, .length = file.wire_length};
    key.algorithm = file.algorithm;
    check_strength(linker, node, path, &key);
    *ret = key;
    return true;
}

void link_key(struct linker *linker, const struct server_draft *draft, struct key_settings *ret)
{
    static const struct secret_words words = {.key = "key", .noun = "key"};
    struct secret_found found;
    struct error err = {.sys_errno = 0};
    if (!link_secret(linker, draft->key, &draft->secret, &words, &found))
        return;
    if (!take_key(linker, found.path, &found.text, found.node, ret, &err))
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(found.node), "%s", err.text);
    secret_wipe(&found.text);
}
