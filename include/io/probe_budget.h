/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_PROBE_BUDGET_H
#define REPOINTD_IO_PROBE_BUDGET_H

/*
 * Where: io, under prober.
 * What:  how long a probe may wait in each of its phases.
 */

#include "io/probe_kind.h"
#include "model/settings.h"

#include <stdint.h>

/*
 *   timeout given as      waiting for        budget      from
 *   one number            anything           total       the start
 *   a map                 connection, TLS    connect     the start, the address of a name, or a redirect
 *                         status line        response    when the request went out
 *                         end of the body    body        when the status line was there
 *                         a program          total       the start
 *
 * Never longer than the total, which redirects would else exceed: that is the caller's business.
 */
uint32_t probe_budget_ms(const struct check_settings *check, enum probe_phase phase);

#endif
