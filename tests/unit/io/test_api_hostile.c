/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/api.
 * What:  clients that talk rubbish, say too much, come in crowds, take every place, stay silent, drip, read nothing;
 *        answers for which there is no memory. Faults 15, 132.
 */
#include "api_world.h"

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

/* ---- hostile clients ---- */

static void babble(struct world *world, const char *words)
{
    int fd = dial(world);
    say(fd, words);
    shutdown(fd, SHUT_WR);
    drain(fd);
}

static void script_rubbish(struct world *world)
{
    char noise[3000];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * 7919 >> 3);
    int fd = dial(world);
    (void)!send(fd, noise, sizeof noise, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    drain(fd);
    babble(world, "\r\n\r\n\r\n");
    babble(world, "GET\r\n\r\n");
    babble(world, "GET / HTTP/9.9\r\n\r\n");
    babble(world, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n");
    babble(world, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    fd = dial(world);
    for (uint32_t i = 0; i < 2000; i++)
        say(fd, "X-Header: 0123456789012345678901234567890123456789\r\n");
    shutdown(fd, SHUT_WR);
    drain(fd);
    script_get(world);
}

static void test_rubbish_costs_nothing(void **state)
{
    struct world *world = *state;
    act(world, script_rubbish, 15000);
    assert_non_null(strstr(answer, "\"now\""));
}

static void script_too_much(struct world *world)
{
    ask(world, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n");
}

static void script_most(struct world *world)
{
    static char body[API_BODY_MAX + 1];
    memset(body, 'b', API_BODY_MAX);
    int fd = dial(world);
    say(fd, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n");
    say(fd, body);
    drain(fd);
}

static void script_endless(struct world *world)
{
    int fd = dial(world);
    say(fd, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    static char chunk[4096 + 9];
    (void)snprintf(chunk, sizeof chunk, "1000\r\n%04096d\r\n", 0);
    for (uint32_t i = 0; i < 17; i++)
        say(fd, chunk);
    drain(fd);
}

static void test_a_body_has_a_bound(void **state)
{
    struct world *world = *state;
    act(world, script_too_much, 5000);
    assert_non_null(strstr(answer, " 413 "));
    assert_int_equal(world->requests, 0);
    act(world, script_most, 5000);
    assert_int_equal(world->body_length, API_BODY_MAX);
    assert_int_equal(world->requests, 1);
    act(world, script_endless, 5000);
    assert_int_equal(world->requests, 1);
    assert_null(strstr(answer, " 200 "));
}

static int crowd[100];

static void script_crowd(struct world *world)
{
    for (uint32_t i = 0; i < 100; i++) {
        crowd[i] = dial(world);
        say(crowd[i], i % 2 ? "GET / HT" : "");
    }
    script_get(world);
}

/* A hundred that say nothing lock nobody out. */
static void test_a_crowd_locks_nobody_out(void **state)
{
    struct world *world = *state;
    act(world, script_crowd, 3000);
    assert_non_null(strstr(answer, "\"now\""));
    for (uint32_t i = 0; i < 100; i++)
        close(crowd[i]);
    act(world, script_get, 3000);
    assert_int_equal(world->requests, 2);
}

static int house[API_CLIENTS_MAX];

static void fill_house(struct world *world, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        house[i] = dial(world);
        say(house[i], "GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    while (world->requests < count)
        (void)poll(NULL, 0, 1);
}

static char early[sizeof answer];

/* One speaks at once, one takes his time; both hear why, and neither of a reset. */
static void script_full_house(struct world *world)
{
    fill_house(world, API_CLIENTS_MAX);
    int quick = dial(world), slow = dial(world);
    say(quick, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    (void)poll(NULL, 0, 300);
    say(slow, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    drain(quick);
    memcpy(early, answer, sizeof early);
    drain(slow);
}

static void test_who_finds_no_place_hears_why(void **state)
{
    struct world *world = *state;
    act(world, script_full_house, 5000);
    assert_non_null(strstr(early, " 503 "));
    assert_non_null(strstr(early, "too many commands are under way"));
    assert_string_equal(answer, early);
    assert_int_equal(world->requests, API_CLIENTS_MAX);
    for (uint32_t i = 0; i < API_CLIENTS_MAX; i++)
        close(house[i]);
}

static void script_nearly_full_house(struct world *world)
{
    fill_house(world, API_CLIENTS_MAX - 1);
    int last = dial(world);
    say(last, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    while (world->requests < API_CLIENTS_MAX)
        (void)poll(NULL, 0, 1);
    script_get(world);
    close(last);
}

/* He waits at the door, and not longer than he has to. */
static void test_the_first_free_place_is_his(void **state)
{
    struct world *world = *state;
    act(world, script_nearly_full_house, 900);
    assert_non_null(strstr(answer, "\"now\""));
    for (uint32_t i = 0; i < API_CLIENTS_MAX - 1; i++)
        close(house[i]);
}

static const char *thing;

static void script_thing(struct world *world)
{
    ask(world, thing);
}

static void test_without_memory_for_an_answer_there_is_one(void **state)
{
    struct world *world = *state;
    static const char *const things[] = {"GET /no-memory HTTP/1.1\r\nHost: x\r\n\r\n",
                                         "GET /no-memory-for-pieces HTTP/1.1\r\nHost: x\r\n\r\n",
                                         "GET /no-memory-later HTTP/1.1\r\nHost: x\r\n\r\n"};
    for (size_t i = 0; i < ARRAY_COUNT(things); i++) {
        thing = things[i];
        act(world, script_thing, 3000);
        if (!strstr(answer, " 503 ") || !strstr(answer, "{\"version\":1,\"error\":\"memory is out"))
            fail_msg("%s: %s", thing, answer);
        assert_int_equal(world->ended, 0);
    }
}

static long dripped_ms;
static size_t read_by_deaf;

/* One drips a byte now and then, one says nothing, one does not read. */
static void script_slow(struct world *world)
{
    int dripper = dial(world), silent = dial(world), deaf = dial(world);
    struct timeval patience = {.tv_usec = 200000};
    (void)setsockopt(dripper, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    say(deaf, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    char byte;
    long waited_ms = 0;
    do {
        say(dripper, "G");
        waited_ms += 200;
    } while (recv(dripper, &byte, 1, 0) < 0 && errno == EAGAIN && waited_ms < 20000);
    close(dripper);
    dripped_ms = waited_ms;
    drain(silent);
    script_get(world);
    read_by_deaf = drain(deaf);
}

static void test_who_is_slow_is_cut(void **state)
{
    struct world *world = *state;
    act(world, script_slow, API_IDLE_MS + API_DRAIN_MS + 3000);
    assert_in_range(dripped_ms, API_IDLE_MS - 1000, API_IDLE_MS + 2000);
    assert_in_range(read_by_deaf, 1, 15000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_rubbish_costs_nothing),       WITH_WORLD(test_a_body_has_a_bound),
        WITH_WORLD(test_a_crowd_locks_nobody_out),    WITH_WORLD(test_who_finds_no_place_hears_why),
        WITH_WORLD(test_the_first_free_place_is_his), WITH_WORLD(test_without_memory_for_an_answer_there_is_one),
        WITH_WORLD(test_who_is_slow_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
