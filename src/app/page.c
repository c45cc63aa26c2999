/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between the state and whoever looks at it with a browser.
 * What:  the front of the status page: a line that says whether all is well, and a row a record.
 */
#include "app/page_parts.h"

#include "app/wording.h"

#include <inttypes.h>

struct counts {
    uint32_t of[PAGE_STATES], attention;
    bool unknown; /* some target has not been looked at yet */
};

static bool has_unknown(const struct record *record)
{
    for (uint32_t place = 0; place < record->settings->target_count; place++)
        if (place != record->settings->fallback && record->targets[place].state == HEALTH_UNKNOWN)
            return true;
    return false;
}

static struct counts count_states(const struct page *page)
{
    struct counts counts = {.attention = 0};
    for (uint32_t i = 0; i < page->view.settings->record_count; i++) {
        const struct record *record = engine_record(page->view.engine, i);
        enum page_state state = page_state_of(&page->view, record);
        counts.of[state]++;
        counts.unknown = counts.unknown || has_unknown(record);
        counts.attention += state != PAGE_WELL && state != PAGE_OFF;
    }
    return counts;
}

/* ---- the head ---- */

static void add_count(struct buffer *out, const struct counts *counts, enum page_state state, bool noun)
{
    const struct page_state_words *words = page_state_words(state);
    uint32_t count = counts->of[state];
    buffer_addf(out, "<span class=%s>", words->tone);
    page_sign(out, words->sign);
    buffer_addf(out, "%" PRIu32 "%s %s</span> ", count,
                !noun        ? ""
                : count == 1 ? " record"
                             : " records",
                words->counted);
}

static void add_counts(struct buffer *out, const struct page *page, const struct counts *counts)
{
    bool noun = true;
    if (page->view.settings->record_count == 0) {
        buffer_add(out, "<p class=s>No records are configured.</p>");
        return;
    }
    buffer_add(out, "<p class=s>");
    for (enum page_state state = PAGE_NONE_UP; state < PAGE_STATES; state++) {
        if (counts->of[state] == 0)
            continue;
        add_count(out, counts, state, noun);
        noun = false;
    }
    buffer_add(out, "</p>");
}

/* What the title says in a tab that nobody looks at. */
static void add_headline(struct text *out, const struct page *page, const struct counts *counts)
{
    if (engine_gate(page->view.engine)->state == GATE_CLOSED) {
        text_add(out, "cut off");
        return;
    }
    for (enum page_state state = PAGE_NONE_UP; state < PAGE_WELL; state++) {
        if (counts->of[state] == 0 || state == PAGE_OFF)
            continue;
        text_addf(out, "%" PRIu32 " %s", counts->of[state], page_state_words(state)->counted);
        return;
    }
    text_add(out, page->view.settings->record_count > 0 ? "all well" : "no records");
}

static void add_banner(struct buffer *out, const char *tone, const char *sign, const char *word, const char *sentence)
{
    buffer_addf(out, "<p class=\"e %s\"><b>", tone);
    page_sign(out, sign);
    buffer_addf(out, "%s</b> <span>%s</span></p>", word, sentence);
}

/* What is true of every row. */
static void add_banners(struct buffer *out, const struct page *page, const struct counts *counts)
{
    const struct gate *gate = engine_gate(page->view.engine);
    if (gate->state == GATE_CLOSED)
        add_banner(
            out, "b", "✗", "Cut off.",
            "None of the references answers this host: nothing is decided, DNS is left as it is, and what is told "
            "of targets may be this host’s own trouble.");
    if (page->view.settings->safety.dry_run)
        add_banner(out, "n", "◆", "Dry run.", "What should change is told in the log; nothing is sent.");
    if (page->view.config_is_old)
        add_banner(out, "w", "▲", "Older configuration.",
                   "A newer file was refused; repointctl reload says what is wrong with it.");
    if (page->view.state_problem && page->view.state_problem[0])
        add_banner(out, "w", "▲", "State not kept.",
                   "The state directory cannot be written: a restart would forget overrides and history.");
    if (counts->unknown && engine_is_starting(page->view.engine, page->view.now))
        add_banner(out, "d", "?", "Starting.", "Not every target has been looked at yet.");
}

static void add_connectivity(struct buffer *out, const struct page *page)
{
    const struct gate *gate = engine_gate(page->view.engine);
    if (gate->count == 0)
        return;
    buffer_addf(out, "<span>Connectivity %s, %" PRIu32 " of %" PRIu32 " answer</span> ",
                gate->state == GATE_OPEN     ? "ok"
                : gate->state == GATE_CLOSED ? "lost"
                                             : "not known",
                gate_answering(gate), gate->count);
}

static void add_circumstances(struct buffer *out, const struct page *page)
{
    buffer_add(out, "<p class=m>");
    add_connectivity(out, page);
    buffer_add(out, "<span>Configuration of ");
    page_time(out, page, page->view.loaded_wall_ms);
    buffer_add(out, "</span> ");
    page_now(out, page);
    buffer_add(out, "</p>");
}

/* ---- rows ---- */

#define STANDBYS_SHOWN 3

/* All targets but the first: those of a list with their names. */
static void add_standbys(struct buffer *out, const struct page *page, const struct record *record)
{
    uint32_t count = record->settings->target_count, shown = 0;
    if (record->settings->fallback != ID_NONE && count > 2)
        count--; /* it is never probed, and where it answers the answer says so */
    for (uint32_t place = 1; place < count && shown < STANDBYS_SHOWN; place++, shown++) {
        buffer_add(out, shown > 0 ? "<br>" : "");
        if (count > 2) {
            html_text(out, view_target(&page->view, record, place)->role);
            buffer_add(out, " ");
        }
        page_target(out, page, record, place);
    }
    if (shown == 0)
        buffer_add(out, " <small>none</small>");
    else if (count - 1 > shown)
        buffer_addf(out, " <small>and %" PRIu32 " more</small>", count - 1 - shown);
}

static void add_row(struct buffer *out, const struct page *page, const struct record *record)
{
    uint32_t answering = record->current < record->settings->target_count ? record->current : 0;
    buffer_add(out, "<tr><th scope=row><a href=\"record/");
    html_segment(out, record->settings->id);
    buffer_add(out, "\">");
    html_text(out, record->settings->id);
    buffer_add(out, "</a></th><td>");
    page_answer(out, page, record);
    buffer_add(out, "</td><td>");
    page_target(out, page, record, 0);
    buffer_add(out, "</td><td>");
    add_standbys(out, page, record);
    buffer_add(out, "</td><td>");
    page_in_dns(out, record);
    buffer_add(out, "</td><td>");
    if (record->current == ID_NONE)
        buffer_add(out, "–");
    else
        page_duration(out, page->view.now - record->current_since);
    buffer_add(out, "</td><td>");
    page_day_bars(out, page, record, 0);
    buffer_add(out, "</td><td>");
    page_latency_line(out, page, record, answering);
    buffer_add(out, "</td></tr>\n");
}

static bool is_shown(const struct page *page, const struct record *record)
{
    enum page_state state = page_state_of(&page->view, record);
    return !page->attention || (state != PAGE_WELL && state != PAGE_OFF);
}

/* Where the next page begins; the number of records where there is none. */
static uint32_t add_rows(struct buffer *out, const struct page *page)
{
    uint32_t shown = 0, index = page->from;
    for (; index < page->view.settings->record_count; index++) {
        const struct record *record = engine_record(page->view.engine, index);
        if (!is_shown(page, record))
            continue;
        if (shown++ == PAGE_RECORDS_MOST)
            break;
        add_row(out, page, record);
    }
    return index;
}

static void add_table(struct buffer *out, const struct page *page)
{
    buffer_add(out, "<table class=r><thead><tr><th scope=col>Record</th><th scope=col>Answer now</th>"
                    "<th scope=col>Primary</th><th scope=col>Secondary</th><th scope=col>In DNS</th>"
                    "<th scope=col>Since</th><th scope=col>Last 24 h, primary</th><th scope=col>Latency, 1 h</th>"
                    "</tr></thead><tbody>\n");
    uint32_t next = add_rows(out, page), count = page->view.settings->record_count;
    buffer_add(out, "</tbody></table>");
    if (page->from == 0 && next >= count)
        return;
    buffer_addf(out, "<nav aria-label=\"More records\">%" PRIu32 " records, from number %" PRIu32 ". ", count,
                page->from + 1);
    if (page->from > 0) {
        page_link(out, 0, page->attention, page->refresh_s);
        buffer_add(out, "first</a> ");
    }
    if (next < count) {
        page_link(out, next, page->attention, page->refresh_s);
        buffer_add(out, "next</a>");
    }
    buffer_add(out, "</nav>");
}

/* Of many records those that want a look. */
static void add_choice(struct buffer *out, const struct page *page, const struct counts *counts)
{
    if (page->attention) {
        buffer_add(out, "<p>Only what wants a look. ");
        page_link(out, 0, false, page->refresh_s);
        buffer_add(out, "show all</a></p>");
    } else if (counts->attention > 0 && page->view.settings->record_count > 20) {
        buffer_add(out, "<p>");
        page_link(out, 0, true, page->refresh_s);
        buffer_addf(out, "show only what wants a look, %" PRIu32 " of %" PRIu32 "</a></p>", counts->attention,
                    page->view.settings->record_count);
    }
}

void page_front(const struct page *page, struct buffer *out)
{
    char storage[128];
    struct text headline = text_over(storage, sizeof storage);
    const struct counts counts = count_states(page);
    add_headline(&headline, page, &counts);
    page_begin(out, page, headline.bytes, NULL);
    buffer_add(out, "<h1>");
    page_title(out, page);
    buffer_add(out, "</h1>");
    add_counts(out, page, &counts);
    add_circumstances(out, page);
    buffer_add(out, "</header><main>");
    add_banners(out, page, &counts);
    add_choice(out, page, &counts);
    if (page->view.settings->record_count > 0)
        add_table(out, page);
    buffer_add(out,
               "</main><footer>A bar is an hour, the last one under way: full is up, short is down for a part of it, a "
               "dot is not known. A line is the slowest answer of each minute.</footer>");
    page_end(out);
}
