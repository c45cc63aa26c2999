/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_TRANSACTION_STEP_H
#define REPOINTD_CORE_TRANSACTION_STEP_H

/*
 * Where: core; what transaction.c (messages and time) and transaction_read.c (what a read means) give each other.
 * Nobody else's.
 */

#include "core/transaction.h"

mono_ms txn_next_audit(const struct txn *txn, const struct txn_scene *scene);
mono_ms txn_next_try(struct txn *txn, const struct txn_scene *scene);
void txn_note_wish(struct txn *txn, const struct wish *wish);
struct plan txn_plan(struct txn *txn, const struct txn_scene *scene, const struct observed *seen);

/* Asks for a read and goes on in `state`. */
struct txn_step txn_read(struct txn *txn, const struct txn_scene *scene, enum txn_state state);

/* Idle until the next audit. */
struct txn_step txn_rest(struct txn *txn, enum txn_word word);

/* Queues a message, unless nothing may be sent. */
struct txn_step txn_queue(struct txn *txn, const struct txn_scene *scene, const struct plan *plan);

/* Stops. `seen` is what showed it; NULL: an answer to a message did. */
struct txn_step txn_stop(struct txn *txn, const struct txn_scene *scene, enum condition condition,
                         const struct observed *seen);

/* ---- transaction_dispute.c */

/* What a belief that was just learnt makes of the record's place. */
enum condition txn_condition(const struct txn *txn);

/* Asks whether what is believed holds for updates, too; it does; it does not. */
struct txn_step txn_assert(struct txn *txn, const struct txn_scene *scene);
struct txn_step txn_asserted(struct txn *txn, const struct txn_scene *scene);
struct txn_step txn_disputed(struct txn *txn, const struct txn_scene *scene);

/* The server refused the prerequisites, and what was read since allows the same wish, by `plan`. */
struct txn_step txn_rebuild(struct txn *txn, const struct txn_scene *scene, const struct plan *plan,
                            const struct observed *seen, bool as_pinned);

/* ---- transaction_bare.c: without a marker. But for txn_is_bare and the last three they may be called with one. */

bool txn_is_bare(const struct txn *txn);

/* The pending message has just come to be in doubt. */
void txn_doubt(struct txn *txn, mono_ms now);

/* When doubts are over by time alone; MONO_NEVER: not by time. */
mono_ms txn_quiet_ends(const struct txn *txn);

/* What was read has no message of ours in it. True: doubts were forgotten, so that there is more that may be done. */
bool txn_doubts_end(struct txn *txn, const struct txn_scene *scene);

/* A message of ours stands there and was learnt; `accepted`: the server had said so. What is in doubt no more goes. */
void txn_settle(struct txn *txn, const struct txn_scene *scene, bool accepted);

/* The message that has brought what was seen: its kind, and the place of its target. */
struct stray txn_bare_applied(const struct txn *txn, const struct observed *seen);

/* It was stopped: what may be believed still. `seen` as of txn_stop. */
void txn_bare_stopped(struct txn *txn, const struct observed *seen);

/* An operator wants what stands there to be ours. */
struct txn_step txn_bare_adopt(struct txn *txn, const struct txn_scene *scene, const struct observed *seen);

/* ---- transaction_rehearse.c */

/* It is time to try whether we could write; queues that; what came of it. */
bool txn_rehearses(const struct txn *txn, const struct txn_scene *scene);
struct txn_step txn_rehearse(struct txn *txn);
struct txn_step txn_rehearsed(struct txn *txn, const struct txn_scene *scene, const struct dns_report *report);

/* ---- transaction_command.c */

/* The operator's word comes first. True: `ret` is the step; else all goes on as without it. */
bool txn_command_step(struct txn *txn, const struct txn_scene *scene, struct txn_step *ret);

/* Its read has come, and is trustworthy. True: its message is queued; else ret->reply says its end and no more. */
bool txn_command_read(struct txn *txn, const struct txn_scene *scene, const struct observed *seen,
                      struct txn_step *ret);

/* The server did not do it: txn->report says why. */
struct txn_step txn_command_refused(struct txn *txn, const struct txn_scene *scene);

/* `step` is what a read made of its message, which shows (`is_own`) or does not: adds the reply. */
void txn_command_seen(struct txn *txn, const struct txn_scene *scene, struct txn_step *step, bool is_own);

/* Our own message has taken the marker away. */
struct txn_step txn_disowned(struct txn *txn, const struct txn_scene *scene, const struct observed *seen);

#endif
