/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_OPERATOR_H
#define REPOINTD_SIM_OPERATOR_H

/*
 * Where: the simulator; the people at repointctl.
 * What:  their words to the daemon (adopt, take-over, disown), right ones and wrong ones, and the one reply that each
 *        of them gets.
 * Why:   an operator's word is what may overwrite other people's data, so what was named is kept, and each message that
 *        calls upon a word is held against it (S16).
 */

#include "contents.h"
#include "core/message.h"

struct world;
struct sent;

/* The word to one record that has no reply yet. */
struct word {
    uint32_t number; /* 0: there is none */
    enum command_kind kind;
    struct contents expect;
    uint64_t owner, epoch;
    mono_ms asked;
    bool is_applied; /* its message was */
};

struct operators {
    struct word *words; /* by record */
    uint32_t numbers;
    uint64_t replies[COMMAND_FAILED + 1];
};

void operators_init(struct world *world);
void operators_done(struct world *world);
void operators_restart(struct world *world); /* whoever waits for a former daemon hears that the line is cut */

/* One word; ret false: nobody is there to hear it. `expect` only for ADOPT. */
bool operator_says(struct world *world, uint32_t record, enum command_kind kind, const struct contents *expect,
                   uint64_t owner, uint64_t epoch);

/* … by what stands in the zone now, or, where wrong, by something else. */
void operator_adopts(struct world *world, uint32_t record, bool is_right);
void operator_takes_over(struct world *world, uint32_t record, bool is_right);
void operator_disowns(struct world *world, uint32_t record);
void operator_takes_all(struct world *world, uint32_t record); /* of the owner whose marker stands there */
void operator_by_chance(struct world *world);

void operator_on_reply(struct world *world, const struct reply *reply);
void operators_judge(struct world *world); /* now and then: L4 */

/* A word that has no reply yet allows this message. */
bool operator_ordered(const struct world *world, const struct sent *sent);
void operator_on_applied(struct world *world, const struct sent *sent);

#endif
