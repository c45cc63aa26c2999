/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under the status page.
 * What:  one record with all that speaks for what is believed of it: why it answers as it does, its targets by their
 *        last probes, a week, an hour, its switches, and the commands that a person may want now.
 */
#include "app/page_parts.h"

#include "app/explanation.h"
#include "app/render_explain.h"
#include "app/wording.h"
#include "core/explain.h"
#include "core/policy.h"

#include <inttypes.h>
#include <string.h>

/* ---- why ---- */

static void add_term(struct buffer *out, const char *term)
{
    buffer_addf(out, "<dt>%s</dt><dd>", term);
}

static void add_override(struct buffer *out, const struct page *page, const struct record *record)
{
    const struct override_note *note = view_override(&page->view, record);
    char storage[OVERRIDE_NAME_MAX * 3];
    struct text words = text_over(storage, sizeof storage);
    add_term(out, "Override");
    if (note)
        override_note_format(note, &words);
    html_text(out, note ? words.bytes : "none");
    buffer_add(out, "</dd>");
}

static void add_next(struct buffer *out, const struct page *page, const struct record *record)
{
    const struct outlook outlook = explain_outlook(page->view.engine, record->index);
    char storage[400];
    struct text words = text_over(storage, sizeof storage);
    render_outlook(page->view.settings, record->index, &outlook, &words);
    add_term(out, "Next");
    html_text(out, words.bytes);
    if (outlook.at != MONO_NEVER) {
        buffer_add(out, "; at ");
        page_time(out, page, view_wall_ms(&page->view, outlook.at));
        buffer_add(out, ", in ");
        page_duration(out, outlook.at - page->view.now);
    }
    buffer_add(out, "</dd>");
}

static void add_timing(struct buffer *out, const struct page *page, const struct record *record)
{
    const struct timing timing = explain_timing(page->view.settings, record->index);
    add_term(out, "Timing");
    if (timing.detects) {
        buffer_add(out, "a dead target is known after ");
        page_duration(out, timing.detect_least_ms);
        buffer_add(out, " to ");
        page_duration(out, timing.detect_most_ms);
        buffer_add(out, ", and left at most ");
        page_duration(out, timing.update_most_ms);
        buffer_add(out, " later; ");
    } else {
        buffer_add(out, "its first target has no check and is never left; ");
    }
    buffer_add(out, "resolvers may keep the old answer ");
    page_duration(out, timing.caches_ms);
    buffer_add(out, " longer</dd>");
}

/* ---- DNS ---- */

static void add_sets(struct buffer *out, const struct record *record)
{
    char storage[2048];
    struct text words = text_over(storage, sizeof storage);
    const struct belief *belief = &record->txn.belief;
    for (uint32_t t = 0; t < record->settings->type_count; t++) {
        if (belief->sets[t].count == 0)
            continue;
        text_add(&words, words.length > 0 ? ", " : "");
        rrset_format(&belief->sets[t], &words);
    }
    add_term(out, "In the zone");
    html_text(out, words.length > 0 ? words.bytes : "nothing of ours is known");
    buffer_add(out, "</dd>");
}

static void add_sent(struct buffer *out, const struct page *page, const struct record *record)
{
    const struct dns_report *report = &record->txn.report;
    const struct zone_settings *zone = &page->view.settings->zones[record->settings->zone];
    if (report->outcome == 0 && !report->detail[0])
        return;
    add_term(out, "Last exchange");
    if (record->switched_at != MONO_NEVER) {
        page_time(out, page, view_wall_ms(&page->view, record->switched_at));
        buffer_add(out, " ");
    }
    buffer_add(out, "with ");
    html_text(out, page->view.settings->servers[zone->server].name);
    buffer_addf(out, ": %s", report->outcome ? outcome_name(report->outcome) : "stopped");
    if (report->has_answer) {
        buffer_add(out, " in ");
        page_latency(out, report->took_us);
    }
    if (record->txn.has_serial)
        buffer_addf(out, ", serial %" PRIu32, record->txn.serial);
    if (report->detail[0]) {
        buffer_add(out, "; ");
        html_text(out, report->detail);
    }
    buffer_add(out, "</dd>");
}

static void add_served(struct buffer *out, const struct record *record)
{
    add_term(out, "Served");
    page_in_dns(out, record);
    for (uint32_t i = 0; i < record->verify.count; i++) {
        const struct verify_place *place = &record->verify.places[i];
        char words[ENDPOINT_TEXT_MAX];
        endpoint_format(&place->endpoint, words);
        buffer_addf(out, " <small class=%s>", place->serves ? "o" : "b");
        page_sign(out, place->serves ? "✓" : "✗");
        html_text(out, words);
        buffer_add(out, place->serves ? " serves it" : place->answered ? " serves something else" : " does not answer");
        buffer_add(out, "</small>");
    }
    buffer_add(out, "</dd>");
}

static void add_facts(struct buffer *out, const struct page *page, const struct record *record)
{
    char zone[DNAME_TEXT_MAX], name[DNAME_TEXT_MAX];
    const struct zone_settings *of = &page->view.settings->zones[record->settings->zone];
    dname_format(&of->name, zone);
    dname_format(&record->settings->owner, name);
    buffer_add(out, "<dl>");
    add_term(out, "Name");
    html_text(out, name);
    for (uint32_t t = 0; t < record->settings->type_count; t++)
        buffer_addf(out, "%s%s", t > 0 ? ", " : " ", rrtype_name(record->settings->types[t]));
    buffer_addf(out, ", TTL %" PRIu32 " s, zone ", record->settings->ttl_s);
    html_text(out, zone);
    buffer_add(out, " on ");
    html_text(out, page->view.settings->servers[of->server].name);
    buffer_add(out, "</dd>");
    if (record->decision.reason != 0) {
        add_term(out, "Decision");
        html_text(out, decision_reason_sentence(record->decision.reason));
        buffer_add(out, "</dd>");
    }
    add_override(out, page, record);
    add_next(out, page, record);
    add_timing(out, page, record);
    add_sets(out, record);
    add_sent(out, page, record);
    add_served(out, record);
    buffer_add(out, "</dl>");
}

/* ---- graphs ---- */

static void add_hour(struct buffer *out, const struct page *page, const struct record *record)
{
    bool any = false;
    buffer_add(out, "<h2>Latency, last hour</h2>");
    for (uint32_t place = 0; place < record->settings->target_count; place++) {
        uint32_t watch = page_latency_watch(&page->view, record, place);
        if (watch == ID_NONE)
            continue;
        char storage[512];
        struct text name = text_over(storage, sizeof storage);
        text_addf(&name, "%s, ", view_target(&page->view, record, place)->role);
        settings_watch_format(page->view.settings, watch, &name);
        buffer_add(out, "<p>");
        html_text(out, name.bytes);
        buffer_add(out, "</p>");
        page_phases(out, page, watch, name.bytes);
        any = true;
    }
    buffer_add(out, any ? "" : "<p class=d>Nothing is measured.</p>");
}

/* ---- by hand ---- */

/* As a word of a shell. */
static void add_shell_word(struct buffer *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:/@";
    char storage[1024];
    struct text quoted = text_over(storage, sizeof storage);
    if (word[0] && word[strspn(word, plain)] == '\0') {
        html_text(out, word);
        return;
    }
    text_add(&quoted, "'");
    for (; *word; word++) {
        if (*word == '\'')
            text_add(&quoted, "'\\''");
        else
            text_add_bytes(&quoted, word, 1);
    }
    text_add(&quoted, "'");
    html_text(out, quoted.bytes);
}

static void add_command(struct buffer *out, const char *before, const char *word, const char *after)
{
    buffer_addf(out, "repointctl %s ", before);
    add_shell_word(out, word);
    buffer_add(out, after);
    buffer_add(out, "\n");
}

/* What drain takes: a label, else an address. */
static void add_drain(struct buffer *out, const struct page *page, const struct record *record)
{
    uint32_t place = record->current < record->settings->target_count ? record->current : 0;
    const struct target_settings *target = view_target(&page->view, record, place);
    char storage[DNAME_TEXT_MAX];
    struct text words = text_over(storage, sizeof storage);
    settings_value_format(page->view.settings, target->value_first, &words);
    add_command(out, "drain", target->label ? target->label : words.bytes, " --for 1h");
}

/* What ends the condition that keeps us from writing, once somebody has looked at the zone. */
static void add_way_out(struct buffer *out, const struct record *record)
{
    const struct observed_marker *seen = &record->txn.seen;
    switch (record_condition(record)) {
    case CONDITION_OTHER_OWNER:
        if (seen->form != MARKER_FORM_ONE)
            return;
        buffer_add(out, "repointctl take-over ");
        add_shell_word(out, record->settings->id);
        buffer_addf(out, " --owner %016" PRIx64 " --epoch %" PRIu64 "\n", seen->marker.owner, seen->marker.epoch);
        return;
    case CONDITION_UNOWNED:
    case CONDITION_FOREIGN:
    case CONDITION_FOREIGN_CHANGE:
    case CONDITION_PARTIAL:
    case CONDITION_CLONE:
    case CONDITION_ROLLBACK:
    case CONDITION_CONFLICT:
        add_command(out, "adopt", record->settings->id, " --expect WHAT-STANDS-THERE");
        return;
    case CONDITION_OK:
    case CONDITION_UNREAD:
    case CONDITION_OFF:
    case CONDITION_MISSING:
    case CONDITION_OCCLUDED:
    case CONDITION_INCONSISTENT:
    case CONDITION_COUNT:
        return;
    }
}

static void add_commands(struct buffer *out, const struct page *page, const struct record *record)
{
    const char *id = record->settings->id;
    uint32_t standby = record->current == 0 || record->current >= record->settings->target_count ? 1 : 0;
    buffer_add(out, "<h2>By hand</h2><p>On this host, as root or a member of the socket’s group:</p><pre>");
    add_way_out(out, record);
    add_command(out, "hold", id, " --for 1h");
    add_drain(out, page, record);
    if (standby < record->settings->target_count) {
        buffer_add(out, "repointctl failover ");
        add_shell_word(out, id);
        buffer_add(out, " --to ");
        add_shell_word(out, view_target(&page->view, record, standby)->role);
        buffer_add(out, " --for 1h\n");
    }
    add_command(out, "failback", id, "");
    add_command(out, "release", id, "");
    add_command(out, "explain", id, "");
    buffer_add(out, "</pre>");
}

/* ---- the whole ---- */

static void add_head(struct buffer *out, const struct page *page, const struct record *record)
{
    buffer_add(out, "<h1>");
    html_text(out, record->settings->id);
    buffer_add(out, "</h1><p class=s>");
    page_answer(out, page, record);
    buffer_add(out, "</p><p class=m>");
    if (record->current != ID_NONE) {
        buffer_add(out, "<span>Since ");
        page_time(out, page, view_wall_ms(&page->view, record->current_since));
        buffer_add(out, ", for ");
        page_duration(out, page->view.now - record->current_since);
        buffer_add(out, "</span> ");
    }
    page_now(out, page);
    buffer_add(out, "</p>");
}

void page_record(const struct page *page, uint32_t index, struct buffer *out)
{
    const struct record *record = engine_record(page->view.engine, index);
    page_begin(out, page, record->settings->id, "../");
    add_head(out, page, record);
    buffer_add(out, "</header><main>");
    add_facts(out, page, record);
    page_targets(out, page, record);
    if (page->trends) {
        buffer_add(out, "<h2>Last 7 days</h2>");
        page_week(out, page, record);
        add_hour(out, page, record);
    }
    buffer_add(out, "<h2>Last switches</h2>");
    page_switches(out, page, record);
    add_commands(out, page, record);
    buffer_add(out, "</main>");
    page_end(out);
}
