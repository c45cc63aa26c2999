/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_DOOR_H
#define REPOINTD_SIM_DOOR_H

/*
 * Where: the simulator; the only file that calls engine_handle, and the daemon's life around it.
 * What:  events in, effects out, every checker before and after.
 */

#include "world.h"

void door_hand_over(struct world *world, const struct event *event);

/* Something that reaches the daemon: an answer, its echo, the end of a gap or of a stop. */
void door_answer(struct world *world, const struct happening *happening);

/* Five seconds after STOPPING, and ten. */
void daemon_cut_stop(struct world *world);
void daemon_finish_stop(struct world *world);

#endif
