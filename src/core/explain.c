/* SPDX-License-Identifier: MIT */
/*
 * Where: core, beside the engine.
 * What:  a record's outlook and its timing.
 */

#include "core/explain.h"

#include "core/record.h"

#include <assert.h>

static struct outlook outlook(enum outlook_kind kind, uint32_t target, mono_ms at)
{
    return (struct outlook){.kind = kind, .target = target, .at = at, .wait_ms = 0};
}

/* The check that judges a target: its first value's, of a group the slowest; NULL: it has none. */
static const struct check_settings *check_of(const struct settings *settings, const struct record_settings *record,
                                             uint32_t place)
{
    const struct target_settings *target = &settings->targets[record->target_first + place];
    for (uint32_t i = 0; i < target->value_count; i++) {
        uint32_t watch = settings->values[target->value_first + i].watch;
        if (watch != ID_NONE)
            return &settings->checks[settings->watches[watch].slowest];
    }
    return NULL;
}

/* ---- what comes next ---- */

/* A decision may take it, once it is up: it is neither the fallback nor drained. */
static bool may_be_taken(const struct engine *engine, const struct record *record, uint32_t place)
{
    return place != record->current && place != record->settings->fallback &&
           !engine_is_drained(engine, record->index, place);
}

/* The first such target before `end`; `up`: that is up. */
static uint32_t first_of(const struct engine *engine, const struct record *record, uint32_t end, bool up)
{
    for (uint32_t place = 0; place < record->settings->target_count && place < end; place++)
        if (may_be_taken(engine, record, place) && (!up || record->targets[place].state == HEALTH_UP))
            return place;
    return ID_NONE;
}

/* What answers is well and no better one is up: one that is down may come back, or what answers may die. */
static struct outlook while_up(const struct engine *engine, const struct record *record)
{
    const struct record_settings *settings = record->settings;
    uint32_t better = first_of(engine, record, record->current, false);
    if (better != ID_NONE && settings->fail_back == FAIL_BACK_AUTO) {
        struct outlook returns = outlook(OUTLOOK_RETURNS_AFTER, better, MONO_NEVER);
        const struct check_settings *check = check_of(record->txn.settings, settings, better);
        returns.passes = check == NULL ? 0 : check->rise;
        returns.wait_ms = flap_delay_ms(&record->flap, settings,
                                        record->switched_at == MONO_NEVER ? 0 : record->switched_at);
        if (check != NULL)
            returns.wait_ms += (int64_t)(check->rise - 1) * check->interval_changing_ms;
        return returns;
    }
    for (uint32_t place = 0; place < settings->target_count; place++)
        if (may_be_taken(engine, record, place) && record->targets[place].state != HEALTH_DOWN)
            return outlook(OUTLOOK_WATCHED, place, MONO_NEVER);
    return outlook(OUTLOOK_ALONE, ID_NONE, MONO_NEVER);
}

static struct outlook by_decision(const struct engine *engine, const struct record *record)
{
    const uint32_t better = first_of(engine, record, record->current, true);
    const struct decision *decision = &record->decision;
    switch (decision->reason) {
    case DECISION_HELD:
        return outlook(OUTLOOK_OVERRIDE, ID_NONE, record->override.hold_until);
    case DECISION_FORCED:
        return outlook(OUTLOOK_OVERRIDE, decision->target, record->override.forced_until);
    case DECISION_CUT_OFF:
        return outlook(OUTLOOK_CUT_OFF, ID_NONE, MONO_NEVER);
    case DECISION_START_GRACE:
        return outlook(OUTLOOK_GRACE, ID_NONE, decision->review_at);
    case DECISION_CURRENT_UNKNOWN:
    case DECISION_NONE_KNOWN_UP:
        return outlook(OUTLOOK_KNOWN, ID_NONE, MONO_NEVER);
    case DECISION_PROOF_AWAITED:
        return outlook(OUTLOOK_PROOF, first_of(engine, record, ID_NONE, true), MONO_NEVER);
    case DECISION_RETIRED:
    case DECISION_NO_HEALTHY_TARGET:
    case DECISION_DRAINED:
    case DECISION_RECOVERED:
    case DECISION_CURRENT_DOWN:
        return outlook(OUTLOOK_FIRST_UP, ID_NONE, MONO_NEVER);
    case DECISION_FAIL_BACK_MANUAL:
        return outlook(OUTLOOK_MANUAL, better, MONO_NEVER);
    case DECISION_FLAPPING:
        return outlook(OUTLOOK_LATCHED, better, MONO_NEVER);
    case DECISION_FAIL_BACK_WAIT:
        return outlook(OUTLOOK_RETURNS_AT, better, decision->review_at);
    case DECISION_CURRENT_UP:
    case DECISION_PREFERRED_UP:
    case DECISION_CONDITION:
    case DECISION_REASON_COUNT:
        break;
    }
    return while_up(engine, record);
}

/* A rehearsal, or another TTL, is under way as well, and moves nothing. */
static bool moves(const struct record *record)
{
    return record_is_pending(record) && record->decision.target != record->current && !record->override.held;
}

/*
 *   first that fits                          outlook
 *   off in the configuration                 off
 *   not read yet                             read, when it is tried
 *   a condition that keeps us from writing   operator, and when it is read again
 *   a change is wanted, in a dry run         would move
 *   a change is wanted or under way          moves, and when it is tried again
 *   else                                     by the row of the policy
 */
struct outlook explain_outlook(const struct engine *engine, uint32_t index)
{
    const struct record *record = engine_record(engine, index);
    enum condition condition = record_condition(record);
    mono_ms wake_at = txn_deadline(&record->txn);
    if (condition == CONDITION_OFF)
        return outlook(OUTLOOK_OFF, ID_NONE, MONO_NEVER);
    if (condition == CONDITION_UNREAD)
        return outlook(OUTLOOK_READ, ID_NONE, wake_at);
    if (condition != CONDITION_OK)
        return outlook(OUTLOOK_OPERATOR, ID_NONE, wake_at);
    if (moves(record) && record->txn.settings->safety.dry_run)
        return outlook(OUTLOOK_WOULD_MOVE, record->decision.target, MONO_NEVER);
    if (moves(record))
        return outlook(OUTLOOK_MOVES, record->decision.target, record->txn.state == TXN_PAUSED ? wake_at : MONO_NEVER);
    return by_decision(engine, record);
}

/* ---- how long it takes ---- */

struct timing explain_timing(const struct settings *settings, uint32_t index)
{
    const struct record_settings *record = &settings->records[index];
    const struct check_settings *check = check_of(settings, record, 0);
    const struct server_settings *server = &settings->servers[settings->zones[record->zone].server];
    struct timing timing = {.update_most_ms = (int64_t)server->timeout_ms + 2000,
                            .return_least_ms = -1,
                            .caches_ms = (int64_t)record->ttl_s * 1000};
    if (check == NULL)
        return timing;
    timing.detects = true;
    timing.detect_least_ms = (int64_t)(check->fall - 1) * check->interval_changing_ms;
    timing.detect_most_ms = (int64_t)check_detection_ms(check);
    const struct check_settings *standby = record->target_count > 1 ? check_of(settings, record, 1) : NULL;
    if (standby != NULL && record->verify_failover &&
        (int64_t)standby->interval_ms + standby->total_ms > timing.detect_least_ms)
        timing.detect_most_ms += (int64_t)standby->interval_ms + standby->total_ms;
    if (record->fail_back == FAIL_BACK_AUTO)
        timing.return_least_ms = (int64_t)(check->rise - 1) * check->interval_changing_ms + record->fail_back_ms;
    return timing;
}
