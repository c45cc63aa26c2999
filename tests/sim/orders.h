/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_ORDERS_H
#define REPOINTD_SIM_ORDERS_H

/*
 * Where: the simulator, beside main.
 * What:  every order of events, to a depth, of one transaction of one record: what is on its way is delivered, lost or
 *        doubled, late or at once, and the daemon is killed in between.
 * Why:   chance finds what is likely; what takes four unlikely things in a row is found by trying all of them.
 */

#include "trace.h"

#define ORDERS_DEPTH 7

/* Prints TAP; 0: nothing was violated. */
int orders_run(uint32_t depth, uint32_t workers);

/* One order, told: its root and its choices, a digit or letter each. */
int orders_tell(const char *order, enum trace_mode trace);

#endif
