/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under the status page.
 * What:  bars of hours as inline SVG, each row of them with its words.
 * Why:   a bar tells by its height before it tells by its colour: full is up, short is down for a part, a dot is nobody
 *        knows. Bars of one kind are one path, so that a row is a few hundred octets.
 */
#include "app/page_parts.h"

#include "app/trends.h"

#include <string.h>
#include <time.h>

#define HOUR_MS    3600000
#define DAY_HOURS  24
#define WEEK_DAYS  7
#define BAR_STEP   5
#define BAR_HEIGHT 18

enum bar { BAR_UNKNOWN = 0, BAR_UP, BAR_DOWN, BAR_KINDS };
static const char *const bar_tones[] = {[BAR_UNKNOWN] = "q", [BAR_UP] = "u", [BAR_DOWN] = "f"};

struct hours {
    struct trend_hour of[DAY_HOURS]; /* oldest first */
    int8_t place[DAY_HOURS];         /* from the left; -1: not shown */
    uint32_t up_s, down_s, down_hours;
    uint32_t last_down; /* hour since 1970; 0: none */
};

static void take_hour(struct hours *hours, const struct page *page, uint32_t target, uint32_t hour, uint32_t place)
{
    struct trend_hour of = trends_hour(page->trends, target, hour);
    hours->of[place] = of;
    hours->place[place] = (int8_t)place;
    hours->up_s += of.up_s;
    hours->down_s += of.down_s;
    hours->down_hours += of.down_s > 0;
    if (of.down_s > 0)
        hours->last_down = hour;
}

/* Of an hour that was down for a moment two thirds are left, of one that was down for all of it a stump. */
static uint32_t height_of(const struct trend_hour *hour)
{
    if (hour->down_s == 0)
        return hour->up_s > 0 ? BAR_HEIGHT : 2;
    return 3 + (uint32_t)(BAR_HEIGHT * 2 / 3 - 3) * hour->up_s / (hour->up_s + hour->down_s);
}

static enum bar bar_of(const struct trend_hour *hour)
{
    return hour->down_s > 0 ? BAR_DOWN : hour->up_s > 0 ? BAR_UP : BAR_UNKNOWN;
}

static void add_bars(struct buffer *out, const struct hours *hours)
{
    for (enum bar kind = BAR_UNKNOWN; kind < BAR_KINDS; kind++) {
        bool any = false;
        for (uint32_t i = 0; i < DAY_HOURS; i++) {
            if (hours->place[i] < 0 || bar_of(&hours->of[i]) != kind)
                continue;
            if (!any)
                buffer_addf(out, "<path class=%s d=\"", bar_tones[kind]);
            any = true;
            page_point(out, "M", hours->place[i] * BAR_STEP + 2, BAR_HEIGHT);
            buffer_add(out, "v-");
            buffer_add_uint(out, height_of(&hours->of[i]));
        }
        buffer_add(out, any ? "\"/>" : "");
    }
}

static void add_hour_of_day(struct buffer *out, uint32_t hour)
{
    time_t seconds = (time_t)hour * 3600;
    struct tm parts;
    char words[16];
    if (localtime_r(&seconds, &parts) && strftime(words, sizeof words, "%H:%M", &parts) > 0)
        buffer_add(out, words);
}

/* "up 23h54m, down 6m in the hour from 14:00", for those who see no bars. */
static void add_spoken(struct buffer *out, const struct hours *hours)
{
    if (hours->up_s + hours->down_s == 0) {
        buffer_add(out, "nothing known yet");
        return;
    }
    buffer_add(out, "up ");
    page_duration(out, (int64_t)hours->up_s * 1000);
    if (hours->down_s == 0)
        return;
    buffer_add(out, ", down ");
    page_duration(out, (int64_t)hours->down_s * 1000);
    buffer_add(out, hours->down_hours == 1 ? " in the hour from " : ", last in the hour from ");
    add_hour_of_day(out, hours->last_down);
}

static void add_bars_svg(struct buffer *out, const struct hours *hours, const char *before, const char *name,
                         const char *after)
{
    buffer_addf(out, "<svg role=img width=%d height=%d aria-label=\"", DAY_HOURS * BAR_STEP, BAR_HEIGHT);
    buffer_add(out, before);
    html_text(out, name);
    buffer_add(out, after);
    add_spoken(out, hours);
    buffer_add(out, "\">");
    add_bars(out, hours);
    buffer_add(out, "</svg>");
}

/* The same in a word. */
static void add_verdict(struct buffer *out, const struct hours *hours)
{
    buffer_add(out, " <small>");
    if (hours->up_s + hours->down_s == 0) {
        buffer_add(out, "nothing known yet");
    } else if (hours->down_s == 0) {
        buffer_add(out, "no outage");
    } else {
        buffer_add(out, "down ");
        page_duration(out, (int64_t)hours->down_s * 1000);
    }
    buffer_add(out, "</small>");
}

static bool is_judged(const struct page *page, const struct record *record, uint32_t place)
{
    return page->trends && place != record->settings->fallback && view_spokesman(&page->view, record, place);
}

void page_day_bars(struct buffer *out, const struct page *page, const struct record *record, uint32_t place)
{
    struct hours hours = {.up_s = 0};
    uint32_t now = (uint32_t)(page->view.wall_ms / HOUR_MS);
    if (!is_judged(page, record, place)) {
        buffer_add(out, " <small>no check</small>");
        return;
    }
    for (uint32_t i = 0; i < DAY_HOURS; i++)
        take_hour(&hours, page, record->settings->target_first + place, now - DAY_HOURS + 1 + i, i);
    add_bars_svg(out, &hours, "", view_target(&page->view, record, place)->role, ", last 24 hours: ");
    add_verdict(out, &hours);
}

/* ---- a week ---- */

/* A day of the reader's calendar, as far as it is over; false: nothing of it is remembered. */
static bool take_day(struct hours *hours, const struct page *page, uint32_t target, const struct tm *day)
{
    struct tm begin = {
        .tm_year = day->tm_year, .tm_mon = day->tm_mon, .tm_mday = day->tm_mday, .tm_hour = 0, .tm_isdst = -1};
    struct tm next = begin;
    next.tm_mday++;
    time_t from = mktime(&begin), until = mktime(&next), now = (time_t)(page->view.wall_ms / 1000);
    *hours = (struct hours){.up_s = 0};
    memset(hours->place, -1, sizeof hours->place);
    for (uint32_t i = 0; i < DAY_HOURS; i++) {
        time_t at = from + (time_t)i * 3600;
        if (at < until && at <= now)
            take_hour(hours, page, target, (uint32_t)(at / 3600), i);
    }
    return hours->place[0] == 0;
}

static void add_day(struct buffer *out, const struct page *page, const struct record *record, const struct tm *day)
{
    char words[32];
    if (strftime(words, sizeof words, "%a %d %b", day) == 0)
        return;
    buffer_addf(out, "<tr><th scope=row>%s</th>", words);
    for (uint32_t place = 0; place < record->settings->target_count; place++) {
        struct hours hours;
        if (!is_judged(page, record, place))
            continue;
        buffer_add(out, "<td>");
        if (take_day(&hours, page, record->settings->target_first + place, day)) {
            add_bars_svg(out, &hours, words, "", ": ");
            add_verdict(out, &hours);
        }
        buffer_add(out, "</td>");
    }
    buffer_add(out, "</tr>");
}

void page_week(struct buffer *out, const struct page *page, const struct record *record)
{
    time_t now = (time_t)(page->view.wall_ms / 1000);
    bool any = false;
    for (uint32_t place = 0; place < record->settings->target_count; place++)
        any = any || is_judged(page, record, place);
    if (!any) {
        buffer_add(out, "<p class=d>None of its targets has a check.</p>");
        return;
    }
    buffer_add(out, "<table class=k><thead><tr><th scope=col>Day</th>");
    for (uint32_t place = 0; place < record->settings->target_count; place++) {
        if (!is_judged(page, record, place))
            continue;
        buffer_add(out, "<th scope=col>");
        html_text(out, view_target(&page->view, record, place)->role);
        buffer_add(out, "</th>");
    }
    buffer_add(out, "</tr></thead><tbody>");
    for (int back = 0; back < WEEK_DAYS; back++) {
        struct tm day;
        if (!localtime_r(&now, &day))
            break;
        day.tm_mday -= back;
        day.tm_hour = 12;
        day.tm_isdst = -1;
        (void)mktime(&day);
        add_day(out, page, record, &day);
    }
    buffer_add(out, "</tbody></table>");
}
