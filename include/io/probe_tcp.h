/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_PROBE_TCP_H
#define REPOINTD_IO_PROBE_TCP_H

/*
 * Where: io, a row of probe_kind; above connect.
 * What:  `tcp`: a connection; where the check says so, what is sent over it and what has to come back.
 */

#include "io/probe_kind.h"

void *probe_tcp_open(const struct probe_site *site, struct error *err);
void probe_tcp_close(void *gear);
void *probe_tcp_start(void *gear, const struct probe_order *order);
uint16_t probe_tcp_cancel(void *probe, struct phase_times *ret_times);
bool probe_tcp_conclude(void *probe);

#endif
