/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, everybody's.
 * What:  chance in the forms that a world needs.
 * Why:   whole numbers only, so that a seed is the same world on every machine.
 */

#include "world.h"

bool chance_one_in(struct world *world, uint32_t n)
{
    return random_below(&world->chance, n) == 0;
}

uint32_t chance_between(struct world *world, uint32_t least, uint32_t most)
{
    return most <= least ? least : least + (uint32_t)random_below(&world->chance, (uint64_t)(most - least) + 1);
}

/*
 * Without a logarithm, which need not be the same everywhere: how many coins fall before one shows its face, and a
 * part of one.
 */
int64_t chance_about(struct world *world, int64_t mean_ms)
{
    int64_t halves = 0;
    while (chance_one_in(world, 2) && halves < 20)
        halves++;
    int64_t half_life_ms = mean_ms * 693 / 1000 + 1;
    return halves * half_life_ms + (int64_t)random_below(&world->chance, (uint64_t)half_life_ms);
}
