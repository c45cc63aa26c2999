/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_WORLD_H
#define REPOINTD_SIM_WORLD_H

/*
 * Where: the simulator's centre.
 * What:  one engine, the world around its door, virtual time, and one seed from which everything follows.
 * Why:   truth (who is alive, what a server holds, who wrote it) is visible to the checkers only; the engine sees
 *        events.
 */

#include "agenda.h"
#include "base/random.h"
#include "core/engine.h"
#include "disk.h"
#include "fault.h"
#include "invariants.h"
#include "judge.h"
#include "liveness.h"
#include "network.h"
#include "operator.h"
#include "reload.h"
#include "rival.h"
#include "secondary.h"
#include "server.h"
#include "setup.h"
#include "standing.h"
#include "trace.h"

#define DAY_MS (24 * 3600 * 1000LL)

struct violation {
    bool is_set;
    const char *invariant;
    mono_ms at;
    uint64_t step;
    char text[512];
};

struct counters {
    uint64_t steps, probes, reads, sends, switches, restores, starts, hushed, told[NOTICE_CORE_COUNT];
    uint64_t fault_begins[FAULT_COUNT];
};

struct world {
    uint64_t seed;
    struct random chance; /* of the world; the engine has seeds of its own */
    mono_ms began, now, end;
    struct setup setup; /* the whole of what it is made for */
    const struct settings *settings; /* that are in force */

    struct engine *engine;      /* NULL: the daemon is not running */
    uint16_t life;              /* counts its starts */
    uint64_t owner, lost_owner; /* the id it has, and the one that its records know while FAULT_OWNER_LOST */
    mono_ms deadline;
    bool is_frozen;       /* … and has not been told of it yet */
    mono_ms frozen_until; /* the process stands still: nothing reaches it before */
    bool is_stopping;
    mono_ms stopping_since;
    bool is_hushed;  /* S14: answers that cannot be believed are silence */
    bool wake_first; /* of a wake-up and an answer at one instant, which comes first */
    struct effects effects;

    struct agenda agenda;
    struct network network;
    struct servers servers;
    struct secondaries secondaries;
    struct operators operators;
    struct standing standing;
    struct rival rival;
    struct editions editions;
    struct reload reload;
    struct disk disk;
    struct faults faults;
    struct judge judge;
    struct safety safety;
    struct liveness liveness;
    struct trace trace;
    struct counters counters;
    struct violation violation;
};

/* A world of settings by chance, faults and all. */
void world_of_seed(struct world *world, uint64_t seed, int64_t length_ms, enum trace_mode trace);

/* A world that stands still until told otherwise: `world->setup` is complete, nothing goes wrong by itself. */
void world_prepare(struct world *world, uint64_t seed, enum trace_mode trace);
void world_done(struct world *world);

void world_start_daemon(struct world *world);
void world_crash_daemon(struct world *world);
void world_kill_daemon(struct world *world, bool loses_power); /* the same, without chance */
void world_stop_daemon(struct world *world);
void world_gap(struct world *world, int64_t gap_ms);

/* One step: the next thing that happens. False: nothing does before `until`, or something is violated. */
bool world_step(struct world *world, mono_ms until);
void world_happen(struct world *world, const struct happening *happening);

/* Runs until `until`, or until something is violated. */
void world_run(struct world *world, mono_ms until);

/* The name of a checker, and what it saw; the first one counts. */
void violate(struct world *world, const char *invariant, const char *format, ...) PRINTF_LIKE(3, 4);

/* Chance of the world. */
bool chance_one_in(struct world *world, uint32_t n);
uint32_t chance_between(struct world *world, uint32_t least, uint32_t most);
int64_t chance_about(struct world *world, int64_t mean_ms); /* exponential, as things that happen independently are */

#endif
