/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_TRENDS_H
#define REPOINTD_APP_TRENDS_H

/*
 * Where: app, beside the engine; read by the status page alone, and there only where web.listen is set.
 * What:  what each target was for the last seven days, hour by hour, and how long its answers took in the last hour,
 *        minute by minute and phase by phase.
 * Why:   "is it down" has an answer in the engine; "was it well last night" needs a memory. Its size is fixed, since
 *        there may be a hundred thousand targets: TRENDS_TARGET_OCTETS for each, and TRENDS_WATCH_OCTETS for each look
 *        at an address.
 *
 * Hours are counted by the wall clock, as people do. What nobody saw (this process was not there, stood still, or did
 * not know) is neither up nor down.
 */

#include "base/error.h"
#include "base/time.h"
#include "core/engine.h"
#include "core/message.h"
#include "io/state.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRENDS_HOURS         168
#define TRENDS_MINUTES       60
#define TRENDS_HOUR_S        3600
#define TRENDS_TARGET_OCTETS 368
#define TRENDS_WATCH_OCTETS  244
#define TRENDS_FILE          "trends"
#define TRENDS_FILE_MOST     ((size_t)16 * 1024 * 1024) /* what does not fit is not kept; minutes give way first */

/* Times since the start of a probe, so each holds those before it. */
enum trend_phase { TREND_TOTAL = 0, TREND_CONNECT, TREND_TLS, TREND_FIRST_BYTE, TREND_PHASES };

struct trends;

/* `settings` are borrowed. */
struct trends *trends_new(const struct settings *settings);
void trends_free(struct trends *trends); /* NULL is fine */

/*
 * At a reload, before the old settings go: what the former ones knew of the same targets and looks. `watches` and
 * `records` as difference_of_* give them.
 */
void trends_adopt(struct trends *fresh, const struct trends *old, const uint32_t *watches, const uint32_t *records);

/* A probe has ended. */
void trends_probe(struct trends *trends, uint32_t watch, const struct probe_report *report, int64_t wall_ms);

/*
 * Looks what each target is: the time since the last look was what it was then. A slice of them a call, until
 * trends_deadline lies in the future.
 */
void trends_look(struct trends *trends, const struct engine *engine, mono_ms now, int64_t wall_ms);
mono_ms trends_deadline(const struct trends *trends); /* MONO_NEVER: there are no targets */

/* A notice of any kind; where a target has changed it is looked at now and not at the next round. */
void trends_note(struct trends *trends, const struct engine *engine, const struct notice *notice, mono_ms now,
                 int64_t wall_ms);

/* ---- what is known ---- */

/* Of one hour; what is left of it nobody knows. */
struct trend_hour {
    uint16_t up_s, down_s;
};

/* `hour` in hours since 1970; what lies outside of the memory is unknown. */
struct trend_hour trends_hour(const struct trends *trends, uint32_t target, uint32_t hour);

/*
 * The slowest probe that passed in that minute since 1970, to within a sixteenth; TREND_NONE: there was none,
 * TREND_FAILED: all of them failed. A phase that was not reached: TREND_NONE.
 */
#define TREND_NONE   (-1)
#define TREND_FAILED (-2)
int32_t trends_minute_us(const struct trends *trends, uint32_t watch, enum trend_phase phase, uint32_t minute);

/* ---- over a restart ---- */

/*
 * Takes in what was kept. A file that is damaged or of a newer version is put aside, and warning->code is set; what it
 * knew is unknown then.
 */
void trends_load(struct trends *trends, const struct state *state, struct error *warning);

/* `minutes`: the last hour's too, which only a short pause makes worth keeping. */
NODISCARD bool trends_save(const struct trends *trends, const struct state *state, bool minutes, struct error *err);

#endif
