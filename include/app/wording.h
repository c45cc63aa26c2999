/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_WORDING_H
#define REPOINTD_APP_WORDING_H

/*
 * Where: app, behind report.
 * What:  from a notice (ids and numbers) to words (names, units, the grammar of numbers).
 */

#include "app/words.h"
#include "core/engine.h"
#include "core/message.h"
#include "core/verify.h"
#include "model/settings.h"

/*
 * All that the notice knows, by the settings it was told under. `engine` (may be NULL) knows the state of the other
 * targets. `user` has given the command that did it; NULL: that is not known.
 */
void wording_of(struct words *words, const struct settings *settings, const struct engine *engine,
                const struct notice *notice, const char *user);

/* The part of it that a name server answered or did not answer: server, rcode, serial, answer, problem, skew. */
void wording_of_dns(struct words *words, const struct settings *settings, const struct notice *notice);

/*
 * What the record's condition is and what ends it; "primary 192.0.2.10" and the like. Both are used by wording_of
 * alone.
 */
void wording_of_condition(struct words *words, const struct settings *settings, const struct notice *notice);

/* What an update was for, or is for where it was not sent; for wording_of alone, too. */
void wording_of_update(struct words *words, const struct notice *notice);

/* Which name servers serve it and how long after the change, and what one does that does not; for wording_of alone. */
void wording_of_served(struct words *words, const struct verify *verify);
void wording_of_not_served(struct words *words, const struct notice *notice);

/* "41 ms", "0.4 ms"; for --probe as well. */
void wording_add_latency(struct text *out, int64_t latency_us);

/* "1 record", "4 records". */
/* A local time of day; with its date where it is more than half a day away. */
void wording_add_local_time(struct text *out, int64_t wall_ms, int64_t away_ms);

void wording_add_count(struct text *out, uint64_t count, const char *noun);

/* What a configuration holds: "4 records, 3 checks, 2 servers". */
void wording_add_contents(struct text *out, const struct settings *settings);

/* "; 2 records without a marker (ownership: none)", or nothing: a weaker way, of which nobody should lose sight. */
void wording_add_bare(struct text *out, const struct settings *settings);

#endif
