/* SPDX-License-Identifier: MIT */
/*
 * Where: model, between plan, which compares markers, and dns_packet, which carries them.
 * What:  the marker's text, read and written.
 * Why:   the name server compares byte by byte, so a text that says the same in another form is another marker. Reading
 *        therefore accepts exactly what writing gives, and nothing else.
 */
#include "model/marker.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

struct marker_reader {
    const char *cursor, *end;
};

static bool marker_skip(struct marker_reader *reader, const char *words)
{
    size_t length = strlen(words);
    if ((size_t)(reader->end - reader->cursor) < length || memcmp(reader->cursor, words, length) != 0)
        return false;
    reader->cursor += length;
    return true;
}

static bool marker_read_hex(struct marker_reader *reader, uint64_t *ret)
{
    if (reader->end - reader->cursor < 16)
        return false;
    uint64_t number = 0;
    for (int i = 0; i < 16; i++) {
        char c = reader->cursor[i];
        if (c >= '0' && c <= '9')
            number = number << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            number = number << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    reader->cursor += 16;
    *ret = number;
    return true;
}

static bool marker_read_decimal(struct marker_reader *reader, uint64_t *ret)
{
    const char *start = reader->cursor;
    uint64_t number = 0;
    for (; reader->cursor < reader->end && *reader->cursor >= '0' && *reader->cursor <= '9'; reader->cursor++) {
        uint64_t digit = (uint64_t)(*reader->cursor - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    ptrdiff_t length = reader->cursor - start;
    if (length == 0 || (length > 1 && *start == '0'))
        return false;
    *ret = number;
    return true;
}

bool marker_parse(const char *bytes, size_t length, struct marker *ret)
{
    struct marker_reader reader = {.cursor = bytes, .end = bytes + length};
    struct marker marker = {.has_fence = false};
    if (!marker_skip(&reader, "repointd1 o=") || !marker_read_hex(&reader, &marker.owner))
        return false;
    if (!marker_skip(&reader, " e=") || !marker_read_decimal(&reader, &marker.epoch))
        return false;
    if (!marker_skip(&reader, " n=") || !marker_read_hex(&reader, &marker.nonce))
        return false;
    if (marker_skip(&reader, " f=")) {
        marker.has_fence = true;
        if (!marker_read_decimal(&reader, &marker.fence))
            return false;
    }
    if (reader.cursor != reader.end)
        return false;
    *ret = marker;
    return true;
}

void marker_format(const struct marker *marker, char text[MARKER_TEXT_MAX])
{
    struct text out = text_over(text, MARKER_TEXT_MAX);
    text_addf(&out, "repointd1 o=%016" PRIx64 " e=%" PRIu64 " n=%016" PRIx64, marker->owner, marker->epoch,
              marker->nonce);
    if (marker->has_fence)
        text_addf(&out, " f=%" PRIu64, marker->fence);
}

bool marker_equal(const struct marker *a, const struct marker *b)
{
    return a->owner == b->owner && a->epoch == b->epoch && a->nonce == b->nonce && a->has_fence == b->has_fence &&
           (!a->has_fence || a->fence == b->fence);
}

struct marker marker_next(const struct marker *seen, uint64_t owner, uint64_t nonce)
{
    return (struct marker){.owner = owner, .epoch = seen == NULL ? 1 : seen->epoch + 1, .nonce = nonce};
}
