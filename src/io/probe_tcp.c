/* SPDX-License-Identifier: MIT */
/*
 * Where: io, a row of probe_kind; above connect.
 * What:  connects; sends; reads until what came decides.
 * Why:   a server that greets keeps its connection open, so nobody may wait for the end of what it says: the answer is
 *        judged as often as something arrives. A check that asks for neither ends with the connection, and costs no
 *        more than that.
 */
#include "io/probe_tcp.h"

#include "io/judge_text.h"

#include <assert.h>
#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

/* So many pieces an answer may come in; each is judged, which a server that drips could make dear. */
#define PIECES_MAX 256

struct tcp_probe {
    struct tcp_gear *gear;
    struct probe_order order;
    struct connect *connect; /* NULL: it stands */
    int fd;                  /* -1: not yet */
    ev_io io;
    struct phase_times times;
    size_t sent, got;
    uint32_t pieces;
    uint8_t *answer;        /* of BODY_MATCH_MAX octets; NULL: none is wanted */
    struct tcp_probe *next; /* free */
};

struct tcp_gear {
    struct loop *loop;
    struct connector *connector;
    struct tcp_probe *probes, *free;
    uint32_t most, touched;
};

/* ---- the end ---- */

static void put_back(struct tcp_probe *probe)
{
    struct tcp_gear *gear = probe->gear;
    if (probe->connect)
        connect_cancel(probe->connect);
    if (probe->fd >= 0) {
        ev_io_stop(loop_ev(gear->loop), &probe->io);
        connect_close(gear->loop, probe->fd);
    }
    free(probe->answer);
    *probe = (struct tcp_probe){.gear = gear, .fd = -1, .next = gear->free};
    gear->free = probe;
}

/* The answer lives until the callback has returned. */
static void finish(struct tcp_probe *probe, struct probe_facts *facts)
{
    struct probe_order order = probe->order;
    struct phase_times times = probe->times;
    uint8_t *answer = probe->answer;
    times.total_us = probe_elapsed_us(probe->gear->loop, order.started_us);
    facts->body = answer;
    facts->body_length = probe->got;
    probe->answer = NULL;
    put_back(probe);
    order.end(facts, &times, order.ctx);
    free(answer);
}

static void end_as(struct tcp_probe *probe, enum probe_end end, int sys_errno)
{
    struct probe_facts facts = {
        .end = end, .phase = probe->got > 0 ? PROBE_BODY : PROBE_RESPONSE, .sys_errno = sys_errno};
    finish(probe, &facts);
}

/* ---- what is said, both ways ---- */

/*
 *   send/recv gives          then
 *   EAGAIN, EINTR            again when it is ready
 *   ECONNRESET, EPIPE, ...   broken
 */
static bool is_over(struct tcp_probe *probe, ssize_t done)
{
    if (done >= 0 || errno == EAGAIN || errno == EINTR)
        return false;
    end_as(probe, PROBE_BROKEN, errno);
    return true;
}

/* False: the probe has ended. */
static bool say(struct tcp_probe *probe)
{
    const struct tcp_settings *tcp = &probe->order.check->how.tcp;
    ssize_t done = send(probe->fd, tcp->send + probe->sent, tcp->send_length - probe->sent, MSG_NOSIGNAL);
    if (is_over(probe, done))
        return false;
    probe->sent += done > 0 ? (size_t)done : 0;
    if (probe->sent < tcp->send_length || probe->answer)
        return true;
    end_as(probe, PROBE_COMPLETE, 0);
    return false;
}

/* What has come is judged, the end included: a text that is there may be all that the other side had to say. */
static void hear(struct tcp_probe *probe)
{
    ssize_t got = recv(probe->fd, probe->answer + probe->got, BODY_MATCH_MAX - probe->got, 0);
    if (is_over(probe, got) || got < 0)
        return;
    if (got > 0 && probe->got == 0) {
        probe->times.first_byte_us = probe_elapsed_us(probe->gear->loop, probe->order.started_us);
        probe->order.phase(PROBE_BODY, probe->order.ctx);
    }
    probe->got += (size_t)got;
    probe->pieces++;
    if (got == 0 && probe->got == 0)
        end_as(probe, PROBE_CLOSED, 0);
    else if (got == 0 || probe->got == BODY_MATCH_MAX || probe->pieces == PIECES_MAX ||
             judge_text_is_decided(&probe->order.check->expect, probe->answer, probe->got))
        end_as(probe, PROBE_COMPLETE, 0);
}

static void on_io(struct ev_loop *ev, ev_io *watcher, int events)
{
    struct tcp_probe *probe = CONTAINER_OF(watcher, struct tcp_probe, io);
    const struct tcp_settings *tcp = &probe->order.check->how.tcp;
    if ((events & EV_WRITE) && probe->sent < tcp->send_length && !say(probe))
        return;
    if ((events & EV_WRITE) && probe->sent == tcp->send_length) {
        ev_io_stop(ev, watcher);
        ev_io_set(watcher, probe->fd, EV_READ);
        ev_io_start(ev, watcher);
    }
    if ((events & EV_READ) && probe->answer)
        hear(probe);
}

static void on_connected(const struct connect_result *result, void *ctx)
{
    struct tcp_probe *probe = ctx;
    const struct check_settings *check = probe->order.check;
    bool is_asked = judge_text_is_asked(&check->expect);
    probe->connect = NULL;
    probe->fd = result->fd;
    struct probe_facts facts = {.end = result->fd >= 0 ? PROBE_COMPLETE : PROBE_CONNECT_FAILED,
                                .phase = PROBE_CONNECT,
                                .sys_errno = result->sys_errno,
                                .at_once = result->at_once};
    if (result->fd >= 0)
        probe->times.connect_us = probe_elapsed_us(probe->gear->loop, probe->order.started_us);
    if (result->fd >= 0 && is_asked) {
        probe->answer = malloc(BODY_MATCH_MAX);
        facts.end = probe->answer ? PROBE_COMPLETE : PROBE_LOCAL;
        facts.sys_errno = probe->answer ? 0 : ENOMEM;
    }
    if (facts.end != PROBE_COMPLETE || (!is_asked && check->how.tcp.send_length == 0)) {
        finish(probe, &facts);
        return;
    }
    /* The last acknowledgement of the handshake is held back (connect.c): who greets waits for it. */
    int on = 1;
    if (check->how.tcp.send_length == 0)
        (void)setsockopt(probe->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    probe->order.phase(PROBE_RESPONSE, probe->order.ctx);
    ev_io_set(&probe->io, probe->fd, (is_asked ? EV_READ : 0) | (check->how.tcp.send_length > 0 ? EV_WRITE : 0));
    ev_io_start(loop_ev(probe->gear->loop), &probe->io);
}

/* ---- the row ---- */

void *probe_tcp_start(void *gear_of, const struct probe_order *order)
{
    struct tcp_gear *gear = gear_of;
    struct tcp_probe *probe = gear->free;
    if (probe) {
        gear->free = probe->next;
    } else {
        assert(gear->touched < gear->most);
        probe = &gear->probes[gear->touched++];
    }
    *probe = (struct tcp_probe){.gear = gear, .order = *order, .fd = -1, .times = PHASE_TIMES_NONE};
    ev_init(&probe->io, on_io);
    struct endpoint to = {order->address, order->check->how.tcp.port};
    probe->connect = connect_start(gear->connector, &to, &order->check->source, on_connected, probe);
    return probe;
}

uint16_t probe_tcp_cancel(void *probe_of, struct phase_times *ret_times)
{
    struct tcp_probe *probe = probe_of;
    *ret_times = probe->times;
    ret_times->total_us = probe_elapsed_us(probe->gear->loop, probe->order.started_us);
    put_back(probe);
    return 0;
}

bool probe_tcp_conclude(void *probe_of)
{
    struct tcp_probe *probe = probe_of;
    if (probe->got == 0)
        return false;
    end_as(probe, PROBE_COMPLETE, 0);
    return true;
}

void *probe_tcp_open(const struct probe_site *site, struct error *err)
{
    struct tcp_gear *gear = calloc(1, sizeof *gear);
    struct tcp_probe *probes = calloc(site->most, sizeof *probes);
    if (gear && probes) {
        *gear = (struct tcp_gear){
            .loop = site->loop, .connector = site->connector, .probes = probes, .most = site->most};
        return gear;
    }
    free(gear);
    free(probes);
    error_set(err, ERROR_SYSTEM, "out of memory for %u TCP probes at a time", (unsigned)site->most);
    return NULL;
}

void probe_tcp_close(void *gear_of)
{
    struct tcp_gear *gear = gear_of;
    for (uint32_t i = 0; i < gear->touched; i++)
        put_back(&gear->probes[i]);
    free(gear->probes);
    free(gear);
}
