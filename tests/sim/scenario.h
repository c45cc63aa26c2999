/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_SCENARIO_H
#define REPOINTD_SIM_SCENARIO_H

/*
 * Where: the simulator, beside main.
 * What:  a story in plain text, one step a line: what happens, how long nothing does, what must then be so.
 */

#include "trace.h"

/* 0 if all came as expected. Prints TAP, one test a file. */
int scenario_run(const char *path, enum trace_mode trace);

#endif
