/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_IN_FLIGHT_H
#define REPOINTD_IO_IN_FLIGHT_H

/*
 * Where: io, behind EFFECT_SAVE and in front of EVENT_RESTORE.
 * What:  the file in-flight.jsonl of the state directory: for each record the messages of ours that may have been
 *        applied or may yet be. One line a word, the last word about a record counts, and while none is out the file is
 *        empty. Words are gathered and written together: whoever sends a message flushes before.
 * Why:   whoever starts after kill -9 has to know a message that comes late for its own. Lines are written before the
 *        message leaves, and not synced: after a power cut the owner id in the marker says the same, only less exactly.
 *        No secret is in it.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/time.h"
#include "core/message.h"
#include "io/state.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

#define IN_FLIGHT_FILE         "in-flight.jsonl"
#define IN_FLIGHT_MESSAGES_MAX 8    /* of one record */
#define IN_FLIGHT_AGAIN_MS     1000 /* after a word that could not be written */

struct in_flight;

/*
 * Reads what a former process left, as far as it fits these settings; both are borrowed. What is damaged or of a newer
 * version is put aside as in-flight.jsonl.damaged and counts for nothing: then, and where the file cannot be read,
 * warning->code is set. A last line that was cut is no damage. Never NULL: without memory at start the process ends.
 */
struct in_flight *in_flight_open(const struct state *state, const struct settings *settings, struct error *warning);
void in_flight_close(struct in_flight *in_flight); /* NULL is fine */

/* Gives each message that was left, once: kept in the order of records. Views die with the call. */
typedef void in_flight_give_fn(const struct restore *restore, void *ctx);
void in_flight_restore(struct in_flight *in_flight, in_flight_give_fn *give, void *ctx);

/* The word about a record now: `count` messages, none where nothing is out. It is in the file after the next flush. */
void in_flight_save(struct in_flight *in_flight, uint32_t record, const struct restore *messages, uint32_t count);

/*
 * All words since the last one, with one write. False: they could not be written; all words are kept and written with
 * the first flush that has a new one IN_FLIGHT_AGAIN_MS later, as a file that is written anew costs too much to be
 * tried with each. The daemon goes on either way.
 */
NODISCARD bool in_flight_flush(struct in_flight *in_flight, mono_ms now, struct error *err);

/* What could not be written, or stood in a directory that has gone, at once. */
NODISCARD bool in_flight_try_again(struct in_flight *in_flight, struct error *err);

#endif
