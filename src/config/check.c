/* SPDX-License-Identifier: MIT */
/*
 * Where: config, above link; over settings alone.
 * What:  the rules that span fields: of times, of a record and its targets, of the whole and this host.
 * Why:   an error is what could not work or would not do what is written; a warning is what works and surprises: a
 *        record that can never fail over, resolvers that keep a dead address for longer than finding it out took.
 */
#include "config/check.h"

#include "config/field.h"
#include "model/probe_load.h"

#include <inttypes.h>
#include <string.h>

#define TTL_OF_DETECTION_MOST 3

struct checking {
    const struct settings *settings;
    const struct config_origins *origins;
    struct complaints *complaints;
};

/* ---- checks ----------------------------------------------------------------------------------------------------- */

/*
 * One time of a check against another. The complaint stands where the check itself says one of them; where both are
 * inherited it stands once, in the defaults.
 */
static void complain_times(const struct checking *checking, uint32_t number, const char *key, uint32_t ms,
                           const char *other_key, uint32_t other_ms, const char *relation)
{
    bool own = false;
    struct place place = origins_check_pair(checking->origins, number, key, other_key, &own);
    char value[DURATION_TEXT_MAX], other[DURATION_TEXT_MAX];
    duration_format(ms, value);
    duration_format(other_ms, other);
    complaints_add(checking->complaints, COMPLAINT_ERROR, place, "'%s' (%s) must %s '%s' (%s)%s%s%s", key, value,
                   relation, other_key, other, own ? " in check '" : "",
                   own ? checking->settings->checks[number].name : "", own ? "'" : "");
}

/* timeout < interval-changing <= interval */
static void check_times(const struct checking *checking, uint32_t number)
{
    const struct check_settings *check = &checking->settings->checks[number];
    const uint32_t total = check->total_ms, interval = check->interval_ms, changing = check->interval_changing_ms;
    if (total == 0 || interval == 0 || changing == 0)
        return;
    if (changing > interval)
        complain_times(checking, number, "interval-changing", changing, "interval", interval, "not be longer than");
    if (total >= interval)
        complain_times(checking, number, "timeout", total, "interval", interval, "be shorter than");
    else if (total >= changing)
        complain_times(checking, number, "timeout", total, "interval-changing", changing, "be shorter than");
}

/* A handshake at an address has no name of its own, as a URL has one: then any certificate of a known CA would do. */
static void check_tls_name(const struct checking *checking, uint32_t number)
{
    const struct check_settings *check = &checking->settings->checks[number];
    bool own;
    if (check->kind != CHECK_TLS || !check->how.tls.tls.verify || check->how.tls.tls.sni)
        return;
    complaints_add(checking->complaints, COMPLAINT_WARNING,
                   origins_check_pair(checking->origins, number, "tls", "tls", &own),
                   "check '%s' verifies who signed a certificate and not for which name; add 'sni', or say "
                   "'verify: off'",
                   check->name);
}

/* ---- records ---------------------------------------------------------------------------------------------------- */

static const struct check_settings *slower(const struct check_settings *a, const struct check_settings *b)
{
    return a == NULL || (b != NULL && check_detection_ms(b) > check_detection_ms(a)) ? b : a;
}

/* Which check takes longest to see that a watch's target is dead; NULL where its times were complained of. */
static const struct check_settings *slowest_of(const struct checking *checking, uint32_t number)
{
    const struct settings *settings = checking->settings;
    const struct check_settings *slowest = &settings->checks[settings->watches[number].slowest];
    return slowest->interval_ms == 0 || slowest->interval_changing_ms == 0 || slowest->fall == 0 ||
                   (slowest->total_ms == 0 && check_kind_probes(slowest->kind))
               ? NULL
               : slowest;
}

static const struct value_settings *value_of(const struct checking *checking, const struct target_settings *target,
                                             uint32_t index)
{
    return &checking->settings->values[target->value_first + index];
}

static bool is_watched(const struct checking *checking, const struct target_settings *target)
{
    for (uint32_t i = 0; i < target->value_count; i++)
        if (value_of(checking, target, i)->watch != ID_NONE)
            return true;
    return false;
}

static void check_targets(const struct checking *checking, uint32_t number)
{
    const struct record_settings *record = &checking->settings->records[number];
    for (uint32_t i = 0; i < record->target_count; i++) {
        const struct target_settings *target = &checking->settings->targets[record->target_first + i];
        if (!target->fallback && target->value_count > 0 && target->least_healthy > target->value_count)
            complaints_add(checking->complaints, COMPLAINT_ERROR,
                           origins_target(checking->origins, checking->settings, record->target_first + i),
                           "'min-healthy' is %u and '%s' has %" PRIu32 " address%s: it could never be up",
                           target->least_healthy, target->role, target->value_count,
                           target->value_count == 1 ? "" : "es");
    }
}

/*
 * primary    others          warning unwatched  any             it can never fail over watched    none            it
 * has nothing to fail over to watched    one unwatched   this host's own outage would look like the primary's (while
 * there is no connectivity block)
 */
static void check_standby(const struct checking *checking, uint32_t number)
{
    const struct settings *settings = checking->settings;
    const struct record_settings *record = &settings->records[number];
    const struct target_settings *primary = &settings->targets[record->target_first];
    struct place place = origins_record(checking->origins, number);
    if (record->target_count == 0 || primary->fallback || primary->value_count == 0)
        return;
    if (!is_watched(checking, primary)) {
        complaints_add(checking->complaints, COMPLAINT_WARNING, place,
                       "'%s' has no check on its primary: it can never fail over", record->id);
        return;
    }
    uint32_t standbys = 0;
    for (uint32_t i = 1; i < record->target_count; i++) {
        const struct target_settings *target = primary + i;
        if (target->fallback)
            continue;
        standbys++;
        if (target->value_count > 0 && !is_watched(checking, target) && !origins_has_connectivity(checking->origins))
            complaints_add(
                checking->complaints, COMPLAINT_WARNING,
                origins_target(checking->origins, settings, record->target_first + i),
                "'%s' of '%s' has no check, and no connectivity block guards this host: its own outage would look "
                "like the primary's",
                target->role, record->id);
    }
    if (standbys == 0 && record->fallback == ID_NONE)
        complaints_add(checking->complaints, COMPLAINT_WARNING, place,
                       "'%s' has one target only: it has nothing to fail over to", record->id);
}

static void check_ttl(const struct checking *checking, uint32_t number)
{
    const struct record_settings *record = &checking->settings->records[number];
    const struct check_settings *slowest = NULL;
    if (record->target_count == 0 || record->ttl_s == 0)
        return;
    const struct target_settings *primary = &checking->settings->targets[record->target_first];
    for (uint32_t i = 0; i < primary->value_count; i++) {
        const struct value_settings *value = value_of(checking, primary, i);
        if (value->watch != ID_NONE)
            slowest = slower(slowest, slowest_of(checking, value->watch));
    }
    if (slowest == NULL || (uint64_t)record->ttl_s * 1000 <= TTL_OF_DETECTION_MOST * check_detection_ms(slowest))
        return;
    char ttl[DURATION_TEXT_MAX], detection[DURATION_TEXT_MAX];
    duration_format((uint64_t)record->ttl_s * 1000, ttl);
    duration_format(check_detection_ms(slowest), detection);
    complaints_add(checking->complaints, COMPLAINT_WARNING, origins_record_key(checking->origins, number, "ttl"),
                   "'ttl' (%s) is more than three times what check '%s' needs to see an outage (%s): resolvers keep "
                   "the dead address for that long",
                   ttl, slowest->name, detection);
}

static void check_policy(const struct checking *checking, uint32_t number)
{
    const struct record_settings *record = &checking->settings->records[number];
    if (record->all_down == ALL_DOWN_FALLBACK && record->target_count > 0 && record->fallback == ID_NONE)
        complaints_add(checking->complaints, COMPLAINT_ERROR, origins_record_key(checking->origins, number, "all-down"),
                       "'all-down: fallback' needs a 'fallback'; '%s' has none", record->id);
    /* The delay wins, and is not wrong for it: it only cannot grow. 0: that value was refused already. */
    if (record->fail_back_most_ms != 0 && record->fail_back_ms > record->fail_back_most_ms) {
        char delay[DURATION_TEXT_MAX], most[DURATION_TEXT_MAX];
        duration_format(record->fail_back_ms, delay);
        duration_format(record->fail_back_most_ms, most);
        complaints_add(checking->complaints, COMPLAINT_WARNING,
                       origins_record_key(checking->origins, number, "fail-back-delay"),
                       "'fail-back-delay' (%s) is longer than 'fail-back-delay-max' (%s): it does not grow when the "
                       "record flaps",
                       delay, most);
    }
}

/* Beside no marker nothing tells a change by others from our own, so nothing can be put back. */
static void check_ownership(const struct checking *checking, uint32_t number)
{
    const struct record_settings *record = &checking->settings->records[number];
    if (record->ownership == OWNERSHIP_NONE && checking->settings->safety.foreign_change == FOREIGN_CHANGE_RESTORE)
        complaints_add(checking->complaints, COMPLAINT_WARNING,
                       origins_record_key(checking->origins, number, "ownership"),
                       "'foreign-change: restore' does nothing for '%s', which has no marker (ownership: none): a "
                       "change by others stops it",
                       record->id);
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void check_concurrency(const struct checking *checking, uint32_t open_files_most)
{
    const uint32_t wanted = probe_load_wanted(checking->settings), room = probe_load_room(open_files_most);
    const uint32_t asked = checking->settings->daemon.probe_concurrency;
    const struct place place = origins_daemon_key(checking->origins, "probe-concurrency");
    if (asked != 0 && asked < wanted)
        complaints_add(checking->complaints, COMPLAINT_WARNING, place,
                       "'probe-concurrency' is %" PRIu32 " and these checks need %" PRIu32
                       " when their targets are silent: a dead target may then be published for longer than promised",
                       asked, wanted);
    else if (open_files_most != 0 && room < (asked != 0 ? asked : wanted))
        complaints_add(checking->complaints, COMPLAINT_WARNING, place,
                       "%s %" PRIu32 " probes at a time when targets are silent, and the limit of open files (%" PRIu32
                       ") leaves %" PRIu32 ": a dead target may then be published for longer than promised; raise "
                       "LimitNOFILE",
                       asked != 0 ? "'probe-concurrency' allows" : "these checks need", asked != 0 ? asked : wanted,
                       open_files_most, room);
}

/* Told at the first of them: it is their sum that is too much. */
static void check_programs(const struct checking *checking)
{
    const uint32_t wanted = probe_load_programs_wanted(checking->settings);
    uint32_t first = 0;
    bool own;
    if (wanted <= PROGRAMS_MOST)
        return;
    while (checking->settings->checks[first].kind != CHECK_EXEC)
        first++;
    complaints_add(checking->complaints, COMPLAINT_WARNING,
                   origins_check_pair(checking->origins, first, "exec", "exec", &own),
                   "the programs of 'exec' need %" PRIu32 " at a time when they all hang, and at most %d run: a dead "
                   "target may then be published for longer than promised; make 'timeout' shorter or 'interval' longer",
                   wanted, PROGRAMS_MOST);
}

void config_check(const struct settings *settings, const struct config_origins *origins, uint32_t open_files_most,
                  struct complaints *complaints)
{
    const struct checking checking = {.settings = settings, .origins = origins, .complaints = complaints};
    for (uint32_t i = 0; i < settings_named_checks(settings); i++) {
        check_times(&checking, i);
        check_tls_name(&checking, i);
    }
    for (uint32_t i = 0; i < settings->record_count; i++) {
        check_targets(&checking, i);
        check_standby(&checking, i);
        check_ttl(&checking, i);
        check_policy(&checking, i);
        check_ownership(&checking, i);
    }
    check_concurrency(&checking, open_files_most);
    check_programs(&checking);
    check_rates(settings, origins, complaints);
}
