/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_API_H
#define REPOINTD_IO_API_H

/*
 * Where: io; under app/commands. The one door through which people and scripts speak with the running daemon.
 * What:  HTTP/1.1 (RFC 9112) over the Unix socket `control.sock`: requests in, JSON text out, at once or much later.
 * Why:   whoever may open the socket may change DNS: so it belongs to the process's group alone, and the kernel says
 *        who is at the other end. Whatever a client does, it costs a slot for a few seconds, never a turn of the loop.
 *
 * Bounds: API_BODY_MAX octets a body, API_HEAD_MAX of request line and headers, API_CLIENTS_MAX clients, API_IDLE_MS
 * to say what is wanted, API_DRAIN_MS to take the answer, or each piece of one, and API_PIECES_MS to take all pieces.
 * One request a connection.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/text.h"
#include "io/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define API_BODY_MAX    65536
#define API_HEAD_MAX    32768
#define API_CLIENTS_MAX 16
#define API_IDLE_MS     5000
#define API_DRAIN_MS    5000
#define API_PIECES_MS   60000
#define API_USER_MAX    64

struct api;

struct api_parameter {
    const char *name, *value;
};

/* All of it dies with the call of the handler. */
struct api_request {
    uint32_t ticket;    /* for api_answer; never 0 */
    const char *method; /* "GET" */
    const char *path;   /* "/v1/status", decoded, hostile */
    uint32_t parameter_count;
    const struct api_parameter *parameters; /* of the query, decoded, hostile */
    const char *body;                       /* hostile; ended by a NUL that does not count */
    size_t body_length;
    uint32_t user; /* who is at the other end, by the kernel's word */
};

/* Answers with api_answer, in the call or later. What it never answers holds a slot for ever. */
typedef void api_handler_fn(const struct api_request *request, void *ctx);

/*
 * Opens DIRECTORY/control.sock, 0660 of the process's group. A socket that nobody serves any more is replaced; one that
 * a living process serves is an error, and so is a directory that others may write. NULL with err.
 */
struct api *api_new(struct loop *loop, const char *directory, api_handler_fn *handler, void *ctx, struct error *err);

/* Whoever still waits hears 503; the socket goes. NULL is fine. */
void api_free(struct api *api);

/*
 * Once a ticket. `json` comes from malloc and is taken, whatever happens; a client that has gone meanwhile is no error.
 */
void api_answer(struct api *api, uint32_t ticket, uint16_t status, char *json);

/*
 * The next piece of a long answer into `bytes`, at most `room` octets of it; 0: that was all. Each is asked for when
 * the client has taken the one before, with turns of the loop in between, and never after api_free.
 */
typedef size_t api_piece_fn(void *source, char *bytes, size_t room);

/* As api_answer. `source` is taken, and given to `done` when nothing more is wanted of it, whatever happens. */
void api_answer_pieces(struct api *api, uint32_t ticket, uint16_t status, api_piece_fn *piece, void (*done)(void *),
                       void *source);

/* The name of a user by /etc/passwd, else its number: asking a directory service could block. */
void api_user_name(uint32_t user, char name[API_USER_MAX]);

/* Name and version of the library behind this, for --version. */
void api_library(struct text *out);

#endif
