/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_PING_H
#define REPOINTD_IO_PING_H

/*
 * Where: io, a row of probe_kind.
 * What:  `ping`: an ICMP echo request (RFC 792, RFC 4443 4.1) and its reply.
 * Why:   datagram sockets of ICMP need no privilege where net.ipv4.ping_group_range says so; the kernel keeps
 *        identifier and checksum and gives us nobody else's replies. One socket a family, and one for each source,
 *        serve all watches. Where it is forbidden every result is local: it is this host that may not ask.
 */

#include "io/probe_kind.h"

void *ping_open(const struct probe_site *site, struct error *err);
void ping_close(void *gear);
void *ping_start(void *gear, const struct probe_order *order);
uint16_t ping_cancel(void *probe, struct phase_times *ret_times);

#endif
