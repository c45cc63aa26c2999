/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_HOST_H
#define REPOINTD_SIM_HOST_H

/*
 * Where: the simulator, under setup and contents.
 * What:  host names as targets: h0001.hosts.example and so on, by number.
 * Why:   in lists of what stands somewhere they are addresses of a family of their own, so that servers and judges
 *        compare one thing.
 */

#include "model/address.h"
#include "model/rdata.h"
#include "model/settings.h"

#define FAMILY_HOST 7
#define HOST_WIRE   21

struct address host_address(uint32_t number);
void host_write(const struct address *host, uint8_t wire[HOST_WIRE]);
struct address host_read(const uint8_t *wire);

/* The type of a set that it is a member of, and its data there; how long that is. */
enum rrtype place_type(const struct address *place);
uint8_t place_write(const struct address *place, uint8_t rdata[HOST_WIRE]);
struct address place_read(uint16_t type, const uint8_t *rdata);
void place_format(const struct address *place, char text[ADDRESS_TEXT_MAX]);

/* What a value is published as, and what a watch looks at. */
struct address place_of_value(const struct settings *settings, uint32_t value);
struct address place_of_watch(const struct settings *settings, uint32_t watch);

#endif
