/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_PROBE_EXEC_H
#define REPOINTD_IO_PROBE_EXEC_H

/*
 * Where: io, a row of probe_kind; above child.
 * What:  `exec`: a program of the user's, as monitoring plugins are: exit 0 and 1 pass, all else fails, and the first
 *        line that it writes says why.
 */

#include "io/probe_kind.h"

void *probe_exec_open(const struct probe_site *site, struct error *err);
void probe_exec_close(void *gear);
void *probe_exec_start(void *gear, const struct probe_order *order);
uint16_t probe_exec_cancel(void *probe, struct phase_times *ret_times);

#endif
