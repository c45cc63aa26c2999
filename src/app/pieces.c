/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under render_json and plan_text.
 * What:  one object at a time as text, and what of it was told.
 */
#include "app/pieces.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

bool pieces_are_told(const struct pieces *pieces)
{
    return pieces->told == pieces->length;
}

void pieces_put(struct pieces *pieces, const char *before, json_t *object, size_t leave_out, const char *after)
{
    char *words = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(7));
    json_decref(object);
    if (!words)
        abort();
    size_t lengths[] = {strlen(before), strlen(words) - leave_out, strlen(after)};
    free(pieces->waiting);
    pieces->told = 0;
    pieces->length = lengths[0] + lengths[1] + lengths[2];
    pieces->waiting = malloc(pieces->length);
    if (!pieces->waiting)
        abort();
    memcpy(pieces->waiting, before, lengths[0]);
    memcpy(pieces->waiting + lengths[0], words + leave_out, lengths[1]);
    memcpy(pieces->waiting + lengths[0] + lengths[1], after, lengths[2]);
    free(words);
}

size_t pieces_take(struct pieces *pieces, char *bytes, size_t room)
{
    size_t left = pieces->length - pieces->told;
    size_t size = left < room ? left : room;
    if (size > 0)
        memcpy(bytes, pieces->waiting + pieces->told, size);
    pieces->told += size;
    return size;
}

void pieces_done(struct pieces *pieces)
{
    free(pieces->waiting);
    *pieces = (struct pieces){.waiting = NULL};
}
