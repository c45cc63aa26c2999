/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under the status page.
 * What:  the targets of a record, a row an address, each with its last probe and its last failure.
 */
#include "app/page_parts.h"

#include <inttypes.h>
#include <string.h>

#define DAY_S 86400

static void add_report(struct buffer *out, const struct page *page, const struct probe_report *report)
{
    if (report->verdict == 0) {
        buffer_add(out, "–");
        return;
    }
    page_time(out, page, view_wall_ms(&page->view, report->started));
    buffer_add(out, " <small>");
    if (report->verdict != VERDICT_PASS)
        buffer_addf(out, "%s%s", reason_name(report->reason), report->detail[0] ? ": " : "");
    html_text(out, report->detail);
    if (report->phases.total_us >= 0) {
        buffer_add(out, report->verdict != VERDICT_PASS ? ", after " : report->detail[0] ? " in " : "in ");
        page_latency(out, report->phases.total_us);
    }
    buffer_add(out, "</small>");
    if (report->certificate_end_s == 0)
        return;
    int64_t days = (report->certificate_end_s - page->view.wall_ms / 1000) / DAY_S;
    buffer_addf(out, " <small>certificate ends in %" PRId64 " day%s</small>", days, days == 1 ? "" : "s");
}

/* "connect 3 ms, TLS 9 ms, first byte 30 ms": since the start. */
static void add_phase_times(struct buffer *out, const struct phase_times *phases)
{
    const struct {
        const char *name;
        int32_t us;
    } rows[] = {{"name", phases->resolve_us},
                {"connected", phases->connect_us},
                {"TLS", phases->tls_us},
                {"first byte", phases->first_byte_us},
                {"whole", phases->total_us}};
    bool any = false;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (rows[i].us < 0)
            continue;
        buffer_addf(out, " <small>%s ", rows[i].name);
        page_latency(out, rows[i].us);
        buffer_add(out, "</small>");
        any = true;
    }
    buffer_add(out, any ? "" : "–");
}

/* "2 of the last 16 failed" */
static void add_streak(struct buffer *out, const struct watch *watch)
{
    const struct trail_entry *entry;
    uint32_t failed = 0, all = 0;
    for (; (entry = trail_at(&watch->trail, all)) != NULL; all++)
        failed += entry->verdict == VERDICT_FAIL;
    int64_t streak = view_streak(watch);
    if (streak != 0)
        buffer_addf(out, " <small>%" PRId64 " %s in a row</small>", streak < 0 ? -streak : streak,
                    streak < 0 ? "failed" : "passed");
    if (failed > 0 && failed < all)
        buffer_addf(out, " <small>%" PRIu32 " of the last %" PRIu32 " failed</small>", failed, all);
}

static void add_address_state(struct buffer *out, const struct watch *watch)
{
    static const char *const signs[] = {[HEALTH_UNKNOWN] = "?", [HEALTH_UP] = "✓", [HEALTH_DOWN] = "✗"};
    static const char *const tones[] = {[HEALTH_UNKNOWN] = "d", [HEALTH_UP] = "o", [HEALTH_DOWN] = "b"};
    enum health_state state = watch ? watch->health.state : HEALTH_UP;
    buffer_addf(out, "<span class=%s>", tones[state]);
    page_sign(out, signs[state]);
    buffer_addf(out, "%s</span>", health_state_name(state));
}

static void add_address(struct buffer *out, const struct page *page, const struct record *record, uint32_t place,
                        uint32_t index)
{
    const struct settings *settings = page->view.settings;
    const struct target_settings *target = view_target(&page->view, record, place);
    const struct value_settings *value = &settings->values[index];
    const struct watch *watch = value->watch == ID_NONE ? NULL : engine_watch(page->view.engine, value->watch);
    char storage[DNAME_TEXT_MAX];
    struct text words = text_over(storage, sizeof storage);
    settings_value_format(settings, index, &words);
    buffer_add(out, "<tr><th scope=row>");
    html_text(out, target->role);
    if (target->label && strcmp(target->label, target->role) != 0) {
        buffer_add(out, " <small>");
        html_text(out, target->label);
        buffer_add(out, "</small>");
    }
    if (engine_is_drained(page->view.engine, record->index, place))
        buffer_add(out, " <small class=n><i aria-hidden=true>◆</i> drained</small>");
    buffer_add(out, "</th><td>");
    html_text(out, words.bytes);
    buffer_add(out, "</td><td>");
    html_text(out, watch ? watch->check->name : "none");
    buffer_add(out, "</td><td>");
    add_address_state(out, watch);
    if (!watch) {
        buffer_add(out, " <small>not probed</small></td><td>–</td><td>–</td><td>–</td></tr>\n");
        return;
    }
    buffer_add(out, " <small>for ");
    page_duration(out, page->view.now - watch->health.since);
    buffer_add(out, "</small>");
    add_streak(out, watch);
    buffer_add(out, "</td><td>");
    add_report(out, page, &watch->last);
    buffer_add(out, "</td><td>");
    add_phase_times(out, &watch->last.phases);
    buffer_add(out, "</td><td>");
    add_report(out, page, &watch->last_failure);
    buffer_add(out, "</td></tr>\n");
}

void page_targets(struct buffer *out, const struct page *page, const struct record *record)
{
    buffer_add(out, "<h2>Targets</h2><div class=y><table><thead><tr><th scope=col>Target</th><th scope=col>Address</th>"
                    "<th scope=col>Check</th><th scope=col>State</th><th scope=col>Last probe</th>"
                    "<th scope=col>Reached after</th><th scope=col>Last failure</th></tr></thead><tbody>\n");
    for (uint32_t place = 0; place < record->settings->target_count; place++) {
        const struct target_settings *target = view_target(&page->view, record, place);
        for (uint32_t i = 0; i < target->value_count; i++)
            add_address(out, page, record, place, target->value_first + i);
    }
    buffer_add(out, "</tbody></table></div>");
}
