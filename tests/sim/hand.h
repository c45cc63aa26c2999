/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_HAND_H
#define REPOINTD_SIM_HAND_H

/*
 * Where: the simulator; what hand.c gives to orders.c. Nobody else's.
 * What:  a world that is taken by the hand: each turn one of all the things that could happen next happens.
 */

#include "orders.h"
#include "world.h"

#define POOL_MAX    32
#define OPTIONS_MAX 36 /* a digit or a letter */
#define CRASHES     1
#define DOUBLES     1
#define LOSSES      2
#define FLIPS       1
#define TROUBLES    2 /* of all these in one order */

/* Where it begins: a dead primary, and the message that leaves it has just left. */
enum root {
    ROOT_FAILOVER,
    ROOT_UNKNOWN, /* … and timed out, and may still come, while the primary is back: the wish is the contrary */
    ROOT_KILLED,  /* … and the daemon was killed */
    ROOT_COUNT
};

enum act { ACT_PASS, ACT_DELIVER, ACT_LOSE, ACT_DOUBLE, ACT_KILL, ACT_POWER, ACT_FLIP };

struct option {
    enum act act;
    uint32_t item;
};

/* What is on its way in the world of one order, by turn. */
struct hand {
    struct world world;
    struct happening pool[POOL_MAX];
    uint32_t pool_count, option_count;
    struct option options[OPTIONS_MAX];
    uint32_t crashes, doubles, losses, flips;
};

struct order {
    enum root root;
    uint32_t depth;
    uint8_t choices[ORDERS_DEPTH], options[ORDERS_DEPTH];
};

/*
 * Lives through one order from its root, with order->choices (those that are not there become the first), and notes how
 * many there were at each turn. Then comes the way home: the rest is delivered late, all is quiet, and four minutes
 * later the record has to be where it belongs (L2). The world is the caller's to end.
 */
void hand_play(struct hand *hand, struct order *order, enum trace_mode trace);

#endif
