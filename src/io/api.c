/* SPDX-License-Identifier: MIT */
/*
 * Where: io, alone with libmicrohttpd; above control_socket and tcp_listener, below app/commands and app/web.
 * What:  requests in, text out. The library has an epoll of its own, which hangs on the loop as one descriptor.
 * Why:   connections are accepted here and not by the library: so the kernel's word about the peer is asked for before
 *        a byte is read, and a full house does not lock anybody out: who says nothing gives way to who comes.
 */
#include "io/api.h"

#include "io/api_client.h"
#include "io/api_desk.h"
#include "io/control_socket.h"
#include "io/tcp_listener.h"

#include <assert.h>
#include <errno.h>
#include <ev.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_A_TURN  8
#define RUNS_A_TURN     8
#define ACCEPT_PAUSE_MS 200 /* after the kernel had no descriptor for us */

/* While every place is taken, who comes waits at the door; then so many at a time are told. */
#define DOOR_PATIENCE_MS   1000
#define MOMENT_MS          20
#define TURNED_AWAY_A_TURN 64

static const struct api_terms control_terms = {API_CLIENTS_MAX, API_HEAD_MAX, API_BODY_MAX, API_HEAD_MAX, false};
static const struct api_terms tcp_terms = {API_TCP_CLIENTS_MAX, API_TCP_HEAD_MAX, 0, 65536, true};

struct api {
    struct api_desk desk;
    int listening;
    bool by_tcp;
    struct control_socket socket; /* where it is not */
    struct MHD_Daemon *daemon;
    ev_io incoming, library;
    ev_prepare before_sleep;
    struct timer wake, pause;
    bool full;    /* every place was taken, and the door is closed for a while */
    bool resumed; /* … somebody since the library ran last, which its descriptor does not tell */
};

static void run_library(struct api *api)
{
    api->resumed = false;
    (void)MHD_run(api->daemon);
}

static void give_answer(struct api *api, struct client *client, uint16_t status, struct MHD_Response *response)
{
    if (!client_answer(client, status, response))
        return;
    api->resumed = true;
    loop_timer_set(api->desk.loop, &api->wake, loop_now(api->desk.loop));
}

void api_answer(struct api *api, uint32_t ticket, uint16_t status, char *json)
{
    struct client *client = api_desk_find(&api->desk, ticket);
    if (client)
        give_answer(api, client, status, client_json(json));
    else
        free(json);
}

void api_answer_content(struct api *api, uint32_t ticket, uint16_t status, const struct api_content *content,
                        char *bytes, size_t length)
{
    struct client *client = api_desk_find(&api->desk, ticket);
    if (client)
        give_answer(api, client, status, client_response(content, bytes, length));
    else
        free(bytes);
}

void api_answer_pieces(struct api *api, uint32_t ticket, uint16_t status, const struct api_content *content,
                       api_piece_fn *piece, void (*done)(void *), void *source)
{
    struct client *client = api_desk_find(&api->desk, ticket);
    if (client)
        give_answer(api, client, status, source ? client_pieces(client, content, piece, done, source) : NULL);
    else if (source)
        done(source);
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *path, const char *method,
                                  const char *version, const char *bytes, size_t *length, void **request_ctx)
{
    (void)ctx;
    (void)version;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct client *client = info ? info->socket_context : NULL;
    if (!client)
        return MHD_NO;
    bool begins = !*request_ctx;
    *request_ctx = client;
    return client_request(client, begins, method, path, bytes, length) ? MHD_YES : MHD_NO;
}

/* ---- connections ---- */

static void on_connection(void *ctx, struct MHD_Connection *connection, void **socket_ctx,
                          enum MHD_ConnectionNotificationCode code)
{
    struct api *api = ctx;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    for (uint32_t i = 0; code == MHD_CONNECTION_NOTIFY_STARTED && info && i < api->desk.terms->clients_most; i++) {
        struct client *client = &api->desk.clients[i];
        if (client->state != CLIENT_ASKING || client->connection || client->fd != info->connect_fd)
            continue;
        client->connection = connection;
        *socket_ctx = client;
    }
    if (code == MHD_CONNECTION_NOTIFY_CLOSED && *socket_ctx) {
        client_forget(*socket_ctx);
        *socket_ctx = NULL;
        if (api->full)
            loop_timer_set(api->desk.loop, &api->pause, loop_now(api->desk.loop));
        api->full = false;
    }
}

/*
 * Where every place is taken, who has been silent longest gives way, unless he has just come: an honest request is
 * whole a moment later.
 */
static struct client *find_room(struct api *api)
{
    struct client *oldest = api_desk_free_place(&api->desk);
    if (oldest)
        return oldest;
    run_library(api); /* whose request has come is not silent */
    for (uint32_t i = 0; i < api->desk.terms->clients_most; i++) {
        struct client *client = &api->desk.clients[i];
        if (client->state == CLIENT_ASKING && !client->paused && (!oldest || client->since < oldest->since))
            oldest = client;
    }
    if (!oldest || loop_now(api->desk.loop) - oldest->since < MOMENT_MS)
        return NULL;
    client_cut(oldest);
    run_library(api);
    return api_desk_free_place(&api->desk);
}

static bool ask_kernel(const struct api *api, int fd, uint32_t *ret_user)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    *ret_user = API_USER_NONE;
    if (api->by_tcp)
        return true;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
        return false;
    *ret_user = peer.uid;
    return true;
}

static void welcome(struct api *api, int fd, const struct sockaddr_storage *from, socklen_t length)
{
    uint32_t user;
    struct client *client = find_room(api);
    if (!client || !ask_kernel(api, fd, &user)) {
        api_desk_turn_away(&api->desk, fd);
        return;
    }
    client_welcome(client, fd, user);
    if (MHD_add_connection(api->daemon, fd, (const struct sockaddr *)from, length) != MHD_YES)
        client_forget(client);
}

static void stay_closed(struct api *api, uint32_t delay_ms)
{
    ev_io_stop(loop_ev(api->desk.loop), &api->incoming);
    loop_timer_set(api->desk.loop, &api->pause, mono_after(loop_now(api->desk.loop), delay_ms));
}

/* One who stands at the door; false: there is nobody any more, or the door has been closed. */
static bool let_in(struct api *api)
{
    struct sockaddr_storage from = {.ss_family = AF_UNIX};
    socklen_t length = sizeof from;
    int fd = accept4(api->listening, (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        welcome(api, fd, &from, length);
        return true;
    }
    if (errno == EINTR || errno == ECONNABORTED)
        return true;
    if (errno != EAGAIN)
        stay_closed(api, ACCEPT_PAUSE_MS);
    return false;
}

static bool somebody_is_at_the_door(const struct api *api)
{
    struct pollfd door = {.fd = api->listening, .events = POLLIN};
    return poll(&door, 1, 0) > 0;
}

static void on_incoming(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)ev, (void)events;
    struct api *api = CONTAINER_OF(watcher, struct api, incoming);
    for (uint32_t i = 0; i < ACCEPTS_A_TURN && somebody_is_at_the_door(api); i++) {
        api->full = !find_room(api);
        if (api->full)
            stay_closed(api, api_desk_is_silent(&api->desk) ? MOMENT_MS : DOOR_PATIENCE_MS);
        if (api->full || !let_in(api))
            break;
    }
    run_library(api);
}

/* Who stood there in vain all that time hears why; who has come just now has a second more. */
static void on_pause_over(struct timer *timer)
{
    struct api *api = CONTAINER_OF(timer, struct api, pause);
    ev_io_start(loop_ev(api->desk.loop), &api->incoming);
    api_desk_end_patience(&api->desk);
    bool in_vain = api->full && !api_desk_is_silent(&api->desk);
    for (uint32_t i = 0; in_vain && i < TURNED_AWAY_A_TURN && let_in(api); i++)
        continue;
    api->full = false;
    if (api->desk.late_count > 0)
        loop_timer_set(api->desk.loop, timer, mono_after(loop_now(api->desk.loop), DOOR_PATIENCE_MS));
}

/* ---- the library on the loop ---- */

static void on_library(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)ev;
    (void)events;
    run_library(CONTAINER_OF(watcher, struct api, library));
}

static void on_wake(struct timer *timer)
{
    run_library(CONTAINER_OF(timer, struct api, wake));
}

/* How long the library may be left alone; 0: it has something to do already. */
static uint32_t library_patience_ms(const struct api *api)
{
    MHD_UNSIGNED_LONG_LONG delay_ms;
    if (api->resumed)
        return 0;
    if (MHD_get_timeout(api->daemon, &delay_ms) != MHD_YES || delay_ms > UINT32_MAX)
        return UINT32_MAX;
    return (uint32_t)delay_ms;
}

/* What it has to do already it does now, but not without end; the rest of it is for the next turn. */
static void on_before_sleep(struct ev_loop *ev, ev_prepare *watcher, int events)
{
    (void)ev;
    (void)events;
    struct api *api = CONTAINER_OF(watcher, struct api, before_sleep);
    api->resumed = api_desk_begin_turn(&api->desk) || api->resumed;
    for (uint32_t i = 0; i < RUNS_A_TURN && library_patience_ms(api) == 0; i++)
        run_library(api);
    uint32_t patience_ms = api_desk_is_paused(&api->desk) ? 0 : library_patience_ms(api);
    mono_ms at = patience_ms == UINT32_MAX ? MONO_NEVER : mono_after(loop_now(api->desk.loop), patience_ms);
    loop_timer_set(api->desk.loop, &api->wake, at);
}

static void watch(struct api *api)
{
    struct ev_loop *ev = loop_ev(api->desk.loop);
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(api->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    assert(info && info->epoll_fd >= 0);
    ev_io_init(&api->incoming, on_incoming, api->listening, EV_READ);
    ev_io_init(&api->library, on_library, info->epoll_fd, EV_READ);
    ev_prepare_init(&api->before_sleep, on_before_sleep);
    ev_io_start(ev, &api->incoming);
    ev_io_start(ev, &api->library);
    ev_prepare_start(ev, &api->before_sleep);
}

static void stop_listening(struct api *api)
{
    api_desk_end_patience(&api->desk);
    if (api->daemon)
        MHD_stop_daemon(api->daemon);
    for (uint32_t i = 0; i < api->desk.terms->clients_most; i++)
        client_forget(&api->desk.clients[i]);
    if (api->desk.out_of_memory)
        MHD_destroy_response(api->desk.out_of_memory);
    if (api->by_tcp)
        close(api->listening);
    else
        control_socket_close(&api->socket);
    free(api->desk.clients);
    free(api);
}

/* An escaped NUL would cut a path short, to one that is there: such a text stays as it was written. */
static size_t unescape(void *ctx, struct MHD_Connection *connection, char *text)
{
    (void)ctx, (void)connection;
    return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

/* `entrance` says where it listens; NULL: that was closed. */
static struct api *start(const struct api *entrance, struct error *err)
{
    struct api *api = calloc(1, sizeof *api);
    const struct api_terms *terms = entrance->desk.terms;
    struct client *clients = calloc(terms->clients_most, sizeof *clients);
    if (!api || !clients)
        abort();
    *api = *entrance;
    api->desk.clients = clients;
    api->wake.fire = on_wake;
    api->pause.fire = on_pause_over;
    for (uint32_t i = 0; i < terms->clients_most; i++)
        client_init(&api->desk.clients[i], &api->desk);
    api->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                                   on_request, api, MHD_OPTION_CONNECTION_LIMIT, terms->clients_most,
                                   MHD_OPTION_CONNECTION_MEMORY_LIMIT, terms->memory, MHD_OPTION_CONNECTION_TIMEOUT,
                                   API_IDLE_MS / 1000, MHD_OPTION_NOTIFY_CONNECTION, on_connection, api,
                                   MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_END);
    api->desk.out_of_memory = client_out_of_memory();
    if (!api->daemon || !api->desk.out_of_memory) {
        error_set(err, ERROR_SYSTEM, "%s cannot be served: no descriptor or no memory",
                  api->by_tcp ? "web.listen" : "the control socket");
        stop_listening(api);
        return NULL;
    }
    watch(api);
    return api;
}

struct api *api_new(struct loop *loop, const char *directory, api_handler_fn *handler, void *ctx, struct error *err)
{
    struct api entrance = {.desk = {.terms = &control_terms, .loop = loop, .handler = handler, .ctx = ctx}};
    if (!control_socket_open(directory, &entrance.socket, err))
        return NULL;
    entrance.listening = entrance.socket.fd;
    return start(&entrance, err);
}

struct api *api_new_tcp(struct loop *loop, const struct endpoint *endpoint, const struct api *former,
                        api_handler_fn *handler, void *ctx, struct error *err)
{
    struct api entrance = {.desk = {.terms = &tcp_terms, .loop = loop, .handler = handler, .ctx = ctx}, .by_tcp = true};
    if (!tcp_listener_open(endpoint, former ? former->listening : -1, &entrance.listening, err))
        return NULL;
    return start(&entrance, err);
}

void api_free(struct api *api)
{
    if (!api)
        return;
    struct ev_loop *ev = loop_ev(api->desk.loop);
    ev_io_stop(ev, &api->incoming);
    ev_io_stop(ev, &api->library);
    ev_prepare_stop(ev, &api->before_sleep);
    loop_timer_stop(api->desk.loop, &api->wake);
    loop_timer_stop(api->desk.loop, &api->pause);
    api->desk.closing = true; /* the library must not find anybody asleep when it ends */
    for (uint32_t i = 0; i < api->desk.terms->clients_most; i++)
        if (api->desk.clients[i].paused)
            client_go_on(&api->desk.clients[i]);
        else if (api->desk.clients[i].state == CLIENT_WAITING)
            api_answer(api, api->desk.clients[i].ticket, 503, strdup("{\"error\": \"repointd stops\"}\n"));
    for (uint32_t i = 0; i < 3; i++)
        run_library(api); /* resumes, answers, cleans up; whoever does not read at once hears nothing */
    stop_listening(api);
}

void api_library(struct text *out)
{
    text_addf(out, "libmicrohttpd %s", MHD_get_version());
}
