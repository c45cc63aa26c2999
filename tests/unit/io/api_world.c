/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/api.
 * What:  see api_world.h.
 */
#include "api_world.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static void on_wake(void *ctx)
{
    (void)ctx;
}

static void on_look(struct timer *timer)
{
    struct world *world = CONTAINER_OF(timer, struct world, look);
    mono_ms now = loop_now(world->loop);
    if (atomic_load(&world->through) || now > world->give_up)
        loop_stop(world->loop);
    world->turns += world->pieces > 0 && world->pieces < PIECES ? 1 : 0;
    loop_timer_set(world->loop, timer, now + LOOK_MS);
}

static void on_later(struct timer *timer)
{
    struct world *world = CONTAINER_OF(timer, struct world, later);
    api_answer(world->api, world->waiting, 200, strdup("\"at last\""));
}

static void on_later_without_memory(struct timer *timer)
{
    struct world *world = CONTAINER_OF(timer, struct world, later);
    api_answer(world->api, world->waiting, 200, NULL);
}

static size_t next_piece(void *source, char *bytes, size_t room)
{
    struct world *world = source;
    char piece[16];
    if (world->pieces == PIECES)
        return 0;
    int length = snprintf(piece, sizeof piece, "%07u\n", (unsigned)world->pieces++);
    assert_true(length > 0 && (size_t)length <= room);
    memcpy(bytes, piece, (size_t)length);
    return (size_t)length;
}

static void end_pieces(void *source)
{
    struct world *world = source;
    world->ended++;
}

void world_request(const struct api_request *request, void *ctx)
{
    struct world *world = ctx;
    world->requests++;
    world->user = request->user;
    world->body_length = request->body_length;
    (void)snprintf(world->method, sizeof world->method, "%s", request->method);
    (void)snprintf(world->host, sizeof world->host, "%s", request->host ? request->host : "(none)");
    (void)snprintf(world->body, sizeof world->body, "%s", request->body);
    if (request->parameter_count > 0)
        (void)snprintf(world->parameter, sizeof world->parameter, "%s=%s", request->parameters[0].name,
                       request->parameters[0].value);
    if (strcmp(request->path, "/later") == 0) {
        world->waiting = request->ticket;
        loop_timer_set(world->loop, &world->later, loop_now(world->loop) + 100);
    } else if (strcmp(request->path, "/never") == 0) {
        world->waiting = request->ticket;
    } else if (strcmp(request->path, "/no-memory") == 0) {
        api_answer(world->api, request->ticket, 200, NULL);
    } else if (strcmp(request->path, "/no-memory-for-pieces") == 0) {
        api_answer_pieces(world->api, request->ticket, 200, NULL, next_piece, end_pieces, NULL);
    } else if (strcmp(request->path, "/no-memory-later") == 0) {
        world->waiting = request->ticket;
        world->later.fire = on_later_without_memory;
        loop_timer_set(world->loop, &world->later, loop_now(world->loop) + 20);
    } else if (strcmp(request->path, "/big") == 0) {
        char *json = malloc(16000001);
        assert_non_null(json);
        memset(json, 'x', 16000000);
        json[16000000] = '\0';
        api_answer(world->api, request->ticket, 200, json);
    } else if (strcmp(request->path, "/pieces") == 0) {
        api_answer_pieces(world->api, request->ticket, 200, NULL, next_piece, end_pieces, world);
    } else {
        api_answer(world->api, request->ticket, 200, strdup("\"now\""));
    }
}

int open_world(void **state)
{
    static struct world world;
    memset(&world, 0, sizeof world);
    struct error err = {0};
    (void)snprintf(world.directory, sizeof world.directory, "/tmp/repointd-api.XXXXXX");
    assert_non_null(mkdtemp(world.directory));
    (void)snprintf(world.path, sizeof world.path, "%s/control.sock", world.directory);
    world.loop = loop_new(&(struct loop_handlers){.wake = on_wake}, &err);
    assert_non_null(world.loop);
    world.api = api_new(world.loop, world.directory, world_request, &world, &err);
    if (!world.api)
        fail_msg("%s", err.text);
    world.look.fire = on_look;
    world.later.fire = on_later;
    *state = &world;
    return 0;
}

int close_world(void **state)
{
    struct world *world = *state;
    api_free(world->api);
    loop_timer_stop(world->loop, &world->look);
    loop_timer_stop(world->loop, &world->later);
    loop_free(world->loop);
    assert_int_not_equal(access(world->path, F_OK), 0);
    rmdir(world->directory);
    return 0;
}

struct script {
    struct world *world;
    void (*run)(struct world *world);
};

static void *run_script(void *ctx)
{
    struct script *script = ctx;
    script->run(script->world);
    atomic_store(&script->world->through, true);
    return NULL;
}

void act(struct world *world, void (*run)(struct world *world), uint32_t most_ms)
{
    struct script script = {world, run};
    pthread_t thread;
    atomic_store(&world->through, false);
    mono_ms now = loop_refresh(world->loop);
    world->give_up = now + most_ms;
    loop_timer_set(world->loop, &world->look, now + LOOK_MS);
    assert_int_equal(pthread_create(&thread, NULL, run_script, &script), 0);
    loop_run(world->loop);
    bool through = atomic_load(&world->through);
    pthread_join(thread, NULL);
    assert_true(through);
}

/* ---- the clients' side ---- */

char answer[4096];

int dial(const struct world *world)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, world->path, strlen(world->path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct timeval patience = {.tv_sec = 20};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        abort();
    return fd;
}

size_t drain(int fd)
{
    static char rest[65536];
    size_t length = 0, total = 0;
    ssize_t got;
    memset(answer, 0, sizeof answer);
    while ((got = recv(fd, rest, sizeof rest, 0)) > 0) {
        size_t kept = (size_t)got < sizeof answer - 1 - length ? (size_t)got : sizeof answer - 1 - length;
        memcpy(answer + length, rest, kept);
        length += kept;
        total += (size_t)got;
    }
    close(fd);
    return total;
}

void say(int fd, const char *words)
{
    (void)!send(fd, words, strlen(words), MSG_NOSIGNAL);
}

void ask(struct world *world, const char *words)
{
    int fd = dial(world);
    say(fd, words);
    drain(fd);
}

void script_get(struct world *world)
{
    ask(world, "GET /v1/status?name=a%20b HTTP/1.1\r\nHost: x\r\n\r\n");
}
