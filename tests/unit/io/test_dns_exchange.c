/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_exchange.
 * What:  a line that is made, carries messages in both directions, and ends in each way that a line can end.
 *        Faults 19, 49, 57, 67, 68 of docs/faults.md.
 */
#include "impostor.h"
#include "io/dns_exchange.h"
#include "io/wire.h"
#include "line_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* A port that nobody listens on. */
static struct endpoint dead_end(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return (struct endpoint){.address = {.family = ADDRESS_V4, .bytes = {127, 0, 0, 1}},
                             .port = ntohs(address.sin_port)};
}

/* ---- what the other side does ------------------------------------------------------------------------------------ */

static void serve_echo(int fd, uint32_t index, void *ctx)
{
    (void)index;
    (void)ctx;
    static _Thread_local uint8_t bytes[65535];
    int32_t length;
    while ((length = impostor_read(fd, bytes)) >= 0)
        impostor_write(fd, bytes, (size_t)length);
}

static void serve_drip(int fd, uint32_t index, void *ctx)
{
    (void)index;
    (void)ctx;
    static _Thread_local uint8_t bytes[2 + 65535];
    int32_t length;
    while ((length = impostor_read(fd, bytes + 2)) >= 0) {
        wire_put16(bytes, (uint16_t)length);
        for (int32_t i = 0; i < length + 2; i++)
            impostor_write_raw(fd, bytes + i, 1);
    }
}

static void serve_nothing(int fd, uint32_t index, void *ctx)
{
    (void)index;
    (void)ctx;
    uint8_t bytes[65535];
    while (impostor_read(fd, bytes) >= 0)
        ;
}

static void serve_close(int fd, uint32_t index, void *ctx)
{
    (void)index;
    (void)ctx;
    uint8_t bytes[65535];
    impostor_read(fd, bytes);
}

static void serve_three_answers(int fd, uint32_t index, void *ctx)
{
    (void)index;
    (void)ctx;
    uint8_t bytes[65535];
    impostor_read(fd, bytes);
    impostor_write_raw(fd, "\0\1a\0\1b\0\1c", 9);
    impostor_read(fd, bytes);
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void test_messages_go_there_and_back(void **state)
{
    (void)state;
    struct impostor *impostor = impostor_start(serve_echo, NULL);
    struct line_fixture *f = line_set_up(impostor_endpoint(impostor));
    line_open(f, 1000);
    assert_int_equal(f->connected, 1);
    assert_true(dns_exchange_stands(f->exchange));
    assert_true(dns_exchange_put(f->exchange, (const uint8_t *)"one", 3));
    assert_true(dns_exchange_put(f->exchange, (const uint8_t *)"", 0));
    assert_true(dns_exchange_put(f->exchange, (const uint8_t *)"three", 5));
    assert_int_equal(dns_exchange_put_octets(f->exchange), 14);
    assert_int_equal(dns_exchange_left_octets(f->exchange), 0);
    dns_exchange_flush(f->exchange);
    assert_int_equal(dns_exchange_left_octets(f->exchange), 14);
    assert_int_equal(f->answers, 0);
    f->enough = 3;
    line_run(f);
    assert_int_equal(f->lengths[0], 3);
    assert_int_equal(f->lengths[1], 0);
    assert_int_equal(f->lengths[2], 5);
    assert_memory_equal(f->last, "three", 5);
    assert_int_equal(f->ended + f->late, 0);
    line_tear_down(f);
    impostor_stop(impostor);
}

static void test_answers_come_in_any_pieces(void **state)
{
    (void)state;
    static uint8_t large[65535];
    for (size_t i = 0; i < sizeof large; i++)
        large[i] = (uint8_t)(i * 7);
    impostor_serve_fn *serves[] = {serve_drip, serve_echo};
    for (size_t i = 0; i < 2; i++) {
        struct impostor *impostor = impostor_start(serves[i], NULL);
        struct line_fixture *f = line_set_up(impostor_endpoint(impostor));
        line_open(f, 1000);
        size_t length = i == 0 ? 300 : sizeof large;
        assert_true(dns_exchange_put(f->exchange, large, length));
        assert_true(dns_exchange_put(f->exchange, large, 100));
        dns_exchange_flush(f->exchange);
        f->enough = 2;
        line_run(f);
        assert_int_equal(f->lengths[0], length);
        assert_int_equal(f->lengths[1], 100);
        assert_memory_equal(f->last, large, 100);
        line_tear_down(f);
        impostor_stop(impostor);
    }
}

static void test_refused_names_the_address(void **state)
{
    (void)state;
    struct line_fixture *f = line_set_up(dead_end());
    line_open(f, 1000);
    assert_int_equal(f->ended, 1);
    char wanted[128];
    snprintf(wanted, sizeof wanted, "connect to 127.0.0.1 port %u: Connection refused", f->addresses[0].port);
    assert_string_equal(f->err.text, wanted);
    assert_int_equal(f->err.sys_errno, ECONNREFUSED);
    assert_int_equal(dns_exchange_left_octets(f->exchange), 0);
    assert_false(dns_exchange_is_open(f->exchange));
    line_tear_down(f);
}

static void test_next_address_is_tried(void **state)
{
    (void)state;
    struct impostor *impostor = impostor_start(serve_echo, NULL);
    struct line_fixture *f = line_set_up(dead_end());
    f->addresses[1] = impostor_endpoint(impostor);
    f->server.address_count = 2;
    line_open(f, 1000);
    assert_int_equal(f->connected, 1);
    assert_ptr_equal(dns_exchange_peer(f->exchange), &f->addresses[1]);
    dns_exchange_close(f->exchange);
    f->connected = 0;
    line_open(f, 1000); /* begins with the first again */
    assert_int_equal(f->connected, 1);
    line_tear_down(f);
    impostor_stop(impostor);
}

/* A listener whose queue is full drops what comes: no refusal, no answer. */
static struct endpoint black_hole(int fds[4])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    fds[0] = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fds[0], (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fds[0], 0), 0);
    assert_int_equal(getsockname(fds[0], (struct sockaddr *)&address, &size), 0);
    for (int i = 1; i < 4; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)!connect(fds[i], (struct sockaddr *)&address, size);
        struct pollfd made = {.fd = fds[i], .events = POLLOUT};
        poll(&made, 1, 50);
    }
    return (struct endpoint){.address = {.family = ADDRESS_V4, .bytes = {127, 0, 0, 1}},
                             .port = ntohs(address.sin_port)};
}

static void test_silent_address_has_its_share_of_the_time(void **state)
{
    (void)state;
    int fds[4];
    struct impostor *impostor = impostor_start(serve_echo, NULL);
    struct line_fixture *f = line_set_up(black_hole(fds));
    f->addresses[1] = impostor_endpoint(impostor);
    f->server.address_count = 2;
    mono_ms start = loop_refresh(f->loop);
    line_open(f, 400);
    mono_ms took = loop_refresh(f->loop) - start;
    assert_int_equal(f->connected, 1);
    assert_true(took >= 200);
    dns_exchange_close(f->exchange);

    f->server.address_count = 1;
    f->connected = 0;
    start = loop_refresh(f->loop);
    line_open(f, 200);
    assert_int_equal(f->ended, 1);
    assert_int_equal(f->err.sys_errno, ETIMEDOUT);
    assert_true(f->ended_at - start >= 200);
    line_tear_down(f);
    impostor_stop(impostor);
    for (int i = 0; i < 4; i++)
        close(fds[i]);
}

static uint32_t peer_of(int fd)
{
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    getpeername(fd, (struct sockaddr *)&peer, &size);
    return ntohl(peer.sin_addr.s_addr);
}

static void serve_tell_peer(int fd, uint32_t index, void *ctx)
{
    (void)index;
    (void)ctx;
    uint8_t bytes[4];
    wire_put32(bytes, peer_of(fd));
    impostor_write(fd, bytes, sizeof bytes);
    impostor_read(fd, (uint8_t[65535]){0});
}

static void test_source_is_used(void **state)
{
    (void)state;
    struct impostor *impostor = impostor_start(serve_tell_peer, NULL);
    struct line_fixture *f = line_set_up(impostor_endpoint(impostor));
    f->server.source4 = (struct address){.family = ADDRESS_V4, .bytes = {127, 0, 0, 9}};
    line_open(f, 1000);
    line_run(f);
    assert_memory_equal(f->last, "\177\0\0\11", 4);
    line_tear_down(f);
    impostor_stop(impostor);
}

static void test_source_that_is_not_ours_is_told(void **state)
{
    (void)state;
    struct line_fixture *f = line_set_up(dead_end());
    f->server.source4 = (struct address){.family = ADDRESS_V4, .bytes = {203, 0, 113, 77}};
    line_open(f, 1000);
    assert_int_equal(f->ended, 1);
    assert_int_equal(f->err.sys_errno, EADDRNOTAVAIL);
    line_tear_down(f);
}

static void test_end_by_the_server_is_told(void **state)
{
    (void)state;
    struct impostor *impostor = impostor_start(serve_close, NULL);
    struct line_fixture *f = line_set_up(impostor_endpoint(impostor));
    line_open(f, 1000);
    assert_true(dns_exchange_put(f->exchange, (const uint8_t *)"question", 8));
    dns_exchange_flush(f->exchange);
    line_run(f);
    assert_int_equal(f->ended, 1);
    assert_non_null(strstr(f->err.text, "closed the connection without an answer"));
    assert_int_equal(dns_exchange_left_octets(f->exchange), 10); /* known after the end too */
    assert_false(dns_exchange_is_open(f->exchange));
    line_tear_down(f);
    impostor_stop(impostor);
}

static void test_line_may_be_opened_again_when_it_ends(void **state)
{
    (void)state;
    struct line_fixture *f = line_set_up(dead_end());
    f->reopen = true;
    line_open(f, 1000);
    assert_int_equal(f->ended, 2);
    line_tear_down(f);
}

static void test_deadline_is_told_and_the_line_stands(void **state)
{
    (void)state;
    struct impostor *impostor = impostor_start(serve_nothing, NULL);
    struct line_fixture *f = line_set_up(impostor_endpoint(impostor));
    line_open(f, 1000);
    mono_ms start = loop_refresh(f->loop);
    dns_exchange_set_deadline(f->exchange, start + 100);
    line_run(f);
    assert_int_equal(f->late, 1);
    assert_true(loop_refresh(f->loop) - start >= 100);
    assert_true(dns_exchange_stands(f->exchange));
    dns_exchange_set_deadline(f->exchange, loop_now(f->loop) + 50);
    dns_exchange_set_deadline(f->exchange, MONO_NEVER);
    dns_exchange_close(f->exchange);
    line_tear_down(f);
    impostor_stop(impostor);
}

static void test_closing_inside_an_answer_ends_all(void **state)
{
    (void)state;
    struct impostor *impostor = impostor_start(serve_three_answers, NULL);
    struct line_fixture *f = line_set_up(impostor_endpoint(impostor));
    line_open(f, 1000);
    f->close_at_first_answer = true;
    assert_true(dns_exchange_put(f->exchange, (const uint8_t *)"x", 1));
    dns_exchange_flush(f->exchange);
    line_run(f);
    assert_int_equal(f->answers, 1);
    assert_false(dns_exchange_is_open(f->exchange));
    assert_int_equal(f->ended, 0);
    line_tear_down(f);
    impostor_stop(impostor);
}

static void serve_not_even_read(int fd, uint32_t index, void *ctx)
{
    (void)index;
    struct pollfd gone = {.fd = fd, .events = POLLRDHUP};
    while (!atomic_load((atomic_bool *)ctx))
        poll(&gone, 1, 10);
    serve_echo(fd, index, NULL);
}

/* More waits than the kernel takes: the rest leaves when the server reads; and what waits has a bound. */
static void test_what_waits_leaves_later_and_is_bounded(void **state)
{
    (void)state;
    static uint8_t large[65535];
    atomic_bool reads = false;
    struct impostor *impostor = impostor_start(serve_not_even_read, &reads);
    struct line_fixture *f = line_set_up(impostor_endpoint(impostor));
    line_open(f, 1000);
    uint32_t put = 0;
    uint64_t left;
    do { /* until the kernel's buffers are full, and then ours */
        left = dns_exchange_left_octets(f->exchange);
        while (dns_exchange_put(f->exchange, large, sizeof large))
            put++;
        dns_exchange_flush(f->exchange);
    } while (dns_exchange_left_octets(f->exchange) > left);
    uint64_t put_octets = dns_exchange_put_octets(f->exchange);
    assert_int_equal(put_octets, (uint64_t)put * 65537);
    assert_true(put_octets - left > 256 * 1024 && put_octets - left <= 512 * 1024);
    atomic_store(&reads, true);
    f->enough = put;
    line_run(f);
    assert_int_equal(dns_exchange_left_octets(f->exchange), put_octets);
    line_tear_down(f);
    impostor_stop(impostor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_go_there_and_back),
        cmocka_unit_test(test_answers_come_in_any_pieces),
        cmocka_unit_test(test_refused_names_the_address),
        cmocka_unit_test(test_next_address_is_tried),
        cmocka_unit_test(test_silent_address_has_its_share_of_the_time),
        cmocka_unit_test(test_source_is_used),
        cmocka_unit_test(test_source_that_is_not_ours_is_told),
        cmocka_unit_test(test_end_by_the_server_is_told),
        cmocka_unit_test(test_line_may_be_opened_again_when_it_ends),
        cmocka_unit_test(test_deadline_is_told_and_the_line_stands),
        cmocka_unit_test(test_closing_inside_an_answer_ends_all),
        cmocka_unit_test(test_what_waits_leaves_later_and_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
