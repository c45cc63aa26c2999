/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_RANDOM_H
#define REPOINTD_BASE_RANDOM_H

/*
 * Where: base; the core's and the simulator's source of chance.
 * What:  a seeded generator (splitmix64 into xoshiro256**), the same numbers for the same seed everywhere.
 * Why:   jitter, back-off and nonces have to replay in the simulator. The app seeds it from getrandom; it makes no
 *        secrets.
 */

#include <stdint.h>

struct random {
    uint64_t state[4];
};

struct random random_from_seed(uint64_t seed);
uint64_t random_u64(struct random *random);

/* Evenly in 0 … bound - 1; bound is at least 1. */
uint64_t random_below(struct random *random, uint64_t bound);

#endif
