/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under dns_client.
 * What:  a TCP connection on libev: connect to the first address that answers, frame messages, count what left.
 * Why:   small answers meet delayed acknowledgements and cost 40 ms each, unless TCP_QUICKACK is set again after every
 *        read. Several questions leave in one piece, as some servers hang up on a message that comes in two. What fails
 *        inside a call is told on the next turn, by the same timer that keeps the deadlines.
 */

#include "io/dns_exchange.h"

#include "base/text.h"
#include "io/dial.h"

#include <assert.h>
#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_SIZE        2
#define IN_LEAST          4096
#define OUT_MOST          (512 * 1024)
#define FAILURES_TEXT_MAX 160

enum phase { PHASE_CLOSED = 1, PHASE_CONNECTING, PHASE_STANDING };

struct buffer {
    uint8_t *bytes;
    size_t used, capacity;
};

struct dns_exchange {
    struct loop *loop;
    const struct server_settings *server;
    struct dns_exchange_handlers handlers;
    enum phase phase;
    int fd;
    ev_io io;
    struct timer clock; /* connecting: this address's share; standing: the deadline; at once: something to tell */
    uint32_t address;   /* the one under way */
    mono_ms deadline;
    int broken; /* errno of what failed in a call and has to be told; 0: nothing */
    struct buffer in, out;
    size_t out_sent; /* of out.used */
    uint64_t put, left;
    char failures[FAILURES_TEXT_MAX]; /* what became of the addresses tried before */
};

/* ---- buffers ----------------------------------------------------------------------------------------------------- */

static bool buffer_grow(struct buffer *buffer, size_t capacity)
{
    if (capacity <= buffer->capacity)
        return true;
    uint8_t *bytes = realloc(buffer->bytes, capacity);
    if (!bytes)
        return false;
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

static void buffer_release(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){NULL, 0, 0};
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void on_ready(struct ev_loop *ev, ev_io *watcher, int events);
static void on_clock(struct timer *timer);

struct dns_exchange *dns_exchange_new(struct loop *loop, const struct server_settings *server,
                                      const struct dns_exchange_handlers *handlers, struct error *err)
{
    assert(server->address_count > 0);
    struct dns_exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange) {
        error_set(err, ERROR_SYSTEM, "out of memory for a line to name server %s", server->name);
        return NULL;
    }
    exchange->loop = loop;
    exchange->server = server;
    exchange->handlers = *handlers;
    exchange->phase = PHASE_CLOSED;
    exchange->fd = -1;
    ev_init(&exchange->io, on_ready);
    exchange->clock.fire = on_clock;
    return exchange;
}

static void drop_socket(struct dns_exchange *exchange)
{
    ev_io_stop(loop_ev(exchange->loop), &exchange->io);
    loop_timer_stop(exchange->loop, &exchange->clock);
    if (exchange->fd >= 0)
        close(exchange->fd);
    exchange->fd = -1;
}

void dns_exchange_close(struct dns_exchange *exchange)
{
    drop_socket(exchange);
    exchange->phase = PHASE_CLOSED;
    exchange->broken = 0;
    exchange->out_sent = 0;
    buffer_release(&exchange->in);
    buffer_release(&exchange->out);
}

void dns_exchange_free(struct dns_exchange *exchange)
{
    if (!exchange)
        return;
    dns_exchange_close(exchange);
    free(exchange);
}

bool dns_exchange_is_open(const struct dns_exchange *exchange)
{
    return exchange->phase != PHASE_CLOSED;
}

bool dns_exchange_stands(const struct dns_exchange *exchange)
{
    return exchange->phase == PHASE_STANDING && !exchange->broken;
}

const struct endpoint *dns_exchange_peer(const struct dns_exchange *exchange)
{
    return &exchange->server->addresses[exchange->address];
}

uint64_t dns_exchange_put_octets(const struct dns_exchange *exchange)
{
    return exchange->put;
}

uint64_t dns_exchange_left_octets(const struct dns_exchange *exchange)
{
    return exchange->left;
}

/* ---- the clock --------------------------------------------------------------------------------------------------- */

void dns_exchange_set_deadline(struct dns_exchange *exchange, mono_ms deadline)
{
    assert(exchange->phase == PHASE_STANDING);
    exchange->deadline = deadline;
    if (!exchange->broken) /* else the clock has something to tell first */
        loop_timer_set(exchange->loop, &exchange->clock, deadline);
}

/* Tells the end; the line may be opened again inside. */
static void end(struct dns_exchange *exchange, const struct error *err)
{
    dns_exchange_close(exchange);
    exchange->handlers.ended(err, exchange->handlers.ctx);
}

/* What failed inside a call is told by the clock, on the next turn. */
static void break_line(struct dns_exchange *exchange, int sys_errno)
{
    exchange->broken = sys_errno;
    ev_io_stop(loop_ev(exchange->loop), &exchange->io);
    loop_timer_set(exchange->loop, &exchange->clock, loop_now(exchange->loop));
}

/* ---- connecting -------------------------------------------------------------------------------------------------- */

/* Starts with the address under way; what is left of the time is shared evenly among it and those behind it. */
static void try_address(struct dns_exchange *exchange)
{
    const struct endpoint *peer = dns_exchange_peer(exchange);
    bool v4 = peer->address.family == ADDRESS_V4;
    exchange->fd = dial_start(peer, v4 ? &exchange->server->source4 : &exchange->server->source6);
    if (exchange->fd < 0) {
        break_line(exchange, errno);
        return;
    }
    ev_io_set(&exchange->io, exchange->fd, EV_WRITE);
    ev_io_start(loop_ev(exchange->loop), &exchange->io);
    mono_ms now = loop_now(exchange->loop);
    int64_t share_ms = (exchange->deadline - now) / (exchange->server->address_count - exchange->address);
    loop_timer_set(exchange->loop, &exchange->clock, mono_after(now, share_ms > 0 ? share_ms : 0));
}

void dns_exchange_open(struct dns_exchange *exchange, mono_ms deadline)
{
    assert(exchange->phase == PHASE_CLOSED);
    exchange->phase = PHASE_CONNECTING;
    exchange->address = 0;
    exchange->deadline = deadline;
    exchange->put = exchange->left = 0;
    exchange->failures[0] = '\0';
    try_address(exchange);
}

/* Nothing has left: the next address may be tried. */
static void connect_failed(struct dns_exchange *exchange, int sys_errno)
{
    struct error err;
    char peer[ADDRESS_TEXT_MAX];
    address_format(&dns_exchange_peer(exchange)->address, peer);
    error_set_errno(&err, sys_errno, "%sconnect to %s port %u", exchange->failures, peer,
                    (unsigned)dns_exchange_peer(exchange)->port);
    drop_socket(exchange);
    exchange->broken = 0;
    if (exchange->address + 1 == exchange->server->address_count) {
        end(exchange, &err);
        return;
    }
    struct text failures = text_over(exchange->failures, sizeof exchange->failures);
    text_addf(&failures, "%s; ", err.text);
    exchange->address++;
    try_address(exchange);
}

/* ---- a standing line --------------------------------------------------------------------------------------------- */

static void acknowledge_quickly(int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

static void watch_for(struct dns_exchange *exchange, int events)
{
    struct ev_loop *ev = loop_ev(exchange->loop);
    if ((exchange->io.events & (EV_READ | EV_WRITE)) == events)
        return;
    ev_io_stop(ev, &exchange->io);
    ev_io_set(&exchange->io, exchange->fd, events);
    ev_io_start(ev, &exchange->io);
}

bool dns_exchange_put(struct dns_exchange *exchange, const uint8_t *message, size_t length)
{
    assert(exchange->phase == PHASE_STANDING && length <= UINT16_MAX);
    struct buffer *out = &exchange->out;
    size_t wanted = out->used - exchange->out_sent + FRAME_SIZE + length;
    if (wanted > OUT_MOST || (wanted > out->capacity && !buffer_grow(out, 2 * wanted)))
        return false;
    if (exchange->out_sent > 0) { /* what has left makes room */
        memmove(out->bytes, out->bytes + exchange->out_sent, out->used - exchange->out_sent);
        out->used -= exchange->out_sent;
        exchange->out_sent = 0;
    }
    out->bytes[out->used] = (uint8_t)(length >> 8);
    out->bytes[out->used + 1] = (uint8_t)length;
    memcpy(out->bytes + out->used + FRAME_SIZE, message, length);
    out->used = wanted;
    exchange->put += FRAME_SIZE + length;
    return true;
}

void dns_exchange_flush(struct dns_exchange *exchange)
{
    assert(exchange->phase == PHASE_STANDING);
    struct buffer *out = &exchange->out;
    while (!exchange->broken && exchange->out_sent < out->used) {
        ssize_t sent = send(exchange->fd, out->bytes + exchange->out_sent, out->used - exchange->out_sent,
                            MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
            watch_for(exchange, EV_READ | EV_WRITE);
            return;
        }
        if (sent < 0) {
            break_line(exchange, errno);
            return;
        }
        exchange->out_sent += (size_t)sent;
        exchange->left += (uint64_t)sent;
    }
    if (exchange->broken)
        return;
    out->used = exchange->out_sent = 0;
    watch_for(exchange, EV_READ);
}

/* Hands out every whole message that is there. False: a handler closed the line. */
static bool hand_out(struct dns_exchange *exchange)
{
    struct buffer *in = &exchange->in;
    size_t at = 0;
    while (in->used - at >= FRAME_SIZE) {
        size_t length = (size_t)(in->bytes[at] << 8 | in->bytes[at + 1]);
        if (in->used - at - FRAME_SIZE < length)
            break;
        exchange->handlers.answer(in->bytes + at + FRAME_SIZE, length, exchange->handlers.ctx);
        if (exchange->phase != PHASE_STANDING)
            return false;
        at += FRAME_SIZE + length;
    }
    memmove(in->bytes, in->bytes + at, in->used - at);
    in->used -= at;
    return true;
}

/* Room for the rest of the message that has begun, or for a usual one. */
static bool make_room(struct buffer *in)
{
    size_t wanted = IN_LEAST;
    if (in->used >= FRAME_SIZE)
        wanted = (size_t)(in->bytes[0] << 8 | in->bytes[1]) + FRAME_SIZE;
    return buffer_grow(in, wanted > IN_LEAST ? wanted : IN_LEAST);
}

static void end_reading(struct dns_exchange *exchange, int sys_errno)
{
    struct error err;
    char peer[ADDRESS_TEXT_MAX];
    address_format(&dns_exchange_peer(exchange)->address, peer);
    unsigned port = dns_exchange_peer(exchange)->port;
    if (sys_errno)
        error_set_errno(&err, sys_errno, "line to %s port %u", peer, port);
    else
        error_set(&err, ERROR_PROTOCOL,
                  "%s port %u closed the connection without an answer; did it restart, has it too many connections?",
                  peer, port);
    end(exchange, &err);
}

static void on_readable(struct dns_exchange *exchange)
{
    struct buffer *in = &exchange->in;
    if (!make_room(in)) {
        end_reading(exchange, ENOMEM);
        return;
    }
    ssize_t got = recv(exchange->fd, in->bytes + in->used, in->capacity - in->used, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        end_reading(exchange, got < 0 ? errno : 0);
        return;
    }
    in->used += (size_t)got;
    acknowledge_quickly(exchange->fd);
    (void)hand_out(exchange);
}

static void on_connected(struct dns_exchange *exchange)
{
    int sys_errno = 0;
    socklen_t size = sizeof sys_errno;
    if (getsockopt(exchange->fd, SOL_SOCKET, SO_ERROR, &sys_errno, &size) != 0)
        sys_errno = errno;
    if (sys_errno) {
        connect_failed(exchange, sys_errno);
        return;
    }
    exchange->phase = PHASE_STANDING;
    loop_timer_stop(exchange->loop, &exchange->clock);
    watch_for(exchange, EV_READ);
    acknowledge_quickly(exchange->fd);
    exchange->handlers.connected(exchange->handlers.ctx);
}

static void on_ready(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)ev;
    struct dns_exchange *exchange = CONTAINER_OF(watcher, struct dns_exchange, io);
    if (exchange->phase == PHASE_CONNECTING) {
        on_connected(exchange);
        return;
    }
    if (events & EV_WRITE)
        dns_exchange_flush(exchange);
    if ((events & EV_READ) && !exchange->broken)
        on_readable(exchange);
}

static void on_clock(struct timer *timer)
{
    struct dns_exchange *exchange = CONTAINER_OF(timer, struct dns_exchange, clock);
    if (exchange->phase == PHASE_CONNECTING)
        connect_failed(exchange, exchange->broken ? exchange->broken : ETIMEDOUT);
    else if (exchange->broken)
        end_reading(exchange, exchange->broken);
    else
        exchange->handlers.late(exchange->handlers.ctx);
}
