/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_NETWORK_H
#define REPOINTD_SIM_NETWORK_H

/*
 * Where: the simulator; what stands behind EFFECT_PROBE.
 * What:  the truth about every endpoint (one per watch), and what a probe of it would tell at this instant from this
 *        host.
 */

#include "core/message.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

enum endpoint_mode {
    ENDPOINT_ALIVE = 1, /* every probe passes well inside its time */
    ENDPOINT_DEAD,      /* every probe fails */
    ENDPOINT_FLAPPING,  /* alive for a share of each period */
    ENDPOINT_KTH,       /* every k-th probe fails */
    ENDPOINT_SLOW,      /* takes up to twice the time it has */
    ENDPOINT_LOSSY      /* fails by chance */
};

struct endpoint_truth {
    uint8_t mode, failing_as; /* failing_as: enum reason */
    bool unjudgeable;         /* this host lacks its family since the daemon's start */
    mono_ms since;            /* when `mode` began */
    uint32_t period_ms, share_permille, kth, asked;
};

/* One probe under way. */
struct probe_pending {
    bool is_active;
    struct op op;
    mono_ms asked; /* when the engine wanted it */
    struct probe_report report;
};

struct network {
    struct endpoint_truth *endpoints; /* by watch */
    struct probe_pending *probes;     /* by watch */
    uint32_t in_flight;
    uint64_t started;
};

void network_init(struct world *world);
void network_done(struct network *network);

/* The daemon is gone, or is new: nothing is under way for it. */
void network_forget(struct world *world);

void network_probe(struct world *world, const struct effect *effect);
void network_cancel(struct world *world, struct op op);

/* An answer is due: true if it is still waited for; then *ret is what came. */
bool network_take(struct world *world, uint32_t watch, uint32_t ticket, struct op *ret_op, struct probe_report *ret);

/* Of one that nobody asks: would it say now that all is well? */
bool network_lives(struct world *world, uint32_t watch);

void endpoint_set(struct world *world, uint32_t watch, enum endpoint_mode mode);
void endpoint_draw_mode(struct world *world, uint32_t watch, enum endpoint_mode mode); /* with parameters by chance */

/* All addresses of one target of a record. */
void target_set(struct world *world, uint32_t target, enum endpoint_mode mode);

/* References of connectivity: some or all of them. */
void references_set(struct world *world, bool are_alive);

#endif
