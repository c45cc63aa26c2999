/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_HEALTH_H
#define REPOINTD_CORE_HEALTH_H

/*
 * Where: core, behind watch (which probe was it) and before tally (how many of a target's addresses are up).
 * What:  hysteresis: from single results to an opinion about one watch.
 * Why:   one odd answer must not move a name, and results that our own trouble holds apart must not add up to one
 *        either.
 */

#include "base/time.h"
#include "model/reason.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* What we believe about one watch, and since when. A value: copy it freely. Zeroed is unknown, never asked. */
struct health {
    enum health_state state;
    bool counted;           /* a result has counted since start or since forgotten; else the instants mean nothing */
    bool local_only;        /* asked since start or since forgotten, and every result was LOCAL */
    uint16_t passes, fails; /* the streak under way, capped at rise and fall */
    uint16_t resumed;       /* how many of it came after its last interruption */
    uint32_t streak;        /* results in a row, uncapped, for people: of the kind that is not 0 above */
    mono_ms since;          /* when `state` began */
    mono_ms counted_at;     /* when the last counted (not LOCAL) result came */
    mono_ms passed_start;   /* start of the last pass: the proof that it lives; 0 where there was none */
    mono_ms failed_start;   /* start of the last failure; 0 where there was none */
    mono_ms failing_start;  /* start of the first failure of the run that brought it down, or of the one under way */
    mono_ms streak_start;   /* start of the first result of the streak under way */
    mono_ms resumed_start;  /* … and of the first one after its last interruption */
};

/*
 * Counts one result. `started` is when its probe began: proof is about what we asked, not about when we heard. LOCAL
 * changes nothing but `local_only`. Returns true if the state changed; `health` is then already the new one.
 */
bool health_observe(struct health *health, const struct check_settings *check, enum verdict verdict, mono_ms started,
                    mono_ms now);

/* How old a counted result may be before it says nothing any more: fall × interval × (1 + jitter) + timeout + 2 s. */
int64_t health_freshness_ms(const struct check_settings *check);

/* When health_expire would make it unknown; MONO_NEVER if it is unknown already. */
mono_ms health_expires_at(const struct health *health, const struct check_settings *check);

/* Too old: unknown, streaks cleared. Returns true if the state changed. */
bool health_expire(struct health *health, const struct check_settings *check, mono_ms now);

/* A result was lost on our side: as LOCAL, without saying that this host cannot judge. */
void health_interrupt(struct health *health);

/* After a gap longer than the interval: the state stays, the streak under way is void. */
void health_clear_streak(struct health *health);

/* Everything is void: unknown, as if never asked. */
void health_forget(struct health *health, mono_ms now);

/* A streak is under way that would change the state: the cadence may quicken. */
bool health_is_changing(const struct health *health);

#endif
