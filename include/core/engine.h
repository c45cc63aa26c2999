/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_ENGINE_H
#define REPOINTD_CORE_ENGINE_H

/*
 * Where: core; the one door of the brain. The shell (app) and the simulator stand outside.
 * What:  an event and an instant go in, a bounded list of effects comes out.
 * Why:   it reads no clock, opens no socket, logs nothing, and allocates only in engine_new: so all of it can be
 *        lived through in virtual time, and every decision can be replayed.
 */

#include "base/error.h"
#include "base/time.h"
#include "core/gate.h"
#include "core/message.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct engine;
struct record;
struct watch;

/*
 * `settings` is borrowed and must outlive the engine. `owner` is this daemon's id in markers; `seed` moves jitter,
 * back-off and nonces. Adds up what the configuration needs and allocates once; NULL with `err` if it cannot.
 */
struct engine *engine_new(const struct settings *settings, uint64_t owner, uint64_t seed, mono_ms now,
                          struct error *err);
void engine_free(struct engine *engine); /* NULL is fine */

/*
 * Handles one event. `now` never goes back. Afterwards the engine is ready for the next one; what was due and did not
 * fit into `ret` keeps its past deadline, so that the next wake-up comes at once.
 */
void engine_handle(struct engine *engine, const struct event *event, mono_ms now, struct effects *ret);

/* When EVENT_WAKE is wanted, MONO_NEVER if never. May lie in the past. */
mono_ms engine_deadline(const struct engine *engine);

/* The message that the zone of an EFFECT_SEND has to send. Valid until the next engine_handle. */
const struct batch_view *engine_batch(const struct engine *engine, uint32_t zone);

/* Nothing is under way with any name server: a stopping daemon may go. */
bool engine_is_idle(const struct engine *engine);

/* ---- views for reports; valid within the current callback ---- */

const struct record *engine_record(const struct engine *engine, uint32_t index);
const struct watch *engine_watch(const struct engine *engine, uint32_t index);
const struct gate *engine_gate(const struct engine *engine);

/* An operator has drained this target of the record, or so many of its addresses that it is no choice. */
bool engine_is_drained(const struct engine *engine, uint32_t record, uint32_t place);

/* start-grace runs: what is not known yet is no bad news. */
bool engine_is_starting(const struct engine *engine, mono_ms now);

struct engine_summary {
    uint32_t records;            /* enabled ones */
    uint32_t on_first;           /* the zone holds the first target */
    uint32_t failed_over;        /* … or another one of ours, by health */
    uint32_t forced, held;       /* by operators */
    uint32_t failed_over_record; /* index of one of those, or ID_NONE */
    uint32_t unread;             /* not read yet */
    uint32_t stopped;            /* in a condition that keeps us from writing */
    uint32_t stopped_record;
    enum gate_state gate;
    uint32_t references; /* of connectivity; 0: there is no gate */
    uint32_t pending;    /* a change is wanted or under way */
    mono_ms changed_at;  /* last switch; MONO_NEVER: none since start */
};

/* Walks all records: for the status line, once a change or a minute, not for every event. */
void engine_summarise(const struct engine *engine, struct engine_summary *ret);

struct engine_stats {
    uint64_t probes_asked, probes_done, probes_late;
    uint64_t probes_tardy; /* began more than 20 ms late: at 10,000 a second that should be 1 in 100 */
    int64_t worst_late_ms; /* since start */
    uint64_t reads_asked, sends_asked, switches, answers_dropped;
    uint32_t probes_in_flight;
    uint32_t reads_in_flight, sends_in_flight;
};

const struct engine_stats *engine_stats(const struct engine *engine);

#endif
