/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_PLACES_H
#define REPOINTD_IO_DNS_PLACES_H

/*
 * Where: io, under dns_verify.
 * What:  which name servers are to be asked whether they serve a zone: those of `verify`, and with `verify: ns` each NS
 *        of the zone with all its addresses, as the zone's update server tells them under its key.
 * Why:   a name server that comes or goes is noticed without a reload. What was found is only ever asked, never sent an
 *        update (fault 80).
 */

#include "base/error.h"
#include "io/loop.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct dns_places;

/* dns_places_look for this zone has ended, whatever it found; from inside it where memory is out. */
typedef void dns_places_ready_fn(uint32_t zone, void *ctx);

/* `settings` is borrowed. NULL: memory is out. */
struct dns_places *dns_places_new(struct loop *loop, const struct settings *settings, dns_places_ready_fn *ready,
                                  void *ctx);
void dns_places_free(struct dns_places *places); /* NULL is fine */

/* What is known of the zone's servers is of the last minutes, or nothing has to be found. */
bool dns_places_are_fresh(const struct dns_places *places, uint32_t zone);

/* Finds them anew, if that is not under way already. Where it cannot begin, what is known counts as fresh. */
void dns_places_look(struct dns_places *places, uint32_t zone);

/* All of them, each once; gives their number. */
uint32_t dns_places_of(const struct dns_places *places, uint32_t zone, struct endpoint ret[VERIFY_PLACES_MAX]);

#endif
