/* SPDX-License-Identifier: MIT */
/*
 * Where: bench; the floor.
 * What:  a prober that knows nothing: epoll, one connection a probe, a fixed request, the first three digits, FIN.
 *        Over TLS a full handshake by one SSL_CTX, chain and name verified, no session kept. Started in ticks as
 *        repointd does it, ten probes to a tick of 5 to 100 ms. Usage:
 *
 *            bare TARGETS http|tcp|https PORT [INTERVAL_MS [COLLECT_MS [CA]]]
 *
 *        Targets are 127.1.0.0 and on, once an interval each. With COLLECT_MS answers are looked for no sooner than
 *        this after the last time, so that those that came meanwhile share a wake-up. SIGUSR1 prints a line of
 *        counters since the last one; SIGTERM ends.
 * Why:   what it costs is what the kernel and OpenSSL cost. The rest is ours and libcurl's.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NAME     "www.example.com"
#define READY    256
#define FILE_MAX 65536

static const char request[] = "GET /healthz HTTP/1.1\r\nHost: " NAME
                              "\r\nUser-Agent: bare\r\nConnection: close\r\n\r\n";

static struct {
    uint64_t asked, done, wakes;
    int64_t worst_ms;
} counters;

static int poll_fd;
static bool http;
static uint16_t port;
static SSL_CTX *context;        /* NULL: no TLS */
static SSL *sessions[FILE_MAX]; /* by descriptor */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void end(int fd)
{
    if (sessions[fd]) {
        SSL_shutdown(sessions[fd]);
        SSL_free(sessions[fd]);
        sessions[fd] = NULL;
    }
    close(fd);
}

static void start(uint64_t number)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl((uint32_t)((127 << 24) + (1 << 16) + number));
    int off = 0, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    counters.asked++;
    if (fd < 0)
        return;
    if (fd >= FILE_MAX) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
    struct epoll_event event = {.events = EPOLLOUT, .data.fd = fd};
    if ((connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) ||
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        close(fd);
}

static bool is_good(const char *answer, long got)
{
    return got > 12 && memcmp(answer + 9, "200", 3) == 0;
}

static void wait_for_answer(int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(poll_fd, EPOLL_CTL_MOD, fd, &event) != 0)
        end(fd);
}

/* Handshake, request, answer: as far as it goes now. */
static void go_on_secure(int fd)
{
    char answer[1024];
    SSL *ssl = sessions[fd];
    bool begins = !ssl;
    if (begins) {
        ssl = sessions[fd] = SSL_new(context);
        SSL_set_fd(ssl, fd);
        SSL_set_tlsext_host_name(ssl, NAME);
        SSL_set1_host(ssl, NAME);
        SSL_set_connect_state(ssl);
    }
    if (!SSL_is_init_finished(ssl)) {
        int result = SSL_do_handshake(ssl);
        if (result != 1 && SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ)
            end(fd);
        else if (begins)
            wait_for_answer(fd);
        if (result != 1)
            return;
        SSL_write(ssl, request, sizeof request - 1);
        return;
    }
    int got = SSL_read(ssl, answer, sizeof answer);
    if (got <= 0 && SSL_get_error(ssl, got) == SSL_ERROR_WANT_READ)
        return;
    counters.done += is_good(answer, got);
    end(fd);
}

static void go_on(int fd, uint32_t events)
{
    char answer[1024];
    if (events & (EPOLLERR | EPOLLHUP)) {
        end(fd);
        return;
    }
    if (context) {
        go_on_secure(fd);
        return;
    }
    if (events & EPOLLIN) {
        counters.done += is_good(answer, recv(fd, answer, sizeof answer, 0));
        close(fd);
        return;
    }
    if (!http) {
        counters.done++;
        close(fd);
        return;
    }
    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0)
        close(fd);
    else
        wait_for_answer(fd);
}

/* False: end. */
static bool obey(int signals)
{
    struct signalfd_siginfo info;
    if (read(signals, &info, sizeof info) != (ssize_t)sizeof info)
        return true;
    if (info.ssi_signo != SIGUSR1)
        return false;
    printf("asked %llu done %llu worst %lld wakes %llu\n", (unsigned long long)counters.asked,
           (unsigned long long)counters.done, (long long)counters.worst_ms, (unsigned long long)counters.wakes);
    fflush(stdout);
    memset(&counters, 0, sizeof counters);
    return true;
}

static SSL_CTX *make_context(const char *ca)
{
    SSL_CTX *made = SSL_CTX_new(TLS_client_method());
    if (!made || SSL_CTX_load_verify_locations(made, ca, NULL) != 1)
        return NULL;
    SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION);
    SSL_CTX_set_verify(made, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
    return made;
}

/* A descriptor for SIGUSR1 and SIGTERM, in the epoll already. */
static int watch_signals(void)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR1);
    sigaddset(&wanted, SIGTERM);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    int signals = signalfd(-1, &wanted, SFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = signals};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, signals, &event);
    return signals;
}

static void collect(int64_t until_ms)
{
    int64_t left_ms = until_ms - now_ms();
    if (left_ms > 0)
        nanosleep(&(struct timespec){.tv_nsec = left_ms * 1000000}, NULL);
}

int main(int count, char **values)
{
    if (count < 4)
        return 2;
    uint64_t targets = strtoull(values[1], NULL, 10), slots = 0;
    http = strcmp(values[2], "tcp") != 0;
    port = (uint16_t)strtoul(values[3], NULL, 10);
    uint64_t interval = count > 4 ? strtoull(values[4], NULL, 10) : 1000;
    int64_t collect_ms = count > 5 ? (int64_t)strtoul(values[5], NULL, 10) : 0,
            tick = (int64_t)(10 * interval / targets);
    tick = tick < 5 ? 5 : tick > 100 ? 100 : tick;
    if (count > 6 && !(context = make_context(values[6])))
        return 2;
    signal(SIGPIPE, SIG_IGN);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    int signals = watch_signals();

    int64_t begin = now_ms(), next = begin, looked = 0;
    for (;;) {
        struct epoll_event ready[READY];
        if (collect_ms > 0)
            collect(looked + collect_ms < next ? looked + collect_ms : next);
        int64_t now = looked = now_ms();
        int n = epoll_wait(poll_fd, ready, READY, next > now ? (int)(next - now) : 0);
        counters.wakes++;
        for (int i = 0; i < n; i++) {
            if (ready[i].data.fd != signals)
                go_on(ready[i].data.fd, ready[i].events);
            else if (!obey(signals))
                return 0;
        }
        now = now_ms();
        if (now < next)
            continue;
        if (now - next > counters.worst_ms)
            counters.worst_ms = now - next;
        for (uint64_t due = (uint64_t)(now - begin) * targets / interval; slots < due; slots++)
            start(slots % targets);
        next = now / tick * tick + tick;
    }
}
