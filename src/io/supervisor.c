/* SPDX-License-Identifier: MIT */
/*
 * Where: io; the only file that sees libsystemd.
 * What:  words to systemd. sd_notify is one datagram; what it cannot deliver is nobody's loss.
 * Why:   sd_notify waits while the queue of its socket is full, and a systemd that stands still reads no queue. We do
 *        not stand still with it: a word is said only where there is room. READY alone may wait, as systemd waits for
 *        it and nothing runs yet.
 */
#include "io/supervisor.h"

#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

/* The peer of a connected datagram socket counts for POLLOUT: that is all this one is for. */
static bool queue_has_room(int fd, const char *path)
{
    struct sockaddr_un peer = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof peer.sun_path)
        return true;
    memcpy(peer.sun_path, path, length);
    if (path[0] == '@')
        peer.sun_path[0] = '\0';
    if (connect(fd, (const struct sockaddr *)&peer, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) != 0)
        return true;
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    return poll(&ready, 1, 0) == 1;
}

/* False: saying something would mean to wait. In doubt true, then sd_notify fails by itself. */
static bool may_speak(void)
{
    const char *path = getenv("NOTIFY_SOCKET");
    int fd = path ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
    if (fd < 0)
        return true;
    bool room = queue_has_room(fd, path);
    close(fd);
    return room;
}

void supervisor_ready(const char *status)
{
    (void)sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void supervisor_reloading(int64_t monotonic_ms)
{
    if (may_speak())
        (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, monotonic_ms * 1000);
}

void supervisor_stopping(const char *status)
{
    if (may_speak())
        (void)sd_notifyf(0, "STOPPING=1\nSTATUS=%s", status);
}

void supervisor_status(const char *status)
{
    if (may_speak())
        (void)sd_notifyf(0, "STATUS=%s", status);
}

void supervisor_alive(void)
{
    if (may_speak())
        (void)sd_notify(0, "WATCHDOG=1");
}

uint32_t supervisor_watchdog_ms(void)
{
    uint64_t limit_us = 0;
    if (sd_watchdog_enabled(0, &limit_us) <= 0)
        return 0;
    uint64_t half_ms = limit_us / 2000;
    return half_ms < 1 ? 1 : half_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)half_ms;
}
