/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_BEAT_H
#define REPOINTD_SIM_BEAT_H

/*
 * Where: the simulator, beside network.
 * What:  heartbeats: endpoints that push their results, for as long as they live, and nobody asks them.
 */

#include <stdint.h>

struct happening;
struct renumbering;
struct world;

void beats_begin(struct world *world);
void beats_follow(struct world *world, const struct renumbering *renumbering); /* new ones begin, by the new numbers */
void beat_happens(struct world *world, uint32_t watch);

#endif
