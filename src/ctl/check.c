/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, under command_check.
 * What:  each record to a finding, the gravest finding to a verdict and a sentence.
 * Why:   a monitor shows one line: it tells of the gravest thing only, and counts the rest behind the bar.
 */
#include "ctl/check.h"
#include "ctl/ask.h"

#include "base/attributes.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define LISTED_MOST 5 /* records by name; of further ones only the number */

/* The gravest first. */
enum finding {
    FINDING_STOPPED = 0,
    FINDING_UNHEALTHY,
    FINDING_OUT_OF_SYNC,
    FINDING_FAILED_OVER,
    FINDING_FORCED,
    FINDING_HELD,
    FINDING_DRAINED,
    FINDING_NONE
};

static const struct {
    enum check_verdict verdict;
    const char *words;
} findings[] = {
    [FINDING_STOPPED] = {CHECK_CRITICAL, "in need of an operator"},
    [FINDING_UNHEALTHY] = {CHECK_CRITICAL, "without a healthy target"},
    [FINDING_OUT_OF_SYNC] = {CHECK_CRITICAL, "out of step with DNS"},
    [FINDING_FAILED_OVER] = {CHECK_WARNING, "failed over"},
    [FINDING_FORCED] = {CHECK_WARNING, "forced"},
    [FINDING_HELD] = {CHECK_WARNING, "held"},
    [FINDING_DRAINED] = {CHECK_WARNING, "with drained targets"},
    [FINDING_NONE] = {CHECK_OK, ""},
};

/* How many of its targets are in this state. */
static size_t count_state(const json_t *record, const char *state)
{
    size_t count = 0, index;
    json_t *target;
    json_array_foreach(json_object_get(record, "targets"), index, target)
        count += strcmp(ask_string(target, "state"), state) == 0;
    return count;
}

static bool overridden_by(const json_t *record, const char *kind)
{
    return strcmp(ask_string(json_object_get(record, "override"), "kind"), kind) == 0;
}

static bool on_first(const json_t *record)
{
    const json_t *first = json_array_get(json_object_get(record, "targets"), 0);
    return strcmp(ask_string(record, "answer"), ask_string(first, "role")) == 0;
}

/*
 *   first that fits                                    finding
 *   enabled: off                                       none
 *   start-grace runs, and it is not all known yet      none
 *   not read                                           out of step
 *   a condition that keeps us from writing             stopped
 *   no target is up or unknown                         unhealthy
 *   held                                               held, or failed over where another than the first answers
 *   the zone does not hold what it should, everywhere  out of step
 *   forced                                             forced
 *   another than the first answers                     failed over
 *   a target is drained                                drained
 */
static enum finding finding_of(const json_t *record, bool starting)
{
    const char *condition = ask_string(record, "condition");
    bool unread = strcmp(condition, "unread") == 0;
    if (strcmp(condition, "off") == 0)
        return FINDING_NONE;
    if (starting && (unread || count_state(record, "unknown") > 0))
        return FINDING_NONE;
    if (unread)
        return FINDING_OUT_OF_SYNC;
    if (strcmp(condition, "ok") != 0)
        return FINDING_STOPPED;
    if (count_state(record, "up") + count_state(record, "unknown") == 0)
        return FINDING_UNHEALTHY;
    if (overridden_by(record, "hold"))
        return on_first(record) ? FINDING_HELD : FINDING_FAILED_OVER;
    if (!json_is_true(json_object_get(record, "in_dns")))
        return FINDING_OUT_OF_SYNC;
    if (overridden_by(record, "failover"))
        return FINDING_FORCED;
    if (!on_first(record))
        return FINDING_FAILED_OVER;
    return count_state(record, "drained") > 0 ? FINDING_DRAINED : FINDING_NONE;
}

/* ---- words ---- */

/* "primary refused", or "primary up" where health is not why. */
static void add_target(const json_t *target, struct text *out)
{
    const char *state = ask_string(target, "state");
    bool down = strcmp(state, "down") == 0;
    text_addf(out, "%s %s", ask_string(target, "role"), down ? ask_string(target, "reason") : state);
}

static void add_targets(const json_t *record, struct text *out)
{
    size_t index;
    json_t *target;
    json_array_foreach(json_object_get(record, "targets"), index, target)
    {
        text_add(out, index > 0 ? ", " : "");
        add_target(target, out);
    }
}

/* Who laid it over, and why. */
static void add_override(const json_t *record, struct text *out)
{
    const json_t *override = json_object_get(record, "override");
    const char *target = ask_string(override, "target"), *reason = ask_string(override, "reason");
    text_addf(out, "%s%s%sby %s%s%s", target[0] ? "to " : "", target, target[0] ? " " : "",
              ask_string(override, "user"), reason[0] ? ": " : "", reason);
}

static void add_why(const json_t *record, enum finding finding, struct text *out)
{
    const char *why = ask_string(record, "why");
    switch (finding) {
    case FINDING_STOPPED:
        text_add(out, ask_string(record, "condition"));
        return;
    case FINDING_UNHEALTHY:
    case FINDING_DRAINED:
        add_targets(record, out);
        return;
    case FINDING_OUT_OF_SYNC:
        text_add(out, why[0] ? why : "a change is under way");
        return;
    case FINDING_FAILED_OVER:
        add_target(json_array_get(json_object_get(record, "targets"), 0), out);
        return;
    case FINDING_FORCED:
    case FINDING_HELD:
        add_override(record, out);
        return;
    case FINDING_NONE:
        return;
    }
}

/* Of all records that have come, if start-grace runs, or if it does not: that stands behind them. */
struct summary {
    size_t counts[ARRAY_COUNT(findings)];
    size_t records, overrides, unknown; /* unknown: start-grace runs, and not all of it is known */
    char storage[FINDING_NONE][CHECK_LINE_MAX - 256];
    struct text listed[FINDING_NONE]; /* the first few of each kind, and why */
};

struct check {
    struct summary summaries[2]; /* by whether it runs */
};

struct check *check_new(void)
{
    struct check *check = calloc(1, sizeof *check);
    if (!check)
        abort();
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < FINDING_NONE; k++)
            check->summaries[i].listed[k] = text_over(check->summaries[i].storage[k],
                                                      sizeof check->summaries[i].storage[k]);
    return check;
}

static void list(struct summary *summary, const json_t *record, enum finding finding)
{
    size_t before = summary->counts[finding]++;
    if (finding == FINDING_NONE || before >= LISTED_MOST)
        return;
    struct text *out = &summary->listed[finding];
    text_addf(out, "%s%s (", before > 0 ? ", " : "", ask_string(record, "record"));
    add_why(record, finding, out);
    text_add(out, ")");
}

void check_add(const json_t *record, void *ctx)
{
    struct check *check = ctx;
    for (int starting = 0; starting < 2; starting++) {
        struct summary *summary = &check->summaries[starting];
        list(summary, record, finding_of(record, starting != 0));
        summary->records++;
        summary->overrides += json_is_object(json_object_get(record, "override")) || count_state(record, "drained") > 0;
        summary->unknown += starting && (strcmp(ask_string(record, "condition"), "unread") == 0 ||
                                         count_state(record, "unknown") > 0);
    }
}

static const char *plural(size_t number)
{
    return number == 1 ? "" : "s";
}

static void add_finding(const struct summary *summary, enum finding finding, struct text *out)
{
    size_t count = summary->counts[finding];
    text_addf(out, "%zu of %zu record%s %s: %s", count, summary->records, plural(summary->records),
              findings[finding].words, summary->listed[finding].bytes);
    if (count > LISTED_MOST)
        text_addf(out, " and %zu more", count - LISTED_MOST);
}

static void add_fine(const struct summary *summary, struct text *out)
{
    size_t known = summary->records - summary->unknown;
    if (summary->unknown > 0)
        text_addf(out, "starting: %zu of %zu record%s known", known, summary->records, plural(summary->records));
    else
        text_addf(out, "%zu record%s on %s first target", summary->records, plural(summary->records),
                  summary->records == 1 ? "its" : "their");
}

/* A bar would begin the performance data, a line end is the end. */
static void disarm(struct text *line)
{
    for (size_t i = 0; i < line->length; i++)
        if (line->bytes[i] == '|' || (unsigned char)line->bytes[i] < ' ')
            line->bytes[i] = '/';
}

static void add_head(enum check_verdict verdict, struct text *out)
{
    static const char *const names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    text_addf(out, "REPOINTD %s - ", names[verdict]);
}

enum check_verdict check_judge(const struct check *check, const struct json_t *status, struct text *ret)
{
    const json_t *connectivity = json_object_get(status, "connectivity");
    bool starting = json_is_true(json_object_get(status, "starting"));
    bool cut_off = json_is_false(json_object_get(connectivity, "ok"));
    char storage[CHECK_LINE_MAX - 256];
    struct text words = text_over(storage, sizeof storage);
    const struct summary *summary = &check->summaries[starting];
    enum finding gravest = FINDING_STOPPED;
    while (gravest < FINDING_NONE && summary->counts[gravest] == 0)
        gravest++;
    enum check_verdict verdict = cut_off ? CHECK_CRITICAL : findings[gravest].verdict;
    if (cut_off)
        text_addf(&words, "this host looks cut off: %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " answer",
                  json_integer_value(json_object_get(connectivity, "answering")),
                  json_integer_value(json_object_get(connectivity, "of")));
    else if (gravest == FINDING_NONE)
        add_fine(summary, &words);
    else
        add_finding(summary, gravest, &words);
    if (json_is_true(json_object_get(status, "dry_run")))
        text_add(&words, "; dry run, nothing is sent");
    disarm(&words);
    add_head(verdict, ret);
    text_add(ret, words.bytes);
    text_addf(ret, " | records=%zu failed_over=%zu;0;1 unhealthy=%zu;;0 out_of_sync=%zu;;0 overrides=%zu",
              summary->records, summary->counts[FINDING_FAILED_OVER], summary->counts[FINDING_UNHEALTHY],
              summary->counts[FINDING_OUT_OF_SYNC] + summary->counts[FINDING_STOPPED], summary->overrides);
    return verdict;
}

void check_free(struct check *check)
{
    free(check);
}

enum check_verdict check_unknown(const char *why, struct text *ret)
{
    char storage[CHECK_LINE_MAX - 256];
    struct text words = text_over(storage, sizeof storage);
    text_add(&words, why);
    disarm(&words);
    add_head(CHECK_UNKNOWN, ret);
    text_add(ret, words.bytes);
    return CHECK_UNKNOWN;
}
