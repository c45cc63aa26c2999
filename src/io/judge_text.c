/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under judge and probe_tcp.
 * What:  whether a text is what `expect` wants.
 */
#include "io/judge_text.h"

#include "base/pattern.h"

#include <string.h>

static size_t looked_at(size_t length)
{
    return length < BODY_MATCH_MAX ? length : BODY_MATCH_MAX;
}

/* It has to lie wholly inside what is looked at. */
static bool has(const uint8_t *bytes, size_t length, const char *text, size_t text_length)
{
    length = looked_at(length);
    return text_length == 0 || (length > 0 && memmem(bytes, length, text, text_length) != NULL);
}

bool judge_text_is_asked(const struct expect_settings *expect)
{
    return expect->contains || expect->not_contains || expect->regex;
}

static bool has_unwanted(const struct expect_settings *expect, const uint8_t *bytes, size_t length)
{
    return expect->not_contains && has(bytes, length, expect->not_contains, expect->not_contains_length);
}

/* "the text wanted is not in", to be followed by what and how much was looked at; NULL: it is as wanted. */
static const char *fault_of(const struct expect_settings *expect, const uint8_t *bytes, size_t length)
{
    if (expect->contains && !has(bytes, length, expect->contains, expect->contains_length))
        return "the text wanted is not in";
    if (has_unwanted(expect, bytes, length))
        return "the text not wanted is in";
    if (!expect->regex)
        return NULL;
    switch (pattern_search(expect->regex, bytes, looked_at(length))) {
    case PATTERN_FOUND:
        return NULL;
    case PATTERN_ABSENT:
        return "the pattern matches nothing in";
    case PATTERN_GAVE_UP:
        break;
    }
    return "the pattern takes too many steps on";
}

bool judge_text_is_decided(const struct expect_settings *expect, const uint8_t *bytes, size_t length)
{
    return has_unwanted(expect, bytes, length) || !fault_of(expect, bytes, length);
}

bool judge_text(const struct expect_settings *expect, const uint8_t *bytes, size_t length, const char *what,
                struct text *detail)
{
    const char *fault = fault_of(expect, bytes, length);
    if (!fault)
        return true;
    text_add(detail, detail->length > 0 ? ", " : "");
    if (length >= BODY_MATCH_MAX)
        text_addf(detail, "%s the first %d octets of %s", fault, BODY_MATCH_MAX, what);
    else
        text_addf(detail, "%s %s of %zu octets", fault, what, length);
    return false;
}
