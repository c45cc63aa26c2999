/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under the status page.
 * What:  records and targets in signs and words.
 * Why:   a state is told by sign, word and colour, in this order: whoever sees no colours, or no page at all, hears the
 *        same.
 */
#include "app/page_parts.h"

#include "app/explanation.h"
#include "app/wording.h"
#include "core/policy.h"

#include <assert.h>
#include <inttypes.h>

static const struct page_state_words states[] = {
    [PAGE_NONE_UP] = {"✗", "b", "without a healthy target"},
    [PAGE_NOT_WRITTEN] = {"✗", "b", "not written"},
    [PAGE_NOT_SERVED] = {"▲", "w", "not served everywhere"},
    [PAGE_MOVED] = {"▲", "w", "failed over"},
    [PAGE_FORCED] = {"◆", "n", "forced"},
    [PAGE_HELD] = {"■", "n", "held"},
    [PAGE_DRAINED] = {"◆", "n", "drained"},
    [PAGE_UNREAD] = {"?", "d", "not read yet"},
    [PAGE_OFF] = {"–", "d", "off"},
    [PAGE_WELL] = {"✓", "o", "on primary"},
};
static_assert(ARRAY_COUNT(states) == PAGE_STATES, "one row a state");

const struct page_state_words *page_state_words(enum page_state state)
{
    return &states[state];
}

/*
 *   first that fits                                    state
 *   enabled: off                                       off
 *   not read yet                                       unread
 *   any other condition, or a message does not get     not written
 *   through
 *   no target is up                                    none up
 *   an operator's word                                 forced, held
 *   a name server of verify lags behind                not served
 *   another than the first, which is drained           drained
 *   another than the first                             moved
 */
enum page_state page_state_of(const struct view *view, const struct record *record)
{
    enum condition condition = record_condition(record);
    enum txn_state state = record->txn.state;
    const struct verify *verify = &record->verify;
    if (condition == CONDITION_OFF || condition == CONDITION_UNREAD)
        return condition == CONDITION_OFF ? PAGE_OFF : PAGE_UNREAD;
    if (condition != CONDITION_OK || state == TXN_PAUSED || state == TXN_RESOLVING)
        return PAGE_NOT_WRITTEN;
    if (record->decision.reason == DECISION_NO_HEALTHY_TARGET)
        return PAGE_NONE_UP;
    if (record->override.forced != ID_NONE)
        return PAGE_FORCED;
    if (record->override.held)
        return PAGE_HELD;
    if (verify->state != VERIFY_NONE && verify_serving(verify) < verify->count)
        return PAGE_NOT_SERVED;
    if (record->current == 0)
        return PAGE_WELL;
    return engine_is_drained(view->engine, record->index, 0) ? PAGE_DRAINED : PAGE_MOVED;
}

void page_sign(struct buffer *out, const char *sign)
{
    buffer_addf(out, "<i aria-hidden=true>%s</i> ", sign);
}

/* ---- times and numbers ---- */

/* Thousands of them are on a page, and printf would be most of its cost. */
void page_point(struct buffer *out, const char *command, int32_t x, int32_t y)
{
    buffer_add(out, command);
    buffer_add(out, x < 0 ? "-" : "");
    buffer_add_uint(out, (uint64_t)(x < 0 ? -x : x));
    buffer_add(out, y < 0 ? "-" : " ");
    buffer_add_uint(out, (uint64_t)(y < 0 ? -y : y));
}

void page_time(struct buffer *out, const struct page *page, int64_t wall_ms)
{
    char storage[64];
    struct text words = text_over(storage, sizeof storage);
    int64_t away_ms = page->view.wall_ms - wall_ms;
    wording_add_local_time(&words, wall_ms, away_ms < 0 ? -away_ms : away_ms);
    html_text(out, words.bytes);
}

void page_duration(struct buffer *out, int64_t ms)
{
    char storage[64];
    struct text words = text_over(storage, sizeof storage);
    text_add_duration(&words, ms < 0 ? 0 : ms);
    buffer_add(out, words.bytes);
}

void page_latency(struct buffer *out, int64_t us)
{
    char storage[64];
    struct text words = text_over(storage, sizeof storage);
    wording_add_latency(&words, us);
    buffer_add(out, words.bytes);
}

/* ---- what it answers ---- */

static void add_values(struct buffer *out, const struct page *page, const struct target_settings *target)
{
    for (uint32_t i = 0; i < target->value_count; i++) {
        char storage[DNAME_TEXT_MAX];
        struct text words = text_over(storage, sizeof storage);
        settings_value_format(page->view.settings, target->value_first + i, &words);
        buffer_add(out, i > 0 ? ", " : "");
        html_text(out, words.bytes);
    }
}

/* What an operator's word or a trouble adds to the role. */
static const char *remark_of(enum page_state state)
{
    switch (state) {
    case PAGE_NONE_UP:
        return ", none healthy";
    case PAGE_NOT_SERVED:
        return ", not everywhere";
    case PAGE_FORCED:
        return ", forced";
    case PAGE_HELD:
        return ", held";
    case PAGE_NOT_WRITTEN:
        return ", not written";
    case PAGE_OFF:
        return ", off";
    case PAGE_DRAINED:
    case PAGE_MOVED:
    case PAGE_UNREAD:
    case PAGE_WELL:
    case PAGE_STATES:
        break;
    }
    return "";
}

static void add_role(struct buffer *out, const struct page *page, const struct record *record, enum page_state state)
{
    if (record->current < record->settings->target_count)
        html_text(out, view_target(&page->view, record, record->current)->role);
    else if (record->current == TARGET_RETIRED && !belief_is_absent(&record->txn.belief))
        buffer_add(out, "a former target");
    else if (state == PAGE_NOT_WRITTEN)
        html_text(out, condition_name(record_condition(record)));
    else {
        buffer_add(out, states[state].counted);
        return;
    }
    buffer_add(out, remark_of(state));
    if (state != PAGE_DRAINED)
        return;
    buffer_add(out, ", ");
    html_text(out, view_target(&page->view, record, 0)->role);
    buffer_add(out, " drained");
}

void page_answer(struct buffer *out, const struct page *page, const struct record *record)
{
    enum page_state state = page_state_of(&page->view, record);
    char storage[EXPLANATION_MAX];
    struct text why = text_over(storage, sizeof storage);
    bool ours = record->current < record->settings->target_count;
    view_why(&page->view, record->index, &why);
    if (state == PAGE_DRAINED && why.length == 0)
        text_add(&why, decision_reason_sentence(DECISION_DRAINED));
    buffer_addf(out, "<b class=%s>", states[state].tone);
    page_sign(out, states[state].sign);
    add_role(out, page, record, state);
    buffer_add(out, "</b>");
    if (ours && record->current > 0) {
        buffer_add(out, " <small>");
        add_values(out, page, view_target(&page->view, record, record->current));
        buffer_add(out, "</small>");
    }
    if (why.length > 0) {
        buffer_add(out, " <small>");
        html_text(out, why.bytes);
        buffer_add(out, "</small>");
    }
}

/* ---- targets ---- */

static const struct {
    const char *sign, *tone;
} healths[] = {[HEALTH_UNKNOWN] = {"?", "d"}, [HEALTH_UP] = {"✓", "o"}, [HEALTH_DOWN] = {"✗", "b"}};

const char *page_health_tone(const struct page *page, const struct record *record, uint32_t place)
{
    bool drained = engine_is_drained(page->view.engine, record->index, place);
    return drained ? "n" : healths[record->targets[place].state].tone;
}

/* What speaks for that state: the time of the last answer, or what is wrong. */
static void add_evidence(struct buffer *out, const struct watch *watch, enum health_state state)
{
    if (!watch) {
        buffer_add(out, " <small>no check</small>");
        return;
    }
    int64_t streak = view_streak(watch);
    if (state == HEALTH_UP && streak >= 0) {
        if (watch->last.verdict == VERDICT_PASS && watch->last.phases.total_us >= 0) {
            buffer_add(out, " <small class=l>");
            page_latency(out, watch->last.phases.total_us);
            buffer_add(out, "</small>");
        }
        return;
    }
    const struct probe_report *failure = state == HEALTH_UNKNOWN ? &watch->last : &watch->last_failure;
    buffer_addf(out, " <small>%s", reason_name(failure->verdict ? failure->reason : REASON_NOT_PROBED));
    if (streak < 0)
        buffer_addf(out, ", %" PRId64 "×", -streak);
    buffer_add(out, "</small>");
}

void page_target(struct buffer *out, const struct page *page, const struct record *record, uint32_t place)
{
    enum health_state state = record->targets[place].state;
    bool drained = engine_is_drained(page->view.engine, record->index, place);
    buffer_addf(out, "<span class=%s>", page_health_tone(page, record, place));
    page_sign(out, drained ? "◆" : healths[state].sign);
    buffer_addf(out, "%s%s</span>", drained ? "drained, " : "", health_state_name(state));
    if (place == record->settings->fallback)
        buffer_add(out, " <small>fallback, not probed</small>");
    else
        add_evidence(out, view_spokesman(&page->view, record, place), state);
}

void page_in_dns(struct buffer *out, const struct record *record)
{
    static const char *const cells[] = {[IN_STEP_UNKNOWN] = "<span class=d><i aria-hidden=true>?</i> not known</span>",
                                        [IN_STEP_NO] = "<span class=b><i aria-hidden=true>✗</i> no</span>",
                                        [IN_STEP_YES] = "<span class=o><i aria-hidden=true>✓</i> yes</span>"};
    buffer_add(out, cells[record_in_step(record)]);
    const struct verify *verify = &record->verify;
    if (verify->state != VERIFY_NONE && verify_serving(verify) < verify->count)
        buffer_addf(out, " <small>%" PRIu32 " of %" PRIu32 " servers</small>", verify_serving(verify), verify->count);
}
