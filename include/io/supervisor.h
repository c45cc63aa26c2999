/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_SUPERVISOR_H
#define REPOINTD_IO_SUPERVISOR_H

/*
 * Where: io; called by app.
 * What:  words to systemd by sd_notify. Without $NOTIFY_SOCKET all of them do nothing. None waits but
 *        supervisor_ready; a word for which systemd has no room is not said.
 */

#include <stdint.h>

void supervisor_ready(const char *status);
/* A new configuration takes over; supervisor_ready ends it. With the instant, which systemd 253 and newer ask for. */
void supervisor_reloading(int64_t monotonic_ms);
void supervisor_stopping(const char *status);
void supervisor_status(const char *status);
void supervisor_alive(void); /* the watchdog's ping */

/* How often supervisor_alive is wanted (half of WatchdogSec), in milliseconds; 0: no watchdog. */
uint32_t supervisor_watchdog_ms(void);

#endif
