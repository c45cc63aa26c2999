/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_API_DESK_H
#define REPOINTD_IO_API_DESK_H

/*
 * Where: io, inside api; of no interest to others.
 * What:  all clients of a door: who is who, and whose turn it is.
 * Why:   forty clients that ask for the whole status again and again would have the loop make nothing but text: a turn
 *        makes a little for some of them, and the others sleep until the next one.
 */

#include "io/api_client.h"

/* Who waits for an answer to this; NULL: nobody any more. */
struct client *api_desk_find(const struct api_desk *desk, uint32_t ticket);

/* NULL: each place is taken. */
struct client *api_desk_free_place(const struct api_desk *desk);

/*
 * There is time for a few requests and pieces of answers again. True: somebody for whom there was none in the turn
 * before goes on.
 */
bool api_desk_begin_turn(struct api_desk *desk);
bool api_desk_is_paused(const struct api_desk *desk);

/* Somebody has a place and has not said what he wants: he will, or give way. */
bool api_desk_is_silent(const struct api_desk *desk);

/*
 * There is no place for him: he is told so and let go, at once if he has spoken, else at the end of the patience:
 * whoever is let go before he has spoken hears of a broken pipe, and nothing of the reason.
 */
void api_desk_turn_away(struct api_desk *desk, int fd);
void api_desk_end_patience(struct api_desk *desk);

#endif
