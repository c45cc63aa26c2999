/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under judge and probe_tcp.
 * What:  whether a text is what `expect` wants.
 */
#include "io/judge_text.h"

#include <string.h>

static size_t looked_at(size_t length)
{
    return length < BODY_MATCH_MAX ? length : BODY_MATCH_MAX;
}

/* It has to lie wholly inside what is looked at. */
static bool has(const uint8_t *bytes, size_t length, const char *wanted, size_t wanted_length)
{
    length = looked_at(length);
    return wanted_length == 0 || (length > 0 && memmem(bytes, length, wanted, wanted_length) != NULL);
}

bool judge_text_is_asked(const struct expect_settings *expect)
{
    return expect->contains != NULL;
}

bool judge_text_is_decided(const struct expect_settings *expect, const uint8_t *bytes, size_t length)
{
    return has(bytes, length, expect->contains, expect->contains_length);
}

bool judge_text(const struct expect_settings *expect, const uint8_t *bytes, size_t length, const char *what,
                struct text *detail)
{
    if (!expect->contains || has(bytes, length, expect->contains, expect->contains_length))
        return true;
    text_add(detail, detail->length > 0 ? ", " : "");
    if (length >= BODY_MATCH_MAX)
        text_addf(detail, "the text wanted is not in the first %d octets of %s", BODY_MATCH_MAX, what);
    else
        text_addf(detail, "the text wanted is not in %s of %zu octets", what, length);
    return false;
}
