/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under api.
 * What:  socket, bind, listen, and the words where one of them is refused.
 * Why:   over a reload the new address may overlap with the old one (0.0.0.0 in place of 127.0.0.1, same port), and the
 *        old one must stay until everything else of the new configuration is built. So for the length of the bind both
 *        may share the port; before and after that nobody may take it from us.
 */
#include "io/tcp_listener.h"

#include "io/dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128

static void set(int fd, int level, int option, int value)
{
    if (fd >= 0)
        (void)setsockopt(fd, level, option, &value, sizeof value);
}

/* Whether it listens at that port, so that it could be in the way. */
static bool shares(int former, uint16_t port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } bound = {.v6 = {.sin6_port = 0}};
    socklen_t length = sizeof bound;
    if (former < 0 || getsockname(former, &bound.any, &length) != 0)
        return false;
    return ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port) == port;
}

static bool bind_beside(int fd, int former, const struct sockaddr_storage *address, socklen_t length)
{
    set(fd, SOL_SOCKET, SO_REUSEPORT, former >= 0);
    set(former, SOL_SOCKET, SO_REUSEPORT, 1);
    bool bound = bind(fd, (const struct sockaddr *)address, length) == 0 && listen(fd, BACKLOG) == 0;
    int sys_errno = errno;
    set(former, SOL_SOCKET, SO_REUSEPORT, 0);
    set(fd, SOL_SOCKET, SO_REUSEPORT, 0);
    errno = sys_errno;
    return bound;
}

static void refuse(const struct endpoint *endpoint, int sys_errno, struct error *err)
{
    char where[ENDPOINT_TEXT_MAX];
    endpoint_format(endpoint, where);
    if (sys_errno == EADDRINUSE)
        error_set(err, ERROR_CONFLICT,
                  "web.listen: %s is taken by another process: stop that one, or choose another port", where);
    else if (sys_errno == EADDRNOTAVAIL)
        error_set(err, ERROR_CONFLICT, "web.listen: %s is no address of this host", where);
    else if (sys_errno == EACCES)
        error_set(err, ERROR_CONFLICT, "web.listen: %s needs a right that repointd has not: choose a port above 1023",
                  where);
    else
        error_set_errno(err, sys_errno, "web.listen: cannot listen at %s", where);
}

bool tcp_listener_open(const struct endpoint *endpoint, int former, int *ret_fd, struct error *err)
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = dial_sockaddr(&endpoint->address, endpoint->port, &address);
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    set(fd, SOL_SOCKET, SO_REUSEADDR, 1); /* connections of a former process that linger are no obstacle */
    if (address.ss_family == AF_INET6)
        set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (!shares(former, endpoint->port))
        former = -1;
    if (fd >= 0 && bind_beside(fd, former, &address, length)) {
        *ret_fd = fd;
        return true;
    }
    refuse(endpoint, errno, err);
    if (fd >= 0)
        close(fd);
    return false;
}
