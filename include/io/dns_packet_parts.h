/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_PACKET_PARTS_H
#define REPOINTD_IO_DNS_PACKET_PARTS_H

/* Where: io; what the files behind dns_packet.h share. */

#include <stdbool.h>
#include <stddef.h>

/* There is room for all that ldns may want for a message of so many octets; only then it is called. */
bool dns_packet_has_memory_for(size_t octets);

#endif
