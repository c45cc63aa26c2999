/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_RECORD_H
#define REPOINTD_CORE_RECORD_H

/*
 * Where: core, in the engine; one for each managed name.
 * What:  its targets' state, the decision, the transaction that carries it into the zone, and what people were told
 *        of it.
 * Why:   one place where opinion (health), fact (what the zone holds) and wish (the decision) of a name meet. Reports
 *        read it.
 */

#include "core/flap.h"
#include "core/message.h"
#include "core/override.h"
#include "core/policy.h"
#include "core/slate.h"
#include "core/tally.h"
#include "core/transaction.h"
#include "core/verify.h"

#include <stdbool.h>
#include <stdint.h>

struct batch_share;
struct context;

struct record {
    const struct record_settings *settings;
    uint32_t index;
    struct txn txn;        /* what the zone holds, the message under way, the state */
    struct tally *targets; /* by place */
    struct flap flap;

    /* ---- the view: facts and wishes */
    /* place of the target that the zone holds; TARGET_RETIRED: nothing, and we may create; ID_NONE: nothing of ours */
    uint32_t current;
    mono_ms current_since;    /* when that was published or, if not by us since start, read */
    bool published;           /* … by us, since start */
    struct decision decision; /* of the last step */
    bool awaits_gate;         /* … keeps waiting until a reference has passed */
    struct override_view override; /* what operators laid over it */
    bool fail_back_now;            /* one of them wants it back on its first target that is up */
    mono_ms switched_at;      /* last switch that we published; MONO_NEVER: none since start */

    /* ---- the switch under way */
    uint64_t change;        /* its number; 0: none */
    uint32_t change_from;   /* what it leaves */
    uint32_t change_target; /* where to */
    bool fills;             /* nothing stands there before it */
    enum decision_reason cause;
    bool manual;          /* an operator's word led to it */
    uint32_t cause_value; /* whose probe decided; ID_NONE */

    /* ---- what was told */
    struct slate failed, stopped, unsigned_sets;
    struct slate rights;
    bool failed_message;       /* `failed` is about a message, not only about a read */
    uint32_t failed_target;    /* where `failed` kept it from moving; ID_NONE: it was to move nowhere */
    enum condition stopped_by; /* what `stopped` is about */
    bool told_no_healthy, told_flapping;
    uint32_t would_target; /* dry run: the wish that was told last */
    enum plan_kind would_kind;

    uint32_t read_ticket; /* of the read under way; 0: none */
    uint32_t command;     /* number of the command under way; 0: none */
    uint32_t settle;      /* … of whoever waits until the zone holds what is decided */
    uint32_t settle_from; /* what it held when he began to wait */
    bool settle_returns;  /* … for it to fail back: to a place before that */
    uint64_t kept_mark;   /* of the messages that the state directory was told to keep */
    struct verify verify; /* who serves what stands in the zone */
};

/* Why nothing is written, if so; `enabled: off` included. */
enum condition record_condition(const struct record *record);

/* txn_kept, and whose it is: for EFFECT_SAVE. */
bool record_kept(const struct record *record, uint32_t nth, struct plan *plan, struct restore *ret);

/* When something will happen to it by time alone: the next try, audit, review or telling. */
mono_ms record_deadline(const struct record *record);

/* A change is wanted or under way. */
bool record_is_pending(const struct record *record);

/* Whether the zone holds what it should and, with `verify`, all those name servers serve it. */
enum in_step { IN_STEP_UNKNOWN = 0, IN_STEP_NO, IN_STEP_YES };
enum in_step record_in_step(const struct record *record);

/* ---- the engine's side ---- */

/* `targets` and `times` are room for the tallies and the flap ring, `storage` for the sets; all zeroed. */
void record_init(struct record *record, const struct context *ctx, uint32_t index, struct tally *targets,
                 mono_ms *times, uint8_t *storage, mono_ms now);

/* Another configuration's record of the same name; what it has under way with its name server is in doubt. */
void record_adopt(struct record *record, const struct record *old, mono_ms now);

/* EVENT_RESTORE. False: it comes too late, or is nothing that this record sends. */
bool record_restore(struct record *record, const struct restore *restore);

/* EVENT_COMMAND; answered at once, or by one of the steps that follow. */
void record_command(struct record *record, struct context *ctx, const struct command *command, mono_ms now);

/* Its health may have changed, or its deadline has come. True: not all could be told yet, call again at once. */
bool record_step(struct record *record, struct context *ctx, mono_ms now);

/* The round of questions it asked for has ended. False: it was not asked for, and is dropped. */
bool record_verified(struct record *record, struct context *ctx, uint32_t ticket, const struct verify_report *report,
                     mono_ms now);

/* The read it asked for has ended. False: it was not asked for, and is dropped. */
bool record_read_done(struct record *record, struct context *ctx, uint32_t ticket, const struct dns_report *report,
                      const struct observed *observed, mono_ms now);

/*
 * Its turn in the zone's queue: the message to send, if it still wants to send one; else NULL and it has left the
 * queue.
 */
const struct plan *record_seal(struct record *record, struct context *ctx, mono_ms now);

/* That message was taken in, and will leave with this zone's next one. */
void record_sent(struct record *record, struct context *ctx, mono_ms now);

/* It was not, or nothing of it was applied for another member's sake: it waits in the queue again. */
void record_unsent(struct record *record, struct context *ctx, mono_ms now);

/* `share` says what the answer to the zone's message has to do with this record. */
void record_answered(struct record *record, struct context *ctx, const struct dns_report *report,
                     const struct batch_share *share, mono_ms now);

#endif
