/* SPDX-License-Identifier: MIT */
/*
 * Where: bench; the targets, all of them: one socket that listens on every address of 127.0.0.0/8 (and with a
 *        certificate: TLS is left to nginx).
 * What:  answers an HTTP request with a short 200 and closes; a connection that says nothing (a TCP probe) is closed
 *        when it ends. SIGUSR1 prints a line of counters since the last one and starts anew; SIGTERM ends. Usage:
 *        endpoint PORT; 0 takes a free one.
 * Why:   what is measured is the prober, so this costs as little as it can: accept, read and answer in one go, no
 *        timers.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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

#define BUCKET_MS 10

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nhealthy\n";

static struct {
    uint64_t accepted, answered;
    int64_t since_ms, bucket;
    uint64_t in_bucket, fullest;
} counters;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int listen_on(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        fail("socket");
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 65535) != 0)
        fail("listen");
    socklen_t length = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        fail("getsockname");
    printf("port %u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

/* True if the connection is done with. */
static bool serve(int fd)
{
    char request[2048];
    ssize_t got = recv(fd, request, sizeof request, 0);
    if (got < 0)
        return errno != EAGAIN && errno != EINTR;
    if (got == 0)
        return true;
    /* A request of a probe is one segment. */
    if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) == (ssize_t)sizeof answer - 1)
        counters.answered++;
    return true;
}

static void count_one(int64_t now)
{
    counters.accepted++;
    if (now / BUCKET_MS != counters.bucket) {
        counters.bucket = now / BUCKET_MS;
        counters.in_bucket = 0;
    }
    if (++counters.in_bucket > counters.fullest)
        counters.fullest = counters.in_bucket;
}

static void accept_all(int epoll, int listener)
{
    int64_t now = now_ms();
    for (int i = 0; i < 512; i++) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        count_one(now);
        if (serve(fd)) {
            close(fd);
            continue;
        }
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
            close(fd);
    }
}

/* False: end. */
static bool obey(int signals)
{
    struct signalfd_siginfo info;
    if (read(signals, &info, sizeof info) != (ssize_t)sizeof info)
        return true;
    if (info.ssi_signo != SIGUSR1)
        return false;
    int64_t now = now_ms();
    printf("accepted %llu answered %llu ms %lld fullest %llu\n", (unsigned long long)counters.accepted,
           (unsigned long long)counters.answered, (long long)(now - counters.since_ms),
           (unsigned long long)counters.fullest);
    fflush(stdout);
    memset(&counters, 0, sizeof counters);
    counters.since_ms = now;
    return true;
}

int main(int count, char **values)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR1);
    sigaddset(&wanted, SIGTERM);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    int epoll = epoll_create1(EPOLL_CLOEXEC), signals = signalfd(-1, &wanted, SFD_CLOEXEC);
    int listener = listen_on(count > 1 ? (uint16_t)strtoul(values[1], NULL, 10) : 0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    event.data.fd = signals;
    epoll_ctl(epoll, EPOLL_CTL_ADD, signals, &event);
    counters.since_ms = now_ms();
    for (;;) {
        struct epoll_event ready[256];
        int n = epoll_wait(epoll, ready, 256, -1);
        for (int i = 0; i < n; i++) {
            int fd = ready[i].data.fd;
            if (fd == listener)
                accept_all(epoll, listener);
            else if (fd == signals) {
                if (!obey(signals))
                    return 0;
            } else if (serve(fd))
                close(fd);
        }
    }
}
