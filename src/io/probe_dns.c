/* SPDX-License-Identifier: MIT */
/*
 * Where: io, a row of probe_kind; above dns_inquiry.
 * What:  asks; looks for the data wanted among those of the answer.
 * Why:   the prober's deadline is the only one: the inquiry gets one that cannot come before it. A question that is
 *        lost is asked again each second, as a lost SYN is (fault 3).
 */
#include "io/probe_dns.h"

#include "io/dns_inquiry.h"
#include "io/dns_packet.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define AGAIN_MS 1000
#define NEVER_MS 86400000 /* above each timeout */
#define SEEN_MAX 512

struct dns_probe {
    struct dns_gear *gear;
    struct probe_order order;
    struct dns_inquiry *inquiry; /* NULL: there was no memory for it */
    struct timer failed;         /* tells that */
    struct dns_probe *next;      /* free */
};

struct dns_gear {
    struct loop *loop;
    struct dns_probe *probes, *free;
    uint32_t most, touched;
};

static void put_back(struct dns_probe *probe)
{
    dns_inquiry_cancel(probe->inquiry);
    loop_timer_stop(probe->gear->loop, &probe->failed);
    probe->inquiry = NULL;
    probe->next = probe->gear->free;
    probe->gear->free = probe;
}

static struct phase_times times_now(const struct dns_probe *probe)
{
    struct phase_times times = PHASE_TIMES_NONE;
    times.total_us = probe_elapsed_us(probe->gear->loop, probe->order.started_us);
    return times;
}

static void finish(struct dns_probe *probe, const struct probe_facts *facts)
{
    struct probe_order order = probe->order;
    struct phase_times times = times_now(probe);
    if (facts->end == PROBE_COMPLETE)
        times.first_byte_us = times.total_us;
    put_back(probe);
    order.end(facts, &times, order.ctx);
}

/*
 *   error of the inquiry      ended
 *   errno of a call           connect failed, at once
 *   ECONNRESET, EPIPE         broken: the line stood
 *   another errno             connect failed
 *   not to be believed        no sound answer
 *   memory                    local
 */
static void fail(struct dns_probe *probe, const struct dns_inquiry_result *result)
{
    struct probe_facts facts = {.phase = PROBE_RESPONSE, .sys_errno = result->err.sys_errno};
    if (result->err.code == ERROR_PROTOCOL) {
        facts.end = PROBE_NOT_HTTP;
        facts.text = result->err.text;
    } else if (result->err.sys_errno) {
        bool stood = result->err.sys_errno == ECONNRESET || result->err.sys_errno == EPIPE;
        facts.end = stood ? PROBE_BROKEN : PROBE_CONNECT_FAILED;
        facts.at_once = result->at_once;
    } else {
        facts.end = PROBE_LOCAL;
    }
    finish(probe, &facts);
}

static void on_answer(const struct dns_inquiry_result *result, void *ctx)
{
    struct dns_probe *probe = ctx;
    const struct check_settings *check = probe->order.check;
    const struct dns_reply *reply = &result->replies[0];
    char storage[SEEN_MAX];
    struct text seen = text_over(storage, sizeof storage);
    struct probe_facts facts = {.end = PROBE_COMPLETE, .phase = PROBE_RESPONSE, .text = storage};
    struct error err;
    probe->inquiry = NULL; /* it is gone when this returns */
    if (!reply->bytes) {
        fail(probe, result);
        return;
    }
    facts.rcode = reply->rcode;
    if (!dns_packet_find_answer(reply->bytes, reply->length, check->how.dns.type, check->expect.answer,
                                &facts.has_answer, &seen, &err)) {
        facts.end = err.code == ERROR_PROTOCOL ? PROBE_NOT_HTTP : PROBE_LOCAL;
        facts.text = err.text;
    }
    finish(probe, &facts);
}

static void on_failed(struct timer *timer)
{
    struct dns_probe *probe = CONTAINER_OF(timer, struct dns_probe, failed);
    finish(probe, &(struct probe_facts){.end = PROBE_LOCAL, .phase = PROBE_RESPONSE, .sys_errno = ENOMEM});
}

/* ---- the row ---- */

void *probe_dns_start(void *gear_of, const struct probe_order *order)
{
    struct dns_gear *gear = gear_of;
    const struct check_settings *check = order->check;
    struct dns_probe *probe = gear->free;
    if (probe) {
        gear->free = probe->next;
    } else {
        assert(gear->touched < gear->most);
        probe = &gear->probes[gear->touched++];
    }
    *probe = (struct dns_probe){.gear = gear, .order = *order, .failed = {.fire = on_failed}};
    struct dns_inquiry_settings inquiry = {.peer = {order->address, check->how.dns.port},
                                           .source4 = check->source.source4,
                                           .source6 = check->source.source6,
                                           .timeout_ms = NEVER_MS,
                                           .again_ms = AGAIN_MS,
                                           .recursion = true,
                                           .count = 1,
                                           .questions = {{&check->how.dns.query, check->how.dns.type}}};
    order->phase(PROBE_RESPONSE, order->ctx);
    probe->inquiry = dns_inquiry_start(gear->loop, &inquiry, on_answer, probe);
    if (!probe->inquiry)
        loop_timer_set(gear->loop, &probe->failed, loop_now(gear->loop));
    return probe;
}

uint16_t probe_dns_cancel(void *probe_of, struct phase_times *ret_times)
{
    struct dns_probe *probe = probe_of;
    *ret_times = times_now(probe);
    put_back(probe);
    return 0;
}

void *probe_dns_open(const struct probe_site *site, struct error *err)
{
    struct dns_gear *gear = calloc(1, sizeof *gear);
    struct dns_probe *probes = calloc(site->most, sizeof *probes);
    if (gear && probes) {
        *gear = (struct dns_gear){.loop = site->loop, .probes = probes, .most = site->most};
        return gear;
    }
    free(gear);
    free(probes);
    error_set(err, ERROR_SYSTEM, "out of memory for %u questions at a time", (unsigned)site->most);
    return NULL;
}

void probe_dns_close(void *gear_of)
{
    struct dns_gear *gear = gear_of;
    for (uint32_t i = 0; i < gear->touched; i++)
        put_back(&gear->probes[i]);
    free(gear->probes);
    free(gear);
}
