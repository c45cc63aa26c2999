/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under world.
 * What:  what becomes of a probe: the truth about its endpoint at the instant it really starts, and the troubles of
 *        this host.
 * Why:   the outcome is fixed when it starts, so that "dead since" and "answered since" can be told apart by the
 *        checkers.
 */

#include "host.h"
#include "world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void network_init(struct world *world)
{
    uint32_t count = world->settings->watch_count + 1 + CONNECTIVITY_MAX;
    world->network.endpoints = calloc(count, sizeof *world->network.endpoints);
    world->network.probes = calloc(count, sizeof *world->network.probes);
    assert(world->network.endpoints && world->network.probes);
    for (uint32_t w = 0; w < world->settings->watch_count; w++)
        world->network.endpoints[w] = (struct endpoint_truth){
            .mode = ENDPOINT_ALIVE, .failing_as = REASON_REFUSED, .since = world->now};
}

void network_done(struct network *network)
{
    free(network->endpoints);
    free(network->probes);
}

void network_forget(struct world *world)
{
    for (uint32_t w = 0; w < world->settings->watch_count; w++)
        world->network.probes[w].is_active = false;
    world->network.in_flight = 0;
}

void endpoint_set(struct world *world, uint32_t watch, enum endpoint_mode mode)
{
    struct endpoint_truth *endpoint = &world->network.endpoints[watch];
    if (endpoint->mode == mode)
        return;
    endpoint->mode = (uint8_t)mode;
    endpoint->since = world->now;
    if (world->trace.mode) {
        static const char *const names[] = {"", "alive", "dead", "flapping", "failing every k-th", "slow", "lossy"};
        char address[ADDRESS_TEXT_MAX];
        const struct address place = place_of_watch(world->settings, watch);
        place_format(&place, address);
        trace_line(world, "truth   watch %u (%s) is %s", watch, address, names[mode]);
    }
}

void endpoint_draw_mode(struct world *world, uint32_t watch, enum endpoint_mode mode)
{
    static const enum reason reasons[] = {REASON_REFUSED, REASON_TIMEOUT_CONNECT, REASON_STATUS, REASON_RESET};
    const struct watch_settings *of = &world->settings->watches[watch];
    for (uint32_t i = 0; i < of->child_count; i++)
        endpoint_draw_mode(world, judge_child(world, watch, i), mode);
    if (of->child_count > 0)
        return;
    struct endpoint_truth *endpoint = &world->network.endpoints[watch];
    uint32_t interval = world->settings->checks[world->settings->watches[watch].check].interval_ms;
    endpoint->failing_as = (uint8_t)reasons[chance_between(world, 0, ARRAY_COUNT(reasons) - 1)];
    endpoint->period_ms = chance_between(world, interval / 4, interval * 40);
    endpoint->share_permille = chance_between(world, 100, 900);
    endpoint->kth = chance_between(world, 1, 6);
    endpoint_set(world, watch, mode);
}

void target_set(struct world *world, uint32_t target, enum endpoint_mode mode)
{
    const struct target_settings *of = &world->settings->targets[target];
    for (uint32_t v = of->value_first; v < of->value_first + of->value_count; v++)
        if (world->settings->values[v].watch != ID_NONE)
            endpoint_draw_mode(world, world->settings->values[v].watch, mode);
}

void references_set(struct world *world, bool are_alive)
{
    const struct connectivity_settings *gate = &world->settings->safety.connectivity;
    bool all = chance_one_in(world, 2);
    for (uint32_t i = 0; i < gate->watch_count; i++)
        if (all || chance_one_in(world, 2))
            endpoint_draw_mode(world, gate->watch_first + i, are_alive ? ENDPOINT_ALIVE : ENDPOINT_DEAD);
}

/* Would a probe that starts now pass, as far as the endpoint goes? *ret_took: how long the answer takes. */
static bool endpoint_passes(struct world *world, struct endpoint_truth *endpoint, uint32_t total_ms, uint32_t *ret_took)
{
    uint32_t longest = total_ms - 1 < 200 ? total_ms - 1 : 200;
    *ret_took = chance_between(world, 1, longest);
    uint32_t number = endpoint->asked++;
    switch ((enum endpoint_mode)endpoint->mode) {
    case ENDPOINT_ALIVE:
        return true;
    case ENDPOINT_DEAD:
        return false;
    case ENDPOINT_FLAPPING:
        return (uint64_t)((world->now - endpoint->since) % endpoint->period_ms) * 1000 <
               (uint64_t)endpoint->period_ms * endpoint->share_permille;
    case ENDPOINT_KTH:
        return number % endpoint->kth != 0;
    case ENDPOINT_SLOW:
        *ret_took = chance_between(world, 1, 2 * total_ms);
        return *ret_took < total_ms;
    case ENDPOINT_LOSSY:
        return random_below(&world->chance, 1000) < endpoint->share_permille;
    }
    return false;
}

bool network_lives(struct world *world, uint32_t watch)
{
    uint32_t took;
    return endpoint_passes(world, &world->network.endpoints[watch], 1000, &took);
}

static bool is_local(struct world *world, uint32_t watch)
{
    if (world->faults.lost_family && world->settings->watches[watch].address.family == world->faults.lost_family)
        return true;
    return fault_is_active(world, FAULT_LOCAL_STORM) && !chance_one_in(world, 4);
}

static void decide(struct world *world, uint32_t watch, struct probe_report *report, uint32_t *ret_took)
{
    struct endpoint_truth *endpoint = &world->network.endpoints[watch];
    uint32_t total_ms = world->settings->checks[world->settings->watches[watch].check].total_ms;
    bool passes = endpoint_passes(world, endpoint, total_ms, ret_took);
    if (is_local(world, watch)) {
        *ret_took = 0;
        report->verdict = VERDICT_LOCAL;
        report->reason = REASON_LOCAL_ERROR;
        return;
    }
    bool is_cut = fault_is_active(world, FAULT_CUT_OFF) ||
                  (fault_is_active(world, FAULT_TARGETS_LOST) && !judge_is_reference(world, watch));
    if (is_cut)
        passes = false;
    /* The truth is about what counts: an endpoint of an inverted check lives by failing. */
    report->verdict = judge_counted(world, watch, passes ? VERDICT_PASS : VERDICT_FAIL);
    report->reason = passes ? REASON_OK : (enum reason)endpoint->failing_as;
    if (!passes && (report->reason == REASON_TIMEOUT_CONNECT || *ret_took >= total_ms || is_cut)) {
        report->reason = REASON_TIMEOUT_CONNECT;
        *ret_took = total_ms;
    }
    report->code = report->reason == REASON_STATUS ? 503 : 0;
}

void network_probe(struct world *world, const struct effect *effect)
{
    uint32_t watch = effect->op.subject;
    struct probe_pending *probe = &world->network.probes[watch];
    /* after a gap, or the gate's opening, there may be no room to cancel */
    if (probe->is_active && probe->asked >= mono_later(world->judge.gap_end, world->judge.gate.void_until)) {
        violate(world, "S9", "watch %u is probed while its former probe still runs", watch);
        return;
    }
    uint32_t took;
    world->network.in_flight += probe->is_active ? 0 : 1;
    *probe = (struct probe_pending){.is_active = true, .op = effect->op, .asked = world->now};
    probe->report.started = world->now;
    if (fault_is_active(world, FAULT_PROBES_LATE))
        probe->report.started += chance_between(world, 0, 3000);
    decide(world, watch, &probe->report, &took);
    static const char words[] = "HTTP 503, wanted 200-399; ~!@#$%^&*() \\x1b[31m ";
    if (probe->report.verdict == VERDICT_FAIL)
        memcpy(probe->report.detail, words, sizeof words);
    probe->report.phases = (struct phase_times){-1, (int32_t)took * 1000, -1, (int32_t)took * 1000,
                                                (int32_t)took * 1000};
    world->network.started++;
    world->counters.probes++;
    agenda_add(&world->agenda, (struct happening){.at = probe->report.started + took,
                                                  .kind = HAPPENS_PROBE_ANSWER,
                                                  .subject = watch,
                                                  .number = effect->op.ticket,
                                                  .life = world->life});
}

void network_cancel(struct world *world, struct op op)
{
    struct probe_pending *probe = &world->network.probes[op.subject];
    if (!probe->is_active || probe->op.ticket != op.ticket) {
        violate(world, "S9", "watch %u: a probe is cancelled that does not run", op.subject);
        return;
    }
    probe->is_active = false;
    world->network.in_flight--;
}

bool network_take(struct world *world, uint32_t watch, uint32_t ticket, struct op *ret_op, struct probe_report *ret)
{
    struct probe_pending *probe = &world->network.probes[watch];
    if (!probe->is_active || probe->op.ticket != ticket)
        return false;
    probe->is_active = false;
    world->network.in_flight--;
    *ret_op = probe->op;
    *ret = probe->report;
    if (fault_is_active(world, FAULT_ECHO) && chance_one_in(world, 4))
        agenda_add(&world->agenda, (struct happening){.at = world->now + echo_after(world),
                                                      .kind = HAPPENS_PROBE_ECHO,
                                                      .subject = watch,
                                                      .number = ticket,
                                                      .life = world->life});
    return true;
}
