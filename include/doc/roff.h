/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_DOC_ROFF_H
#define REPOINTD_DOC_ROFF_H

/*
 * Where: doc, under the parts of manual pages.
 * What:  words for troff: nothing in them is taken for a request or an escape.
 */

#include <stdio.h>

/* Text on a line of its own: lines become blanks, `words` bold; the first letter large, a full stop at the end. */
void roff_sentence(FILE *out, const char *words);

/* A usage line: options and fixed words bold, words in capitals for what stands there. */
void roff_usage(FILE *out, const char *words);

/* As it is. */
void roff_plain(FILE *out, const char *words);

#endif
