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
    free(client->json);
    client_init(client, client->desk);
}

static bool queue_answer(struct client *client, uint16_t status, char *json)
{
    size_t length = strlen(json);
    struct MHD_Response *response = MHD_create_response_from_buffer(length, json, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        free(json);
        return false;
    }
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(client->connection, status, response);
    MHD_destroy_response(response);
    client->state = CLIENT_ANSWERED;
    set_deadline(client, API_DRAIN_MS);
    return queued == MHD_YES;
}

static bool hand_out_answer(struct client *client)
{
    char *json = client->json;
    client->json = NULL;
    return queue_answer(client, client->status, json);
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
    if (client->json)
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
        char *json = strdup("{\"error\": \"a request may have 65536 bytes\"}\n");
        return json && queue_answer(client, 413, json);
    }
    if (*length > 0) {
        bool taken = client->state == CLIENT_ASKING && take_body(client, bytes, *length);
        *length = 0;
        return taken;
    }
    if (client->state == CLIENT_ASKING)
        return handle(client, method, path);
    return client->json && hand_out_answer(client);
}

bool client_answer(struct client *client, uint16_t status, char *json)
{
    bool waiting = client->state == CLIENT_WAITING;
    if (!waiting && client->state != CLIENT_HANDLED) {
        free(json);
        return false;
    }
    client->status = status;
    client->json = json;
    client->state = CLIENT_ANSWERED;
    if (waiting)
        MHD_resume_connection(client->connection);
    return waiting;
}
