/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under the status page.
 * What:  an hour of latency as lines in inline SVG, and the same in words.
 * Why:   a line is lifted where nothing is known, and a stroke at the foot says where nothing answered: no graph looks
 *        better than what was seen.
 */
#include "app/page_parts.h"

#include "app/trends.h"

#include <inttypes.h>

#define MINUTE_MS   60000
#define LINE_STEP   2
#define LINE_HEIGHT 18
#define SCALE_LEAST 1000 /* us: below that all lines are flat */

/* The one that is measured below a calculated check: its first. */
static uint32_t measured(const struct settings *settings, uint32_t watch)
{
    while (watch != ID_NONE && settings->watches[watch].child_count > 0)
        watch = settings->children[settings->watches[watch].child_first];
    return watch;
}

uint32_t page_latency_watch(const struct view *view, const struct record *record, uint32_t place)
{
    const struct watch *watch = place < record->settings->target_count ? view_spokesman(view, record, place) : NULL;
    return watch ? measured(view->settings, watch->index) : ID_NONE;
}

struct minutes {
    int32_t us[TRENDS_MINUTES]; /* oldest first */
    int32_t least, most, top;   /* top: of the graph */
    uint32_t passed, failed;
};

/* The top is well above what is usual, so that a calm line lies in the middle and a peak stands out. */
static void take_minutes(struct minutes *minutes, const struct page *page, uint32_t watch, enum trend_phase phase)
{
    uint32_t now = (uint32_t)(page->view.wall_ms / MINUTE_MS);
    int64_t sum = 0;
    *minutes = (struct minutes){.least = INT32_MAX};
    for (uint32_t i = 0; i < TRENDS_MINUTES; i++) {
        int32_t us = trends_minute_us(page->trends, watch, phase, now - TRENDS_MINUTES + 1 + i);
        minutes->us[i] = us;
        minutes->failed += us == TREND_FAILED;
        if (us < 0)
            continue;
        minutes->passed++;
        sum += us;
        minutes->least = us < minutes->least ? us : minutes->least;
        minutes->most = us > minutes->most ? us : minutes->most;
    }
    int64_t usual = minutes->passed ? 2 * sum / minutes->passed : 0, peak = (int64_t)minutes->most * 5 / 4;
    int64_t top = peak > usual ? peak : usual;
    minutes->top = (int32_t)(top < SCALE_LEAST ? SCALE_LEAST : top > INT32_MAX ? INT32_MAX : top);
}

static int32_t y_of(int32_t us, int32_t top, int32_t height)
{
    return height - 1 - (int32_t)((int64_t)us * (height - 2) / top);
}

/* A line that is lifted where nothing is known; a minute alone is a dot. */
static void add_line(struct buffer *out, const int32_t us[TRENDS_MINUTES], int32_t top, int32_t step, int32_t height)
{
    bool drawn = false;
    int32_t last = 0;
    for (int32_t i = 0; i < TRENDS_MINUTES; i++) {
        if (us[i] < 0) {
            drawn = false;
            continue;
        }
        int32_t y = y_of(us[i], top, height);
        page_point(out, drawn ? "l" : "M", drawn ? step : i * step, drawn ? y - last : y);
        buffer_add(out, drawn ? "" : "h0");
        drawn = true;
        last = y;
    }
}

/* The minutes in which nothing passed: a stroke at the foot for each. */
static void add_failures(struct buffer *out, const int32_t us[TRENDS_MINUTES], int32_t step, int32_t height)
{
    bool any = false;
    for (int32_t i = 0; i < TRENDS_MINUTES; i++) {
        if (us[i] != TREND_FAILED)
            continue;
        page_point(out, any ? "M" : "<path class=x d=\"M", i * step + 1, height);
        buffer_add(out, "v-4");
        any = true;
    }
    buffer_add(out, any ? "\"/>" : "");
}

static void add_range(struct buffer *out, const struct minutes *minutes)
{
    if (minutes->passed == 0) {
        buffer_add(out, minutes->failed ? "no answer" : "nothing known yet");
        return;
    }
    if (minutes->least != minutes->most) {
        page_latency(out, minutes->least);
        buffer_add(out, " to ");
    }
    page_latency(out, minutes->most);
}

void page_latency_line(struct buffer *out, const struct page *page, const struct record *record, uint32_t place)
{
    uint32_t watch = page->trends ? page_latency_watch(&page->view, record, place) : ID_NONE;
    struct minutes minutes;
    if (watch == ID_NONE) {
        buffer_add(out, " <small>not measured</small>");
        return;
    }
    take_minutes(&minutes, page, watch, TREND_TOTAL);
    buffer_addf(out, "<svg role=img width=%d height=%d aria-label=\"latency of ", TRENDS_MINUTES * LINE_STEP,
                LINE_HEIGHT);
    html_text(out, view_target(&page->view, record, place)->role);
    buffer_add(out, ", last hour: ");
    add_range(out, &minutes);
    if (minutes.failed > 0)
        buffer_addf(out, ", no answer in %" PRIu32 " of 60 minutes", minutes.failed);
    buffer_add(out, "\">");
    if (minutes.passed > 0) {
        buffer_add(out, "<path class=t d=\"");
        add_line(out, minutes.us, minutes.top, LINE_STEP, LINE_HEIGHT);
        buffer_add(out, "\"/>");
    }
    add_failures(out, minutes.us, LINE_STEP, LINE_HEIGHT);
    buffer_add(out, "</svg> <small>");
    if (place > 0) {
        html_text(out, view_target(&page->view, record, place)->role);
        buffer_add(out, ", ");
    }
    add_range(out, &minutes);
    buffer_add(out, "</small>");
}

/* ---- phases ---- */

#define PHASE_STEP   8
#define PHASE_HEIGHT 72

static const struct {
    const char *tone, *name;
} phases[] = {[TREND_TOTAL] = {"t", "whole answer"},
              [TREND_CONNECT] = {"p1", "connected"},
              [TREND_TLS] = {"p2", "TLS done"},
              [TREND_FIRST_BYTE] = {"p3", "first byte"}};

/* In the order in which they are reached. */
static const enum trend_phase reached[] = {TREND_CONNECT, TREND_TLS, TREND_FIRST_BYTE, TREND_TOTAL};

static void add_legend(struct buffer *out, const struct minutes *minutes)
{
    buffer_add(out, "<figcaption>");
    bool any = false;
    for (size_t i = 0; i < ARRAY_COUNT(reached); i++) {
        const struct minutes *of = &minutes[reached[i]];
        if (of->passed == 0)
            continue;
        buffer_addf(out, "%s<svg width=22 height=8 aria-hidden=true><path class=%s d=\"M0 4h22\"/></svg> %s ",
                    any ? " · " : "", phases[reached[i]].tone, phases[reached[i]].name);
        add_range(out, of);
        any = true;
    }
    buffer_add(out, any ? "</figcaption>" : "no answer in the last hour</figcaption>");
}

void page_phases(struct buffer *out, const struct page *page, uint32_t watch, const char *name)
{
    struct minutes minutes[TREND_PHASES];
    int32_t width = TRENDS_MINUTES * PHASE_STEP;
    for (enum trend_phase phase = TREND_TOTAL; phase < TREND_PHASES; phase++)
        take_minutes(&minutes[phase], page, watch, phase);
    const struct minutes *total = &minutes[TREND_TOTAL];
    buffer_addf(out, "<figure><svg role=img class=h viewBox=\"0 0 %" PRId32 " %d\" aria-label=\"latency of ", width,
                PHASE_HEIGHT);
    html_text(out, name);
    buffer_add(out, ", last hour, whole answer: ");
    add_range(out, total);
    buffer_addf(out, "\"><path class=a d=\"M0 %dh%" PRId32 "\"/>", PHASE_HEIGHT - 1, width);
    for (size_t i = 0; i < ARRAY_COUNT(reached); i++) {
        if (minutes[reached[i]].passed == 0)
            continue;
        buffer_addf(out, "<path class=%s d=\"", phases[reached[i]].tone);
        add_line(out, minutes[reached[i]].us, total->top, PHASE_STEP, PHASE_HEIGHT);
        buffer_add(out, "\"/>");
    }
    add_failures(out, total->us, PHASE_STEP, PHASE_HEIGHT);
    buffer_add(out, "</svg>");
    add_legend(out, minutes);
    buffer_add(out, "</figure>");
}
