/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_CONTEXT_H
#define REPOINTD_CORE_CONTEXT_H

/*
 * Where: core; what the engine's records share. Of no interest outside core.
 * What:  settings, health of all watches, the zones' queues, the schedules, chance, counters, and the list of effects
 *        of this call.
 */

#include "base/random.h"
#include "core/batch.h"
#include "core/engine.h"
#include "core/gate.h"
#include "core/record.h"
#include "core/schedule.h"
#include "core/watch.h"

/* One use of a watch as people know it: a value of a record. What was told last, so that only changes are told. */
struct value_told {
    uint8_t state;         /* enum health_state; at first unknown */
    bool unjudged;         /* target-unknown was told */
    mono_ms since;         /* when `state` began */
    mono_ms failing_start; /* the streak whose first failure was told */
    bool failing;          /* … there was one */
};

struct context {
    const struct settings *settings;
    uint64_t owner;
    struct random random;
    mono_ms started_at;
    mono_ms gap_at; /* end of the last gap; INT64_MIN: none */
    bool stopping;
    struct gate gate;
    struct overrides overrides;
    mono_ms opened_at;       /* when the gate opened after it had been closed; INT64_MIN: never */
    mono_ms cut_off_told_at; /* when it was told last that it is closed, or open again */

    struct watch *watches;
    mono_ms *trusted_from; /* by watch: probes begun before then say nothing any more (a gap); INT64_MIN: none */
    struct record *records;
    struct value_told *told; /* by value */
    uint8_t *drained;        /* by value: an operator has drained it */
    struct batch *batches;   /* by zone */
    struct batch_server *servers;
    struct slate *clock_skew;           /* by server */
    struct batch_link *links;           /* by record */
    struct batch_member *batch_members; /* all zones' rooms, one after the other */
    uint32_t batch_room;
    struct schedule watches_due, records_due, zones_due;

    const struct health **members; /* room for the values of the largest target, the children of the largest watch */
    uint8_t *wanted;               /* the same */
    uint8_t *targets_drained;      /* room for the targets of the largest record */
    struct tally *sound;           /* room for the targets of the largest record: what its decision rests on */
    char reply[DETAIL_TEXT_MAX];   /* what is said about the command of the record at hand */
    uint8_t *scratch[2];           /* room for the largest set of each managed type */

    uint32_t proofs_awaited; /* records that wait for a pass */
    uint32_t gate_awaited;   /* … of a reference */
    uint32_t tickets;        /* the last one given out */
    uint64_t changes;        /* switches begun since start */
    uint32_t late;           /* probes late since the last notice of it */
    int64_t late_worst_ms;
    mono_ms late_told_at;
    mono_ms switched_at;
    struct engine_stats stats;
    struct effects *effects; /* of this call */
};

/* Effects that one step of a record, watch or zone needs at the most, values' notices aside. */
#define STEP_EFFECTS 12

uint32_t context_ticket(struct context *ctx);

/* Puts the deadline of a record or zone forward to `now`. */
void context_wake_record(struct context *ctx, uint32_t record, mono_ms now);
void context_wake_zone(struct context *ctx, uint32_t zone, mono_ms now);

/* What is believed of a value's watch: NULL where it has no check. */
const struct health *context_health(const struct context *ctx, uint32_t value);

/* Does the state of this watch rest on a probe that began after the last gap longer than its interval? */
bool context_is_sound(const struct context *ctx, uint32_t watch);

/* The same for decisions, which may not rest on a state that is not sound: that is unknown. */
const struct health *context_sound_health(const struct context *ctx, uint32_t value);

#endif
