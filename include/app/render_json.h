/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_RENDER_JSON_H
#define REPOINTD_APP_RENDER_JSON_H

/*
 * Where: app, between the engine and the control socket.
 * What:  the whole state as JSON text, for `repointctl status` and for scripts.
 * Why:   a contract: snake_case, "version" 1, keys are only ever added, every key is always there (null: not known, or
 *        none). Pure, so that a test reads every word.
 *
 *   {"version", "records": [{"record", "name", "zone", "server", "types", "answer", "since", "in_dns", "served",
 *    "condition", "why", "override", "ownership", "marker": {"owner", "epoch"}, "targets": [{"role", "label", "state",
 *    "streak", "check", "reason", "detail", "addresses": [{"address", "state", "latency_ms", "certificate_end"}]}]}],
 *    "connectivity": {"configured", "ok", "answering", "of"}, "config": {"loaded", "ok"}, "state": {"ok", "why"},
 *    "starting", "dry_run"}
 *
 * `streak` counts results in a row: above 0 passes, below 0 failures. `answer` is the role of the target that the zone
 * holds, null where that is none of ours. `in_dns` says whether the zone holds what it should and, with `verify`, all
 * those name servers serve it; `served` counts them: {"by", "of"}. `marker` is the one that
 * was read last, ours or another's. `starting`: start-grace runs.
 */

#include "app/view.h"
#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

struct json_t;

/*
 * The status of these records (copied), or of all where `records` is NULL, as text that is told in pieces: each record
 * is looked at when its turn comes. The engine and the settings of the view have to stay until the end, or the
 * generation changes. NULL: memory is out, as it may be for each piece.
 */
struct status_text *status_text_new(const struct view *view, const uint32_t *records, uint32_t count);
size_t status_text_next(void *status_text, char *bytes, size_t room); /* an api_piece_fn */
void status_text_free(void *status_text);

/* "2026-11-23T14:02:31Z"; null where that is no time. */
struct json_t *render_json_utc(int64_t wall_ms);

/* When the certificate ends that was shown; null: none was. */
struct probe_report;
struct json_t *render_json_certificate(const struct probe_report *report);

/* NULL or "": null. */
struct json_t *render_json_text(const char *words);

/* The address or host name of a value. */
struct json_t *render_json_value(const struct settings *settings, uint32_t value);

/* {"configured", "ok", "answering", "of"} */
struct json_t *render_json_connectivity(const struct view *view);

/* One record as the status has it. */
struct json_t *render_json_record(const struct view *view, uint32_t record);

/* {"kind", "subject", "target", "user", "reason", "since", "until"}; NULL: null. */
struct json_t *render_json_override(const struct override_note *note);

/* Name and version of the library behind this, for --version. */
void render_json_library(struct text *out);

#endif
