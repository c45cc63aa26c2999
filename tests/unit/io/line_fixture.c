/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of dns_exchange.
 * What:  see line_fixture.h.
 */
#include "line_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOPELESS_MS 20000

static void on_connected(void *ctx)
{
    struct line_fixture *f = ctx;
    f->connected++;
    loop_stop(f->loop);
}

static void on_answer(const uint8_t *bytes, size_t length, void *ctx)
{
    struct line_fixture *f = ctx;
    f->lengths[f->answers++ % 16] = length;
    memcpy(f->last, bytes, length);
    f->last_length = length;
    if (f->close_at_first_answer)
        dns_exchange_close(f->exchange);
    if (f->answers >= f->enough)
        loop_stop(f->loop);
}

static void on_late(void *ctx)
{
    struct line_fixture *f = ctx;
    f->late++;
    loop_stop(f->loop);
}

static void on_ended(const struct error *err, void *ctx)
{
    struct line_fixture *f = ctx;
    f->ended++;
    f->err = *err;
    f->ended_at = loop_refresh(f->loop);
    if (f->reopen && f->ended == 1)
        dns_exchange_open(f->exchange, f->ended_at + 1000);
    else
        loop_stop(f->loop);
}

static void on_hopeless(struct timer *timer)
{
    (void)timer;
    fail_msg("nothing happened for %d s", HOPELESS_MS / 1000);
}

static void on_wake(void *ctx)
{
    (void)ctx;
}

struct line_fixture *line_set_up(struct endpoint first)
{
    struct line_fixture *f = calloc(1, sizeof *f);
    struct loop_handlers loop_handlers = {.wake = on_wake};
    struct dns_exchange_handlers handlers = {
        .connected = on_connected, .answer = on_answer, .late = on_late, .ended = on_ended, .ctx = f};
    f->loop = loop_new(&loop_handlers, &f->err);
    f->addresses[0] = first;
    f->server = (struct server_settings){.name = "ns", .addresses = f->addresses, .address_count = 1};
    f->exchange = dns_exchange_new(f->loop, &f->server, &handlers, &f->err);
    f->enough = 1;
    f->hopeless.fire = on_hopeless;
    assert_non_null(f->exchange);
    return f;
}

void line_tear_down(struct line_fixture *f)
{
    dns_exchange_free(f->exchange);
    loop_free(f->loop);
    free(f);
}

void line_run(struct line_fixture *f)
{
    loop_timer_set(f->loop, &f->hopeless, loop_refresh(f->loop) + HOPELESS_MS);
    loop_run(f->loop);
    loop_timer_stop(f->loop, &f->hopeless);
}

void line_open(struct line_fixture *f, uint32_t ms)
{
    dns_exchange_open(f->exchange, loop_refresh(f->loop) + ms);
    assert_true(dns_exchange_is_open(f->exchange));
    assert_int_equal(f->connected + f->ended, 0); /* never from inside the call */
    line_run(f);
}
