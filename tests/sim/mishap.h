/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_MISHAP_H
#define REPOINTD_SIM_MISHAP_H

/*
 * Where: the simulator; between fault.c (when) and mishap.c (what). Nobody else's.
 */

#include <stdbool.h>
#include <stdint.h>

struct world;

/*
 * The endpoints that one fault concerns: those of a target, or one watch, or one family of a target, or a whole
 * record.
 */
void mishap_at_endpoints(struct world *world, uint32_t class, uint32_t number, bool is_begin);
void mishap_begins_at_host(struct world *world, uint32_t class);
void mishap_ends_at_host(struct world *world, uint32_t class);
void mishap_begins_at_server(struct world *world, uint32_t class);

/* The server comes back as it was when the backup was taken. */
void mishap_restores_backup(struct world *world, uint32_t server);

/* What has no end. */
void mishap_happens(struct world *world, uint32_t class);

#endif
