/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_API_H
#define REPOINTD_IO_API_H

/*
 * Where: io; under app/commands and app/web. The doors through which people and scripts speak with the running daemon.
 * What:  HTTP/1.1 (RFC 9112): requests in, text out, at once or much later. Over the Unix socket `control.sock` what is
 *        asked may change things; over TCP one may only look.
 * Why:   whoever may open the socket may change DNS: so it belongs to the process's group alone, and the kernel says
 *        who is at the other end. Whatever a client does, it costs a slot for a few seconds, never a turn of the loop.
 *
 * Bounds: API_BODY_MAX octets a body, API_HEAD_MAX of request line and headers, API_CLIENTS_MAX clients (by TCP none,
 * API_TCP_HEAD_MAX and API_TCP_CLIENTS_MAX), API_IDLE_MS to say what is wanted, API_DRAIN_MS to take the answer, or
 * each piece of one, and API_PIECES_MS to take all pieces. One request a connection.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/text.h"
#include "io/loop.h"
#include "model/address.h"

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

#define API_TCP_HEAD_MAX    8192
#define API_TCP_CLIENTS_MAX 32
#define API_USER_NONE       UINT32_MAX

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
    const char *host; /* the Host header, hostile; NULL: there is none, or more than one */
    uint32_t user;    /* who is at the other end, by the kernel's word; by TCP API_USER_NONE */
};

/* Answers with api_answer, in the call or later. What it never answers holds a slot for ever. */
typedef void api_handler_fn(const struct api_request *request, void *ctx);

/*
 * Opens DIRECTORY/control.sock, 0660 of the process's group. A socket that nobody serves any more is replaced; one that
 * a living process serves is an error, and so is a directory that others may write. NULL with err.
 */
struct api *api_new(struct loop *loop, const char *directory, api_handler_fn *handler, void *ctx, struct error *err);

/*
 * Listens by TCP: GET and HEAD alone are handed over. `former` is one of ours that may hold the port and is about to
 * go (NULL: none); both listen until it is freed. NULL with err, which names the address.
 */
struct api *api_new_tcp(struct loop *loop, const struct endpoint *endpoint, const struct api *former,
                        api_handler_fn *handler, void *ctx, struct error *err);

/* Whoever still waits hears 503; the socket goes. NULL is fine. */
void api_free(struct api *api);

/*
 * Once a ticket. `json` comes from malloc and is taken, whatever happens; a client that has gone meanwhile is no error.
 * NULL: there was no memory for it; the client hears 503.
 */
void api_answer(struct api *api, uint32_t ticket, uint16_t status, char *json);

struct api_header {
    const char *name, *value;
};

/* What an answer is, and what stands before it beside Cache-Control: no-store and Connection: close. */
struct api_content {
    const char *type;
    const struct api_header *headers;
    uint32_t header_count;
};

/* As api_answer, for what is no JSON. `bytes` comes from malloc and is taken; NULL: there are none. */
void api_answer_content(struct api *api, uint32_t ticket, uint16_t status, const struct api_content *content,
                        char *bytes, size_t length);

/*
 * The next piece of a long answer into `bytes`, at most `room` octets of it; 0: that was all; API_PIECE_NONE: there
 * will be no end of it, and the client notices. Each is asked for when the client has taken the one before, with turns
 * of the loop in between, and never after api_free.
 */
typedef size_t api_piece_fn(void *source, char *bytes, size_t room);

#define API_PIECE_NONE SIZE_MAX

/*
 * As api_answer_content (NULL: JSON). `source` is taken, and given to `done` when nothing more is wanted of it,
 * whatever happens; NULL: there was no memory for it.
 */
void api_answer_pieces(struct api *api, uint32_t ticket, uint16_t status, const struct api_content *content,
                       api_piece_fn *piece, void (*done)(void *), void *source);

/* Name and version of the library behind this, for --version. */
void api_library(struct text *out);

#endif
