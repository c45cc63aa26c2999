/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_JOIN_H
#define REPOINTD_CONFIG_JOIN_H

/*
 * Where: config, between the files and those who read the sections.
 * What:  the sections of all files as if they were one file.
 * Why:   a name and a key may be said once, wherever it stands; after this nobody has to think of files.
 */

#include "config/files.h"

/* Mappings, NULL where no file has such a section. Their values have been looked at by nobody yet. */
struct sections {
    const struct node *check_defaults, *record_defaults;
    const struct node *servers, *checks, *records, *safety, *notify, *web, *daemon;
};

/* A key or name that stands twice is complained of with both places. */
struct sections join_files(const struct files *files, struct arena *arena, struct complaints *complaints);

#endif
