/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_STANDING_H
#define REPOINTD_SIM_STANDING_H

/*
 * Where: the simulator; the people at repointctl, beside operator.h.
 * What:  what they lay over the automatic view and take away again (failover, drain, hold, release), their words to
 *        policy (failback, release of the latch), and the one reply that each of these gets.
 * Why:   a decision that goes against health is right if, and only if, somebody said so: the checkers ask here who did.
 *        As in the daemon, what is laid outlives a restart.
 */

#include "core/message.h"

struct world;
struct sent;

#define STANDING_MAX 8

/* Whoever waits for a record to hold what is decided. */
struct waiting {
    uint32_t number; /* 0: nobody does */
    enum command_kind kind;
    mono_ms asked;
};

struct standing {
    struct override items[STANDING_MAX];
    uint32_t count, ids;
    struct waiting *waiting;   /* by record, as all below */
    struct waiting *overtaken; /* who waited until somebody else spoke, for as long as that takes */
    mono_ms *changed_at;       /* something about it began or ended */
    bool *returns;             /* it was told to fail back now, and has not yet */
};

void standing_init(struct world *world);
void standing_done(struct world *world);
void standing_restart(struct world *world); /* what is in force is handed to the new daemon */
void standing_by_chance(struct world *world);

bool standing_holds(const struct world *world, uint32_t record);
uint32_t standing_forces(const struct world *world, uint32_t record); /* place, or ID_NONE */
bool standing_drains_value(const struct world *world, uint32_t value); /* its address, or the label of its target */
bool standing_drains(const struct world *world, uint32_t record, uint32_t place);

/* This address says nothing of its target: it is drained, and the others of it are not. */
bool standing_sets_aside(const struct world *world, uint32_t value);

void standing_on_ended(struct world *world, uint32_t id); /* NOTICE_OVERRIDE_ENDED */
void standing_on_switch(struct world *world, const struct notice *notice);
bool standing_on_reply(struct world *world, const struct reply *reply); /* true: somebody waited for it */
void standing_judge(struct world *world);                               /* now and then */

#endif
