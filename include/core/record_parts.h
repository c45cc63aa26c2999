/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_RECORD_PARTS_H
#define REPOINTD_CORE_RECORD_PARTS_H

/*
 * Where: core; what record.c (the order of things), record_decide.c (the wish) and record_tell.c (notices) give each
 * other. Nobody else's.
 */

#include "core/context.h"
#include "core/record.h"

static inline const struct target_settings *record_target(const struct record *record, const struct context *ctx,
                                                          uint32_t place)
{
    return &ctx->settings->targets[record->settings->target_first + place];
}

/* Its decision follows an operator's word, and not health. */
static inline bool record_obeys(const struct record *record)
{
    return record->fail_back_now || record->decision.reason == DECISION_FORCED ||
           record->decision.reason == DECISION_DRAINED;
}

/* ---- record_decide.c */

/* What the zone holds now. */
void record_look(struct record *record, mono_ms now);

/* Counts the targets, looks at what the zone holds, decides. */
void record_decide(struct record *record, struct context *ctx, mono_ms now);

/* Operators have taken so much of this target away that it is no choice. */
bool record_drains(const struct record *record, const struct context *ctx, uint32_t place);

/* What the decision asks the transaction for. Its sets stand in the context's scratch until the next call. */
struct wish record_wish(const struct record *record, struct context *ctx);

/* Where the message goes in the zone's queue. */
enum batch_class record_class(const struct record *record);

/* The value whose probe decided, for people: of a target that is down the first one that is; ID_NONE. */
uint32_t record_value_down(const struct record *record, const struct context *ctx, uint32_t place);

/* ---- record_verify.c */

/* A message of this kind was seen in the zone: its name servers are asked from now on whether they serve it. */
void record_verify_change(struct record *record, enum plan_kind kind, uint64_t change, mono_ms now);

/* Asks the next round if one is due, and begins or ends what is to be asked about. */
void record_verify_step(struct record *record, struct context *ctx, mono_ms now);
mono_ms record_verify_deadline(const struct record *record);

/* ---- record_command.c */

/* Replies, if this step was the end of the command. */
void record_answer_command(struct record *record, struct context *ctx, const struct txn_step *step);

/* `word` is what the last step had to say. */
void record_settle(struct record *record, struct context *ctx, enum txn_word word);

/* ---- record.c */

struct txn_scene record_scene(struct context *ctx, const struct wish *wish, mono_ms now);
void record_carry_out(struct record *record, struct context *ctx, const struct txn_step *step, const struct wish *wish,
                      mono_ms now);

/* ---- record_tell.c */

/* What has changed about its values. True: the list is full, there is more. */
bool record_tell_values(const struct record *record, struct context *ctx, mono_ms now);

/* no-healthy-target, flapping: when the decision becomes so. */
void record_tell_decision(struct record *record, struct context *ctx);
void record_tell_failed(struct record *record, struct context *ctx, mono_ms now);
/* A read showed what is ours in a signed zone, without signatures that hold, or with them again. */
void record_tell_signatures(struct record *record, struct context *ctx, mono_ms now);
void record_tell_rights(struct record *record, struct context *ctx, mono_ms now);
void record_tell_condition(struct record *record, struct context *ctx, mono_ms now);

/* The message of `kind` has moved the record from place `from`. */
void record_tell_published(const struct record *record, struct context *ctx, const struct txn_step *step, uint32_t from,
                           int64_t duration_ms);
void record_tell_would_send(const struct record *record, struct context *ctx, enum plan_kind kind);

#endif
