/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of dns_client.
 * What:  a name server with habits, good and bad, to be served by an impostor; and what it has seen.
 */
#ifndef REPOINTD_TESTS_NAMESERVER_H
#define REPOINTD_TESTS_NAMESERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct nameserver {
    atomic_uint questions, updates, updates_open, updates_open_most, most_on_one_line;
    uint32_t reverse;      /* answers are held back until there are so many, and then given last to first */
    uint32_t close_after;  /* answers on one connection; 0: never */
    uint32_t unsigned_nth; /* the nth question of all gets an unsigned answer; 0: none */
    uint32_t silent_from;  /* the nth question of all and those behind it get none; 0: all get one */
    /* These names are there, without a TXT; else NXDOMAIN is said to them. */
    bool has_marker_name, has_name_below_wildcard, has_name_below_control;
    bool silent_updates, close_at_update, serve_updates_slowly;
};

/* An impostor_serve_fn; `ctx` is the name server. */
void nameserver_serve(int fd, uint32_t index, void *ctx);

#endif
