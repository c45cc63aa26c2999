/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_RIVAL_H
#define REPOINTD_SIM_RIVAL_H

/*
 * Where: the simulator, beside the daemon that it is about.
 * What:  a second daemon with the same file, of another owner, or a clone with the same owner id; a real engine that
 *        sees, decides and writes.
 * Why:   for the first one it is one more stranger who edits the zone, and is judged as such. What it must not do is
 *        judged here (S17): it writes under a marker that it wrote or found, and under none of another owner.
 */

#include "agenda.h"
#include "core/message.h"
#include "server.h"

struct world;

#define RIVAL_NONCES 16

/* What it may build on at one record. */
struct rival_record {
    bool has_read;
    uint64_t nonces[RIVAL_NONCES]; /* of the marker that it found at first, and of those that it sent since */
    uint32_t next;
};

enum rival_task_kind { RIVAL_NOTHING = 0, RIVAL_PROBE, RIVAL_READ, RIVAL_ARRIVAL, RIVAL_ANSWER };

/* Something that it waits for, or a message of its that is on its way. */
struct rival_task {
    enum rival_task_kind kind;
    struct op op;
    uint16_t life;
    enum outcome outcome;
    struct probe_report probe;
    struct message message;
};

struct rival {
    struct engine *engine; /* NULL: there is none */
    uint64_t owner;
    uint16_t life;
    bool sees_the_contrary; /* what lives is dead for it (fault 136) */
    mono_ms deadline;
    struct effects effects;
    struct rival_task *tasks;
    uint32_t task_count, task_room;
    struct rival_record *records;
    uint64_t switches; /* of its, applied */
};

void rival_begins(struct world *world, bool is_clone);
void rival_ends(struct world *world);
void rival_done(struct world *world);

mono_ms rival_deadline(const struct world *world);
void rival_wakes(struct world *world);
void rival_happens(struct world *world, const struct happening *happening); /* subject: the task */

#endif
