/* SPDX-License-Identifier: MIT */
/*
 * Where: core, between the references' watches and policy.
 * What:  from the last look at each reference to one of three states.
 * Why:   one answer from anywhere proves a line, so any pass opens; that nobody answers proves only together that there
 *        is none, so it takes all to close. In between nothing is known, and ignorance moves nothing.
 */

#include "core/gate.h"

#include <assert.h>

void gate_init(struct gate *gate, uint32_t count, mono_ms now)
{
    assert(count <= CONNECTIVITY_MAX);
    *gate = (struct gate){.state = GATE_UNKNOWN, .count = count, .passed_start = INT64_MIN, .since = now};
}

uint32_t gate_answering(const struct gate *gate)
{
    uint32_t answering = 0;
    for (uint32_t i = 0; i < gate->count; i++)
        answering += gate->last[i] == VERDICT_PASS;
    return answering;
}

static bool all_have_failed(const struct gate *gate)
{
    for (uint32_t i = 0; i < gate->count; i++)
        if (gate->last[i] != VERDICT_FAIL && gate->last[i] != VERDICT_LOCAL)
            return false;
    return true;
}

/*
 *   state      the last looks                          then       and
 *   any        one passed                              open       after closed: all that was seen before is void
 *   any        all failed, or did not leave this host  closed     is told
 *   closed     anything else                           closed
 *   others     anything else                           unknown
 */
static enum gate_change settle(struct gate *gate, mono_ms now)
{
    const enum gate_state former = gate->state;
    if (gate_answering(gate) > 0)
        gate->state = GATE_OPEN;
    else if (all_have_failed(gate))
        gate->state = GATE_CLOSED;
    else if (former != GATE_CLOSED)
        gate->state = GATE_UNKNOWN;
    if (gate->state == former)
        return GATE_SAME;
    gate->since = now;
    switch (gate->state) {
    case GATE_OPEN:
        return former == GATE_CLOSED ? GATE_OPENS_AGAIN : GATE_OPENS;
    case GATE_CLOSED:
        return GATE_CLOSES;
    case GATE_UNKNOWN:
        break;
    }
    return GATE_DOUBTS;
}

enum gate_change gate_observe(struct gate *gate, uint32_t reference, enum verdict verdict, mono_ms started, mono_ms now)
{
    assert(reference < gate->count && started <= now && verdict >= VERDICT_PASS && verdict <= VERDICT_LOCAL);

    gate->last[reference] = (uint8_t)verdict;
    if (verdict == VERDICT_PASS)
        gate->passed_start = mono_later(gate->passed_start, started);
    return settle(gate, now);
}

enum gate_change gate_doubt(struct gate *gate, uint32_t reference, mono_ms now)
{
    assert(reference < gate->count);

    gate->last[reference] = 0;
    return settle(gate, now);
}

bool gate_is_open(const struct gate *gate)
{
    return gate->count == 0 || gate->state == GATE_OPEN;
}

mono_ms gate_passed_start(const struct gate *gate)
{
    return gate->passed_start;
}
