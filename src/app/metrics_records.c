/* SPDX-License-Identifier: MIT */
/*
 * Where: app, inside metrics.
 * What:  of records: what the zone holds, whether it should, who holds it there, how often it moved.
 */
#include "app/metrics_rows.h"

#include "core/record.h"

#include <stdlib.h>

static const struct record *label_record(struct metric_paper *paper, uint32_t index)
{
    metric_label(paper, "record", paper->view.settings->records[index].id);
    return engine_record(paper->view.engine, index);
}

static const struct record *label_zone(struct metric_paper *paper, uint32_t index)
{
    char name[DNAME_TEXT_MAX];
    const struct record *record = label_record(paper, index);
    dname_format(&paper->view.settings->zones[record->settings->zone].name, name);
    metric_label(paper, "zone", name);
    return record;
}

/* `count` places have a name of their own. */
static const char *role_of(const struct metric_paper *paper, const struct record *record, uint32_t place,
                           uint32_t count)
{
    if (place >= count)
        return "other";
    return paper->view.settings->targets[record->settings->target_first + place].role;
}

static void tell_state(struct metric_paper *paper, uint32_t index)
{
    const struct record *record = label_zone(paper, index);
    uint32_t count = record->settings->target_count, current = record->current < count ? record->current : count;
    for (uint32_t place = 0; place <= count; place++)
        metric_uint(paper, "state", role_of(paper, record, place, count), place == current);
}

static void tell_failed_over(struct metric_paper *paper, uint32_t index)
{
    const struct record *record = label_zone(paper, index);
    metric_uint(paper, NULL, NULL, record->current != 0 && record->current < record->settings->target_count);
}

static void tell_owned(struct metric_paper *paper, uint32_t index)
{
    const struct record *record = label_zone(paper, index);
    const struct txn *txn = &record->txn;
    bool ours = txn->seen.form == MARKER_FORM_ONE && txn->seen.marker.owner == txn->belief.owner;
    metric_uint(paper, NULL, NULL, ours || record->settings->ownership == OWNERSHIP_NONE);
}

static void tell_latched(struct metric_paper *paper, uint32_t index)
{
    const struct record *record = label_record(paper, index);
    metric_uint(paper, NULL, NULL, flap_is_latched(&record->flap));
}

/* What was never read is not in sync either; of what is never written nobody asks. */
static void tell_in_sync(struct metric_paper *paper, uint32_t index)
{
    const struct record *record = label_zone(paper, index);
    if (record->settings->enabled)
        metric_uint(paper, NULL, NULL, record_in_step(record) == IN_STEP_YES);
}

static void tell_last_change(struct metric_paper *paper, uint32_t index)
{
    const struct record *record = label_record(paper, index);
    if (record->switched_at != MONO_NEVER)
        metric_ms(paper, NULL, NULL, paper->view.wall_ms - (paper->view.now - record->switched_at));
}

/*
 * By health to the first target and away from it is there from the beginning, so that the first one is seen as an
 * increase; of the rest what has happened.
 */
static void tell_switches(struct metric_paper *paper, uint32_t index)
{
    static const char *const causes[] = {"health", "manual", "reload"};
    const struct record *record = label_record(paper, index);
    const uint32_t count = counters_places(record->settings);
    const size_t length = paper->labels.length;
    for (uint32_t from = 0; from <= count; from++)
        for (uint32_t to = 0; to <= count; to++)
            for (uint32_t cause = 0; cause < SWITCH_CAUSE_COUNT; cause++) {
                uint32_t number = counters_switches(paper->sources.counters, index, from, to, (enum switch_cause)cause);
                bool usual = cause == SWITCH_HEALTH && from != to && (from == 0 || to == 0) && from < count &&
                             to < count;
                if (number == 0 && !usual)
                    continue;
                paper->labels.length = length;
                metric_label(paper, "from", role_of(paper, record, from, count));
                metric_label(paper, "to", role_of(paper, record, to, count));
                metric_uint(paper, "cause", causes[cause], number);
            }
}

static void tell_healthy(struct metric_paper *paper, uint32_t index)
{
    const struct record *record = label_record(paper, index);
    uint32_t healthy = 0;
    for (uint32_t place = 0; place < record->settings->target_count; place++)
        healthy += place != record->settings->fallback && record->targets[place].state == HEALTH_UP &&
                   !engine_is_drained(paper->view.engine, index, place);
    metric_uint(paper, NULL, NULL, healthy);
}

/* ---- overrides ---- */

/* MONO_NEVER: it does not end by itself; of several drains the one that ends last. 0: none is in force. */
static mono_ms drained_until(const struct metric_paper *paper, const struct record *record)
{
    const struct settings *settings = paper->view.settings;
    const struct override_book *book = paper->view.book;
    mono_ms until = 0;
    for (uint32_t i = 0; book && i < book->count; i++) {
        const struct override *override = &book->overrides[i];
        for (uint32_t t = 0; override->kind == OVERRIDE_DRAIN && t < record->settings->target_count; t++) {
            const struct target_settings *target = &settings->targets[record->settings->target_first + t];
            for (uint32_t v = 0; v < target->value_count; v++)
                if (override_drains(override, &settings->values[target->value_first + v], target->label) &&
                    override->until > until)
                    until = override->until;
        }
    }
    return until;
}

struct overridden {
    mono_ms until[3]; /* failover, drain, hold; 0: there is none */
};

static const char *const kinds[] = {"failover", "drain", "hold"};

static struct overridden overrides_over(const struct metric_paper *paper, const struct record *record)
{
    const struct override_view *view = &record->override;
    return (struct overridden){
        {view->forced_id ? view->forced_until : 0, drained_until(paper, record), view->hold_id ? view->hold_until : 0}};
}

static void tell_override(struct metric_paper *paper, uint32_t index)
{
    const struct record *record = label_record(paper, index);
    const struct overridden over = overrides_over(paper, record);
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        metric_uint(paper, "kind", kinds[i], over.until[i] != 0);
}

static void tell_override_end(struct metric_paper *paper, uint32_t index)
{
    const struct record *record = label_record(paper, index);
    const struct overridden over = overrides_over(paper, record);
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        if (over.until[i] != 0 && over.until[i] != MONO_NEVER)
            metric_ms(paper, "kind", kinds[i], paper->view.wall_ms + (over.until[i] - paper->view.now));
}

/* ---- DNS ---- */

static void tell_rights(struct metric_paper *paper, uint32_t index)
{
    const struct record *record = label_zone(paper, index);
    metric_uint(paper, NULL, NULL, !record->rights.active);
}

static void tell_foreign(struct metric_paper *paper, uint32_t index)
{
    (void)label_record(paper, index);
    metric_uint(paper, NULL, NULL, paper->sources.counters->records[index].foreign_changes);
}

static const struct metric_row rows[] = {
    {"repointd_record_state", METRIC_GAUGE, OVER_RECORDS, tell_state,
     "1 for the target that the zone holds, as far as it was read; other: none of them."},
    {"repointd_record_failed_over", METRIC_GAUGE, OVER_RECORDS, tell_failed_over,
     "1 while the zone holds another than the first target."},
    {"repointd_record_owned", METRIC_GAUGE, OVER_RECORDS, tell_owned,
     "1 while the marker is ours, or the record has none (ownership: none)."},
    {"repointd_record_fail_back_latched", METRIC_GAUGE, OVER_RECORDS, tell_latched,
     "1 after max-switches were reached: it stays until repointctl release."},
    {"repointd_record_in_sync", METRIC_GAUGE, OVER_RECORDS, tell_in_sync,
     "1 while the zone holds what it should and every server of verify serves it."},
    {"repointd_record_last_change_timestamp_seconds", METRIC_GAUGE, OVER_RECORDS, tell_last_change,
     "When the last switch since the start was published, since 1970; absent before the first."},
    {"repointd_record_switches_total", METRIC_COUNTER, OVER_RECORDS, tell_switches,
     "Switches that were published, by what was left, what was taken, and who wanted it."},
    {"repointd_record_healthy_targets", METRIC_GAUGE, OVER_RECORDS, tell_healthy,
     "Targets that are up and not drained; without a check counts as up."},
    {"repointd_override_active", METRIC_GAUGE, OVER_RECORDS, tell_override,
     "1 while an operator's override is in force over the record."},
    {"repointd_override_expiry_timestamp_seconds", METRIC_GAUGE, OVER_RECORDS, tell_override_end,
     "When it ends by itself, since 1970; absent where it does not."},
    {"repointd_dns_rights_ok", METRIC_GAUGE, OVER_RECORDS, tell_rights,
     "0 after a rehearsed update was refused, until one goes well."},
    {"repointd_dns_foreign_changes_total", METRIC_COUNTER, OVER_RECORDS, tell_foreign,
     "Changes of the record by somebody else."},
};
const struct metric_table metrics_of_records = {rows, ARRAY_COUNT(rows)};
