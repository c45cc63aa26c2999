/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_BUFFER_H
#define REPOINTD_BASE_BUFFER_H

/*
 * Where: base; for answers whose length nobody knows before: pages, metrics.
 * What:  text that grows, up to a bound.
 * Why:   base/text writes into storage of a known size; here the storage follows the text, and what would pass the
 *        bound is remembered as cut, so that nobody gives half of it for the whole.
 */

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed but for `most` it is empty. */
struct buffer {
    char *bytes; /* from malloc; not ended by NUL */
    size_t length, capacity;
    size_t most;    /* octets that it may hold */
    bool truncated; /* something did not fit, or memory was out; nothing was added since */
};

void buffer_add(struct buffer *buffer, const char *words);
void buffer_add_bytes(struct buffer *buffer, const char *bytes, size_t length);
void buffer_addf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_add_uint(struct buffer *buffer, uint64_t number);

/* Room for that many octets more, to be written at once and counted by buffer->length; NULL: truncated. */
char *buffer_room(struct buffer *buffer, size_t length);

/* Gives the bytes away: the caller's to free; the buffer is empty. */
char *buffer_take(struct buffer *buffer);
void buffer_done(struct buffer *buffer);

#endif
