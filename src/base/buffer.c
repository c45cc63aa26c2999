/* SPDX-License-Identifier: MIT */
/*
 * Where: base, under whoever renders.
 * What:  doubles its storage; refuses what passes the bound, whole.
 */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST 1024

char *buffer_room(struct buffer *buffer, size_t length)
{
    if (buffer->truncated || length > buffer->most - buffer->length) {
        buffer->truncated = true;
        return NULL;
    }
    if (length > buffer->capacity - buffer->length) {
        size_t capacity = buffer->capacity ? buffer->capacity : LEAST;
        while (capacity - buffer->length < length)
            capacity *= 2;
        char *grown = realloc(buffer->bytes, capacity);
        buffer->truncated = !grown;
        if (!grown)
            return NULL;
        buffer->bytes = grown;
        buffer->capacity = capacity;
    }
    return buffer->bytes + buffer->length;
}

void buffer_add_bytes(struct buffer *buffer, const char *bytes, size_t length)
{
    char *room = buffer_room(buffer, length);
    if (!room)
        return;
    memcpy(room, bytes, length);
    buffer->length += length;
}

void buffer_add(struct buffer *buffer, const char *words)
{
    buffer_add_bytes(buffer, words, strlen(words));
}

void buffer_addf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *room = length < 0 ? NULL : buffer_room(buffer, (size_t)length + 1);
    if (room) {
        (void)vsnprintf(room, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    buffer->truncated = buffer->truncated || length < 0;
    va_end(again);
    va_end(arguments);
}

/* Metrics are made of numbers: this is what printf would take most of its time for. */
void buffer_add_uint(struct buffer *buffer, uint64_t number)
{
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    buffer_add_bytes(buffer, digits + first, sizeof digits - first);
}

char *buffer_take(struct buffer *buffer)
{
    char *bytes = buffer->bytes;
    *buffer = (struct buffer){.most = buffer->most};
    return bytes;
}

void buffer_done(struct buffer *buffer)
{
    free(buffer_take(buffer));
}
