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
#include <strings.h>
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

static const struct api_content json_content = {.type = "application/json"};

static struct MHD_Response *with_headers(struct MHD_Response *response, const struct api_content *content)
{
    MHD_add_response_header(response, "Content-Type", content->type);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "Connection", "close");
    for (uint32_t i = 0; i < content->header_count; i++)
        MHD_add_response_header(response, content->headers[i].name, content->headers[i].value);
    return response;
}

struct MHD_Response *client_response(const struct api_content *content, char *bytes, size_t length)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_FREE);
    if (response)
        return with_headers(response, content);
    free(bytes);
    return NULL;
}

struct MHD_Response *client_out_of_memory(void)
{
    static char words[] = "{\"version\":1,\"error\":\"memory is out and no answer can be made; the status will tell "
                          "what is so\"}\n";
    struct MHD_Response *response = MHD_create_response_from_buffer(sizeof words - 1, words, MHD_RESPMEM_PERSISTENT);
    return response ? with_headers(response, &json_content) : NULL;
}

struct MHD_Response *client_json(char *json)
{
    return json ? client_response(&json_content, json, strlen(json)) : NULL;
}

/* True: this turn of the loop has done enough for clients; the connection sleeps until the next one. */
static bool is_to_wait(struct client *client)
{
    if (client->desk->closing)
        return false;
    if (client->desk->work_left > 0) {
        client->desk->work_left--;
        return false;
    }
    client->paused = true;
    MHD_suspend_connection(client->connection);
    return true;
}

void client_go_on(struct client *client)
{
    client->paused = false;
    MHD_resume_connection(client->connection);
}

static ssize_t next_piece(void *ctx, uint64_t position, char *bytes, size_t room)
{
    struct pieces *pieces = ctx;
    (void)position;
    if (pieces->client->desk->closing)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (is_to_wait(pieces->client))
        return 0;
    size_t length = pieces->next(pieces->source, bytes, room);
    if (length == API_PIECE_NONE)
        return MHD_CONTENT_READER_END_WITH_ERROR;
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

struct MHD_Response *client_pieces(struct client *client, const struct api_content *content, api_piece_fn *piece,
                                   void (*done)(void *), void *source)
{
    struct pieces *pieces = malloc(sizeof *pieces);
    struct MHD_Response *response = NULL;
    if (pieces) {
        mono_ms end = mono_after(loop_now(client->desk->loop), API_PIECES_MS);
        *pieces = (struct pieces){client, end, piece, done, source};
        response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_OCTETS, next_piece, pieces, free_pieces);
    }
    if (response)
        return with_headers(response, content ? content : &json_content);
    free(pieces);
    done(source);
    return NULL;
}

/* No response: there was no memory for one, and the one that was made for that has its turn. */
static bool queue_answer(struct client *client, uint16_t status, struct MHD_Response *response)
{
    enum MHD_Result queued = MHD_queue_response(client->connection, response ? status : MHD_HTTP_SERVICE_UNAVAILABLE,
                                                response ? response : client->desk->out_of_memory);
    if (response)
        MHD_destroy_response(response);
    client->state = CLIENT_ANSWERED;
    set_deadline(client, API_DRAIN_MS);
    return queued == MHD_YES;
}

static bool hand_out_answer(struct client *client)
{
    struct MHD_Response *response = client->response;
    client->response = NULL;
    client->owes = false;
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

static enum MHD_Result gather_host(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct gathering *hosts = ctx;
    if (strcasecmp(name, "Host") == 0 && hosts->count++ == 0)
        hosts->items[0].value = value;
    return MHD_YES;
}

/* Two of them are as good as none (RFC 9112 3.2). */
static const char *only_host(struct client *client)
{
    struct api_parameter host = {.value = NULL};
    struct gathering hosts = {.items = &host};
    MHD_get_connection_values(client->connection, MHD_HEADER_KIND, gather_host, &hosts);
    return hosts.count == 1 ? host.value : NULL;
}

/* It is whole: the handler answers it now, or the connection sleeps until it does. */
static bool handle(struct client *client, const char *method, const char *path)
{
    struct api_desk *desk = client->desk;
    if (desk->closing)
        return queue_answer(client, 503, client_json(strdup("{\"error\": \"repointd stops\"}\n")));
    if (is_to_wait(client))
        return true;
    int count = MHD_get_connection_values(client->connection, MHD_GET_ARGUMENT_KIND, NULL, NULL);
    struct gathering gathering = {.room = count > 0 ? (uint32_t)count : 0};
    gathering.items = calloc(gathering.room + 1, sizeof *gathering.items);
    if (!gathering.items)
        return queue_answer(client, 503, NULL);
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
        .host = only_host(client),
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

/* An answer before the body is only possible at the first call; later, one that says too much is cut. */
static struct MHD_Response *refusal(struct client *client, const char *method, uint16_t *ret_status)
{
    static const struct api_header allow = {"Allow", "GET, HEAD"};
    static const struct api_content not_allowed = {"application/json", &allow, 1};
    static const char words[] = "{\"error\": \"here one may only look: GET and HEAD\"}\n";
    const struct api_terms *terms = client->desk->terms;
    const union MHD_ConnectionInfo *head = MHD_get_connection_info(client->connection,
                                                                   MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    const char *length = MHD_lookup_connection_value(client->connection, MHD_HEADER_KIND, "Content-Length");
    if (head && head->header_size > terms->head_most) {
        *ret_status = 431;
        return client_json(strdup("{\"error\": \"the headers of a request are too long\"}\n"));
    }
    if (terms->looks_only && strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        *ret_status = 405;
        return client_response(&not_allowed, strdup(words), strlen(words));
    }
    if (length && (strlen(length) > 5 || strtoul(length, NULL, 10) > terms->body_most)) {
        *ret_status = 413;
        return client_json(strdup(terms->body_most ? "{\"error\": \"a request may have 65536 bytes\"}\n"
                                                   : "{\"error\": \"a request has no body here\"}\n"));
    }
    return NULL;
}

static bool take_body(struct client *client, const char *bytes, size_t length)
{
    const size_t most = client->desk->terms->body_most;
    if (length > most - client->body_length)
        return false;
    if (!client->body)
        client->body = calloc(1, most + 1);
    if (!client->body)
        return false;
    memcpy(client->body + client->body_length, bytes, length);
    client->body_length += length;
    return true;
}

bool client_request(struct client *client, bool begins, const char *method, const char *path, const char *bytes,
                    size_t *length)
{
    if (begins) {
        uint16_t status = 0;
        struct MHD_Response *response = refusal(client, method, &status);
        return status == 0 || queue_answer(client, status, response);
    }
    if (*length > 0) {
        bool taken = client->state == CLIENT_ASKING && take_body(client, bytes, *length);
        *length = 0;
        return taken;
    }
    if (client->state == CLIENT_ASKING)
        return handle(client, method, path);
    return client->owes && hand_out_answer(client);
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
    client->owes = true;
    client->state = CLIENT_ANSWERED;
    if (waiting)
        MHD_resume_connection(client->connection);
    return waiting;
}
