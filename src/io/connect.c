/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under prober and http.
 * What:  socket, connect, wait until it is writable, ask for the error.
 * Why:   acknowledgements are held back on purpose: the last one of the handshake travels with the request, or with
 *        the FIN of a TCP probe, which saves a packet for both sides. Objects come from a pool whose memory is
 *        touched only as far as it is used.
 */

#include "io/connect.h"

#include "io/dial.h"

#include <assert.h>
#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

struct connect {
    ev_io ready;
    struct timer failed; /* tells an error that came at once, in the next turn */
    int fd;              /* -1: not in use, or failed at once */
    int sys_errno;
    connect_done_fn *done;
    void *ctx;
    struct connector *connector;
    struct connect *next, **link; /* among those under way, or next free */
};

struct connector {
    struct loop *loop;
    struct connect *pool, *free, *under_way;
    uint32_t most, touched;
};

struct connector *connector_new(struct loop *loop, uint32_t most, struct error *err)
{
    struct connector *connector = calloc(1, sizeof *connector);
    struct connect *pool = calloc(most, sizeof *pool);
    if (!connector || !pool) {
        free(connector);
        free(pool);
        error_set(err, ERROR_SYSTEM, "out of memory for %u connections at a time", (unsigned)most);
        return NULL;
    }
    *connector = (struct connector){.loop = loop, .pool = pool, .most = most};
    return connector;
}

static struct connect *take(struct connector *connector)
{
    struct connect *attempt = connector->free;
    if (attempt) {
        connector->free = attempt->next;
    } else {
        assert(connector->touched < connector->most);
        attempt = &connector->pool[connector->touched++];
    }
    attempt->next = connector->under_way;
    attempt->link = &connector->under_way;
    if (attempt->next)
        attempt->next->link = &attempt->next;
    connector->under_way = attempt;
    return attempt;
}

/* Back to the pool; the descriptor is no longer watched, and still open if it was. */
static void put_back(struct connect *attempt)
{
    struct connector *connector = attempt->connector;
    ev_io_stop(loop_ev(connector->loop), &attempt->ready);
    loop_timer_stop(connector->loop, &attempt->failed);
    *attempt->link = attempt->next;
    if (attempt->next)
        attempt->next->link = attempt->link;
    attempt->next = connector->free;
    connector->free = attempt;
}

static void finish(struct connect *attempt, bool at_once)
{
    struct connect_result result = {.fd = attempt->fd, .sys_errno = attempt->sys_errno, .at_once = at_once};
    connect_done_fn *done = attempt->done;
    void *ctx = attempt->ctx;
    put_back(attempt);
    if (result.sys_errno != 0 && result.fd >= 0) {
        loop_close(attempt->connector->loop, result.fd);
        result.fd = -1;
    }
    done(&result, ctx);
}

/* libev tells an error as both readable and writable: only then the kernel is asked for it. */
static void on_ready(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)ev;
    struct connect *attempt = CONTAINER_OF(watcher, struct connect, ready);
    socklen_t length = sizeof attempt->sys_errno;
    if ((events & EV_READ) && getsockopt(attempt->fd, SOL_SOCKET, SO_ERROR, &attempt->sys_errno, &length) != 0)
        attempt->sys_errno = errno;
    finish(attempt, false);
}

static void on_failed(struct timer *timer)
{
    finish(CONTAINER_OF(timer, struct connect, failed), true);
}

/*
 * Opens a socket into attempt->fd and sends SYN. Returns 0 where the answer has to be awaited or is already good,
 * else errno.
 */
static int begin(struct connect *attempt, const struct endpoint *to, const struct source_settings *source)
{
    struct sockaddr_storage address;
    socklen_t length = dial_sockaddr(&to->address, to->port, &address);
    attempt->fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (attempt->fd < 0)
        return errno;
    int off = 0;
    (void)setsockopt(attempt->fd, IPPROTO_TCP, TCP_QUICKACK, &off,
                     sizeof off); /* saves a packet, nothing depends on it */
    if (source && !dial_bind(attempt->fd, to->address.family == ADDRESS_V4 ? &source->source4 : &source->source6))
        return errno;
    if (connect(attempt->fd, (const struct sockaddr *)&address, length) == 0 || errno == EINPROGRESS)
        return 0;
    return errno;
}

struct connect *connect_start(struct connector *connector, const struct endpoint *to,
                              const struct source_settings *source, connect_done_fn *done, void *ctx)
{
    struct connect *attempt = take(connector);
    attempt->connector = connector;
    attempt->done = done;
    attempt->ctx = ctx;
    attempt->failed = (struct timer){.fire = on_failed};
    attempt->sys_errno = begin(attempt, to, source);
    ev_io_init(&attempt->ready, on_ready, attempt->fd, EV_READ | EV_WRITE);
    if (attempt->sys_errno == 0)
        ev_io_start(loop_ev(connector->loop), &attempt->ready);
    else
        loop_timer_set(connector->loop, &attempt->failed, loop_now(connector->loop));
    return attempt;
}

void connect_cancel(struct connect *attempt)
{
    int fd = attempt->fd;
    put_back(attempt);
    if (fd >= 0)
        loop_close(attempt->connector->loop, fd);
}

/* Data that nobody has read would turn FIN into a reset: a banner that has come already is thrown away first. */
void connect_close(struct loop *loop, int fd)
{
    char banner[4096];
    (void)recv(fd, banner, sizeof banner, MSG_DONTWAIT | MSG_TRUNC);
    loop_close(loop, fd);
}

void connector_free(struct connector *connector)
{
    if (!connector)
        return;
    while (connector->under_way)
        connect_cancel(connector->under_way);
    free(connector->pool);
    free(connector);
}
