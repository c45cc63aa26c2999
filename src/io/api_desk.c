/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside api.
 * What:  walks over the clients of a door.
 */
#include "io/api_desk.h"

#include <sys/socket.h>
#include <unistd.h>

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

bool api_desk_is_silent(const struct api_desk *desk)
{
    for (uint32_t i = 0; i < desk->terms->clients_most; i++)
        if (desk->clients[i].state == CLIENT_ASKING && !desk->clients[i].paused)
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

/* ---- who finds no place ---- */

/* What he has said is taken first: to close on it would tell him of a reset. */
static bool hear(int fd)
{
    static char heard[API_BODY_MAX];
    return recv(fd, heard, sizeof heard, MSG_DONTWAIT) > 0;
}

static void let_go(int fd)
{
    static const char words[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
                                "Connection: close\r\nContent-Length: 46\r\n\r\n"
                                "{\"error\": \"too many commands are under way\"}\r\n";
    (void)!send(fd, words, sizeof words - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    close(fd);
}

void api_desk_turn_away(struct api_desk *desk, int fd)
{
    if (hear(fd) || desk->late_count == API_LATE_MOST)
        let_go(fd);
    else
        desk->late[desk->late_count++] = fd;
}

void api_desk_end_patience(struct api_desk *desk)
{
    for (uint32_t i = 0; i < desk->late_count; i++) {
        (void)hear(desk->late[i]);
        let_go(desk->late[i]);
    }
    desk->late_count = 0;
}
