/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_FAULT_H
#define REPOINTD_SIM_FAULT_H

/*
 * Where: the simulator; everything that goes wrong, and when.
 * What:  classes of faults with a rhythm of their own. Each seed switches a random part of them off (swarm), so that
 *        rare ones get room; now and then all is calm for long enough to demand that things are right again.
 */

#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

struct world;
struct happening;
struct renumbering;

enum fault_class {
    /* targets and network */
    FAULT_TARGET_DIES,
    FAULT_ADDRESS_DIES,
    FAULT_ALL_DIE,
    FAULT_FAMILY_DIES,
    FAULT_FLAPS,
    FAULT_KTH,
    FAULT_SLOW,
    FAULT_LOSSY,
    FAULT_CUT_OFF,
    FAULT_TARGETS_LOST,
    FAULT_REFERENCES_DIE,
    /* this host */
    FAULT_LOCAL_STORM,
    FAULT_NO_FAMILY,
    FAULT_FAMILY_LOST,
    FAULT_PROBES_LATE,
    FAULT_LOOP_LATE,
    FAULT_GAP,
    FAULT_CRASH,
    FAULT_STOP,
    FAULT_OWNER_LOST,
    FAULT_ECHO,
    /* name servers */
    FAULT_SERVER_DOWN,
    FAULT_SERVER_DEAF,
    FAULT_SERVER_SLOW,
    FAULT_ANSWER_LOST,
    FAULT_LATE_APPLY,
    FAULT_DOUBLED,
    FAULT_REFUSED,
    FAULT_NOT_SERVED,
    FAULT_SERVFAIL,
    FAULT_BADTIME,
    FAULT_BADTRUNC,
    FAULT_FORMERR,
    FAULT_UNSIGNED,
    FAULT_DOES_NOTHING,
    FAULT_PARTIAL,
    FAULT_DENY_NAME,
    FAULT_READ_LAGS,
    FAULT_READ_UNTRUSTED,
    FAULT_RESTORED_BACKUP,
    FAULT_SECONDARY_STUCK,
    FAULT_SECONDARY_SILENT,
    /* other writers */
    FAULT_EDIT_SETS,
    FAULT_EDIT_MARKER,
    FAULT_EDIT_TTL,
    FAULT_EDIT_CNAME,
    FAULT_OCCLUDED,
    FAULT_OPERATOR,
    FAULT_RIVAL,
    FAULT_CLONE,
    FAULT_OVERRIDE,
    FAULT_RELOAD,
    FAULT_COUNT
};

struct faults {
    bool is_on[FAULT_COUNT]; /* swarm: this class may happen in this seed */
    uint64_t every_ms[FAULT_COUNT];
    uint32_t servers[FAULT_COUNT]; /* which servers it is at work on, one bit each; for others 1 */
    uint32_t calms;                /* a calm voids what was still to end */
    uint32_t loses;                /* answers still to be lost, by order of a scenario */
    uint32_t waits_for_send;       /* this one-time fault comes while the next message is on its way; 0: none waits */
    bool is_calm;
    bool is_any_on;
    mono_ms calm_since;
    uint32_t lost_family;    /* 0: none; else enum address_family of what this host lacks */
    mono_ms host_well_since; /* nothing has been wrong with this host since */
};

void faults_init(struct world *world);
void fault_begins(struct world *world, uint32_t class);
void fault_ends(struct world *world, uint32_t class,
                int64_t number);                            /* number: what its beginning gave to the agenda */
void fault_on_send(struct world *world);                    /* a message leaves */
void fault_comes_true(struct world *world, uint32_t class); /* what waited for it */
void faults_calm(struct world *world, bool begins);

bool fault_is_at(const struct world *world, enum fault_class class, uint32_t server);
bool fault_is_active(const struct world *world, enum fault_class class);
void fault_set(struct world *world, enum fault_class class, uint32_t server, bool at_work); /* scenarios */

/* How long an answer takes to come a second time: sometimes just long enough to be taken for the next one. */
int64_t echo_after(struct world *world);

/* After a reload: the end of one is about the same as before; false: that is there no more. */
bool fault_moves(struct happening *end, const struct renumbering *renumbering);

const char *fault_name(enum fault_class class);

#endif
