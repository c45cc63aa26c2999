/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_TUNING_H
#define REPOINTD_SIM_TUNING_H

/*
 * Where: the simulator, under scenario.
 * What:  `set KEY VALUE`: a knob by its name in the configuration, for all checks, servers or records of the scenario.
 */

#include "setup.h"

/* False if there is no such knob, or it cannot have this value. */
bool tune(struct setup *setup, const char *key, const char *value);

#endif
