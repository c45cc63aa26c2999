/* SPDX-License-Identifier: MIT */
/*
 * Where: config, in front of the tree.
 * What:  one pass over the bytes of a file.
 * Why:   libyaml's own words for these ("control characters are not allowed") name no character and, for a broken
 *        encoding, no line; and it takes U+0085, U+2028 and a lone CR for line ends, which no editor does, so that its
 *        lines would not be ours.
 */
#include "config/text_check.h"

#include <stdint.h>
#include <string.h>

size_t text_check_mark(const char *bytes, size_t length)
{
    return length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/*
 * Octets of the UTF-8 sequence at `c`, 0 if there is none. Overlong forms, surrogates and what is above U+10FFFF are
 * none.
 */
static size_t sequence_at(const unsigned char *c, size_t left, uint32_t *ret)
{
    size_t length = c[0] < 0x80                   ? 1
                    : c[0] >= 0xc2 && c[0] < 0xe0 ? 2
                    : c[0] >= 0xe0 && c[0] < 0xf0 ? 3
                    : c[0] >= 0xf0 && c[0] < 0xf5 ? 4
                                                  : 0;
    if (length == 0 || length > left)
        return 0;
    uint32_t point = length == 1 ? c[0] : c[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((c[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (c[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[length] || (point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff)
        return 0;
    *ret = point;
    return length;
}

/* Nearly all of every file. */
static bool is_usual(unsigned char c)
{
    return c >= ' ' && c <= '~';
}

/* What is wrong with a code point that `next` follows; NULL if nothing is. */
static const char *wrong_with(uint32_t point, unsigned char next)
{
    if (point == '\r')
        return next == '\n' ? NULL : "a carriage return without a line feed; write Unix line ends";
    if (point == 0)
        return "a NUL character; is this a text file?";
    if ((point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7f && point < 0xa0 && point != 0x85))
        return "a control character; inside double quotes it may be written as an escape";
    if (point == 0x85 || point == 0x2028 || point == 0x2029)
        return "an odd line end (U+0085, U+2028 or U+2029); write Unix line ends";
    if (point == 0xfeff || point == 0xfffe || point == 0xffff)
        return "a byte order mark in the middle of the text; remove it";
    return NULL;
}

const char *text_check_value(const char *bytes, size_t length)
{
    const unsigned char *c = (const unsigned char *)bytes;
    for (size_t i = 0; i < length;) {
        if (is_usual(c[i])) {
            i++;
            continue;
        }
        uint32_t point = 0;
        size_t taken = sequence_at(c + i, length - i, &point);
        if (taken == 0)
            return "something that is not UTF-8";
        if (point == 0)
            return "a NUL character";
        if (point != '\r' && wrong_with(point, '\0') != NULL)
            return point < 0xa0 && point != 0x85 ? "a control character" : "an odd line end or a byte order mark";
        i += taken;
    }
    return NULL;
}

bool text_check(const struct source *source, struct complaints *complaints)
{
    const unsigned char *bytes = (const unsigned char *)source->bytes;
    struct place place = {.source = source, .line = 1, .column = 1, .width = 1};
    if (source->length >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff))) {
        complaints_add(complaints, COMPLAINT_ERROR, (struct place){.source = source},
                       "the file is in UTF-16; save it as UTF-8");
        return false;
    }
    for (size_t i = 0; i < source->length;) {
        if (is_usual(bytes[i])) {
            i++;
            place.column++;
            continue;
        }
        uint32_t point = 0;
        size_t taken = sequence_at(bytes + i, source->length - i, &point);
        const char *wrong = taken == 0 ? "a byte that is not UTF-8; save the file as UTF-8"
                                       : wrong_with(point, bytes[i + taken]);
        if (wrong != NULL) {
            complaints_add(complaints, COMPLAINT_ERROR, place, "here is %s", wrong);
            return false;
        }
        i += taken;
        place.column++;
        if (point == '\n') {
            place.line++;
            place.column = 1;
        }
    }
    return true;
}
