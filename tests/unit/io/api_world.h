/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_API_WORLD_H
#define REPOINTD_TESTS_API_WORLD_H

/*
 * Where: units of io/api.
 * What:  an api on a loop of its own, a handler that answers in several ways, and clients on a thread beside it.
 */

#include "io/api.h"

#include <stdatomic.h>

/* The daemon's side is the test's thread; clients are another's, which tells when it is through. */
struct world {
    char directory[64], path[96];
    struct loop *loop;
    struct api *api;
    struct timer look, later;
    atomic_bool through;
    mono_ms give_up;
    uint32_t requests, waiting; /* waiting: ticket of /later or /never */
    char method[16], body[64], parameter[64], host[64]; /* host: "(none)" where there is none */
    size_t body_length;
    uint32_t user;
    uint32_t pieces, ended; /* pieces told, and sources given back */
    uint64_t turns;         /* of the loop while pieces were told */
    int half;               /* a connection whose request is not whole yet */
};

#define LOOK_MS 5
#define PIECES  20000

/*
 * /later answers after 100 ms, /never not at all, /big 16 MB, /pieces PIECES of them, one after the other; those that
 * begin with /no-memory have no memory for an answer; everything else "now" at once.
 */
void world_request(const struct api_request *request, void *ctx);

int open_world(void **state);
int close_world(void **state);

/* The loop turns while the clients act; they have to be through within that time. */
void act(struct world *world, void (*run)(struct world *world), uint32_t most_ms);

/* ---- the clients' side ---- */

extern char answer[4096]; /* what drain kept */

int dial(const struct world *world);
size_t drain(int fd); /* reads until the other side ends, closes, and says how much came */
void say(int fd, const char *words);
void ask(struct world *world, const char *words);
void script_get(struct world *world);

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

#endif
