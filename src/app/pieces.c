/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under render_json, plan_text and survey.
 * What:  one object at a time as text, and what of it was told.
 */
#include "app/pieces.h"

#include "app/json_tree.h"
#include "io/api.h"

#include <stdlib.h>
#include <string.h>

void pieces_put(struct pieces *pieces, const char *before, struct json_t *object, size_t leave_out, const char *after)
{
    char *words = json_tree_text(object);
    size_t lengths[] = {strlen(before), words ? strlen(words) - leave_out : 0, strlen(after)};
    pieces_done(pieces);
    pieces->waiting = words ? malloc(lengths[0] + lengths[1] + lengths[2]) : NULL;
    pieces->broken = !pieces->waiting;
    if (pieces->waiting) {
        memcpy(pieces->waiting, before, lengths[0]);
        memcpy(pieces->waiting + lengths[0], words + leave_out, lengths[1]);
        memcpy(pieces->waiting + lengths[0] + lengths[1], after, lengths[2]);
        pieces->length = lengths[0] + lengths[1] + lengths[2];
    }
    free(words);
}

/* As much of what waits as there is room for; gives its size. */
static size_t take(struct pieces *pieces, char *bytes, size_t room)
{
    size_t left = pieces->length - pieces->told;
    size_t size = left < room ? left : room;
    if (size > 0)
        memcpy(bytes, pieces->waiting + pieces->told, size);
    pieces->told += size;
    return size;
}

size_t pieces_fill(struct pieces *pieces, pieces_next_fn *next, void *of, char *bytes, size_t room)
{
    size_t length = 0;
    while (length < room && (pieces->told < pieces->length || next(of))) {
        if (pieces->broken)
            return API_PIECE_NONE;
        length += take(pieces, bytes + length, room - length);
    }
    return length;
}

void pieces_done(struct pieces *pieces)
{
    free(pieces->waiting);
    *pieces = (struct pieces){.waiting = NULL};
}
