/* SPDX-License-Identifier: MIT */
/*
 * Where: io, between libcurl's multi interface and libev.
 * What:  calls: first a connection by connect, then a handle of the pool, then libcurl over that connection, then the
 *        facts.
 * Why:   A multi handle keeps one parsed CA bundle, the last one used. So each CA file has a multi handle of its own,
 *        a lane; checks that take turns would else parse 140 certificates for every probe. libcurl keeps no time for
 *        us: deadlines are the prober's, and the only timer it asks for is "at once".
 */

#include "io/http.h"

#include "io/http_handle.h"
#include "io/http_options.h"
#include "io/http_redirect.h"
#include "io/spares.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct lane {
    struct http *http;
    CURLM *multi;
    struct timer timer;
    const char *ca; /* NULL: the system's */
};

struct http_call {
    ev_io io;
    bool watched;
    struct http *http;
    struct http_look *look;
    struct connect *connect;    /* while it is being made */
    struct http_handle *handle; /* afterwards */
    struct address target;
    struct http_clock clock;
    http_phase_fn *phase;
    http_done_fn *done;
    void *ctx;
    struct http_call *next, **link; /* among those under way, or next free */
};

struct http {
    struct loop *loop;
    struct connector *connector;
    struct http_look *looks; /* by check; those of other kinds are empty */
    struct lane *lanes;
    struct http_pool pool;
    struct http_call *calls, *free, *under_way;
    uint32_t look_count, lane_count, most, touched;
};

/* ---- calls ---- */

static struct http_call *take_call(struct http *http)
{
    struct http_call *call = http->free;
    if (call) {
        http->free = call->next;
    } else {
        assert(http->touched < http->most);
        call = &http->calls[http->touched++];
    }
    *call = (struct http_call){.http = http, .next = http->under_way, .link = &http->under_way};
    if (call->next)
        call->next->link = &call->next;
    http->under_way = call;
    return call;
}

/* Ends what is left of it: the connect, or the request, or nothing. */
static void put_call(struct http_call *call)
{
    struct http *http = call->http;
    struct http_handle *handle = call->handle;
    if (call->connect)
        connect_cancel(call->connect);
    if (handle) {
        curl_multi_remove_handle(http->lanes[call->look->lane].multi, handle->easy);
        if (handle->fd >= 0)
            loop_close(http->loop, handle->fd);
        http_pool_put(&http->pool, handle, loop_now(http->loop));
    }
    ev_io_stop(loop_ev(http->loop), &call->io);
    *call->link = call->next;
    if (call->next)
        call->next->link = call->link;
    call->next = http->free;
    http->free = call;
}

static struct phase_times times_of(const struct http_call *call)
{
    return http_times(call->handle, &call->clock, loop_now_us(call->http->loop));
}

static void finish(struct http_call *call, const struct probe_facts *facts)
{
    struct phase_times times = times_of(call);
    http_done_fn *done = call->done;
    void *ctx = call->ctx;
    /*
     * The facts point into the handle. It is idle afterwards but not gone, and nobody else is served before `done`
     * returns.
     */
    put_call(call);
    done(facts, &times, ctx);
}

/* ---- libcurl ---- */

static void on_connected(const struct connect_result *result, void *ctx);

static void connect_to(struct http_call *call, const struct endpoint *to)
{
    call->connect = connect_start(call->http->connector, to, &call->look->check->source, on_connected, call);
}

/* The next request of the same call: another connection, the same handle. */
static void follow(struct http_call *call)
{
    struct http_handle *handle = call->handle;
    struct probe_facts facts;
    curl_multi_remove_handle(call->http->lanes[call->look->lane].multi, handle->easy);
    if (!http_redirect_follow(handle, &call->target, &facts)) {
        finish(call, &facts);
        return;
    }
    call->phase(PROBE_CONNECT, call->ctx);
    connect_to(call, &handle->hop.to);
}

static void finish_all(struct lane *lane)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(lane->multi, &left)) != NULL) {
        char *handle_of = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &handle_of);
        struct http_handle *handle = (struct http_handle *)(void *)handle_of;
        if (handle->is_redirected) {
            follow(handle->owner);
            continue;
        }
        struct probe_facts facts = http_facts(handle, (int)message->data.result);
        finish(handle->owner, &facts);
    }
}

static void act(struct lane *lane, curl_socket_t fd, int what)
{
    int running;
    curl_multi_socket_action(lane->multi, fd, what, &running);
    finish_all(lane);
}

static void on_io(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)ev;
    struct http_call *call = CONTAINER_OF(watcher, struct http_call, io);
    int what = (events & EV_READ ? CURL_CSELECT_IN : 0) | (events & EV_WRITE ? CURL_CSELECT_OUT : 0);
    act(&call->http->lanes[call->look->lane], watcher->fd, what);
}

static void on_timer(struct timer *timer)
{
    act(CONTAINER_OF(timer, struct lane, timer), CURL_SOCKET_TIMEOUT, 0);
}

/* libcurl tells what it waits for on the one socket of a call. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *lane_of, void *unused)
{
    (void)unused;
    struct lane *lane = lane_of;
    char *handle_of = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &handle_of);
    struct http_call *call = ((struct http_handle *)(void *)handle_of)->owner;
    int events = (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0);
    struct ev_loop *ev = loop_ev(lane->http->loop);
    if (what == CURL_POLL_REMOVE || !call->watched || call->io.fd != fd || call->io.events != events)
        ev_io_stop(ev, &call->io);
    call->watched = what != CURL_POLL_REMOVE;
    if (call->watched) {
        ev_io_set(&call->io, fd, events);
        ev_io_start(ev, &call->io);
    }
    return 0;
}

static int on_timer_wanted(CURLM *multi, long delay_ms, void *lane_of)
{
    (void)multi;
    struct lane *lane = lane_of;
    struct loop *loop = lane->http->loop;
    loop_timer_set(loop, &lane->timer, delay_ms < 0 ? MONO_NEVER : mono_after(loop_now(loop), delay_ms));
    return 0;
}

static void on_reached(enum probe_phase phase, void *owner)
{
    struct http_call *call = owner;
    call->phase(phase, call->ctx);
}

/* ---- from the connection on ---- */

static void fail_locally(struct http_call *call, const char *words)
{
    struct probe_facts facts = {.end = PROBE_LOCAL, .phase = PROBE_CONNECT, .text = words};
    finish(call, &facts);
}

static void request(struct http_call *call, int fd)
{
    struct http *http = call->http;
    struct lane *lane = &http->lanes[call->look->lane];
    struct http_handle *handle = call->handle ? call->handle : http_pool_take(&http->pool, call->look);
    if (!handle) {
        loop_close(http->loop, fd);
        fail_locally(call, "out of memory for a request");
        return;
    }
    /* A handshake is several small writes, each of which would wait for the last one's acknowledgement. */
    int secure = handle->hop.count > 0 ? handle->hop.secure : call->look->secure;
    if (secure)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &secure, sizeof secure);
    http_handle_begin(handle, fd);
    handle->loop = http->loop;
    handle->owner = call;
    handle->reached = on_reached;
    call->handle = handle;
    call->phase(PROBE_TLS, call->ctx);
    if (curl_multi_add_handle(lane->multi, handle->easy) != CURLM_OK)
        fail_locally(call, "libcurl took no request");
    else
        act(lane, CURL_SOCKET_TIMEOUT, 0); /* in the turn that saw the connection: its descriptor stays in epoll */
}

static void on_connected(const struct connect_result *result, void *ctx)
{
    struct http_call *call = ctx;
    call->connect = NULL;
    if (result->fd >= 0) {
        call->clock.request_us = loop_now_us(call->http->loop);
        if (!call->handle)
            call->clock.connected_us = call->clock.request_us;
        request(call, result->fd);
        return;
    }
    struct probe_facts facts = {.end = PROBE_CONNECT_FAILED,
                                .phase = PROBE_CONNECT,
                                .sys_errno = result->sys_errno,
                                .at_once = result->at_once};
    if (call->handle)
        facts = http_redirect_unconnected(call->handle, result->sys_errno, result->at_once);
    finish(call, &facts);
}

struct http_call *http_start(struct http *http, uint32_t check, const struct address *address, http_phase_fn *phase,
                             http_done_fn *done, void *ctx)
{
    struct http_call *call = take_call(http);
    call->look = &http->looks[check];
    assert(call->look->url);
    call->phase = phase;
    call->done = done;
    call->ctx = ctx;
    call->clock.started_us = loop_now_us(http->loop);
    ev_io_init(&call->io, on_io, -1, 0);
    call->target = *address;
    connect_to(call, &(struct endpoint){*address, call->look->port});
    return call;
}

uint16_t http_cancel(struct http_call *call, struct phase_times *ret_times)
{
    long status = 0;
    if (call->handle)
        curl_easy_getinfo(call->handle->easy, CURLINFO_RESPONSE_CODE, &status);
    if (ret_times)
        *ret_times = times_of(call);
    put_call(call);
    return status < 0 || status > 999 ? 0 : (uint16_t)status;
}

uint32_t http_handle_count(const struct http *http)
{
    return http->pool.count;
}

/* ---- life ---- */

static bool same_ca(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool lane_add(struct http *http, const char *ca)
{
    struct lane *lane = &http->lanes[http->lane_count];
    *lane = (struct lane){.http = http, .multi = curl_multi_init(), .timer = {.fire = on_timer}, .ca = ca};
    if (!lane->multi)
        return false;
    http->lane_count++;
    return curl_multi_setopt(lane->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
           curl_multi_setopt(lane->multi, CURLMOPT_SOCKETDATA, lane) == CURLM_OK &&
           curl_multi_setopt(lane->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted) == CURLM_OK &&
           curl_multi_setopt(lane->multi, CURLMOPT_TIMERDATA, lane) == CURLM_OK &&
           curl_multi_setopt(lane->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING) == CURLM_OK;
}

/* The lane of a CA file, made if there is none yet. */
static bool lane_for(struct http *http, const char *ca, uint32_t *ret)
{
    for (uint32_t i = 0; i < http->lane_count; i++) {
        if (same_ca(http->lanes[i].ca, ca)) {
            *ret = i;
            return true;
        }
    }
    *ret = http->lane_count;
    return lane_add(http, ca);
}

static bool prepare_all(struct http *http, const struct settings *settings, struct error *err)
{
    for (uint32_t i = 0; i < settings->check_count; i++) {
        if (settings->checks[i].kind != CHECK_HTTP && settings->checks[i].kind != CHECK_TLS)
            continue;
        uint32_t lane;
        if (!http_look_prepare(&http->looks[i], &settings->checks[i], settings->daemon.contact, err))
            return false;
        if (!lane_for(http, http_look_ca(&http->looks[i]), &lane)) {
            error_set(err, ERROR_SYSTEM, "libcurl gives no multi handle: out of memory");
            return false;
        }
        http->looks[i].lane = lane;
    }
    return true;
}

struct http *http_new(struct loop *loop, struct connector *connector, const struct settings *settings, uint32_t most,
                      struct error *err)
{
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, spares_malloc, spares_free, spares_realloc, spares_strdup,
                             spares_calloc) != CURLE_OK) {
        error_set(err, ERROR_SYSTEM, "libcurl cannot be initialised");
        return NULL;
    }
    struct http *http = calloc(1, sizeof *http);
    if (http) {
        *http = (struct http){.loop = loop, .connector = connector, .look_count = settings->check_count, .most = most};
        http->looks = calloc(settings->check_count + 1, sizeof *http->looks);
        http->lanes = calloc(settings->check_count + 1, sizeof *http->lanes);
        http->calls = calloc(most, sizeof *http->calls);
        if (!http->looks || !http->lanes || !http->calls)
            error_set(err, ERROR_SYSTEM, "out of memory for %u requests at a time", (unsigned)most);
        else if (prepare_all(http, settings, err))
            return http;
        http_free(http);
        return NULL;
    }
    curl_global_cleanup();
    error_set(err, ERROR_SYSTEM, "out of memory for HTTP probes");
    return NULL;
}

void http_free(struct http *http)
{
    if (!http)
        return;
    while (http->under_way)
        put_call(http->under_way);
    http_pool_done(&http->pool);
    for (uint32_t i = 0; i < http->lane_count; i++) {
        curl_multi_cleanup(http->lanes[i].multi);
        loop_timer_stop(http->loop, &http->lanes[i].timer);
    }
    for (uint32_t i = 0; http->looks && i < http->look_count; i++)
        http_look_done(&http->looks[i]);
    free(http->looks);
    free(http->lanes);
    free(http->calls);
    free(http);
    curl_global_cleanup();
    spares_drop();
}

void http_library(struct text *out)
{
    text_addf(out, "libcurl %s", curl_version_info(CURLVERSION_NOW)->version);
}
