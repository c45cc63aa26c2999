/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_PATTERN_H
#define REPOINTD_BASE_PATTERN_H

/*
 * Where: base; made by config, asked by io/judge. Alone with PCRE2.
 * What:  regular expressions over octets that a stranger sent: ^ and $ at each line, whichever way lines end.
 * Why:   a bad pattern is to be refused while its author is still looking, and no answer may keep us busy: each try has
 *        a limit, and a pattern that reaches it has said nothing.
 */

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct pattern;

/* NULL with `err`: "at character 7: missing closing parenthesis". Aborts when memory is out: used at load only. */
NODISCARD struct pattern *pattern_new(const char *text, struct error *err);
void pattern_free(struct pattern *pattern); /* NULL is fine */

/* As it was given to pattern_new. */
const char *pattern_text(const struct pattern *pattern);

enum pattern_result {
    PATTERN_FOUND = 1,
    PATTERN_ABSENT,
    PATTERN_GAVE_UP /* it would take too long to know */
};

/* Not for two threads at a time: the pattern holds the room for its own search. Allocates no more than 1 MiB. */
enum pattern_result pattern_search(const struct pattern *pattern, const void *bytes, size_t length);

/* PATTERN_FOUND, for those to whom giving up is the same as not there. */
bool pattern_matches(const struct pattern *pattern, const void *bytes, size_t length);

#endif
