/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_SECONDARY_H
#define REPOINTD_SIM_SECONDARY_H

/*
 * Where: the simulator, beside server.
 * What:  who is asked whether a change is served: the update server itself, and a secondary of each that lags a little,
 *        or follows no more, or is silent. And what the engine makes of it, held against that.
 */

#include "contents.h"
#include "core/message.h"

struct world;

/* One record as it is looked at. */
struct look {
    bool is_active;
    struct op op;
    struct contents copy;          /* what the secondary holds */
    bool is_early, shows_early[2]; /* what they held when they were asked */
    struct contents early[2];
    uint32_t wrong;      /* bit by place: its last answer was not what stood in the zone */
    mono_ms wrong_since; /* MONO_NEVER: all were right */
    mono_ms told_at;     /* not-served was told last */
    int64_t paid;        /* budget */
};

struct secondaries {
    struct look *looks;    /* by record */
    mono_ms well_since[2]; /* by server: its secondary follows */
};

void secondaries_init(struct world *world);
void secondaries_done(struct world *world);
void secondaries_restart(struct world *world);
void secondary_fault(struct world *world, uint32_t server, bool at_work);

void secondary_look(struct world *world, struct op op);
void secondary_answer(struct world *world, uint32_t record, uint32_t ticket);
void secondary_on_notice(struct world *world, const struct notice *notice);
void secondaries_judge(struct world *world); /* now and then */

#endif
