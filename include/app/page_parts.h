/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_PAGE_PARTS_H
#define REPOINTD_APP_PAGE_PARTS_H

/* Where: app; what the files of the status page share. Nobody else's. */

#include "app/html.h"
#include "app/page.h"
#include "core/record.h"
#include "core/watch.h"

#include <stddef.h>
#include <stdint.h>

/* ---- page_frame: what is around every page ---- */

/* The style, and its SHA-256 in base64 as the policy wants it; a unit keeps the two together. */
extern const char page_style[];
#define PAGE_STYLE_SHA256 "ug/eir9mtyFId4rk4MZ3b2mK+9Zchls30n7OW3AXztE="

/* To the end of the head; `about` (may be empty) stands before the title. `up` leads from this page to the front. */
void page_begin(struct buffer *out, const struct page *page, const char *about, const char *up);
void page_end(struct buffer *out);

/* The time of the page by the clock of the host that made it, and a link that has the reader's browser come again. */
void page_now(struct buffer *out, const struct page *page);

/* Begins a link to this page with other wishes. */
void page_link(struct buffer *out, uint32_t from, bool attention, uint32_t refresh_s);

void page_title(struct buffer *out, const struct page *page);

/* ---- page_state: in which words a record is told ---- */

enum page_state {
    PAGE_NONE_UP = 0,
    PAGE_NOT_WRITTEN,
    PAGE_NOT_SERVED,
    PAGE_MOVED,
    PAGE_FORCED,
    PAGE_HELD,
    PAGE_DRAINED,
    PAGE_UNREAD,
    PAGE_OFF,
    PAGE_WELL,
    PAGE_STATES
};

/* Never colour alone: each has a sign and a word as well. `tone` is a class of the style. */
struct page_state_words {
    const char *sign, *tone;
    const char *counted; /* "1 failed over" */
};

enum page_state page_state_of(const struct view *view, const struct record *record);
const struct page_state_words *page_state_words(enum page_state state);

/* "<i>sign</i> ": a reader's voice leaves it out, since the word follows. */
void page_sign(struct buffer *out, const char *sign);

/* What the record answers now: sign, role, and in small letters the addresses and why. */
void page_answer(struct buffer *out, const struct page *page, const struct record *record);

/* One target: sign, state, and in small letters what the last probe took or why it failed. */
void page_target(struct buffer *out, const struct page *page, const struct record *record, uint32_t place);

/* Sign and word of a state of health, or "drained"; its tone. */
const char *page_health_tone(const struct page *page, const struct record *record, uint32_t place);

void page_in_dns(struct buffer *out, const struct record *record);

/* "14:02:31", with its date where that is not today; "6m12s". */
void page_time(struct buffer *out, const struct page *page, int64_t wall_ms);
void page_duration(struct buffer *out, int64_t ms);
void page_latency(struct buffer *out, int64_t us);

/* A command of an SVG path with two numbers. */
void page_point(struct buffer *out, const char *command, int32_t x, int32_t y);

/* ---- page_bars and page_lines ---- */

/* The watch whose latency stands for a target; ID_NONE: nothing is measured there. */
uint32_t page_latency_watch(const struct view *view, const struct record *record, uint32_t place);

/* Twenty-four bars of an hour, and the same in words. */
void page_day_bars(struct buffer *out, const struct page *page, const struct record *record, uint32_t place);

/* An hour of latency as a line, and the same in words. */
void page_latency_line(struct buffer *out, const struct page *page, const struct record *record, uint32_t place);

/* Seven days, a row each; and the hour by phases. */
void page_week(struct buffer *out, const struct page *page, const struct record *record);
void page_phases(struct buffer *out, const struct page *page, uint32_t watch, const char *name);

/* ---- page_targets and page_switches ---- */

void page_targets(struct buffer *out, const struct page *page, const struct record *record);
void page_switches(struct buffer *out, const struct page *page, const struct record *record);

#endif
