/* SPDX-License-Identifier: MIT */
/*
 * Where: base, under everybody who writes words.
 * What:  appends to storage of a known size; shows foreign bytes so that they can do no harm.
 * Why:   after the first thing that does not fit nothing is added any more, so a cut text is always a true beginning
 *        and never has a hole in its middle.
 */
#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text text_over(char *storage, size_t capacity)
{
    assert(storage != NULL && capacity >= 1);
    storage[0] = '\0';
    return (struct text){.bytes = storage, .capacity = capacity};
}

static size_t text_room(const struct text *text)
{
    return text->truncated ? 0 : text->capacity - 1 - text->length;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    size_t room = text_room(text);
    if (length > room) {
        length = room;
        text->truncated = true;
    }
    if (length > 0)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *words)
{
    text_add_bytes(text, words, strlen(words));
}

void text_addf(struct text *text, const char *format, ...)
{
    if (text->truncated)
        return;
    size_t room = text_room(text);
    va_list arguments;
    va_start(arguments, format);
    int wanted = vsnprintf(text->bytes + text->length, room + 1, format, arguments);
    va_end(arguments);
    if (wanted < 0 || (size_t)wanted > room) {
        text->truncated = true;
        text->length += wanted < 0 ? 0 : room;
        text->bytes[text->length] = '\0';
        return;
    }
    text->length += (size_t)wanted;
}

/* All of it or nothing: half an escape could not be read back. */
static void text_add_whole(struct text *text, const char *bytes, size_t length)
{
    if (length > text_room(text))
        text->truncated = true;
    else
        text_add_bytes(text, bytes, length);
}

void text_add_foreign(struct text *text, const char *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    size_t shown = length > TEXT_FOREIGN_MAX ? TEXT_FOREIGN_MAX : length;
    for (size_t i = 0; i < shown; i++) {
        uint8_t byte = (uint8_t)bytes[i];
        char escape[4] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        if (byte < 0x20 || byte > 0x7e || byte == '\\')
            text_add_whole(text, escape, sizeof(escape));
        else
            text_add_whole(text, &bytes[i], 1);
    }
    if (shown < length)
        text_add_whole(text, "...", 3);
}

void text_add_duration(struct text *text, int64_t duration_ms)
{
    static const struct {
        int64_t size_ms;
        const char *name;
    } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}};

    if (duration_ms < 1000) {
        text_addf(text, "%" PRId64 "ms", duration_ms < 0 ? 0 : duration_ms);
        return;
    }
    /* A timeout of 1,500 ms is 1.5s and no other; a third failure 1,990 ms after the first one came "in 2s". */
    int64_t tenths = duration_ms < 9950 ? (duration_ms + 50) / 100 : 0;
    if (tenths % 10 != 0) {
        text_addf(text, "%" PRId64 ".%" PRId64 "s", tenths / 10, tenths % 10);
        return;
    }
    duration_ms = duration_ms > INT64_MAX - 500 ? duration_ms : duration_ms + 500;
    size_t first = 0;
    while (duration_ms < units[first].size_ms)
        first++;
    text_addf(text, "%" PRId64 "%s", duration_ms / units[first].size_ms, units[first].name);
    if (first + 1 == ARRAY_COUNT(units))
        return;
    int64_t rest = duration_ms % units[first].size_ms / units[first + 1].size_ms;
    if (rest > 0)
        text_addf(text, "%" PRId64 "%s", rest, units[first + 1].name);
}
