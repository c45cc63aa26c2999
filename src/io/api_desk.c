/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside api.
 * What:  walks over the clients of a door.
 */
#include "io/api_desk.h"

#define WORK_A_TURN 2 /* requests and pieces of answers; each takes a millisecond or less */

struct client *api_desk_find(const struct api_desk *desk, uint32_t ticket)
{
    for (uint32_t i = 0; i < desk->terms->clients_most; i++)
        if (desk->clients[i].state != CLIENT_FREE && desk->clients[i].ticket == ticket)
            return &desk->clients[i];
    return NULL;
}

struct client *api_desk_free_place(const struct api_desk *desk)
{
    for (uint32_t i = 0; i < desk->terms->clients_most; i++)
        if (desk->clients[i].state == CLIENT_FREE)
            return &desk->clients[i];
    return NULL;
}

bool api_desk_is_paused(const struct api_desk *desk)
{
    for (uint32_t i = 0; i < desk->terms->clients_most; i++)
        if (desk->clients[i].paused)
            return true;
    return false;
}

/* Whoever goes on now is behind the others in the next turn. */
bool api_desk_begin_turn(struct api_desk *desk)
{
    const uint32_t most = desk->terms->clients_most, first = desk->first;
    uint32_t woken = 0;
    desk->work_left = WORK_A_TURN;
    for (uint32_t i = 0; i < most && woken < WORK_A_TURN; i++) {
        struct client *client = &desk->clients[(first + i) % most];
        if (!client->paused)
            continue;
        client_go_on(client);
        desk->first = (first + i + 1) % most;
        woken++;
    }
    return woken > 0;
}
