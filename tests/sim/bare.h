/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_BARE_H
#define REPOINTD_SIM_BARE_H

/*
 * Where: the simulator, beside ledger and truth.
 * What:  what is different where a record has no marker (ownership: none): nothing but values tells whose they are.
 * Why:   the promise is weaker, and so is what is demanded: it writes for its own decision only; what others change
 *        ends it until an operator adopts; and nothing contrary to a message in doubt leaves before that is too old.
 */

#include "base/time.h"
#include "contents.h"

struct world;
struct sent;

#define BARE_QUIET_MS 360000 /* the fudge of a signature, and a minute */

bool is_bare(const struct world *world, uint32_t record);

/* S10, S13: as it leaves. */
void bare_judge_message(struct world *world, const struct sent *sent);

/* It has stopped: what was read is not what was believed, and so nothing is ours any more. */
void bare_note_stop(struct world *world, uint32_t record);

/* A trustworthy read: what a message of ours in doubt would bring is ours, even where nothing was. */
void bare_note_read(struct world *world, uint32_t record, const struct contents *shown);

/* It goes on with this by an operator's word; nothing is written for that. */
void bare_adopted(struct world *world, uint32_t record, const struct contents *contents);

/* What a person puts there is what it believes anyway, or what a message of ours in doubt would bring. */
bool bare_is_welcome(const struct world *world, uint32_t record, const struct contents *now);

/* A message was applied: which may be a former one, or one of a former life, which nobody waits for. */
void bare_note_applied(struct world *world, const struct sent *sent);

/* When the last doubt is over at the latest; MONO_NEVER: not by time. */
mono_ms bare_ready_since(const struct world *world, uint32_t record);

#endif
