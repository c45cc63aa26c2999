/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_PACKET_PARTS_H
#define REPOINTD_IO_DNS_PACKET_PARTS_H

/* Where: io; what the files behind dns_packet.h share. */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* There is room for all that ldns may want for a message of so many octets; only then it is called. */
bool dns_packet_has_memory_for(size_t octets);

/* A message that passed wire_walk, for ldns_pkt_free; NULL with err: ldns cannot read it, or memory is out. */
struct ldns_struct_pkt *dns_packet_parse(const uint8_t *bytes, size_t length, struct error *err);

#endif
