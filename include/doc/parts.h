/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_DOC_PARTS_H
#define REPOINTD_DOC_PARTS_H

/*
 * Where: doc, the floor that no program is made of: it makes the reference.
 * What:  the parts of manual pages and of docs/messages.md that are tables of the programs.
 * Why:   what a program takes and says stands in its tables; a page that says it once more would be wrong one day.
 */

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* mdoc. */
void part_synopsis(FILE *out);       /* of repointctl, a line a command */
void part_commands(FILE *out);       /* items of a list */
void part_options(FILE *out);        /* the same */
void part_daemon_options(FILE *out); /* the same */
void part_keys(FILE *out);           /* a subsection for each mapping of the file */

/* Markdown, with what is known of causes and cures: the text of systemd's catalog. False: err tells why. */
bool part_messages(FILE *out, const char *catalog, struct error *err);

#endif
