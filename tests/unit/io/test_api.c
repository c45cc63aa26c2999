/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/api and io/control_socket.
 * What:  requests, answers that come later, the file and its rights, a socket that was left behind.
 */
#include "api_world.h"
#include "io/api_user.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- requests ---- */

static void test_a_request_reaches_the_handler(void **state)
{
    struct world *world = *state;
    act(world, script_get, 5000);
    assert_int_equal(world->requests, 1);
    assert_string_equal(world->method, "GET");
    assert_string_equal(world->parameter, "name=a b");
    assert_int_equal(world->user, geteuid());
    assert_non_null(strstr(answer, "HTTP/1.1 200"));
    assert_non_null(strstr(answer, "application/json"));
    assert_non_null(strstr(answer, "\r\n\r\n\"now\""));
}

static void script_pieces(struct world *world)
{
    int fd = dial(world);
    say(fd, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Le");
    say(fd, "ngth: 10\r\n\r\n01234");
    say(fd, "56789");
    drain(fd);
}

static void test_a_body_in_pieces_is_put_together(void **state)
{
    struct world *world = *state;
    act(world, script_pieces, 5000);
    assert_string_equal(world->method, "POST");
    assert_string_equal(world->body, "0123456789");
    assert_int_equal(world->body_length, 10);
}

static void script_later(struct world *world)
{
    ask(world, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
}

static void test_an_answer_may_come_later(void **state)
{
    struct world *world = *state;
    act(world, script_later, 5000);
    assert_non_null(strstr(answer, "\"at last\""));
}

static void count_end(void *source)
{
    struct world *world = source;
    world->ended++;
}

static void script_pieces_of_answer(struct world *world)
{
    int fd = dial(world);
    say(fd, "GET /pieces HTTP/1.0\r\nHost: x\r\n\r\n");
    world->half = (int)drain(fd);
}

/* Whoever asks for much does not hold the loop meanwhile. */
static void test_an_answer_may_come_in_pieces(void **state)
{
    struct world *world = *state;
    act(world, script_pieces_of_answer, 20000);
    assert_int_equal(world->pieces, PIECES);
    assert_int_equal(world->ended, 1);
    assert_true(world->turns > 0);
    assert_true(world->half > PIECES * 8 && world->half < PIECES * 8 + 500);
    assert_non_null(strstr(answer, "\r\n\r\n0000000\n0000001\n"));
}

static void script_gone_between_pieces(struct world *world)
{
    int fd = dial(world);
    say(fd, "GET /pieces HTTP/1.1\r\nHost: x\r\n\r\n");
    (void)recv(fd, answer, 100, 0);
    close(fd);
    ask(world, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
}

static void test_a_client_that_went_wants_no_more_pieces(void **state)
{
    struct world *world = *state;
    act(world, script_gone_between_pieces, 5000);
    assert_true(world->pieces < PIECES);
    api_answer_pieces(world->api, 4711, 200, NULL, NULL, count_end, world);
    api_free(world->api);
    world->api = NULL;
    assert_int_equal(world->ended, 2);
}

static void script_gone(struct world *world)
{
    int fd = dial(world);
    say(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    close(fd);
    ask(world, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    ask(world, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
}

static void test_a_client_that_went_is_no_harm(void **state)
{
    struct world *world = *state;
    act(world, script_gone, 5000);
    assert_non_null(strstr(answer, "\"at last\""));
    api_answer(world->api, 4711, 200, strdup("nobody's"));
}

static void script_never(struct world *world)
{
    int fd = dial(world);
    say(fd, "GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
    ask(world, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    atomic_store(&world->through, true);
    drain(fd);
}

static void *run_never(void *ctx)
{
    script_never(ctx);
    return NULL;
}

/* Whoever waits for an answer hears that there will be none. */
static void test_stopping_answers_who_waits(void **state)
{
    struct world *world = *state;
    pthread_t thread;
    world->give_up = loop_refresh(world->loop) + 5000;
    loop_timer_set(world->loop, &world->look, loop_now(world->loop) + LOOK_MS);
    assert_int_equal(pthread_create(&thread, NULL, run_never, world), 0);
    loop_run(world->loop);
    assert_int_equal(world->requests, 2);
    api_free(world->api);
    world->api = NULL;
    pthread_join(thread, NULL);
    assert_non_null(strstr(answer, "503"));
    assert_non_null(strstr(answer, "repointd stops"));
}

static void script_half(struct world *world)
{
    world->half = dial(world);
    say(world->half, "GET /never HTTP/1.1\r\n");
    ask(world, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
}

/* A request that becomes whole while all ends reaches nobody, and is told so. */
static void test_stopping_hears_nobody_any_more(void **state)
{
    struct world *world = *state;
    act(world, script_half, 5000);
    say(world->half, "Host: x\r\n\r\n");
    api_free(world->api);
    world->api = NULL;
    drain(world->half);
    assert_int_equal(world->requests, 1);
    assert_non_null(strstr(answer, "503"));
    assert_non_null(strstr(answer, "repointd stops"));
}

/* ---- the file ---- */

static void test_the_socket_is_the_groups(void **state)
{
    struct world *world = *state;
    struct stat stat;
    assert_int_equal(lstat(world->path, &stat), 0);
    assert_true(S_ISSOCK(stat.st_mode));
    assert_int_equal(stat.st_mode & 07777, 0660);
    assert_int_equal(stat.st_gid, getegid());
}

static void test_a_served_socket_is_left_alone(void **state)
{
    struct world *world = *state;
    struct error err = {0};
    assert_null(api_new(world->loop, world->directory, world_request, world, &err));
    assert_non_null(strstr(err.text, "is served by another process"));
    assert_non_null(strstr(err.text, world->path));
    act(world, script_get, 3000);
    assert_non_null(strstr(answer, "\"now\""));
}

static void test_a_dead_socket_is_replaced(void **state)
{
    struct world *world = *state;
    struct error err = {0};
    api_free(world->api);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, world->path, strlen(world->path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    close(fd);
    world->api = api_new(world->loop, world->directory, world_request, world, &err);
    assert_non_null(world->api);
    act(world, script_get, 3000);
    assert_non_null(strstr(answer, "\"now\""));
}

static void expect_refused(struct world *world, const char *directory, const char *part)
{
    struct error err = {0};
    assert_null(api_new(world->loop, directory, world_request, world, &err));
    if (!strstr(err.text, part))
        fail_msg("'%s' lacks '%s'", err.text, part);
}

static void test_what_is_no_place_for_a_socket(void **state)
{
    struct world *world = *state;
    api_free(world->api);
    world->api = NULL;
    char name[256];
    (void)snprintf(name, sizeof name, "%s/missing", world->directory);
    expect_refused(world, name, "No such file or directory");
    (void)snprintf(name, sizeof name, "%s/%0100d", world->directory, 0);
    expect_refused(world, name, "daemon.runtime-directory to a shorter one");
    assert_int_equal(chmod(world->directory, 0777), 0);
    expect_refused(world, world->directory, "writable by everybody");
    assert_int_equal(chmod(world->directory, 0700), 0);
    int fd = open(world->path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    expect_refused(world, world->directory, "is no socket");
    assert_int_equal(access(world->path, F_OK), 0);
    unlink(world->path);
}

static void test_users_have_names(void **state)
{
    (void)state;
    char name[API_USER_MAX];
    api_user_name(0, name);
    assert_string_equal(name, "root");
    api_user_name(4000000000U, name);
    assert_string_equal(name, "4000000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_a_request_reaches_the_handler),
        WITH_WORLD(test_a_body_in_pieces_is_put_together),
        WITH_WORLD(test_an_answer_may_come_later),
        WITH_WORLD(test_a_client_that_went_is_no_harm),
        WITH_WORLD(test_stopping_answers_who_waits),
        WITH_WORLD(test_the_socket_is_the_groups),
        WITH_WORLD(test_a_served_socket_is_left_alone),
        WITH_WORLD(test_a_dead_socket_is_replaced),
        WITH_WORLD(test_what_is_no_place_for_a_socket),
        WITH_WORLD(test_an_answer_may_come_in_pieces),
        WITH_WORLD(test_a_client_that_went_wants_no_more_pieces),
        WITH_WORLD(test_stopping_hears_nobody_any_more),
        cmocka_unit_test(test_users_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
