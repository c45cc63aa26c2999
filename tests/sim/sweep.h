/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_SWEEP_H
#define REPOINTD_SIM_SWEEP_H

/*
 * Where: the simulator, beside main.
 * What:  fault 40: a primary that flaps, at every period, duty and phase of a grid, for a day each; and the switches
 *        that it costs.
 */

#include <stdbool.h>

/* Prints TAP and a table; 0: nothing was violated. */
int sweep_run(bool is_whole);

#endif
