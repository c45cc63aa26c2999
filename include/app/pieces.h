/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_PIECES_H
#define REPOINTD_APP_PIECES_H

/*
 * Where: app, under whatever answers with a long list.
 * What:  JSON text that is made object by object and told in pieces of the client's size (api_piece_fn).
 * Why:   a hundred thousand records as one tree would hold the loop for seconds; so each is made when it is its turn.
 */

#include <stdbool.h>
#include <stddef.h>

struct json_t;

/* Zeroed by its owner. */
struct pieces {
    char *waiting; /* what did not fit so far */
    size_t told, length;
    bool broken; /* there was no memory for the last one: the answer cannot go on */
};

/*
 * Makes text of `object`, which is taken (NULL: broken), less so many of its first octets, between `before` and
 * `after`.
 */
void pieces_put(struct pieces *pieces, const char *before, struct json_t *object, size_t leave_out, const char *after);

/* Puts the next one of what `of` is; false: there is none. */
typedef bool pieces_next_fn(void *of);

/* As an api_piece_fn: what waits, and then one after the other while there is room. */
size_t pieces_fill(struct pieces *pieces, pieces_next_fn *next, void *of, char *bytes, size_t room);

void pieces_done(struct pieces *pieces);

#endif
