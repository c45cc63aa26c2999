/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_WATCH_H
#define REPOINTD_CORE_WATCH_H

/*
 * Where: core, between the engine (which asks the shell to probe) and health (what a result means).
 * What:  one check at one address: when it is asked next, the one probe in flight and its ticket, the last results.
 * Why:   start to start on a grid that is computed and not added up, so nothing drifts and no verdict changes how
 *        often we ask.
 */

#include "base/time.h"
#include "core/health.h"
#include "core/message.h"
#include "core/trail.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct watch {
    const struct check_settings *check; /* borrowed */
    struct health health;
    uint32_t index;     /* of settings: the subject of its ops */
    uint32_t tickets;   /* the last one given out */
    bool in_flight;     /* the one of `tickets` waits for its answer */
    uint32_t tick_ms;   /* starts are moved up to a whole multiple of this */
    uint32_t spread_ms; /* its place in the round of first starts */
    uint64_t seed;      /* of its jitter */
    mono_ms phase;      /* slots of the grid are phase + k × interval */
    mono_ms planned;    /* where the next start stands on the grid */
    mono_ms due;        /* the same moved up to the tick: when it is meant to start; of one in flight, when it was */
    mono_ms asked;      /* when the last probe was asked for */
    mono_ms silent_at;  /* of a heartbeat: when silence becomes a failure; MONO_NEVER: it was never pushed */
    bool sound;         /* of a calculated one: what a decision may rest on says the same */
    struct probe_report last;         /* the last result taken; verdict 0: none yet */
    struct probe_report last_failure; /* the last one with VERDICT_FAIL, or verdict 0 */
    struct trail trail;               /* of the results taken */
};

/* What became of an answer. */
enum watch_answer {
    WATCH_STALE = 1, /* the ticket is not the one in flight: nothing has changed, count it as dropped */
    WATCH_SAME,      /* taken, state as before; proof (passed_start) and local_only may have moved: tally anew */
    WATCH_CHANGED    /* taken, and the state has changed */
};

/*
 * How long a tick is, that about ten probes share a wake-up: 10 / (probes a second of all watches), 5 … 100 ms.
 */
uint32_t watch_tick_ms(const struct settings *settings);

/*
 * `index` is its place in settings; it is the `nth` (from 0) of `of` watches whose checks have the same interval. All
 * watches of one engine get the same `now`, `tick_ms` and `seed`. No more than one thousand first starts a second, or
 * the steady rate where that is more.
 */
void watch_init(struct watch *watch, const struct settings *settings, uint32_t index, uint32_t nth, uint32_t of,
                uint32_t tick_ms, uint64_t seed, mono_ms now);

/* A watch that nobody asks for: a heartbeat or a calculated one. It has no start. */
void watch_init_idle(struct watch *watch, const struct settings *settings, uint32_t index, mono_ms now);

/*
 * The same look at the same place, in another configuration: its opinion, its results and, where the interval is the
 * same, its cadence. What was in flight is lost. Right after watch_init or watch_init_idle.
 */
void watch_adopt(struct watch *watch, const struct watch *old, mono_ms now);

/* The next start has come and nothing is in flight. */
bool watch_is_due(const struct watch *watch, mono_ms now);

/*
 * Begins a probe; nothing may be in flight. The op carries a fresh ticket; `watch->due` still says when it was meant
 * to start.
 */
struct op watch_start(struct watch *watch, mono_ms now);

/* An answer has come. Its ticket is used up by this; `report->started` after `now` counts as `now`. */
enum watch_answer watch_done(struct watch *watch, uint32_t ticket, const struct probe_report *report, mono_ms now);

/* `invert`: a pass becomes a failure with the reason `inverted`, a failure a pass; what was seen stays, LOCAL too. */
void watch_invert(struct probe_report *report);

/* A heartbeat was pushed, by whom the report tells; silence is counted from now on. True: the state changed. */
bool watch_push(struct watch *watch, const struct probe_report *report, mono_ms now);

/* It was silent for too long: one more failure, if so. */
bool watch_is_silent(const struct watch *watch, mono_ms now);
bool watch_miss(struct watch *watch, mono_ms now);

/*
 * Voids the probe in flight: its answer will be stale. Returns its op, so that the shell can be told, or ticket 0 if
 * there was none. The next start is the next one of the grid.
 */
struct op watch_cancel(struct watch *watch, mono_ms now);

/*
 * What was seen so far is void, the probe in flight too: unknown, as if never asked, but for when it is asked next.
 * Returns the op as watch_cancel does.
 */
struct op watch_forget(struct watch *watch, mono_ms now);

/*
 * The process stood still for `gap_ms` until `now`. The probe in flight is void (its op goes to `ret`, ticket 0:
 * there was none); after more than the interval the streak is too, and after more than the freshness limit the
 * opinion. What was missed or voided starts anew in a round like the first one. Returns true if the state changed.
 */
bool watch_gap(struct watch *watch, uint32_t gap_ms, mono_ms now, struct op *ret);

/* Too old: unknown. Returns true if the state changed. */
bool watch_expire(struct watch *watch, mono_ms now);

/*
 * The next start, unless one is in flight, or the instant at which the opinion gets too old: whichever is first. Of a
 * heartbeat the end of its silence. MONO_NEVER: none.
 */
mono_ms watch_deadline(const struct watch *watch);

#endif
