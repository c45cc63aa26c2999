/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, between client and whoever looks at a status.
 * What:  finds where each record begins and ends; jansson reads it.
 * Why:   brackets and strings are all one has to know of JSON for that. An object within a list within the object that
 *        is the whole answer is a record: there is no other such list.
 */
#include "ctl/record_stream.h"

#include "base/buffer.h"

#include <jansson.h>
#include <stdlib.h>

#define RECORD_MOST (16 * 1024 * 1024)
#define LIST_DEPTH  2

struct record_stream {
    record_stream_fn *give;
    void *ctx;
    struct buffer record, rest;
    size_t depth;
    char outer; /* the bracket of LIST_DEPTH */
    bool in_record, in_string, escaped, broken;
};

struct record_stream *record_stream_new(record_stream_fn *give, void *ctx)
{
    struct record_stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        abort();
    *stream = (struct record_stream){.give = give, .ctx = ctx, .record.most = RECORD_MOST, .rest.most = RECORD_MOST};
    return stream;
}

static void keep(struct record_stream *stream, const char *bytes, size_t length)
{
    if (!stream->in_record)
        buffer_add_bytes(&stream->rest, bytes, length);
    else if (stream->give)
        buffer_add_bytes(&stream->record, bytes, length);
}

static void give_record(struct record_stream *stream)
{
    stream->in_record = false;
    if (!stream->give)
        return;
    json_t *record = stream->record.truncated ? NULL : json_loadb(stream->record.bytes, stream->record.length, 0, NULL);
    stream->broken = stream->broken || !record;
    if (record)
        stream->give(record, stream->ctx);
    json_decref(record);
    stream->record.length = 0;
}

static bool is_in_list(const struct record_stream *stream)
{
    return !stream->in_record && stream->depth == LIST_DEPTH && stream->outer == '[';
}

static void open_bracket(struct record_stream *stream, char bracket)
{
    stream->in_record = stream->in_record || (bracket == '{' && is_in_list(stream));
    if (++stream->depth == LIST_DEPTH)
        stream->outer = bracket;
}

/* What is between `*from` and `at` is kept where it changes who wants it; *from: what comes next begins there. */
static void take(struct record_stream *stream, const char *bytes, size_t at, size_t *from)
{
    switch (bytes[at]) {
    case '"':
        stream->in_string = true;
        return;
    case '{':
        if (is_in_list(stream)) {
            keep(stream, bytes + *from, at - *from);
            *from = at;
        }
        open_bracket(stream, '{');
        return;
    case '[':
        open_bracket(stream, '[');
        return;
    case '}':
    case ']':
        stream->broken = stream->broken || stream->depth == 0;
        stream->depth -= stream->depth > 0 ? 1 : 0;
        if (!stream->in_record || stream->depth != LIST_DEPTH)
            return;
        keep(stream, bytes + *from, at + 1 - *from);
        give_record(stream);
        *from = at + 1;
        return;
    case ',':
        if (!is_in_list(stream))
            return;
        keep(stream, bytes + *from, at - *from);
        *from = at + 1;
        return;
    }
}

bool record_stream_add(struct record_stream *stream, const char *bytes, size_t length)
{
    size_t from = 0;
    for (size_t at = 0; at < length && !stream->broken; at++) {
        if (!stream->in_string)
            take(stream, bytes, at, &from);
        else if (stream->escaped)
            stream->escaped = false;
        else if (bytes[at] == '\\')
            stream->escaped = true;
        else if (bytes[at] == '"')
            stream->in_string = false;
    }
    if (!stream->broken)
        keep(stream, bytes + from, length - from);
    return !stream->broken;
}

json_t *record_stream_end(struct record_stream *stream)
{
    bool whole = !stream->broken && stream->depth == 0 && stream->rest.length > 0 && !stream->rest.truncated;
    json_t *rest = whole ? json_loadb(stream->rest.bytes, stream->rest.length, 0, NULL) : NULL;
    buffer_done(&stream->record);
    buffer_done(&stream->rest);
    free(stream);
    return rest;
}
