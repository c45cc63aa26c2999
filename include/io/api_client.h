/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_API_CLIENT_H
#define REPOINTD_IO_API_CLIENT_H

/*
 * Where: io, inside api; of no interest to others.
 * What:  one connection from the first byte of its request to the last of its answer.
 */

#include "io/api.h"

struct MHD_Connection;
struct MHD_Response;

enum client_state {
    CLIENT_FREE = 0,
    CLIENT_ASKING,  /* its request is not whole yet */
    CLIENT_HANDLED, /* the handler looks at it */
    CLIENT_WAITING, /* suspended until client_answer */
    CLIENT_ANSWERED /* takes its answer, or will in a moment */
};

#define API_LATE_MOST 64

struct api_desk;

struct client {
    struct api_desk *desk;
    enum client_state state;
    struct MHD_Connection *connection; /* NULL before the library tells it */
    int fd;                            /* the library's */
    uint32_t ticket, user;
    struct timer deadline;
    mono_ms since;
    size_t body_length;
    char *body;  /* room for API_BODY_MAX and a NUL; NULL: none came */
    bool paused; /* suspended until the next turn of the loop */
    bool owes;   /* there is an answer, and the library does not have it yet: */
    uint16_t status;
    struct MHD_Response *response; /* NULL: that memory is out */
};

/* How much a client may say, and whether he may do more than look. */
struct api_terms {
    uint32_t clients_most, head_most, body_most;
    size_t memory; /* of a connection: what comes in, and a piece of what goes out */
    bool looks_only;
};

/* What all clients share. */
struct api_desk {
    const struct api_terms *terms;
    struct loop *loop;
    api_handler_fn *handler;
    void *ctx;
    uint32_t tickets;
    uint32_t first;     /* of the clients, to go on in the next turn */
    uint32_t work_left; /* requests and pieces of answers that may be made in this turn */
    bool closing;       /* whoever asks now hears that this is the end */
    struct MHD_Response *out_of_memory;
    uint32_t late_count; /* descriptors of those who found no place and have not said anything yet */
    int late[API_LATE_MOST];
    struct client *clients; /* terms->clients_most */
};

void client_init(struct client *client, struct api_desk *desk);
void client_welcome(struct client *client, int fd, uint32_t user);

/* Goes on with what there was no time for in the turn before. */
void client_go_on(struct client *client);

/* The library sees the end of the connection, and cleans up. */
void client_cut(struct client *client);
void client_forget(struct client *client);

/*
 * The library's calls: `begins` when the headers are there, then for each piece of the body, at last with none; again
 * after a suspended connection was resumed. False: the connection is of no use any more.
 */
NODISCARD bool client_request(struct client *client, bool begins, const char *method, const char *path,
                              const char *bytes, size_t *length);

/* The one for whom no other can be made; NULL: not even this. */
struct MHD_Response *client_out_of_memory(void);

/* What becomes an answer; NULL: memory is out. What is given is taken. */
struct MHD_Response *client_response(const struct api_content *content, char *bytes, size_t length);
struct MHD_Response *client_json(char *json);
struct MHD_Response *client_pieces(struct client *client, const struct api_content *content, api_piece_fn *piece,
                                   void (*done)(void *), void *source);

/* True: the connection was suspended and is resumed now. `response` is taken; NULL: memory is out. */
bool client_answer(struct client *client, uint16_t status, struct MHD_Response *response);

#endif
