/* SPDX-License-Identifier: MIT */
/*
 * Where: model, beside settings.
 * What:  the words for what notifiers are told of.
 */
#include "model/notifier_settings.h"

#include <assert.h>
#include <stddef.h>

const char *notify_event_name(enum notify_event event)
{
    static const char *const names[NOTIFY_EVENT_COUNT] = {
        [NOTIFY_FAILOVER] = "failover",
        [NOTIFY_FAIL_BACK] = "fail-back",
        [NOTIFY_NO_HEALTHY_TARGET] = "no-healthy-target",
        [NOTIFY_TARGET_UNKNOWN] = "target-unknown",
        [NOTIFY_UPDATE_FAILED] = "update-failed",
        [NOTIFY_NOT_SERVED] = "not-served",
        [NOTIFY_FOREIGN_CHANGE] = "foreign-change",
        [NOTIFY_CONFLICT] = "conflict",
        [NOTIFY_FLAPPING] = "flapping",
        [NOTIFY_RIGHTS] = "rights",
        [NOTIFY_CLOCK_SKEW] = "clock-skew",
        [NOTIFY_CONNECTIVITY] = "connectivity",
        [NOTIFY_OVERRIDE] = "override",
        [NOTIFY_TARGET_DOWN] = "target-down",
        [NOTIFY_TARGET_UP] = "target-up",
    };
    assert(event > 0 && event < NOTIFY_EVENT_COUNT);
    return names[event];
}
