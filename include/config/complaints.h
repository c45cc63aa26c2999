/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_COMPLAINTS_H
#define REPOINTD_CONFIG_COMPLAINTS_H

/*
 * Where: config; the inner side of the list of complaints, for those who find something wrong. config.h has the outer
 *        side.
 * What:  the files that were read, places in them, and what is wrong at each place.
 * Why:   the list keeps the text of the files, for a complaint shows its line long after the tree is gone, and in the
 *        order of reading, whoever found it first.
 */

#include "base/attributes.h"
#include "config/config.h"

#include <stddef.h>
#include <stdint.h>

/* One file. Belongs to the list of complaints. */
struct source {
    const char *name;  /* as it was opened */
    const char *shown; /* as origins say it: relative to the first file's folder, where it lies below it */
    uint32_t order;    /* reading order, from 0 */
    const char *bytes; /* NULL until the file was read; a NUL stands behind */
    size_t length;
};

/* Where something stands. source NULL: nowhere; line 0: the file as a whole. Columns are code points, from 1. */
struct place {
    const struct source *source;
    uint32_t line, column, width;
};

/* A file to be read, in this order. The bytes come later, by complaints_fill. Never NULL. */
struct source *complaints_open(struct complaints *complaints, const char *name, const char *shown);

/* Room for the bytes of a file, zeroed, one more than asked for; belongs to the list. */
char *complaints_room(struct complaints *complaints, size_t length);

/* The same complaint at the same place is kept once. `complaints` NULL: nobody wants to know. */
void complaints_add(struct complaints *complaints, enum complaint_level level, struct place place, const char *format,
                    ...) PRINTF_LIKE(4, 5);

/*
 * From `place` on (its line and column) to the end of the line nothing of the source is ever shown: there is a secret.
 */
void complaints_hide(struct complaints *complaints, struct place place);

/* Text of the file in a message: sanitised and cut. */
#define FOREIGN_TEXT_MAX (4 * TEXT_FOREIGN_MAX + 8)
struct foreign {
    char text[FOREIGN_TEXT_MAX];
};
struct foreign foreign(const char *text);

/* "FILE:LINE:COL" */
#define PLACE_TEXT_MAX 512
void place_format(struct place place, char text[PLACE_TEXT_MAX]);

#endif
