/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_MODEL_PROBE_LOAD_H
#define REPOINTD_MODEL_PROBE_LOAD_H

/*
 * Where: model; what config warns of and the prober goes by must be one and the same.
 * What:  how many probes are under way at a time when all targets are silent, and how many a process can have.
 */

#include "model/settings.h"

#include <stdint.h>

/* 1.25 × the sum of timeout / interval over all watches, rounded up. Watches whose interval is 0 do not count. */
uint32_t probe_load_wanted(const struct settings *settings);

/* The same for exec checks alone. */
uint32_t probe_load_programs_wanted(const struct settings *settings);

/*
 * That within bounds: how many programs may run at a time. Each is a process, which
 * takes memory and a processor; too many of them would take those from all other probes.
 */
#define PROGRAMS_LEAST 8
#define PROGRAMS_MOST  64
uint32_t probe_load_programs(const struct settings *settings);

/* Probes that a limit of open files leaves, at least 1; the rest is for name servers, state, journal and control. */
uint32_t probe_load_room(uint32_t open_files_most);

#endif
