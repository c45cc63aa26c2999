/* SPDX-License-Identifier: MIT */
/*
 * Where: base, under core and the simulator.
 * What:  xoshiro256** (Blackman and Vigna), its state filled by splitmix64 so that seeds that lie close together give
 *        unlike runs.
 * Why:   one small generator with a state that is a value: whoever copies it can replay from there.
 */
#include "base/random.h"

#include <assert.h>

static uint64_t random_split(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15U;
    uint64_t mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
}

struct random random_from_seed(uint64_t seed)
{
    struct random random;
    for (int i = 0; i < 4; i++)
        random.state[i] = random_split(&seed);
    return random;
}

static uint64_t random_rotate(uint64_t word, int by)
{
    return (word << by) | (word >> (64 - by));
}

uint64_t random_u64(struct random *random)
{
    uint64_t *state = random->state;
    uint64_t result = random_rotate(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = random_rotate(state[3], 45);
    return result;
}

uint64_t random_below(struct random *random, uint64_t bound)
{
    assert(bound >= 1);
    uint64_t uneven = (0 - bound) % bound; /* 2^64 mod bound: so many numbers at the low end would count twice */
    uint64_t number = random_u64(random);
    while (number < uneven)
        number = random_u64(random);
    return number % bound;
}
