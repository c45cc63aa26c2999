/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/ping; linked into each unit of this floor.
 * What:  the other side of a ping, by raw sockets.
 */
#include "echo_side.h"

#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static uint16_t checksum(const uint8_t *bytes, size_t length)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < length; i++)
        sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~((sum & 0xffff) + (sum >> 16));
}

struct echo_packet echo_next(int raw)
{
    for (;;) {
        uint8_t bytes[256];
        struct pollfd ready = {.fd = raw, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, 5000), 1);
        ssize_t got = recv(raw, bytes, sizeof bytes, 0);
        assert_true(got >= 28);
        struct echo_packet packet = {.icmp_length = (size_t)got - 20};
        memcpy(packet.ip, bytes, 20);
        memcpy(packet.icmp, bytes + 20, packet.icmp_length);
        if (packet.icmp[0] == ICMP_ECHO)
            return packet;
    }
}

/* From another socket, so that the source can be another. */
static void say(const char *source, uint8_t *icmp, size_t length)
{
    int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    assert_int_equal(inet_pton(AF_INET, source, &from.sin_addr), 1);
    assert_int_equal(inet_pton(AF_INET, "127.0.0.1", &to.sin_addr), 1);
    assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
    icmp[2] = icmp[3] = 0;
    uint16_t sum = checksum(icmp, length);
    icmp[2] = (uint8_t)(sum >> 8);
    icmp[3] = (uint8_t)sum;
    assert_int_equal(sendto(fd, icmp, length, 0, (struct sockaddr *)&to, sizeof to), length);
    close(fd);
}

void echo_reply(const struct echo_packet *request, const char *source, size_t spoilt)
{
    uint8_t bytes[64];
    memcpy(bytes, request->icmp, request->icmp_length);
    bytes[0] = ICMP_ECHOREPLY;
    if (spoilt > 0)
        bytes[spoilt] ^= 1;
    say(source, bytes, request->icmp_length);
}

void echo_complain(const struct echo_packet *request, uint8_t type, uint8_t code, size_t quoted)
{
    uint8_t bytes[8 + 20 + 64] = {type, code};
    memcpy(bytes + 8, request->ip, 20);
    memcpy(bytes + 28, request->icmp, quoted);
    say("127.0.0.7", bytes, 28 + quoted);
}
