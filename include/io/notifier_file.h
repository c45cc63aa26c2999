/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_NOTIFIER_FILE_H
#define REPOINTD_IO_NOTIFIER_FILE_H

/*
 * Where: io, under notifier.
 * What:  the file notifications.jsonl of the state directory: messages that have not arrived yet, in order, for whoever
 *        starts next. A line for each message and notifier, and one when it is over; empty while none waits.
 * Why:   appended and not synced: it has to survive kill -9. No secret is in it.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/time.h"
#include "io/letter.h"
#include "io/state.h"

#include <stdbool.h>
#include <stdint.h>

#define NOTIFIER_FILE          "notifications.jsonl"
#define NOTIFIER_FILE_AGAIN_MS 1000 /* after a line that could not be written */

struct notifier_file;

/* Both borrowed; the letter may be shared. */
typedef void notifier_file_give_fn(const char *notifier, struct letter *letter, void *ctx);

/* All that waits, for a file that is written anew: calls `give` for each, in order. */
typedef void notifier_file_walk_fn(notifier_file_give_fn *give, void *give_ctx, void *ctx);

struct notifier_file *notifier_file_open(const struct state *state, notifier_file_walk_fn *walk, void *ctx);
void notifier_file_close(struct notifier_file *file); /* NULL is fine */

/*
 * What a former process left. A file that is damaged or of a newer version is put aside as
 * notifications.jsonl.damaged and counts for nothing: then, or where it cannot be read, warning->code is set. A last
 * line that was cut is no damage.
 */
void notifier_file_load(struct notifier_file *file, notifier_file_give_fn *give, void *ctx, struct error *warning);

/*
 * A message waits for this notifier, or waits no more (`waiting`: how many do then, for all). False: it could not be
 * written; the first call that works brings the file up to date, and is not tried before NOTIFIER_FILE_AGAIN_MS. What
 * waits for the walk then has the message already, or has it no more.
 */
NODISCARD bool notifier_file_add(struct notifier_file *file, const char *notifier, const struct letter *letter,
                                 mono_ms now, struct error *err);
NODISCARD bool notifier_file_over(struct notifier_file *file, const char *notifier, const char *key, uint32_t waiting,
                                  mono_ms now, struct error *err);

/* Brings it up to date, where it is not. False: it still cannot be written. */
NODISCARD bool notifier_file_try_again(struct notifier_file *file, struct error *err);

#endif
