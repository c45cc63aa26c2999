/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_LINK_SECRET_H
#define REPOINTD_CONFIG_LINK_SECRET_H

/*
 * Where: config, under link_key and link_notifiers.
 * What:  {file: PATH} or {credential: NAME} to the text of that file.
 */

#include "config/link.h"

struct secret_words {
    const char *key, *noun; /* of the file's key that wants it: 'slack', and what is in it: "URL" */
};

struct secret_found {
    struct secret_text text; /* the caller's to wipe */
    const char *path;        /* in the arena */
    const struct node *node; /* where it was named */
};

/*
 * `node` is the key's value, `draft` what was read of it. False: complained of, or nothing is written there, or it
 * cannot be read here and need not be.
 */
NODISCARD bool link_secret(struct linker *linker, const struct node *node, const struct secret_draft *draft,
                           const struct secret_words *words, struct secret_found *ret);

#endif
