/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  the TSIG key of a server: where its file is, what it holds, and whether it is strong enough.
 * Why:   a check is often run by a person who may not read the key. That is a warning then, and an error when the
 *        daemon starts.
 */
#include "config/link.h"

#include "config/files.h"
#include "config/keyfile.h"

#include <errno.h>
#include <string.h>

#define STRENGTH_LEAST_BITS 128
#define STRENGTH_GOOD_BITS  256

/* Where the key's file is; NULL after a complaint, or where there is nothing to complain of any more. */
static const char *find_path(struct linker *linker, const struct server_draft *draft, const struct node **ret_node)
{
    const struct secret_draft *secret = &draft->secret;
    if (draft->key == NULL || draft->key->kind != NODE_MAPPING)
        return NULL;
    if (secret->file_node != NULL && secret->credential_node != NULL) {
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(draft->key),
                       "'key' takes either 'file' or 'credential'");
        return NULL;
    }
    *ret_node = secret->file_node != NULL ? secret->file_node : secret->credential_node;
    if (*ret_node == NULL && draft->key->count == 0)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(draft->key),
                       "'key' needs 'file: PATH' or 'credential: NAME'");
    if (secret->file != NULL)
        return files_beside(secret->file_node, secret->file, linker->arena);
    if (secret->credential == NULL)
        return NULL;
    if (strchr(secret->credential, '/') != NULL || secret->credential[0] == '.') {
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(*ret_node),
                       "'%s' is not a credential's name; write a file's path as 'file: PATH'",
                       foreign(secret->credential).text);
        return NULL;
    }
    const char *directory = linker->environment->credentials_directory;
    if (directory == NULL) {
        bool starts = linker->environment->purpose == CONFIG_FOR_START;
        complaints_add(linker->complaints, starts ? COMPLAINT_ERROR : COMPLAINT_WARNING, node_place(*ret_node),
                       starts ? "there is no credential '%s': $CREDENTIALS_DIRECTORY is not set; systemd sets it where "
                                "the unit has LoadCredential=%s:PATH"
                              : "the credential '%s' is not checked here: $CREDENTIALS_DIRECTORY is not set; systemd "
                                "sets it for LoadCredential=%s:PATH",
                       foreign(secret->credential).text, foreign(secret->credential).text);
        return NULL;
    }
    size_t size = strlen(directory) + strlen(secret->credential) + 2;
    char *path = arena_take(linker->arena, size);
    struct text out = text_over(path, size);
    text_addf(&out, "%s/%s", directory, secret->credential);
    return path;
}

static void complain_unread(struct linker *linker, const struct node *node, const struct error *err)
{
    if (err->sys_errno == EACCES && linker->environment->purpose == CONFIG_FOR_CHECK)
        complaints_add(linker->complaints, COMPLAINT_WARNING, node_place(node), "%s; the key is not checked here",
                       err->text);
    else
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "%s", err->text);
}

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
    const struct node *node = NULL;
    struct secret_text text = {.bytes = NULL};
    struct error err = {.sys_errno = 0};
    const char *path = find_path(linker, draft, &node);
    if (path == NULL)
        return;
    if (!secret_read(path, &text, &err)) {
        complain_unread(linker, node, &err);
        return;
    }
    if (text.open_to_others && linker->open_keys++ == 0)
        linker->open_key = node_place(node);
    if (!take_key(linker, path, &text, node, ret, &err))
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "%s", err.text);
    secret_wipe(&text);
}
