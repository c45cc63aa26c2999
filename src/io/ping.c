/* SPDX-License-Identifier: MIT */
/*
 * Where: io, a row of probe_kind.
 * What:  a socket a family, or a source, and who waits for which sequence number.
 * Why:   what comes in is matched by address, number and eight octets that nobody can guess: late replies, and those
 *        that somebody makes up, find nobody. ICMP errors arrive beside the replies (IP_RECVERR) and quote what they
 *        are about. A lost packet is asked again each second, as a lost SYN is (fault 3).
 */
#include "io/ping.h"

#include "io/dial.h"

#include <assert.h>
#include <errno.h>
#include <ev.h>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define AGAIN_MS        1000
#define ARRIVALS_A_TURN 256

/* Both families have it alike: type, code, checksum, identifier, number (RFC 792, RFC 4443 4.1). */
struct echo {
    uint8_t type, code;
    uint16_t checksum, identifier, number;
    uint8_t nonce[8], rest[24];
};

struct ping {
    struct ping_gear *gear;
    struct probe_order order;
    struct ping_line *line;
    struct timer again;  /* asks again; or tells what failed at once */
    int failed;          /* errno of that; 0: it is on its way */
    bool is_open;        /* a number is taken */
    struct echo request; /* as it goes out */
    struct ping *next;   /* free */
};

/* What one family has, and each local address that a check wants. */
struct ping_line {
    int family, fd;        /* -1: not open */
    struct address source; /* family ADDRESS_NONE: any */
    ev_io io;
    struct ping_gear *gear;
};

struct ping_gear {
    struct loop *loop;
    struct ping_line *lines; /* the first two: IPv4 and IPv6 from anywhere */
    uint32_t line_count;
    struct ping *pings, *free;
    struct ping **by_number; /* 65,536 */
    uint32_t most, touched;
    uint16_t last;
};

/* ---- the end ---- */

static void put_back(struct ping *ping)
{
    struct ping_gear *gear = ping->gear;
    loop_timer_stop(gear->loop, &ping->again);
    if (ping->is_open)
        gear->by_number[ntohs(ping->request.number)] = NULL;
    ping->is_open = false;
    ping->next = gear->free;
    gear->free = ping;
}

static struct phase_times times_now(const struct ping *ping)
{
    struct phase_times times = PHASE_TIMES_NONE;
    times.total_us = probe_elapsed_us(ping->gear->loop, ping->order.started_us);
    return times;
}

static void finish(struct ping *ping, const struct probe_facts *facts)
{
    struct probe_order order = ping->order;
    struct phase_times times = times_now(ping);
    if (facts->end == PROBE_COMPLETE)
        times.first_byte_us = times.total_us;
    put_back(ping);
    order.end(facts, &times, order.ctx);
}

/* ---- what comes in ---- */

/* Who waits for this number at this address; NULL: nobody does, any more. */
static struct ping *find(const struct ping_line *line, const struct echo *echo, const struct sockaddr_storage *from)
{
    struct ping *ping = line->gear->by_number[ntohs(echo->number)];
    if (!ping || ping->line != line || from->ss_family != line->family)
        return NULL;
    struct sockaddr_storage wanted;
    dial_sockaddr(&ping->order.address, 0, &wanted);
    const void *a = line->family == AF_INET ? (void *)&((struct sockaddr_in *)(void *)&wanted)->sin_addr
                                            : (void *)&((struct sockaddr_in6 *)(void *)&wanted)->sin6_addr;
    const void *b = line->family == AF_INET ? (const void *)&((const struct sockaddr_in *)(const void *)from)->sin_addr
                                            : &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
    return memcmp(a, b, line->family == AF_INET ? 4 : 16) == 0 ? ping : NULL;
}

/* False: nothing is there. */
static bool take_reply(struct ping_line *line)
{
    struct echo echo;
    struct sockaddr_storage from;
    struct iovec piece = {&echo, sizeof echo};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &piece, .msg_iovlen = 1};
    ssize_t got = recvmsg(line->fd, &message, MSG_DONTWAIT);
    if (got < 0)
        return errno != EAGAIN; /* an error that is in the queue as well */
    uint8_t wanted = line->family == AF_INET ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY;
    struct ping *ping = got == sizeof echo && echo.type == wanted && echo.code == 0 ? find(line, &echo, &from) : NULL;
    if (ping && memcmp(echo.nonce, ping->request.nonce, sizeof echo.nonce) == 0)
        finish(ping, &(struct probe_facts){.end = PROBE_COMPLETE, .phase = PROBE_RESPONSE});
    return true;
}

/* What a router, or the target, says instead of a reply; 0: this is no such thing. */
static int error_in(struct msghdr *message)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
        bool is_error = (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
                        (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR);
        struct sock_extended_err error;
        if (!is_error || part->cmsg_len < CMSG_LEN(sizeof error))
            continue;
        memcpy(&error, CMSG_DATA(part), sizeof error);
        if (error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6)
            return (int)error.ee_errno;
    }
    return 0;
}

/* A router that asks for less (EREMOTEIO) or for smaller packets does not say that the target is not there. */
static bool ends_it(int sys_errno)
{
    return sys_errno != 0 && sys_errno != EREMOTEIO && sys_errno != EMSGSIZE;
}

/* It quotes the beginning of the request, which may be no more than eight octets: that is up to its number. */
static bool take_error(struct ping_line *line)
{
    struct echo echo;
    struct sockaddr_storage to;
    union {
        struct cmsghdr header;
        char room[512];
    } control;
    struct iovec piece = {&echo, sizeof echo};
    struct msghdr message = {.msg_name = &to,
                             .msg_namelen = sizeof to,
                             .msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t got = recvmsg(line->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (got < 0)
        return false;
    int sys_errno = error_in(&message);
    bool is_whole = got >= (ssize_t)offsetof(struct echo, nonce);
    struct ping *ping = is_whole && ends_it(sys_errno) ? find(line, &echo, &to) : NULL;
    if (ping)
        finish(ping,
               &(struct probe_facts){.end = PROBE_CONNECT_FAILED, .phase = PROBE_RESPONSE, .sys_errno = sys_errno});
    return true;
}

static void on_line(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)ev;
    (void)events;
    struct ping_line *line = CONTAINER_OF(watcher, struct ping_line, io);
    for (uint32_t i = 0; i < ARRIVALS_A_TURN && take_reply(line); i++)
        ;
    for (uint32_t i = 0; i < ARRIVALS_A_TURN && take_error(line); i++)
        ;
}

/* ---- what goes out ---- */

/* 0, or errno. Tried anew by each probe, so that a limit which is lifted needs no restart. */
static int open_line(struct ping_line *line)
{
    bool v4 = line->family == AF_INET;
    int on = 1;
    if (line->fd >= 0)
        return 0;
    line->fd = socket(line->family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
    if (line->fd < 0)
        return errno;
    if (!dial_bind(line->fd, &line->source) ||
        setsockopt(line->fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, &on, sizeof on) != 0) {
        int failed = errno;
        close(line->fd);
        line->fd = -1;
        return failed;
    }
    ev_io_set(&line->io, line->fd, EV_READ);
    ev_io_start(loop_ev(line->gear->loop), &line->io);
    return 0;
}

/* 0, or errno. */
static int send_request(const struct ping *ping)
{
    struct sockaddr_storage to;
    socklen_t size = dial_sockaddr(&ping->order.address, 0, &to);
    /* An error that came in for somebody else is told to whoever calls next: the second call tells our own. */
    for (int i = 0; i < 2; i++)
        if (sendto(ping->line->fd, &ping->request, sizeof ping->request, MSG_DONTWAIT | MSG_NOSIGNAL,
                   (struct sockaddr *)&to, size) >= 0)
            return 0;
    return errno;
}

static const char *words_of(const struct ping *ping)
{
    if (ping->line->fd < 0 && (ping->failed == EACCES || ping->failed == EPERM))
        return "this host lets us send no ping: net.ipv4.ping_group_range holds no group of this process";
    return NULL;
}

static void on_again(struct timer *timer)
{
    struct ping *ping = CONTAINER_OF(timer, struct ping, again);
    if (!ping->failed) {
        (void)send_request(ping); /* the first one is out: now the deadline decides */
        loop_timer_set(ping->gear->loop, timer, mono_after(loop_now(ping->gear->loop), AGAIN_MS));
        return;
    }
    finish(ping, &(struct probe_facts){.end = PROBE_CONNECT_FAILED,
                                       .phase = PROBE_RESPONSE,
                                       .sys_errno = ping->failed,
                                       .at_once = true,
                                       .text = words_of(ping)});
}

/* Takes the next free number. 0, or errno. */
static int take_number(struct ping *ping)
{
    struct ping_gear *gear = ping->gear;
    for (uint32_t i = 0; i <= UINT16_MAX; i++) {
        uint16_t number = ++gear->last;
        if (gear->by_number[number])
            continue;
        gear->by_number[number] = ping;
        ping->request.number = htons(number);
        ping->is_open = true;
        return 0;
    }
    return ENOBUFS;
}

static int begin(struct ping *ping)
{
    int failed = open_line(ping->line);
    if (!failed && getrandom(ping->request.nonce, sizeof ping->request.nonce, GRND_NONBLOCK) !=
                       (ssize_t)sizeof ping->request.nonce)
        failed = EAGAIN;
    failed = failed ? failed : take_number(ping);
    return failed ? failed : send_request(ping);
}

/* ---- the row ---- */

/* NULL: there is none of that kind yet. */
static struct ping_line *line_for(struct ping_gear *gear, int family, const struct address *source)
{
    for (uint32_t i = 0; i < gear->line_count; i++)
        if (gear->lines[i].family == family && address_equal(&gear->lines[i].source, source))
            return &gear->lines[i];
    return NULL;
}

static void add_line(struct ping_gear *gear, int family, const struct address *source)
{
    if (line_for(gear, family, source))
        return;
    struct ping_line *line = &gear->lines[gear->line_count++];
    *line = (struct ping_line){.family = family, .fd = -1, .source = *source, .gear = gear};
    ev_init(&line->io, on_line);
}

static void add_lines(struct ping_gear *gear, const struct settings *settings)
{
    static const struct address any;
    add_line(gear, AF_INET, &any);
    add_line(gear, AF_INET6, &any);
    for (uint32_t i = 0; i < settings->check_count; i++) {
        if (settings->checks[i].kind != CHECK_PING)
            continue;
        add_line(gear, AF_INET, &settings->checks[i].source.source4);
        add_line(gear, AF_INET6, &settings->checks[i].source.source6);
    }
}

void *ping_start(void *gear_of, const struct probe_order *order)
{
    struct ping_gear *gear = gear_of;
    struct ping *ping = gear->free;
    if (ping) {
        gear->free = ping->next;
    } else {
        assert(gear->touched < gear->most);
        ping = &gear->pings[gear->touched++];
    }
    bool v4 = order->address.family == ADDRESS_V4;
    *ping = (struct ping){.gear = gear,
                          .order = *order,
                          .line = line_for(gear, v4 ? AF_INET : AF_INET6, probe_source(order)),
                          .again = {.fire = on_again},
                          .request = {.type = v4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST}};
    order->phase(PROBE_RESPONSE, order->ctx);
    ping->failed = begin(ping);
    mono_ms now = loop_now(gear->loop);
    loop_timer_set(gear->loop, &ping->again, ping->failed ? now : mono_after(now, AGAIN_MS));
    return ping;
}

uint16_t ping_cancel(void *probe, struct phase_times *ret_times)
{
    struct ping *ping = probe;
    *ret_times = times_now(ping);
    put_back(ping);
    return 0;
}

void *ping_open(const struct probe_site *site, struct error *err)
{
    struct ping_gear *gear = calloc(1, sizeof *gear);
    struct ping *pings = calloc(site->most, sizeof *pings);
    struct ping **by_number = calloc(UINT16_MAX + (size_t)1, sizeof(struct ping *));
    struct ping_line *lines = calloc(2 + 2 * (size_t)site->settings->check_count, sizeof *lines);
    if (!gear || !pings || !by_number || !lines) {
        free(gear);
        free(pings);
        free(by_number);
        free(lines);
        error_set(err, ERROR_SYSTEM, "out of memory for %u pings at a time", (unsigned)site->most);
        return NULL;
    }
    *gear = (struct ping_gear){
        .loop = site->loop, .lines = lines, .pings = pings, .by_number = by_number, .most = site->most};
    add_lines(gear, site->settings);
    return gear;
}

void ping_close(void *gear_of)
{
    struct ping_gear *gear = gear_of;
    for (uint32_t i = 0; i < gear->touched; i++)
        loop_timer_stop(gear->loop, &gear->pings[i].again);
    for (uint32_t i = 0; i < gear->line_count; i++) {
        ev_io_stop(loop_ev(gear->loop), &gear->lines[i].io);
        if (gear->lines[i].fd >= 0)
            close(gear->lines[i].fd);
    }
    free(gear->lines);
    free(gear->by_number);
    free(gear->pings);
    free(gear);
}
