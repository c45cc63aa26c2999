/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under prober.
 * What:  see the table in its header.
 */
#include "io/probe_budget.h"

#include <assert.h>

uint32_t probe_budget_ms(const struct check_settings *check, enum probe_phase phase)
{
    if (!check->phased)
        return check->total_ms;
    switch (phase) {
    case PROBE_RESOLVE:
    case PROBE_CONNECT:
    case PROBE_TLS:
        return check->connect_ms;
    case PROBE_RESPONSE:
        return check->response_ms;
    case PROBE_BODY:
        return check->body_ms;
    case PROBE_RUN:
        return check->total_ms;
    }
    assert(false);
    return 0;
}
