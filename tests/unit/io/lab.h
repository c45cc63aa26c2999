/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_UNIT_IO_LAB_H
#define REPOINTD_TESTS_UNIT_IO_LAB_H

/*
 * Where: units of io that probe; linked into each of them.
 * What:  a hostile server (tests/hostile/http_server.py) on free ports, checks and watches for its behaviours, a
 *        prober, and its reports.
 */

#include "io/prober.h"

#include <stdbool.h>
#include <stdint.h>

#define LAB_MAX 128

/* Starts the server and waits until it is ready; skips nothing: without it the test fails. */
void hostile_start(void);
void hostile_stop(void);
uint16_t hostile_port(const char *name);
const char *hostile_ca(void);
const char *hostile_visitor(const char *ending); /* ".pem" or ".key": what a client shows that is welcome */

struct lab {
    struct settings settings;
    struct check_settings checks[LAB_MAX];
    struct watch_settings watches[LAB_MAX];
    char urls[LAB_MAX][256];
    struct loop *loop;
    struct prober *prober;
    uint32_t asked, done, stop_after;
    bool answered[LAB_MAX];
    struct probe_report reports[LAB_MAX]; /* by watch */
    mono_ms ended[LAB_MAX];
    uint32_t order[LAB_MAX]; /* watches as they ended */
    uint32_t gaps;
    struct timer limit;
    bool limit_came;
    void (*on_report)(struct lab *lab, uint32_t watch);
    void (*on_wake)(struct lab *lab);
};

/* Empty, at its place in static memory. */
struct lab *lab_new(void);

/* Adds a check and a watch of it; returns the number of both. Everything may be changed until lab_open. */
uint32_t lab_add_http(struct lab *lab, const char *url_format, const char *behaviour, const char *address);
uint32_t lab_add_tls(struct lab *lab, const char *behaviour, const char *address);
uint32_t lab_add_tcp(struct lab *lab, const char *behaviour, const char *address);
uint32_t lab_add(struct lab *lab, enum check_kind kind, const char *address); /* the rest is the caller's */
void lab_expect(struct lab *lab, uint32_t watch, const char *contains);

void lab_open(struct lab *lab); /* loop and prober */
void lab_start(struct lab *lab, uint32_t watch);
void lab_run(struct lab *lab, int64_t most_ms); /* until everything asked is answered; fails the test after most_ms */
void lab_probe_all(struct lab *lab, int64_t most_ms);
void lab_close(struct lab *lab);

uint32_t open_descriptors(void);
uint32_t resident_kb(void);

#endif
