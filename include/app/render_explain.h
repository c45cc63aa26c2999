/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_RENDER_EXPLAIN_H
#define REPOINTD_APP_RENDER_EXPLAIN_H

/*
 * Where: app, beside render_json.
 * What:  all that is known of one record: its status, the evidence of each address, DNS, what comes next.
 *
 *   a record of the status, and
 *   "evidence": [{"role", "label", "address", "check", "state", "streak", "fall", "rise", "since", "passed", "last",
 *                 "last_failure", "results": [{"time", "verdict", "reason", "ms"}]}], the newest result first;
 *       "last", "last_failure": {"time", "verdict", "reason", "detail", "code", "phases": {"resolve_ms", "connect_ms",
 *                 "tls_ms", "first_byte_ms", "total_ms"}, "certificate_end"} or null
 *   "dns": {"wanted": {"A": [...]}, "sent": {"time", "server", "outcome", "rcode", "took_ms", "serial"} or null,
 *           "served": [{"server", "ok", "after_ms"}]}
 *   "connectivity": as in the status
 *   "next": {"kind", "text", "earliest"}
 *   "timing": {"detect_least_ms", "detect_most_ms", "update_most_ms", "return_least_ms", "caches_ms"}, null: never
 */

#include "app/render_json.h"
#include "core/explain.h"

struct json_t *render_explain(const struct view *view, uint32_t record);

/* One result, as "last"; of the view only the two clocks count. */
struct json_t *render_explain_result(const struct view *view, const struct probe_report *report);

/* What happens next, in a sentence; instants are left to "earliest". */
void render_outlook(const struct settings *settings, uint32_t record, const struct outlook *outlook, struct text *out);

#endif
