/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_HEALTH_CASES_H
#define REPOINTD_TESTS_HEALTH_CASES_H

/*
 * Where: unit tests of core/health and core/tally.
 * What:  healths that have come to their states by results.
 */

#include "core/health.h"

/* Every 10 s, jitter 10 %, timeout 4 s: with fall 3 a result is fresh for 39 s. */
struct check_settings check_of(uint16_t rise, uint16_t fall);

/* A result of a probe that took 100 ms. */
bool observe(struct health *health, const struct check_settings *check, enum verdict verdict, mono_ms started);

/* One pass of a probe that began at `started`. */
struct health health_up(const struct check_settings *check, mono_ms started);

/* `fall` failures, the first from `started`, 10 s apart. */
struct health health_down(const struct check_settings *check, mono_ms started);

#endif
