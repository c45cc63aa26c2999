/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_RELOAD_H
#define REPOINTD_SIM_RELOAD_H

/*
 * Where: the simulator, beside daemon; what src/app/reload does.
 * What:  an engine of the next edition takes over from the one that runs, once that has nothing under way; and what
 *        the world and the judges hold by number gets the new numbers.
 * Why:   S22. The judges are told who is who, and go on with their own opinions: what the engine loses or makes up at a
 *        reload is seen by all the invariants that were about it before.
 */

#include "edition.h"

#include "base/time.h"

struct world;
struct notice;

struct reload {
    struct engine *fresh; /* NULL: none is under way */
    mono_ms give_up_reads, give_up;
    bool is_unchanged; /* the same file once more */
    mono_ms at;        /* of the last swap */
    uint8_t *said;     /* by value, 1 + what was told of it before the swap, and still is so; 0: nothing */
    uint64_t count;
};

void reload_init(struct world *world);
void reload_done(struct world *world);

/* The file as it is now is read. False: not now (nobody runs, or something else is under way). */
bool reload_begins(struct world *world, bool is_unchanged);
void reload_by_chance(struct world *world);
void reload_step(struct world *world); /* after each step */
void reload_drop(struct world *world); /* the daemon ends meanwhile */

/* carry.c: all that stands by number. */
void reload_carry(struct world *world, const struct renumbering *renumbering);

/* S22, heir.c: what the new engine believes is what the old one did, as far as the file allows. */
void heir_judge(struct world *world, const struct renumbering *renumbering, const struct engine *old);
void heir_note_said(struct world *world, const struct renumbering *renumbering);
void heir_judge_notice(struct world *world, const struct notice *notice);

#endif
