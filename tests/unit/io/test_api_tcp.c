/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/api and io/tcp_listener.
 * What:  by TCP one may only look, says which host one means once, and says little; a port that is taken, and one that
 *        gives way. WEB-7; fault 132.
 */
#include "api_world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct endpoint here;

static struct sockaddr_in sockaddr_of(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* A port that nobody has, and its socket, bound. */
static int hold_port(uint16_t *ret)
{
    struct sockaddr_in address = sockaddr_of(0);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *ret = ntohs(address.sin_port);
    return fd;
}

static int open_port(void **state)
{
    if (open_world(state) != 0)
        return -1;
    struct world *world = *state;
    struct error err = {.code = ERROR_NONE};
    here = (struct endpoint){.address = {ADDRESS_V4, {127, 0, 0, 1}}};
    close(hold_port(&here.port));
    api_free(world->api);
    world->api = api_new_tcp(world->loop, &here, NULL, world_request, world, &err);
    if (!world->api)
        fail_msg("%s", err.text);
    return 0;
}

static void send_and_drain(const char *words, size_t length)
{
    struct sockaddr_in address = sockaddr_of(here.port);
    struct timeval patience = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        abort();
    (void)!send(fd, words, length, MSG_NOSIGNAL);
    drain(fd);
}

static const char *request_words; /* what `script` says */

static void script(struct world *world)
{
    (void)world;
    send_and_drain(request_words, strlen(request_words));
}

static void test_who_is_heard(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *words, *status;
        bool heard;
    } rows[] = {
        {"GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n", "HTTP/1.1 200", true},
        {"HEAD /x HTTP/1.1\r\nHost: a.example\r\n\r\n", "HTTP/1.1 200", true},
        {"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 405", false},
        {"DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 405", false},
        {"get /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 405", false},
        {"GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", "HTTP/1.1 413", false},
        {"GET /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t before = world->requests;
        request_words = rows[i].words;
        act(world, script, 5000);
        if (strncmp(answer, rows[i].status, strlen(rows[i].status)) != 0)
            fail_msg("%s: %s", rows[i].words, answer);
        assert_int_equal(world->requests - before, rows[i].heard ? 1 : 0);
    }
}

static void test_who_is_told_what_is_allowed(void **state)
{
    struct world *world = *state;
    request_words = "PUT / HTTP/1.1\r\nHost: a\r\n\r\n";
    act(world, script, 5000);
    assert_non_null(strstr(answer, "\r\nAllow: GET, HEAD\r\n"));
}

/* Two of them are as good as none. Nobody is known by a user's number here. */
static void test_which_host_is_meant(void **state)
{
    struct world *world = *state;
    static const char *const rows[][2] = {
        {"GET / HTTP/1.1\r\nHost: a.example:80\r\n\r\n", "a.example:80"},
        {"GET / HTTP/1.1\r\nhOST: b\r\n\r\n", "b"},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", ""},
        {"GET / HTTP/1.0\r\n\r\n", "(none)"},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "(none)"},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "(none)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        request_words = rows[i][0];
        act(world, script, 5000);
        assert_string_equal(world->host, rows[i][1]);
        assert_true(world->user == API_USER_NONE);
    }
}

static void with_head_of(struct world *world, size_t octets)
{
    static char words[20000];
    static const char head[] = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    memset(words, 'x', sizeof words);
    memcpy(words, head, sizeof head - 1);
    memcpy(words + octets - 4, "\r\n\r\n", 5);
    request_words = words;
    act(world, script, 5000);
}

static void test_both_sides_of_the_longest_head(void **state)
{
    struct world *world = *state;
    with_head_of(world, API_TCP_HEAD_MAX);
    assert_non_null(strstr(answer, "HTTP/1.1 200"));
    with_head_of(world, API_TCP_HEAD_MAX + 1);
    assert_non_null(strstr(answer, "HTTP/1.1 431"));
    with_head_of(world, 19999);
    assert_non_null(strstr(answer, "HTTP/1.1 431"));
}

static void test_a_taken_port_is_named(void **state)
{
    struct world *world = *state;
    struct error err = {.code = ERROR_NONE};
    struct endpoint taken = here;
    int fd = hold_port(&taken.port);
    assert_null(api_new_tcp(world->loop, &taken, NULL, world_request, world, &err));
    char words[64];
    (void)snprintf(words, sizeof words, "127.0.0.1:%u is taken", (unsigned)taken.port);
    assert_non_null(strstr(err.text, words));
    /* Nor is it shared because another one of ours gives way somewhere else. */
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
    assert_null(api_new_tcp(world->loop, &taken, world->api, world_request, world, &err));
    close(fd);
    taken.address = (struct address){ADDRESS_V4, {192, 0, 2, 1}};
    assert_null(api_new_tcp(world->loop, &taken, NULL, world_request, world, &err));
    assert_non_null(strstr(err.text, "is no address of this host"));
}

/* The same port at an address that overlaps: both listen until one goes. */
static void test_the_former_gives_way(void **state)
{
    struct world *world = *state;
    struct error err = {.code = ERROR_NONE};
    struct endpoint all = {.address = {.family = ADDRESS_V4}, .port = here.port};
    assert_null(api_new_tcp(world->loop, &all, NULL, world_request, world, &err));
    struct api *fresh = api_new_tcp(world->loop, &all, world->api, world_request, world, &err);
    assert_non_null(fresh);
    api_free(world->api);
    world->api = fresh;
    request_words = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    act(world, script, 5000);
    assert_non_null(strstr(answer, "\"now\""));
}

#define WITH_PORT(test) cmocka_unit_test_setup_teardown(test, open_port, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PORT(test_who_is_heard),          WITH_PORT(test_who_is_told_what_is_allowed),
        WITH_PORT(test_which_host_is_meant),   WITH_PORT(test_both_sides_of_the_longest_head),
        WITH_PORT(test_a_taken_port_is_named), WITH_PORT(test_the_former_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
