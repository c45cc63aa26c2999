/* SPDX-License-Identifier: MIT */
/*
 * Where: io; the only file that sees libsystemd.
 * What:  words to systemd. sd_notify is one datagram; what it cannot deliver is nobody's loss.
 */
#include "io/supervisor.h"

#include <systemd/sd-daemon.h>

void supervisor_ready(const char *status)
{
    (void)sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void supervisor_stopping(const char *status)
{
    (void)sd_notifyf(0, "STOPPING=1\nSTATUS=%s", status);
}

void supervisor_status(const char *status)
{
    (void)sd_notifyf(0, "STATUS=%s", status);
}

void supervisor_alive(void)
{
    (void)sd_notify(0, "WATCHDOG=1");
}

uint32_t supervisor_watchdog_ms(void)
{
    uint64_t limit_us = 0;
    if (sd_watchdog_enabled(0, &limit_us) <= 0)
        return 0;
    uint64_t half_ms = limit_us / 2000;
    return half_ms < 1 ? 1 : half_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)half_ms;
}
