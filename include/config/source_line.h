/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_SOURCE_LINE_H
#define REPOINTD_CONFIG_SOURCE_LINE_H

/*
 * Where: config, for the list of complaints alone.
 * What:  one line of a file, made fit to be shown: cut to a window, nothing but printable ASCII, secrets left out.
 */

#include "base/attributes.h"
#include "config/complaints.h"

#include <stdbool.h>
#include <stdint.h>

#define SHOWN_LINE_MAX 160

struct shown_line {
    char text[SHOWN_LINE_MAX + 16];
    uint32_t caret; /* columns in front of the caret */
    uint32_t width; /* columns from the caret to the end of what is shown; at least 1 */
};

/* Remembers where a line began: complaints come in order, so the walk over a file is one. Starts as zeros. */
struct line_cursor {
    const struct source *source;
    uint32_t line;
    size_t offset;
};

/*
 * `hidden_from`: the first column that must not be shown, 0 for none. What follows the word "secret" and a colon or
 * blank is never shown. False: the file has no such line.
 */
NODISCARD bool source_line_show(struct line_cursor *cursor, struct place place, uint32_t hidden_from,
                                struct shown_line *ret);

#endif
