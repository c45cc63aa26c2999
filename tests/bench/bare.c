/* SPDX-License-Identifier: MIT */
/*
 * Where: bench; the floor.
 * What:  a prober that knows nothing: epoll, one connection a probe, a fixed request, the first three digits, FIN.
 *        Started in ticks as repointd does it, ten probes to a tick of 5 to 100 ms. Usage: bare TARGETS http|tcp
 *        PORT; targets are 127.1.0.0 and on, once a second each. SIGUSR1 prints a line of counters since the last
 *        one; SIGTERM ends.
 * Why:   what it costs is what the kernel costs. The rest is ours and libcurl's.
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

static const char request[] =
    "GET /healthz HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: bare\r\nConnection: close\r\n\r\n";

static struct {
    uint64_t asked, done;
    int64_t worst_ms;
} counters;

static int poll_fd;
static bool http;
static uint16_t port;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void start(uint64_t number)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl((uint32_t)((127 << 24) + (1 << 16) + number));
    int off = 0, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    counters.asked++;
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
    struct epoll_event event = {.events = EPOLLOUT, .data.fd = fd};
    if ((connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) ||
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        close(fd);
}

static void go_on(int fd, uint32_t events)
{
    char answer[1024];
    if (events & (EPOLLERR | EPOLLHUP)) {
        close(fd);
        return;
    }
    if (events & EPOLLIN) {
        ssize_t got = recv(fd, answer, sizeof answer, 0);
        counters.done += got > 12 && memcmp(answer + 9, "200", 3) == 0;
        close(fd);
        return;
    }
    if (!http) {
        counters.done++;
        close(fd);
        return;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0 || epoll_ctl(poll_fd, EPOLL_CTL_MOD, fd, &event) != 0)
        close(fd);
}

/* False: end. */
static bool obey(int signals)
{
    struct signalfd_siginfo info;
    if (read(signals, &info, sizeof info) != (ssize_t)sizeof info)
        return true;
    if (info.ssi_signo != SIGUSR1)
        return false;
    printf("asked %llu done %llu worst %lld\n", (unsigned long long)counters.asked, (unsigned long long)counters.done,
           (long long)counters.worst_ms);
    fflush(stdout);
    memset(&counters, 0, sizeof counters);
    return true;
}

int main(int count, char **values)
{
    if (count < 4)
        return 2;
    uint64_t targets = strtoull(values[1], NULL, 10), slots = 0;
    http = strcmp(values[2], "http") == 0;
    port = (uint16_t)strtoul(values[3], NULL, 10);
    int64_t tick = (int64_t)(10 * 1000 / targets);
    tick = tick < 5 ? 5 : tick > 100 ? 100 : tick;
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR1);
    sigaddset(&wanted, SIGTERM);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    int signals = signalfd(-1, &wanted, SFD_CLOEXEC);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = signals};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, signals, &event);

    int64_t begin = now_ms(), next = begin;
    for (;;) {
        struct epoll_event ready[256];
        int64_t now = now_ms();
        int n = epoll_wait(poll_fd, ready, 256, next > now ? (int)(next - now) : 0);
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
        for (uint64_t due = (uint64_t)(now - begin) * targets / 1000; slots < due; slots++)
            start(slots % targets);
        next = now / tick * tick + tick;
    }
}
