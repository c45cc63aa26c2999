/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_TEXT_H
#define REPOINTD_BASE_TEXT_H

/*
 * Where: base; everybody's.
 * What:  bounded building of text in storage of the caller, and the one sanitiser for text from outside.
 * Why:   truncation is remembered, never undefined; and whatever a target, a name server or a client sent reaches a log
 *        line through text_add_foreign or not at all.
 */

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *bytes;     /* always ended by NUL */
    size_t length;   /* without the NUL */
    size_t capacity; /* with the NUL; at least 1 */
    bool truncated;  /* something did not fit */
};

/* Most bytes of foreign text that are taken from a source before it is cut. */
#define TEXT_FOREIGN_MAX 200

/* An empty text over `storage`, which the caller keeps for as long as the text is used. */
struct text text_over(char *storage, size_t capacity);

void text_add(struct text *text, const char *words);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_addf(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * Adds text that somebody else wrote: printable ASCII stays, everything else becomes \xHH (a backslash too, so that the
 * form can be read back), and after TEXT_FOREIGN_MAX bytes of input it is cut with "...".
 */
void text_add_foreign(struct text *text, const char *bytes, size_t length);

/*
 * Adds a duration as people write it, rounded to tenths of a second below 10 s and to seconds above, two units at the
 * most: 850ms, 1.5s, 41s, 6m12s, 3d4h.
 */
void text_add_duration(struct text *text, int64_t duration_ms);

#endif
