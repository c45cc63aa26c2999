/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_MEMORY_H
#define REPOINTD_SIM_MEMORY_H

/*
 * Where: the simulator; around each call of engine_handle.
 * What:  counts what is taken from the heap while it watches (S19).
 */

#include <stddef.h>
#include <stdint.h>

void memory_watch(void);
void memory_unwatch(void);

/* How often memory was taken while watched, since memory_watch. */
uint64_t memory_taken(void);

/* Octets that are taken from the heap now, as far as the C library says. */
size_t memory_in_use(void);

#endif
