/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind render_json.
 * What:  the WHY of a row of `repointctl status`.
 * Why:   a person who looks at the table wants the one fact that matters most, and the words that a command needs: an
 *        owner and an epoch, or the addresses that stand there.
 */
#include "app/explanation.h"

#include "core/policy.h"
#include "core/record.h"
#include "core/watch.h"

#include <inttypes.h>

static const struct target_settings *target_at(const struct settings *settings, const struct record *record,
                                               uint32_t place)
{
    return &settings->targets[record->settings->target_first + place];
}

/* "primary 192.0.2.10: refused": of the first address that is down. */
static bool add_down(struct text *out, const struct settings *settings, const struct engine *engine,
                     const struct target_settings *target, bool with_address)
{
    for (uint32_t i = 0; i < target->value_count; i++) {
        const struct value_settings *value = &settings->values[target->value_first + i];
        const struct watch *watch = value->watch == ID_NONE ? NULL : engine_watch(engine, value->watch);
        if (!watch || watch->health.state != HEALTH_DOWN)
            continue;
        text_addf(out, "%s ", target->role);
        if (with_address) {
            settings_value_format(settings, target->value_first + i, out);
            text_add(out, ": ");
        }
        text_add(out, reason_name(watch->last_failure.reason));
        return true;
    }
    return false;
}

/* What keeps us from writing, and what the zone holds instead. */
static void add_condition(struct text *out, const struct record *record)
{
    enum condition condition = record_condition(record);
    if (condition == CONDITION_OTHER_OWNER && record->txn.seen.form == MARKER_FORM_ONE) {
        text_addf(out, "owned by %016" PRIx64 ", epoch %" PRIu64, record->txn.seen.marker.owner,
                  record->txn.seen.marker.epoch);
        return;
    }
    text_add(out, condition_sentence(condition));
    if (condition != CONDITION_OFF && record->txn.report.detail[0])
        text_addf(out, ": %s", record->txn.report.detail);
}

static void add_failed_over(struct text *out, const struct settings *settings, const struct engine *engine,
                            const struct record *record)
{
    for (uint32_t place = 0; place < record->current; place++)
        if (record->targets[place].state != HEALTH_UP &&
            add_down(out, settings, engine, target_at(settings, record, place), true))
            return;
    text_add(out, decision_reason_sentence(record->decision.reason));
}

static void add_no_healthy(struct text *out, const struct settings *settings, const struct engine *engine,
                           const struct record *record)
{
    text_add(out, "no healthy target: ");
    bool first = true;
    for (uint32_t place = 0; place < record->settings->target_count; place++) {
        if (place == record->settings->fallback)
            continue;
        size_t before = out->length;
        if (!first)
            text_add(out, ", ");
        if (!add_down(out, settings, engine, target_at(settings, record, place), false)) {
            out->length = before;
            out->bytes[before] = '\0';
            continue;
        }
        first = false;
    }
}

/* The one that answers is well: is there another to go to? */
static void add_standby(struct text *out, const struct settings *settings, const struct engine *engine,
                        const struct record *record)
{
    uint32_t down = ID_NONE;
    for (uint32_t place = 1; place < record->settings->target_count; place++) {
        if (place == record->settings->fallback)
            continue;
        if (record->targets[place].state != HEALTH_DOWN)
            return;
        down = down == ID_NONE ? place : down;
    }
    if (down == ID_NONE)
        return;
    const struct target_settings *target = target_at(settings, record, down);
    for (uint32_t i = 0; i < target->value_count; i++) {
        uint32_t watch = settings->values[target->value_first + i].watch;
        if (watch == ID_NONE || engine_watch(engine, watch)->health.state != HEALTH_DOWN)
            continue;
        text_addf(out, "no standby: %s", reason_name(engine_watch(engine, watch)->last_failure.reason));
        return;
    }
}

static bool lags(const struct record *record)
{
    return record->verify.state != VERIFY_NONE && verify_serving(&record->verify) < record->verify.count;
}

static void add_laggard(struct text *out, const struct record *record)
{
    const struct verify *verify = &record->verify;
    for (uint32_t i = 0; i < verify->count; i++) {
        char endpoint[ENDPOINT_TEXT_MAX];
        if (verify->places[i].serves)
            continue;
        endpoint_format(&verify->places[i].endpoint, endpoint);
        text_addf(out, "served by %" PRIu32 " of %" PRIu32 ": not by %s", verify_serving(verify), verify->count,
                  endpoint);
        return;
    }
}

/* A change that does not get through is worth more than why it is wanted. */
static bool add_trouble(struct text *out, const struct record *record)
{
    enum txn_state state = record->txn.state;
    bool accepted = record->txn.report.outcome == OUTCOME_ACCEPTED;
    if (state != TXN_PAUSED && (state != TXN_RESOLVING || accepted))
        return false;
    if (accepted)
        text_add(out, "not written: the server answered NOERROR, and the zone does not show the change (not-applied)");
    else
        text_addf(out, "%s: %s", record_is_pending(record) || record->txn.sending ? "not written" : "not read",
                  record->txn.report.detail[0] ? record->txn.report.detail : outcome_name(record->txn.report.outcome));
    return true;
}

/*
 *   first that fits                       why
 *   a read or a message fails             what failed
 *   a condition keeps us from writing     the condition, and what the zone holds
 *   no target is up                       why each is down
 *   this host looks cut off               just that
 *   a server of verify serves it not yet  which
 *   another than the first answers        why the first does not, or what it waits for
 *   no other target is up                 there is no standby
 */
void explanation_of(const struct settings *settings, const struct engine *engine, uint32_t index, struct text *out)
{
    const struct record *record = engine_record(engine, index);
    enum condition condition = record_condition(record);
    bool sees = record->decision.reason != DECISION_CUT_OFF;
    if (add_trouble(out, record))
        return;
    if (condition != CONDITION_OK)
        add_condition(out, record);
    else if (record->decision.reason == DECISION_NO_HEALTHY_TARGET)
        add_no_healthy(out, settings, engine, record);
    else if (sees && lags(record))
        add_laggard(out, record);
    else if (sees && record->current != 0 && record->current < record->settings->target_count)
        add_failed_over(out, settings, engine, record);
    else if (sees && record->current == 0 && record->targets[0].state == HEALTH_UP)
        add_standby(out, settings, engine, record);
    else if (!sees || record->current != 0 || record->targets[0].state == HEALTH_DOWN)
        text_add(out, decision_reason_sentence(record->decision.reason));
}
