/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside api.
 * What:  one connection: its request is gathered, handed over when it is whole, and answered.
 * Why:   each has an instant by which it must have asked, and one by which it must have taken its answer. The library's
 *        own limit is one of silence, which a byte every few seconds would put off for ever.
 */
#include "io/api_client.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PIECE_OCTETS 16384 /* of a long answer, at a time */

void client_cut(struct client *client)
{
    (void)shutdown(client->fd, SHUT_RDWR);
}

static void on_deadline(struct timer *timer)
{
    client_cut(CONTAINER_OF(timer, struct client, deadline));
}

static void set_deadline(struct client *client, uint32_t delay_ms)
{
    struct loop *loop = client->desk->loop;
    loop_timer_set(loop, &client->deadline, mono_after(loop_now(loop), delay_ms));
}

void client_init(struct client *client, struct api_desk *desk)
{
    *client = (struct client){.desk = desk, .deadline = {.fire = on_deadline}};
}

void client_welcome(struct client *client, int fd, uint32_t user)
{
    client->state = CLIENT_ASKING;
    client->fd = fd;
    client->user = user;
    client->since = loop_now(client->desk->loop);
    set_deadline(client, API_IDLE_MS);
}

void client_forget(struct client *client)
{
    loop_timer_stop(client->desk->loop, &client->deadline);
    free(client->body);
    if (client->response)
        MHD_destroy_response(client->response);
    client_init(client, client->desk);
}

/* ---- answers ---- */

/* One that is told piece by piece; it lives as long as its response. */
struct pieces {
    struct client *client;
    mono_ms end;
    api_piece_fn *next;
    void (*done)(void *);
    void *source;
};

static struct MHD_Response *with_headers(struct MHD_Response *response)
{
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "Connection", "close");
    return response;
}

struct MHD_Response *client_response(char *json)
{
    struct MHD_Response *response = json ? MHD_create_response_from_buffer(strlen(json), json, MHD_RESPMEM_MUST_FREE)
                                         : NULL;
    if (response)
        return with_headers(response);
    free(json);
    return NULL;
}

static ssize_t next_piece(void *ctx, uint64_t position, char *bytes, size_t room)
{
    struct pieces *pieces = ctx;
    (void)position;
    size_t length = pieces->next(pieces->source, bytes, room);
    struct loop *loop = pieces->client->desk->loop;
    mono_ms at = mono_earlier(mono_after(loop_now(loop), API_DRAIN_MS), pieces->end);
    loop_timer_set(loop, &pieces->client->deadline, at);
    return length > 0 ? (ssize_t)length : MHD_CONTENT_READER_END_OF_STREAM;
}

static void free_pieces(void *ctx)
{
    struct pieces *pieces = ctx;
    pieces->done(pieces->source);
    free(pieces);
}

struct MHD_Response *client_pieces(struct client *client, api_piece_fn *piece, void (*done)(void *), void *source)
{
    struct pieces *pieces = malloc(sizeof *pieces);
    struct MHD_Response *response = NULL;
    if (pieces) {
        mono_ms end = mono_after(loop_now(client->desk->loop), API_PIECES_MS);
        *pieces = (struct pieces){client, end, piece, done, source};
        response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_OCTETS, next_piece, pieces, free_pieces);
    }
    if (response)
        return with_headers(response);
    free(pieces);
    done(source);
    return NULL;
}

static bool queue_answer(struct client *client, uint16_t status, struct MHD_Response *response)
{
    if (!response)
        return false;
    enum MHD_Result queued = MHD_queue_response(client->connection, status, response);
    MHD_destroy_response(response);
    client->state = CLIENT_ANSWERED;
    set_deadline(client, API_DRAIN_MS);
    return queued == MHD_YES;
}

static bool hand_out_answer(struct client *client)
{
    struct MHD_Response *response = client->response;
    client->response = NULL;
    return queue_answer(client, client->status, response);
}

/* ---- a request ---- */

struct gathering {
    uint32_t count, room;
    struct api_parameter *items;
};

static enum MHD_Result gather_parameter(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct gathering *gathering = ctx;
    if (gathering->count == gathering->room)
        return MHD_NO;
    gathering->items[gathering->count++] = (struct api_parameter){name, value ? value : ""};
    return MHD_YES;
}

/* It is whole: the handler answers it now, or the connection sleeps until it does. */
static bool handle(struct client *client, const char *method, const char *path)
{
    struct api_desk *desk = client->desk;
    if (desk->closing)
        return queue_answer(client, 503, client_response(strdup("{\"error\": \"repointd stops\"}\n")));
    int count = MHD_get_connection_values(client->connection, MHD_GET_ARGUMENT_KIND, NULL, NULL);
    struct gathering gathering = {.room = count > 0 ? (uint32_t)count : 0};
    gathering.items = calloc(gathering.room + 1, sizeof *gathering.items);
    if (!gathering.items)
        return false;
    MHD_get_connection_values(client->connection, MHD_GET_ARGUMENT_KIND, gather_parameter, &gathering);
    client->ticket = ++desk->tickets ? desk->tickets : ++desk->tickets;
    client->state = CLIENT_HANDLED;
    loop_timer_stop(desk->loop, &client->deadline);
    const struct api_request request = {
        .ticket = client->ticket,
        .method = method,
        .path = path,
        .parameter_count = gathering.count,
        .parameters = gathering.items,
        .body = client->body ? client->body : "",
        .body_length = client->body_length,
        .user = client->user,
    };
    desk->handler(&request, desk->ctx);
    free(gathering.items);
    if (client->state == CLIENT_ANSWERED)
        return hand_out_answer(client);
    client->state = CLIENT_WAITING;
    MHD_suspend_connection(client->connection);
    return true;
}

static bool says_too_much(struct client *client)
{
    const char *length = MHD_lookup_connection_value(client->connection, MHD_HEADER_KIND, "Content-Length");
    return length && (strlen(length) > 5 || strtoul(length, NULL, 10) > API_BODY_MAX);
}

static bool take_body(struct client *client, const char *bytes, size_t length)
{
    if (!client->body)
        client->body = calloc(1, API_BODY_MAX + 1);
    if (!client->body || length > API_BODY_MAX - client->body_length)
        return false;
    memcpy(client->body + client->body_length, bytes, length);
    client->body_length += length;
    return true;
}

/* An answer before the body is only possible at the first call; later, one that says too much is cut. */
bool client_request(struct client *client, bool begins, const char *method, const char *path, const char *bytes,
                    size_t *length)
{
    if (begins) {
        if (!says_too_much(client))
            return true;
        return queue_answer(client, 413, client_response(strdup("{\"error\": \"a request may have 65536 bytes\"}\n")));
    }
    if (*length > 0) {
        bool taken = client->state == CLIENT_ASKING && take_body(client, bytes, *length);
        *length = 0;
        return taken;
    }
    if (client->state == CLIENT_ASKING)
        return handle(client, method, path);
    return client->response && hand_out_answer(client);
}

bool client_answer(struct client *client, uint16_t status, struct MHD_Response *response)
{
    bool waiting = client->state == CLIENT_WAITING;
    if (!waiting && client->state != CLIENT_HANDLED) {
        if (response)
            MHD_destroy_response(response);
        return false;
    }
    client->status = status;
    client->response = response;
    client->state = CLIENT_ANSWERED;
    if (waiting)
        MHD_resume_connection(client->connection);
    return waiting;
}
