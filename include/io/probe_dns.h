/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_PROBE_DNS_H
#define REPOINTD_IO_PROBE_DNS_H

/*
 * Where: io, a row of probe_kind; above dns_inquiry.
 * What:  `dns`: one question, by datagrams and where the answer does not fit one by TCP, and what its answer must be.
 * Why:   the check is for resolvers as well as for those who serve a zone, so recursion is desired (RD); who serves a
 *        zone takes no notice of that.
 */

#include "io/probe_kind.h"

void *probe_dns_open(const struct probe_site *site, struct error *err);
void probe_dns_close(void *gear);
void *probe_dns_start(void *gear, const struct probe_order *order);
uint16_t probe_dns_cancel(void *probe, struct phase_times *ret_times);

#endif
