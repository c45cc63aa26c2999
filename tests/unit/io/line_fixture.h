/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of dns_exchange.
 * What:  a loop, a line on it, and what its handlers were told.
 */
#ifndef REPOINTD_TESTS_LINE_FIXTURE_H
#define REPOINTD_TESTS_LINE_FIXTURE_H

#include "io/dns_exchange.h"

struct line_fixture {
    struct loop *loop;
    struct dns_exchange *exchange;
    struct server_settings server;
    struct endpoint addresses[3];
    struct timer hopeless;
    uint32_t connected, answers, late, ended, enough; /* `enough` answers end the loop */
    bool close_at_first_answer, reopen;
    uint8_t last[65535];
    size_t lengths[16], last_length;
    struct error err;
    mono_ms ended_at;
};

struct line_fixture *line_set_up(struct endpoint first);
void line_tear_down(struct line_fixture *f);

/* Until something is told that a test waits for; fails when nothing is. */
void line_run(struct line_fixture *f);

/* Opens the line with so much time, and runs. */
void line_open(struct line_fixture *f, uint32_t ms);

#endif
