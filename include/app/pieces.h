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

/* Nothing waits: the next one may be put. */
bool pieces_are_told(const struct pieces *pieces);

/*
 * Makes text of `object`, which is taken (NULL: broken), less so many of its first octets, between `before` and
 * `after`.
 */
void pieces_put(struct pieces *pieces, const char *before, struct json_t *object, size_t leave_out, const char *after);

/* As much of what waits as there is room for; gives its size. */
size_t pieces_take(struct pieces *pieces, char *bytes, size_t room);

void pieces_done(struct pieces *pieces);

#endif
