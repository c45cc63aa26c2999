/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_RECORD_STREAM_H
#define REPOINTD_CTL_RECORD_STREAM_H

/*
 * Where: ctl, between client and whoever looks at a status.
 * What:  the records of a status one by one, out of its bytes as they come, and what stands around them.
 * Why:   a hundred thousand records are 70 MB of text and ten times that as one tree.
 */

#include <stdbool.h>
#include <stddef.h>

struct json_t;
struct record_stream;

/* The record dies with the call. */
typedef void record_stream_fn(const struct json_t *record, void *ctx);

/* `give` NULL: nobody wants the records. */
struct record_stream *record_stream_new(record_stream_fn *give, void *ctx);

/* False: this is no JSON of a status, or memory is out. */
bool record_stream_add(struct record_stream *stream, const char *bytes, size_t length);

/* Frees the stream. The object around the records, whose list is empty; NULL: it was not whole. */
struct json_t *record_stream_end(struct record_stream *stream);

#endif
