/* SPDX-License-Identifier: MIT */
/*
 * Where: io, behind prober.
 * What:  the table of kinds. Those that were made for others as well, like http, are fitted to its form here.
 */
#include "io/probe_kind.h"

#include "io/http.h"
#include "io/ping.h"
#include "io/probe_dns.h"
#include "io/probe_exec.h"
#include "io/probe_tcp.h"

static void *open_http(const struct probe_site *site, struct error *err)
{
    return http_new(site->loop, site->connector, site->settings, site->most, err);
}

static void close_http(void *gear)
{
    http_free(gear);
}

static void *start_http(void *gear, const struct probe_order *order)
{
    return http_start(gear, order->watch->check, &order->address, order->phase, order->end, order->ctx);
}

static uint16_t cancel_http(void *probe, struct phase_times *ret_times)
{
    return http_cancel(probe, ret_times);
}

static const struct probe_kind kinds[PROBE_KINDS] = {
    [CHECK_HTTP] = {open_http, close_http, start_http, cancel_http, NULL, false, 0},
    [CHECK_TCP] = {probe_tcp_open, probe_tcp_close, probe_tcp_start, probe_tcp_cancel, probe_tcp_conclude, false, 0},
    /* a CA bundle is parsed once for both */
    [CHECK_TLS] = {NULL, NULL, start_http, cancel_http, NULL, false, CHECK_HTTP},
    [CHECK_DNS] = {probe_dns_open, probe_dns_close, probe_dns_start, probe_dns_cancel, NULL, false, 0},
    [CHECK_PING] = {ping_open, ping_close, ping_start, ping_cancel, NULL, false, 0},
    [CHECK_EXEC] = {probe_exec_open, probe_exec_close, probe_exec_start, probe_exec_cancel, NULL, true, 0},
};

const struct probe_kind *probe_kind_of(enum check_kind kind)
{
    return (size_t)kind < ARRAY_COUNT(kinds) && kinds[kind].start ? &kinds[kind] : NULL;
}

bool probe_gear_open(const struct probe_site *site, void *gear[PROBE_KINDS], struct error *err)
{
    for (uint32_t i = 0; i < site->settings->check_count; i++) {
        enum check_kind number = site->settings->checks[i].kind;
        const struct probe_kind *kind = probe_kind_of(number);
        if (!kind)
            continue;
        enum check_kind owner = kind->gear_of ? kind->gear_of : number;
        if (!gear[owner])
            gear[owner] = kinds[owner].open(site, err);
        gear[number] = gear[owner];
        if (!gear[number])
            return false;
    }
    return true;
}

void probe_gear_close(void *gear[PROBE_KINDS])
{
    for (uint32_t number = 0; number < PROBE_KINDS; number++)
        if (gear[number] && !kinds[number].gear_of)
            kinds[number].close(gear[number]);
}

const struct address *probe_source(const struct probe_order *order)
{
    const struct source_settings *source = &order->check->source;
    return order->address.family == ADDRESS_V4 ? &source->source4 : &source->source6;
}

int32_t probe_elapsed_us(const struct loop *loop, int64_t started_us)
{
    int64_t us = loop_now_us(loop) - started_us;
    return us > INT32_MAX ? INT32_MAX : (int32_t)us;
}
