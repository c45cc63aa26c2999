/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_DOC_CATALOG_H
#define REPOINTD_DOC_CATALOG_H

/*
 * Where: doc, under messages.
 * What:  systemd/repointd.catalog: subject, cause and cure of each message id.
 */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define CATALOG_ENTRIES_MAX 128

/* All are lines in `bytes`, ended by NUL. */
struct catalog_entry {
    const char *id, *subject;
    const char *cause;
    const char *cure; /* what stands behind "What to do: "; NULL: nothing does */
};

struct catalog {
    char *bytes;
    size_t count;
    struct catalog_entry entries[CATALOG_ENTRIES_MAX];
};

bool catalog_read(const char *path, struct catalog *ret, struct error *err);
void catalog_free(struct catalog *catalog);

/* NULL: there is none. */
const struct catalog_entry *catalog_find(const struct catalog *catalog, const char *id);

#endif
