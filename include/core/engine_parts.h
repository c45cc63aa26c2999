/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_ENGINE_PARTS_H
#define REPOINTD_CORE_ENGINE_PARTS_H

/*
 * Where: core; what engine.c (events), engine_watches.c (looks), engine_zones.c (messages), engine_gate.c (the line of
 * this host), engine_override.c (operators' overrides), engine_build.c (its life) and engine_view.c (reports) share.
 * Nobody else's.
 */

#include "core/context.h"
#include "core/engine.h"

struct engine {
    struct context context;
};

/* Is there room for one more step? */
bool engine_has_room(const struct context *ctx);

/* ---- engine_watches.c */

void engine_probe_done(struct context *ctx, const struct event *event, mono_ms now);
void engine_heartbeat(struct context *ctx, const struct event *event, mono_ms now);

/* Its deadline has come: a start, the end of a silence, an opinion that is too old. */
void engine_step_watch(struct context *ctx, uint32_t index, mono_ms now);
void engine_watches_gap(struct context *ctx, uint32_t gap_ms, mono_ms now);

/* What was seen by a host that saw nothing. Children come before those that are calculated from them. */
void engine_forget_watch(struct context *ctx, uint32_t index, mono_ms now);

/* ---- engine_zones.c */

/* A clock that a server refuses is told once for the server, not for each record. */
void engine_note_clock(struct context *ctx, uint32_t record, const struct dns_report *report, mono_ms now);
void engine_send_done(struct context *ctx, const struct event *event, mono_ms now);
void engine_step_zone(struct context *ctx, uint32_t zone, mono_ms now);
void engine_take_back(struct context *ctx, mono_ms now);

/* ---- engine_gate.c */

/* The probe of a watch has ended: if that is a reference, the gate follows, and true is returned. */
bool engine_reference_done(struct context *ctx, uint32_t watch, mono_ms now);

/* The last pass of a watch is too old, or its last look from before a gap; nothing happens where it is no reference. */
void engine_reference_doubted(struct context *ctx, uint32_t watch, mono_ms now);

/* ---- engine_override.c */

/* Where there are OVERRIDES_MAX nothing happens: the shell counts them, too. */
void engine_override(struct context *ctx, const struct override *override, mono_ms now);
void engine_release(struct context *ctx, uint32_t id, mono_ms now);
/* Ends one whose time is over. */
void engine_expire_override(struct context *ctx, mono_ms now);

#endif
