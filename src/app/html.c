/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under the status page.
 * What:  foreign text into markup.
 */
#include "app/html.h"

#include <stdint.h>
#include <string.h>

static const char *escape_of(uint32_t letter)
{
    switch (letter) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* One letter of UTF-8 in its shortest form (RFC 3629 4), no surrogate; its length, 0: it is none. */
static size_t letter_of(const uint8_t *bytes, uint32_t *ret)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = bytes[0] < 0x80   ? 1
                    : bytes[0] < 0xc2 ? 0
                    : bytes[0] < 0xe0 ? 2
                    : bytes[0] < 0xf0 ? 3
                    : bytes[0] < 0xf5 ? 4
                                      : 0;
    if (length == 0)
        return 0;
    uint32_t letter = length == 1 ? bytes[0] : bytes[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        letter = letter << 6 | (bytes[i] & 0x3fU);
    }
    if (letter < least[length] || letter > 0x10ffff || (letter >= 0xd800 && letter <= 0xdfff))
        return 0;
    *ret = letter;
    return length;
}

/* Control characters, and those that turn the direction of what stands around them. */
static bool is_control(uint32_t letter)
{
    return letter < 0x20 || (letter >= 0x7f && letter < 0xa0) || (letter >= 0x200b && letter <= 0x200f) ||
           (letter >= 0x2028 && letter <= 0x202e) || (letter >= 0x2060 && letter <= 0x206f) || letter == 0x61c ||
           letter == 0xfeff;
}

void html_text(struct buffer *out, const char *words)
{
    for (const uint8_t *at = (const uint8_t *)words; *at;) {
        uint32_t letter = 0;
        size_t length = letter_of(at, &letter);
        const char *escape = length == 1 ? escape_of(letter) : NULL;
        if (length == 0)
            buffer_addf(out, "\\x%02x", *at);
        else if (escape)
            buffer_add(out, escape);
        else if (is_control(letter))
            buffer_add(out, "\xef\xbf\xbd");
        else
            buffer_add_bytes(out, (const char *)at, length);
        at += length ? length : 1;
    }
}

void html_segment(struct buffer *out, const char *words)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (; *words; words++) {
        if (strchr(plain, *words))
            buffer_add_bytes(out, words, 1);
        else
            buffer_addf(out, "%%%02X", (uint8_t)*words);
    }
}
