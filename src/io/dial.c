/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under dns_exchange; connect takes the form of its addresses from here.
 * What:  starts one TCP connection.
 * Why:   the port of a source is left to the moment of connecting, so that many connections may share one local address
 *        and run out of ports only where the four-tuple is really taken.
 */

#include "io/dial.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

socklen_t dial_sockaddr(const struct address *address, uint16_t port, struct sockaddr_storage *ret)
{
    memset(ret, 0, sizeof *ret);
    if (address->family == ADDRESS_V4) {
        struct sockaddr_in *in = (struct sockaddr_in *)(void *)ret;
        in->sin_family = AF_INET;
        in->sin_port = htons(port);
        memcpy(&in->sin_addr, address->bytes, sizeof in->sin_addr);
        return sizeof *in;
    }
    assert(address->family == ADDRESS_V6);
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)ret;
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(port);
    memcpy(&in6->sin6_addr, address->bytes, sizeof in6->sin6_addr);
    return sizeof *in6;
}

bool dial_bind(int fd, const struct address *source)
{
    if (source->family == ADDRESS_NONE)
        return true;
    int on = 1;
    (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    struct sockaddr_storage address;
    socklen_t size = dial_sockaddr(source, 0, &address);
    return bind(fd, (struct sockaddr *)&address, size) == 0;
}

/* Connects, or closes and gives -1 with the first errno. */
static int connected(int fd, const struct endpoint *peer, const struct address *source)
{
    struct sockaddr_storage address;
    socklen_t size = dial_sockaddr(&peer->address, peer->port, &address);
    if (dial_bind(fd, source) && (connect(fd, (struct sockaddr *)&address, size) == 0 || errno == EINPROGRESS))
        return fd;
    int sys_errno = errno;
    close(fd);
    errno = sys_errno;
    return -1;
}

static int open_socket(const struct endpoint *peer, int type)
{
    return socket(peer->address.family == ADDRESS_V4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int dial_start(const struct endpoint *peer, const struct address *source)
{
    int fd = open_socket(peer, SOCK_STREAM);
    if (fd < 0)
        return -1;
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connected(fd, peer, source);
}

int dial_datagram(const struct endpoint *peer, const struct address *source)
{
    int fd = open_socket(peer, SOCK_DGRAM);
    return fd < 0 ? -1 : connected(fd, peer, source);
}
