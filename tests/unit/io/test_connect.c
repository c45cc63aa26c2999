/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/connect, over loopback.
 * What:  what succeeds, what fails at once and what later, cancelling, descriptors, the polite close. Faults 6, 10, 14,
 *        18.
 */
#include "io/connect.h"

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
    struct loop *loop;
    struct connector *connector;
    struct timer deadline;
    struct connect_result result;
    uint32_t done, wanted;
    bool timed_out;
};

static void on_wake(void *ctx)
{
    (void)ctx;
}

static void on_deadline(struct timer *timer)
{
    struct world *world = CONTAINER_OF(timer, struct world, deadline);
    world->timed_out = true;
    loop_stop(world->loop);
}

static void on_done(const struct connect_result *result, void *ctx)
{
    struct world *world = ctx;
    world->result = *result;
    if (++world->done == world->wanted)
        loop_stop(world->loop);
}

static struct world *world_new(void)
{
    static struct world world;
    memset(&world, 0, sizeof(world));
    struct error err;
    struct loop_handlers handlers = {.wake = on_wake};
    world.loop = loop_new(&handlers, &err);
    assert_non_null(world.loop);
    world.connector = connector_new(world.loop, 4, &err);
    assert_non_null(world.connector);
    world.deadline.fire = on_deadline;
    world.wanted = 1;
    return &world;
}

static void world_free(struct world *world)
{
    connector_free(world->connector);
    loop_free(world->loop);
}

static void run(struct world *world, int64_t most_ms)
{
    loop_timer_set(world->loop, &world->deadline, loop_refresh(world->loop) + most_ms);
    loop_run(world->loop);
    loop_timer_stop(world->loop, &world->deadline);
}

static struct endpoint at(const char *address, uint16_t port)
{
    struct endpoint endpoint = {.port = port};
    struct error err;
    assert_true(address_parse(address, &endpoint.address, &err));
    return endpoint;
}

/* A listening socket on a free port; `family` AF_INET or AF_INET6. */
static int listen_on(int family, uint16_t *ret_port)
{
    struct sockaddr_in6 address = {.sin6_family = (sa_family_t)family};
    socklen_t length = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(address);
    if (family == AF_INET)
        ((struct sockaddr_in *)(void *)&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
        address.sin6_addr = in6addr_loopback;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *ret_port = ntohs(address.sin6_port);
    return fd;
}

static uint32_t open_descriptors(void)
{
    uint32_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static void test_connect_reaches_both_families(void **state)
{
    (void)state;
    struct world *world = world_new();
    static const struct {
        int family;
        const char *address;
    } table[] = {{AF_INET, "127.0.0.1"}, {AF_INET6, "::1"}};
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        uint16_t port;
        int listener = listen_on(table[i].family, &port);
        struct endpoint to = at(table[i].address, port);
        world->done = 0;
        connect_start(world->connector, &to, NULL, on_done, world);
        assert_int_equal(world->done, 0);
        run(world, 5000);
        assert_int_equal(world->done, 1);
        assert_true(world->result.fd >= 0);
        assert_int_equal(world->result.sys_errno, 0);

        int peer = accept(listener, NULL, NULL);
        connect_close(world->loop, world->result.fd);
        char byte;
        assert_int_equal(recv(peer, &byte, 1, 0), 0);
        close(peer);
        close(listener);
    }
    world_free(world);
}

static void test_connect_refused_comes_by_done(void **state)
{
    (void)state;
    struct world *world = world_new();
    uint16_t port;
    int listener = listen_on(AF_INET, &port);
    close(listener);
    uint32_t before = open_descriptors();
    struct endpoint to = at("127.0.0.1", port);
    connect_start(world->connector, &to, NULL, on_done, world);
    assert_int_equal(world->done, 0);
    run(world, 5000);
    assert_int_equal(world->done, 1);
    assert_int_equal(world->result.fd, -1);
    assert_int_equal(world->result.sys_errno, ECONNREFUSED);
    assert_int_equal(open_descriptors(), before);
    world_free(world);
}

static void test_connect_tells_what_failed_at_once(void **state)
{
    (void)state;
    struct world *world = world_new();
    uint32_t before = open_descriptors();
    struct endpoint to = at("127.255.255.255", 80); /* a broadcast address has no TCP: no route */
    connect_start(world->connector, &to, NULL, on_done, world);
    assert_int_equal(world->done, 0);
    run(world, 5000);
    assert_int_equal(world->done, 1);
    assert_true(world->result.at_once);
    assert_int_equal(world->result.fd, -1);
    assert_int_equal(world->result.sys_errno, ENETUNREACH);
    assert_int_equal(open_descriptors(), before);
    world_free(world);
}

/* Fault 10: from the address that was asked for; one that is gone is this host's own fault, until it is back. */
static void test_connect_comes_from_its_source(void **state)
{
    (void)state;
    struct world *world = world_new();
    uint16_t port;
    int listener = listen_on(AF_INET, &port);
    struct endpoint to = at("127.0.0.1", port);
    struct source_settings here = {.source4 = at("127.0.0.77", 0).address, .source6 = at("::1", 0).address};
    struct source_settings gone = {.source4 = at("192.0.2.77", 0).address};
    uint32_t before = open_descriptors();
    connect_start(world->connector, &to, &here, on_done, world);
    run(world, 5000);
    assert_true(world->result.fd >= 0);
    struct sockaddr_in from;
    socklen_t length = sizeof(from);
    int peer = accept(listener, (struct sockaddr *)&from, &length);
    assert_int_equal(from.sin_addr.s_addr, htonl(0x7f00004d));
    connect_close(world->loop, world->result.fd);
    close(peer);

    world->done = 0;
    connect_start(world->connector, &to, &gone, on_done, world);
    run(world, 5000);
    assert_int_equal(world->result.fd, -1);
    assert_int_equal(world->result.sys_errno, EADDRNOTAVAIL);
    assert_true(world->result.at_once);
    assert_int_equal(open_descriptors(), before);
    close(listener);
    world_free(world);
}

/* Fault 14: no descriptor left, and well again when there is one. */
static void test_connect_survives_without_descriptors(void **state)
{
    (void)state;
    struct world *world = world_new();
    uint16_t port;
    int listener = listen_on(AF_INET, &port);
    struct endpoint to = at("127.0.0.1", port);
    struct rlimit limit, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){3, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    connect_start(world->connector, &to, NULL, on_done, world);
    run(world, 5000);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(world->done, 1);
    assert_int_equal(world->result.sys_errno, EMFILE);
    assert_true(world->result.at_once);

    world->done = 0;
    connect_start(world->connector, &to, NULL, on_done, world);
    run(world, 5000);
    assert_true(world->result.fd >= 0);
    connect_close(world->loop, world->result.fd);
    close(listener);
    world_free(world);
}

static void test_connect_cancelled_is_silent(void **state)
{
    (void)state;
    struct world *world = world_new();
    uint16_t port;
    int listener = listen_on(AF_INET, &port);
    uint32_t before = open_descriptors();
    struct endpoint good = at("127.0.0.1", port), bad = at("127.255.255.255", 80);
    struct connect *first = connect_start(world->connector, &good, NULL, on_done, world);
    struct connect *second = connect_start(world->connector, &bad, NULL, on_done, world);
    connect_cancel(first);
    connect_cancel(second);
    run(world, 50);
    assert_true(world->timed_out);
    assert_int_equal(world->done, 0);
    assert_int_equal(open_descriptors(), before);
    close(listener);
    world_free(world);
}

/* The pool gives the same objects again and again; what is under way at the end is closed. */
static void test_connect_reuses_its_pool(void **state)
{
    (void)state;
    struct world *world = world_new();
    uint16_t port;
    int listener = listen_on(AF_INET, &port);
    struct endpoint to = at("127.0.0.1", port);
    uint32_t before = open_descriptors();
    for (uint32_t round = 0; round < 50; round++) {
        struct connect *list[4];
        for (uint32_t i = 0; i < 4; i++)
            list[i] = connect_start(world->connector, &to, NULL, on_done, world);
        for (uint32_t i = 0; i < 4; i++)
            connect_cancel(list[(i + round) % 4]);
    }
    for (uint32_t i = 0; i < 4; i++)
        connect_start(world->connector, &to, NULL, on_done, world);
    connector_free(world->connector);
    assert_int_equal(open_descriptors(), before);
    loop_free(world->loop);
    close(listener);
}

/* A banner that nobody reads must not make a reset of our FIN. */
static void test_connect_closes_with_fin_although_a_banner_came(void **state)
{
    (void)state;
    struct world *world = world_new();
    uint16_t port;
    int listener = listen_on(AF_INET, &port);
    struct endpoint to = at("127.0.0.1", port);
    connect_start(world->connector, &to, NULL, on_done, world);
    run(world, 5000);
    int peer = accept(listener, NULL, NULL);
    assert_int_equal(send(peer, "220 hello\r\n", 11, 0), 11);
    struct pollfd arrived = {.fd = world->result.fd, .events = POLLIN};
    assert_int_equal(poll(&arrived, 1, 5000), 1);
    connect_close(world->loop, world->result.fd);
    char byte;
    assert_int_equal(recv(peer, &byte, 1, 0), 0);
    close(peer);
    close(listener);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connect_reaches_both_families),
        cmocka_unit_test(test_connect_refused_comes_by_done),
        cmocka_unit_test(test_connect_tells_what_failed_at_once),
        cmocka_unit_test(test_connect_comes_from_its_source),
        cmocka_unit_test(test_connect_survives_without_descriptors),
        cmocka_unit_test(test_connect_cancelled_is_silent),
        cmocka_unit_test(test_connect_reuses_its_pool),
        cmocka_unit_test(test_connect_closes_with_fin_although_a_banner_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
