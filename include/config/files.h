/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_FILES_H
#define REPOINTD_CONFIG_FILES_H

/*
 * Where: config, between the tree and what joins the sections.
 * What:  the first file, and what it includes, in reading order.
 */

#include "config/draft.h"

#include <stddef.h>
#include <stdint.h>

#define FILES_DEPTH_MAX 8

struct files {
    struct file_draft *drafts; /* in reading order; belongs to the arena */
    uint32_t count;
    bool whole; /* every file could be read; if not, names may be missing through no fault of those who use them */
};

/* Reads a file and all that it includes. Whatever cannot be read is complained of, the rest is there. */
struct files files_load(const char *path, struct arena *arena, struct complaints *complaints);

/* The same from memory; `include` is refused. */
struct files files_read(const char *name, const char *bytes, size_t length, struct arena *arena,
                        struct complaints *complaints);

/* `name` as seen from the file that holds the node: as it is where it is absolute, else in that file's folder. */
const char *files_beside(const struct node *node, const char *name, struct arena *arena);

#endif
