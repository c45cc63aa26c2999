/* SPDX-License-Identifier: MIT */
/*
 * Where: app, inside metrics.
 * What:  of targets: what is believed of each, and the last probe of the address that speaks for it.
 * Why:   an address is a label of the info alone, which a query joins on: a target that moves to another address stays
 *        the same series.
 */
#include "app/metrics_rows.h"

#include "core/record.h"
#include "core/watch.h"

#include <string.h>

/* One target, found again from its number. */
struct subject {
    const struct target_settings *target;
    const struct record *record;
    uint32_t place;
    const struct watch *watch; /* NULL: it has no check */
};

static struct subject subject_of(const struct metric_paper *paper, uint32_t index)
{
    const struct target_settings *target = &paper->view.settings->targets[index];
    const struct record *record = engine_record(paper->view.engine, target->record);
    uint32_t place = index - record->settings->target_first;
    return (struct subject){target, record, place, view_spokesman(&paper->view, record, place)};
}

static void label_target(struct metric_paper *paper, const struct subject *subject)
{
    metric_label(paper, "record", subject->record->settings->id);
    metric_label(paper, "target", subject->target->role);
}

/* False: it was not probed yet, or has no check. */
static bool label_probe(struct metric_paper *paper, uint32_t index, struct subject *ret)
{
    *ret = subject_of(paper, index);
    if (!ret->watch || ret->watch->last.verdict == 0)
        return false;
    metric_label(paper, "check", ret->watch->check->name);
    label_target(paper, ret);
    return true;
}

static void tell_state(struct metric_paper *paper, uint32_t index)
{
    static const char *const states[] = {"unknown", "up", "down", "drained"};
    const struct subject subject = subject_of(paper, index);
    uint32_t state = (uint32_t)subject.record->targets[subject.place].state;
    label_target(paper, &subject);
    metric_label(paper, "check", subject.watch ? subject.watch->check->name : "none");
    if (engine_is_drained(paper->view.engine, subject.record->index, subject.place))
        state = 3;
    metric_states(paper, "state", states, ARRAY_COUNT(states), state);
}

static void tell_info(struct metric_paper *paper, uint32_t index)
{
    const struct subject subject = subject_of(paper, index);
    label_target(paper, &subject);
    metric_label(paper, "label", subject.target->label ? subject.target->label : "");
    for (uint32_t i = 0; i < subject.target->value_count; i++) {
        char storage[DNAME_TEXT_MAX];
        struct text address = text_over(storage, sizeof storage);
        settings_value_format(paper->view.settings, subject.target->value_first + i, &address);
        metric_uint(paper, "address", address.bytes, 1);
    }
}

static void tell_streak(struct metric_paper *paper, uint32_t index)
{
    const struct subject subject = subject_of(paper, index);
    label_target(paper, &subject);
    metric_int(paper, NULL, NULL, view_streak(subject.watch));
}

static void tell_success(struct metric_paper *paper, uint32_t index)
{
    struct subject subject;
    if (label_probe(paper, index, &subject))
        metric_uint(paper, NULL, NULL, subject.watch->last.verdict == VERDICT_PASS);
}

/* Each phase from the end of the one before that was there; the instants are those since the probe's start. */
static void tell_duration(struct metric_paper *paper, uint32_t index)
{
    struct subject subject;
    if (!label_probe(paper, index, &subject))
        return;
    const struct phase_times *times = &subject.watch->last.phases;
    const int32_t ends[] = {times->resolve_us, times->connect_us, times->tls_us, times->first_byte_us,
                            times->first_byte_us < 0 ? -1 : times->total_us};
    static const char *const names[] = {"resolve", "connect", "tls", "first_byte", "transfer"};
    int32_t before = 0;
    for (size_t i = 0; i < ARRAY_COUNT(ends); i++) {
        if (ends[i] < 0)
            continue;
        metric_us(paper, "phase", names[i], ends[i] > before ? ends[i] - before : 0);
        before = ends[i];
    }
    if (times->total_us >= 0)
        metric_us(paper, "phase", "total", times->total_us);
}

static void tell_http_status(struct metric_paper *paper, uint32_t index)
{
    struct subject subject;
    if (label_probe(paper, index, &subject) && subject.watch->check->kind == CHECK_HTTP)
        metric_uint(paper, NULL, NULL, subject.watch->last.code);
}

static void tell_certificate(struct metric_paper *paper, uint32_t index)
{
    struct subject subject;
    if (label_probe(paper, index, &subject) && subject.watch->last.certificate_end_s != 0)
        metric_int(paper, NULL, NULL, subject.watch->last.certificate_end_s);
}

static const struct metric_row rows[] = {
    {"repointd_target_state", METRIC_GAUGE, OVER_TARGETS, tell_state, "1 for what is believed of the target."},
    {"repointd_target_info", METRIC_GAUGE, OVER_TARGETS, tell_info, "Always 1; its label and its addresses."},
    {"repointd_target_streak", METRIC_GAUGE, OVER_TARGETS, tell_streak,
     "Results in a row: above 0 passes, below 0 failures."},
    {"repointd_probe_success", METRIC_GAUGE, OVER_TARGETS, tell_success, "1 if the last probe passed."},
    {"repointd_probe_duration_seconds", METRIC_GAUGE, OVER_TARGETS, tell_duration,
     "How long each phase of the last probe took."},
    {"repointd_probe_http_status_code", METRIC_GAUGE, OVER_TARGETS, tell_http_status,
     "HTTP status of the last probe; 0: none came."},
    {"repointd_probe_certificate_expiry_timestamp_seconds", METRIC_GAUGE, OVER_TARGETS, tell_certificate,
     "When the certificate that was shown ends, since 1970."},
};
const struct metric_table metrics_of_targets = {rows, ARRAY_COUNT(rows)};
