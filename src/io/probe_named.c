/* SPDX-License-Identifier: MIT */
/*
 * Where: io, between prober and the kinds.
 * What:  asks the resolver unless the answer is at hand, then passes the order on with the address in it; what comes
 *        back gets the time that this has taken.
 */
#include "io/probe_named.h"

#include "io/resolver.h"

#include <assert.h>
#include <stdlib.h>

struct named {
    struct namer *namer;
    struct probe_order order; /* as it was given */
    struct resolver_wait wait;
    struct timer nothing;          /* tells on the next turn what was known already */
    const struct probe_kind *kind; /* NULL: the address is not known yet */
    void *probe;                   /* the kind's */
    int32_t resolve_us;
    struct named *next; /* free */
};

struct namer {
    struct loop *loop;
    struct resolver *resolver;
    void *const *gear; /* by kind */
    struct named *pool, *free;
    uint32_t most, touched;
};

static struct named *take(struct namer *namer)
{
    struct named *named = namer->free;
    if (named)
        namer->free = named->next;
    else
        assert(namer->touched < namer->most);
    return named ? named : &namer->pool[namer->touched++];
}

static void put_back(struct named *named)
{
    struct namer *namer = named->namer;
    resolver_cancel(&named->wait);
    loop_timer_stop(namer->loop, &named->nothing);
    named->next = namer->free;
    namer->free = named;
}

/* From the start of the whole, not from when the address was known. */
static struct phase_times times_of(const struct named *named, const struct phase_times *of)
{
    struct phase_times times = *of;
    int32_t *all[] = {&times.connect_us, &times.tls_us, &times.first_byte_us, &times.total_us};
    for (size_t i = 0; i < ARRAY_COUNT(all); i++)
        *all[i] = *all[i] < 0 ? -1 : *all[i] > INT32_MAX - named->resolve_us ? INT32_MAX : *all[i] + named->resolve_us;
    times.resolve_us = named->resolve_us;
    return times;
}

/* ---- the look ---- */

static void on_phase(enum probe_phase phase, void *ctx)
{
    const struct named *named = ctx;
    named->order.phase(phase, named->order.ctx);
}

static void on_end(const struct probe_facts *facts, const struct phase_times *times, void *ctx)
{
    struct named *named = ctx;
    const struct probe_order order = named->order;
    const struct phase_times whole = times_of(named, times);
    put_back(named);
    order.end(facts, &whole, order.ctx);
}

static void look_at(struct named *named, const struct address *address)
{
    struct namer *namer = named->namer;
    struct probe_order order = named->order;
    order.address = *address;
    order.started_us = loop_now_us(namer->loop);
    order.phase = on_phase;
    order.end = on_end;
    order.ctx = named;
    named->resolve_us = probe_elapsed_us(namer->loop, named->order.started_us);
    named->kind = probe_kind_of(order.check->kind);
    named->order.phase(PROBE_CONNECT, named->order.ctx);
    named->probe = named->kind->start(namer->gear[order.check->kind], &order);
}

/* ---- the name ---- */

static void end_without(struct named *named, const struct resolver_answer *answer)
{
    const struct probe_order order = named->order;
    struct phase_times times = PHASE_TIMES_NONE;
    times.total_us = probe_elapsed_us(named->namer->loop, order.started_us);
    const struct probe_facts facts = {
        .end = answer->outcome == RESOLVER_NOTHING ? PROBE_NO_ADDRESS : PROBE_LOCAL,
        .phase = PROBE_RESOLVE,
        .text = answer->detail,
    };
    put_back(named);
    order.end(&facts, &times, order.ctx);
}

static void on_answer(const struct resolver_answer *answer, void *ctx)
{
    if (answer->outcome == RESOLVER_FOUND)
        look_at(ctx, &answer->addresses[0]);
    else
        end_without(ctx, answer);
}

/* What was known a turn ago may be out of date by a moment; the answer itself stays until there is another one. */
static void on_nothing(struct timer *timer)
{
    struct named *named = CONTAINER_OF(timer, struct named, nothing);
    const struct resolver_answer *known = resolver_known(named->namer->resolver, named->order.watch->name);
    if (known)
        on_answer(known, named);
    else
        resolver_ask(named->namer->resolver, named->order.watch->name, &named->wait);
}

static void *start(void *gear, const struct probe_order *order)
{
    struct namer *namer = gear;
    struct named *named = take(namer);
    *named = (struct named){.namer = namer,
                            .order = *order,
                            .wait = {.done = on_answer},
                            .nothing = {.fire = on_nothing},
                            .resolve_us = -1};
    named->wait.ctx = named;
    const struct resolver_answer *known = resolver_known(namer->resolver, order->watch->name);
    if (!known)
        resolver_ask(namer->resolver, order->watch->name, &named->wait);
    else if (known->outcome == RESOLVER_FOUND)
        look_at(named, &known->addresses[0]);
    else
        loop_timer_set(namer->loop, &named->nothing, loop_now(namer->loop));
    return named;
}

static uint16_t cancel(void *probe, struct phase_times *ret_times)
{
    struct named *named = probe;
    uint16_t status = 0;
    *ret_times = PHASE_TIMES_NONE;
    ret_times->total_us = probe_elapsed_us(named->namer->loop, named->order.started_us);
    if (named->kind) {
        struct phase_times times;
        status = named->kind->cancel(named->probe, &times);
        *ret_times = times_of(named, &times);
    }
    put_back(named);
    return status;
}

static bool conclude(void *probe)
{
    struct named *named = probe;
    return named->kind && named->kind->conclude && named->kind->conclude(named->probe);
}

/* ---- life ---- */

static void close_gear(void *gear)
{
    struct namer *namer = gear;
    for (uint32_t i = 0; namer->pool && i < namer->touched; i++)
        loop_timer_stop(namer->loop, &namer->pool[i].nothing);
    resolver_free(namer->resolver);
    free(namer->pool);
    free(namer);
}

void *probe_named_new(const struct probe_site *site, void *const gear[PROBE_KINDS], struct error *err)
{
    struct namer *namer = calloc(1, sizeof *namer);
    struct named *pool = calloc(site->most, sizeof *pool);
    if (!namer || !pool) {
        free(namer);
        free(pool);
        error_set(err, ERROR_SYSTEM, "out of memory for %u probes of host names at a time", (unsigned)site->most);
        return NULL;
    }
    *namer = (struct namer){.loop = site->loop, .gear = gear, .pool = pool, .most = site->most};
    namer->resolver = resolver_new(site->loop, site->settings, NULL, err);
    if (namer->resolver)
        return namer;
    close_gear(namer);
    return NULL;
}

const struct probe_kind probe_named = {.close = close_gear, .start = start, .cancel = cancel, .conclude = conclude};
