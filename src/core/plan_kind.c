/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside plan.
 * What:  the names of its results, and which of them are messages.
 */

#include "core/plan.h"

const char *plan_kind_name(enum plan_kind kind)
{
    switch (kind) {
    case PLAN_IN_SYNC:
        return "in-sync";
    case PLAN_APPLIED:
        return "applied";
    case PLAN_READ_AGAIN:
        return "read-again";
    case PLAN_STOP:
        return "stop";
    case PLAN_ASSERT:
        return "assert";
    case PLAN_ADOPT:
        return "adopt";
    case PLAN_CREATE:
        return "create";
    case PLAN_SWITCH:
        return "switch";
    case PLAN_TTL:
        return "ttl";
    case PLAN_FENCE:
        return "fence";
    case PLAN_REHEARSE:
        return "rehearse";
    case PLAN_DISOWN:
        return "disown";
    case PLAN_TAKE_OVER:
        return "take-over";
    }
    return "none";
}

bool plan_is_message(const struct plan *plan)
{
    return plan->kind >= PLAN_ASSERT;
}
