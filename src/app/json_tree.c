/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under whoever makes an answer.
 * What:  three calls of jansson, with their results looked at.
 */
#include "app/json_tree.h"

#include "base/buffer.h"

#include <jansson.h>

json_t *json_tree_append(json_t *list, json_t *item)
{
    if (json_array_append_new(list, item) == 0)
        return list;
    json_decref(list);
    return NULL;
}

json_t *json_tree_set(json_t *object, const char *key, json_t *item)
{
    if (json_object_set_new(object, key, item) == 0)
        return object;
    json_decref(object);
    return NULL;
}

static int add(const char *bytes, size_t length, void *ctx)
{
    struct buffer *buffer = ctx;
    buffer_add_bytes(buffer, bytes, length);
    return buffer->truncated ? -1 : 0;
}

/* json_dumps does not look whether there was memory for each key (jansson 2.14): so the buffer is ours. */
char *json_tree_text(json_t *tree)
{
    struct buffer buffer = {.most = INT32_MAX};
    int result = json_dump_callback(tree, add, &buffer, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(7));
    json_decref(tree);
    buffer_add_bytes(&buffer, "", 1);
    if (result == 0 && !buffer.truncated)
        return buffer_take(&buffer);
    buffer_done(&buffer);
    return NULL;
}
