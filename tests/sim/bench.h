/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_BENCH_H
#define REPOINTD_SIM_BENCH_H

/*
 * Where: the simulator, beside main.
 * What:  what size costs: N records whose primaries all die at once, in one zone and in a thousand; time, messages and
 *        memory are told.
 */

#include <stdint.h>

int bench_run(uint32_t records);

#endif
