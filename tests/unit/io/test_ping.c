/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/ping, in a network namespace of their own.
 * What:  replies, errors, what is late or made up, and a host that forbids it. The other side is this test, by a raw
 *        socket, where the kernel's own answers are switched off. Faults 3, 6, 7, 20.
 */
#include "echo_side.h"
#include "io/ping.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/ip_icmp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#define MOST 512

struct look {
    struct world *world;
    struct watch_settings watch;
    void *probe;
    bool ended;
    struct probe_facts facts;
    struct phase_times times;
    char text[128];
};

struct world {
    struct loop *loop;
    void *gear;
    struct timer limit;
    bool limit_came;
    uint32_t ended, wanted, phases;
    struct look looks[MOST];
    int raw; /* the other side */
};

static struct world world;

static void on_wake(void *ctx)
{
    (void)ctx;
}

static void on_limit(struct timer *timer)
{
    (void)timer;
    world.limit_came = true;
    loop_stop(world.loop);
}

static void on_phase(enum probe_phase phase, void *ctx)
{
    (void)ctx;
    assert_int_equal(phase, PROBE_RESPONSE);
    world.phases++;
}

static void on_end(const struct probe_facts *facts, const struct phase_times *times, void *ctx)
{
    struct look *look = ctx;
    assert_false(look->ended);
    look->ended = true;
    look->facts = *facts;
    look->times = *times;
    snprintf(look->text, sizeof look->text, "%s", facts->text ? facts->text : "");
    if (++world.ended == world.wanted)
        loop_stop(world.loop);
}

static void open_world(uint32_t most)
{
    struct error err;
    struct loop_handlers handlers = {.wake = on_wake};
    memset(&world, 0, sizeof world);
    world.limit.fire = on_limit;
    world.loop = loop_new(&handlers, &err);
    static const struct settings settings;
    struct probe_site site = {.loop = world.loop, .settings = &settings, .most = most};
    world.gear = ping_open(&site, &err);
    assert_non_null(world.loop);
    assert_non_null(world.gear);
    world.raw = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP);
    assert_true(world.raw >= 0);
}

static void close_world(void)
{
    ping_close(world.gear);
    loop_free(world.loop);
    close(world.raw);
}

static struct look *start(uint32_t number, const char *address)
{
    struct look *look = &world.looks[number];
    static const struct check_settings check = {.name = "alive"};
    *look = (struct look){.world = &world};
    assert_true(address_parse(address, &look->watch.address, NULL));
    loop_refresh(world.loop);
    struct probe_order order = {.number = number,
                                .watch = &look->watch,
                                .address = look->watch.address,
                                .check = &check,
                                .started_us = loop_now_us(world.loop),
                                .phase = on_phase,
                                .end = on_end,
                                .ctx = look};
    look->probe = ping_start(world.gear, &order);
    assert_false(look->ended);
    return look;
}

/* Until so many more have ended, or the time is over. */
static bool run(uint32_t count, int64_t most_ms)
{
    world.limit_came = false;
    world.wanted = world.ended + count;
    loop_timer_set(world.loop, &world.limit, loop_refresh(world.loop) + most_ms);
    loop_run(world.loop);
    loop_timer_stop(world.loop, &world.limit);
    return !world.limit_came;
}

static void tell_kernel(const char *path, const char *value)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, value, strlen(value)), strlen(value));
    close(fd);
}

static void allow(bool is_allowed)
{
    tell_kernel("/proc/sys/net/ipv4/ping_group_range", is_allowed ? "0 2147483647" : "1 0");
}

static void let_kernel_answer(bool is_wanted)
{
    tell_kernel("/proc/sys/net/ipv4/icmp_echo_ignore_all", is_wanted ? "0" : "1");
}

static void test_ping_is_answered(void **state)
{
    (void)state;
    open_world(MOST);
    static const char *const addresses[] = {"127.0.0.1", "::1", "127.9.8.7"};
    for (uint32_t i = 0; i < 3; i++)
        start(i, addresses[i]);
    assert_true(run(3, 5000));
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(world.looks[i].facts.end, PROBE_COMPLETE);
        assert_true(world.looks[i].times.first_byte_us >= 0 && world.looks[i].times.total_us >= 0);
        assert_int_equal(world.looks[i].times.connect_us, -1);
    }
    assert_int_equal(world.phases, 3);
    close_world();
}

static void test_pings_share_their_sockets(void **state)
{
    (void)state;
    open_world(MOST);
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < MOST; i++) {
            char address[32];
            snprintf(address, sizeof address, i % 2 ? "127.1.2.%u" : "::1", (unsigned)(i % 250 + 1));
            start(i, address);
            if (i % 64 == 63) /* as the prober does it */
                assert_true(run(64, 5000));
        }
        for (uint32_t i = 0; i < MOST; i++)
            assert_int_equal(world.looks[i].facts.end, PROBE_COMPLETE);
    }
    close_world();
}

/* Where the host forbids it, it is local; and well again as soon as it is allowed. */
static void test_ping_that_is_forbidden_is_ours(void **state)
{
    (void)state;
    allow(false);
    open_world(4);
    struct look *look = start(0, "127.0.0.1"), *other = start(1, "::1");
    assert_true(run(2, 5000));
    assert_int_equal(look->facts.end, PROBE_CONNECT_FAILED);
    assert_true(look->facts.at_once);
    assert_int_equal(look->facts.sys_errno, EACCES);
    assert_non_null(strstr(look->text, "net.ipv4.ping_group_range"));
    assert_string_equal(look->text, other->text);
    allow(true);
    start(0, "127.0.0.1");
    assert_true(run(1, 5000));
    assert_int_equal(look->facts.end, PROBE_COMPLETE);
    close_world();
}

/* Fault 6: no route from here. */
static void test_ping_without_a_route_is_ours(void **state)
{
    (void)state;
    open_world(4);
    struct look *look = start(0, "192.0.2.1"), *other = start(1, "2001:db8::1");
    assert_true(run(2, 5000));
    assert_true(look->facts.end == PROBE_CONNECT_FAILED && look->facts.at_once);
    assert_int_equal(look->facts.sys_errno, ENETUNREACH);
    assert_true(other->facts.end == PROBE_CONNECT_FAILED && other->facts.at_once);
    close_world();
}

/* Nothing but the reply itself is one. */
static void test_ping_ignores_what_is_made_up(void **state)
{
    (void)state;
    let_kernel_answer(false);
    open_world(4);
    struct look *look = start(0, "127.0.0.5");
    struct echo_packet request = echo_next(world.raw);
    echo_reply(&request, "127.0.0.6", 0); /* somebody else */
    echo_reply(&request, "127.0.0.5", 4); /* another identifier */
    echo_reply(&request, "127.0.0.5", 7); /* … number */
    echo_reply(&request, "127.0.0.5", 8); /* … nonce */
    echo_reply(&request, "127.0.0.5", 15);
    echo_reply(&request, "127.0.0.5", 1); /* … code */
    echo_complain(&request, ICMP_SOURCE_QUENCH, 0, 8);
    echo_complain(&request, ICMP_REDIRECT, ICMP_REDIRECT_HOST, 8);
    echo_complain(&request, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 4);
    assert_false(run(1, 200));
    assert_false(look->ended);
    echo_reply(&request, "127.0.0.5", 0);
    assert_true(run(1, 2000));
    assert_int_equal(look->facts.end, PROBE_COMPLETE);
    echo_reply(&request, "127.0.0.5", 0); /* a second time, when nobody waits */
    assert_false(run(1, 100));
    /* the reply to a ping that was given up comes when the next one waits */
    look = start(0, "127.0.0.5");
    request = echo_next(world.raw);
    struct phase_times times;
    assert_int_equal(ping_cancel(look->probe, &times), 0);
    assert_true(times.total_us >= 0 && times.first_byte_us == -1);
    look = start(0, "127.0.0.5");
    echo_reply(&request, "127.0.0.5", 0);
    assert_false(run(1, 100));
    close_world();
    let_kernel_answer(true);
}

/* Fault 3: what is lost once is asked again a second later, and is the same question. */
static void test_ping_asks_again(void **state)
{
    (void)state;
    let_kernel_answer(false);
    open_world(4);
    struct look *look = start(0, "127.0.0.5");
    struct echo_packet first = echo_next(world.raw);
    assert_false(run(1, 1100));
    struct echo_packet second = echo_next(world.raw);
    assert_memory_equal(first.icmp, second.icmp, first.icmp_length);
    echo_reply(&second, "127.0.0.5", 0);
    assert_true(run(1, 2000));
    assert_int_equal(look->facts.end, PROBE_COMPLETE);
    assert_true(look->times.total_us >= 1000000);
    close_world();
    let_kernel_answer(true);
}

/* Faults 7, 20: what a router says about one is that one's end, and nobody else's. */
static void test_ping_hears_errors(void **state)
{
    (void)state;
    static const struct {
        uint8_t type, code;
        size_t quoted;
        int sys_errno;
    } table[] = {
        {ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 8, EHOSTUNREACH},
        {ICMP_DEST_UNREACH, ICMP_NET_UNREACH, 40, ENETUNREACH},
        {ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, 8, EHOSTUNREACH},
        {ICMP_TIME_EXCEEDED, 0, 8, EHOSTUNREACH},
    };
    let_kernel_answer(false);
    open_world(4);
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        struct look *look = start(0, "127.0.0.5"), *other;
        struct echo_packet request = echo_next(world.raw);
        other = start(1, "127.0.0.5");
        echo_next(world.raw);
        echo_complain(&request, table[i].type, table[i].code, table[i].quoted);
        assert_true(run(1, 2000));
        assert_int_equal(look->facts.end, PROBE_CONNECT_FAILED);
        assert_int_equal(look->facts.sys_errno, table[i].sys_errno);
        assert_false(look->facts.at_once);
        assert_false(other->ended);
        echo_complain(&request, table[i].type, table[i].code, table[i].quoted); /* of one that nobody waits for */
        assert_false(run(1, 50));
        struct phase_times times;
        ping_cancel(other->probe, &times);
    }
    /* what came for another must not be told to who sends next */
    struct look *look = start(0, "127.0.0.5"), *next;
    struct echo_packet request = echo_next(world.raw);
    echo_complain(&request, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 8);
    next = start(1, "127.0.0.5");
    struct echo_packet second = echo_next(world.raw);
    echo_reply(&second, "127.0.0.5", 0);
    assert_true(run(2, 2000));
    assert_int_equal(look->facts.sys_errno, EHOSTUNREACH);
    assert_int_equal(next->facts.end, PROBE_COMPLETE);
    close_world();
    let_kernel_answer(true);
}

/* A network with nothing but loopback. False: this machine gives us none. */
static bool enter_own_network(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    if (unshare(CLONE_NEWNET) != 0)
        return false;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    close(fd);
    return is_up;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ping_that_is_forbidden_is_ours),
        cmocka_unit_test(test_ping_is_answered),
        cmocka_unit_test(test_pings_share_their_sockets),
        cmocka_unit_test(test_ping_without_a_route_is_ours),
        cmocka_unit_test(test_ping_ignores_what_is_made_up),
        cmocka_unit_test(test_ping_asks_again),
        cmocka_unit_test(test_ping_hears_errors),
    };
    if (!enter_own_network()) {
        printf("ok 1 - ping # SKIP no network namespace without privilege\n1..1\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
