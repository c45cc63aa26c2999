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

#endif
