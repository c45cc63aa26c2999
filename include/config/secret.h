/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_SECRET_H
#define REPOINTD_CONFIG_SECRET_H

/*
 * Where: config; the one place on this floor that holds secret bytes.
 * What:  key and credential files, and the memory that keys live in.
 * Why:   a secret must not reach swap, a core or a message. So it is read into locked pages that no dump takes, every
 *        copy is wiped, and no error text ever holds a byte of it.
 */

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRET_FILE_MAX 4096

/* The text of one file, in locked memory until secret_wipe. */
struct secret_text {
    char *bytes;
    size_t length;
    bool open_to_others; /* users beyond owner and group can read or change the file */
    unsigned mode;       /* its permission bits */
};

/*
 * Reads a regular file of at most SECRET_FILE_MAX bytes; a symbolic link is not followed. err->sys_errno tells a file
 * that may not be read (EACCES) from one that does not exist.
 */
NODISCARD bool secret_read(const char *path, struct secret_text *ret, struct error *err);
void secret_wipe(struct secret_text *text); /* zeros are fine */

/* Memory for decoded keys: locked, left out of dumps, wiped at the end. */
struct secrets;
struct secrets *secrets_new(void);
void secrets_free(struct secrets *secrets); /* NULL is fine */

#define SECRET_OCTETS_MAX 1024

/*
 * A copy in memory of `secrets`, with a NUL behind that does not count. NULL: there are none, or as many as
 * SECRET_OCTETS_MAX.
 */
const uint8_t *secret_keep(struct secrets *secrets, const char *bytes, size_t length);

/* Decodes strict base64 (RFC 4648 4) into memory of `secrets`. */
NODISCARD bool secret_decode(struct secrets *secrets, const char *base64, size_t length, const uint8_t **ret,
                             uint16_t *ret_length, struct error *err);

#endif
