/* SPDX-License-Identifier: MIT */
/*
 * Where: config; for app at a reload.
 * What:  finds again in a new configuration what was in the old one.
 * Why:   watches are found by look and place and records by name and server, since that is what was learned of them;
 *        people count by the names in their files.
 */
#include "config/difference.h"

#include "base/names.h"
#include "config/look.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX 1024

static uint32_t find(const struct names *names, const char *name)
{
    uint32_t number;
    return names_find(names, name, &number) ? number : ID_NONE;
}

/* ---- checks ---- */

static uint32_t check_named(const struct settings *settings, const char *name)
{
    for (uint32_t i = 0; i < settings_named_checks(settings); i++)
        if (strcmp(settings->checks[i].name, name) == 0)
            return i;
    return ID_NONE;
}

/* The old check that looks alike: the one of the same name, else the first. */
static uint32_t former_check(const struct settings *fresh, uint32_t check, const struct settings *old,
                             const struct looks *looks)
{
    uint32_t named = check_named(old, fresh->checks[check].name);
    if (named != ID_NONE && looks_are_same(looks, check, named))
        return named;
    for (uint32_t i = 0; i < old->check_count; i++)
        if (looks_are_same(looks, check, i))
            return i;
    return ID_NONE;
}

/* ---- watches ---- */

/* Where a watch looks; of one that is a target's own that target, too. */
static void add_place(struct text *key, const struct settings *settings, const struct watch_settings *watch)
{
    if (watch->name != ID_NONE) {
        text_addf(key, "name %s", settings->names[watch->name].text);
    } else {
        char address[ADDRESS_TEXT_MAX];
        address_format(&watch->address, address);
        text_add(key, address);
    }
    if (watch->target != ID_NONE) {
        const struct target_settings *target = &settings->targets[watch->target];
        text_addf(key, " of %s %s", settings->records[target->record].id, target->role);
    }
}

static bool watch_key(const struct settings *settings, uint32_t index, uint32_t check, char storage[KEY_MAX])
{
    struct text key = text_over(storage, KEY_MAX);
    text_addf(&key, "%" PRIu32 " ", check);
    add_place(&key, settings, &settings->watches[index]);
    return !key.truncated;
}

void difference_of_watches(const struct settings *fresh, const struct settings *old, uint32_t *ret_watches)
{
    char key[KEY_MAX];
    uint32_t former;
    struct names *known = names_new();
    uint32_t *checks = calloc(fresh->check_count + 1, sizeof *checks);
    if (!checks)
        abort();
    struct looks *looks = looks_new(fresh, old);
    for (uint32_t i = 0; i < fresh->check_count; i++)
        checks[i] = former_check(fresh, i, old, looks);
    looks_free(looks);
    for (uint32_t i = 0; i < old->watch_count; i++)
        if (watch_key(old, i, old->watches[i].check, key))
            (void)names_add(known, key, i, &former);
    for (uint32_t i = 0; i < fresh->watch_count; i++) {
        uint32_t check = checks[fresh->watches[i].check];
        bool has = check != ID_NONE && watch_key(fresh, i, check, key);
        ret_watches[i] = has ? find(known, key) : ID_NONE;
    }
    free(checks);
    names_free(known);
}

/* ---- records ---- */

static bool same_types(const struct record_settings *a, const struct record_settings *b)
{
    return a->type_count == b->type_count && memcmp(a->types, b->types, a->type_count * sizeof a->types[0]) == 0;
}

static bool record_key(const struct settings *settings, uint32_t index, char storage[KEY_MAX])
{
    const struct zone_settings *zone = &settings->zones[settings->records[index].zone];
    char name[DNAME_TEXT_MAX], zone_name[DNAME_TEXT_MAX];
    struct text key = text_over(storage, KEY_MAX);
    dname_format(&settings->records[index].owner, name);
    dname_format(&zone->name, zone_name);
    text_addf(&key, "%s %s %s", name, zone_name, settings->servers[zone->server].name);
    return !key.truncated;
}

void difference_of_records(const struct settings *fresh, const struct settings *old, uint32_t *ret_records)
{
    char key[KEY_MAX];
    uint32_t former;
    struct names *known = names_new();
    for (uint32_t i = 0; i < old->record_count; i++)
        if (record_key(old, i, key))
            (void)names_add(known, key, i, &former);
    for (uint32_t i = 0; i < fresh->record_count; i++) {
        uint32_t found = record_key(fresh, i, key) ? find(known, key) : ID_NONE;
        bool same = found != ID_NONE && same_types(&fresh->records[i], &old->records[found]) &&
                    fresh->records[i].ownership == old->records[found].ownership;
        ret_records[i] = same ? found : ID_NONE;
    }
    names_free(known);
}

/* ---- in words ---- */

static bool same_times(const struct check_settings *a, const struct check_settings *b)
{
    return a->interval_ms == b->interval_ms && a->interval_changing_ms == b->interval_changing_ms &&
           a->connect_ms == b->connect_ms && a->response_ms == b->response_ms && a->body_ms == b->body_ms &&
           a->total_ms == b->total_ms && a->rise == b->rise && a->fall == b->fall &&
           a->jitter_permille == b->jitter_permille;
}

static bool same_value(const struct settings *a, const struct value_settings *value_a, const struct settings *b,
                       const struct value_settings *value_b)
{
    bool checked = value_a->watch != ID_NONE;
    if (checked != (value_b->watch != ID_NONE) || !address_equal(&value_a->address, &value_b->address) ||
        (value_a->name == ID_NONE) != (value_b->name == ID_NONE))
        return false;
    if (value_a->name != ID_NONE && strcmp(a->names[value_a->name].text, b->names[value_b->name].text) != 0)
        return false;
    return !checked || strcmp(a->checks[a->watches[value_a->watch].check].name,
                              b->checks[b->watches[value_b->watch].check].name) == 0;
}

static bool same_target(const struct settings *a, const struct target_settings *target_a, const struct settings *b,
                        const struct target_settings *target_b)
{
    const char *label_a = target_a->label ? target_a->label : "", *label_b = target_b->label ? target_b->label : "";
    if (target_a->value_count != target_b->value_count || target_a->least_healthy != target_b->least_healthy ||
        strcmp(target_a->role, target_b->role) != 0 || strcmp(label_a, label_b) != 0)
        return false;
    for (uint32_t i = 0; i < target_a->value_count; i++)
        if (!same_value(a, &a->values[target_a->value_first + i], b, &b->values[target_b->value_first + i]))
            return false;
    return true;
}

/* The same notifiers by name, in the same order. */
static bool same_route(const struct settings *a, const struct record_settings *one, const struct settings *b,
                       const struct record_settings *other)
{
    if (one->route_count != other->route_count)
        return false;
    for (uint32_t i = 0; i < one->route_count; i++)
        if (strcmp(a->notifiers[a->routes[one->route_first + i]].name,
                   b->notifiers[b->routes[other->route_first + i]].name) != 0)
            return false;
    return true;
}

static bool same_record(const struct settings *a, const struct record_settings *one, const struct settings *b,
                        const struct record_settings *other)
{
    bool same = dname_equal(&one->owner, &other->owner) && same_types(one, other) && one->ttl_s == other->ttl_s &&
                one->target_count == other->target_count && one->fail_back == other->fail_back &&
                one->fail_back_ms == other->fail_back_ms && one->fail_back_most_ms == other->fail_back_most_ms &&
                one->flap_window_ms == other->flap_window_ms && one->switches_most == other->switches_most &&
                one->all_down == other->all_down && one->publish == other->publish &&
                one->ownership == other->ownership && one->adopt == other->adopt && one->create == other->create &&
                one->verify_failover == other->verify_failover && one->enabled == other->enabled &&
                strcmp(a->servers[a->zones[one->zone].server].name, b->servers[b->zones[other->zone].server].name) == 0;
    same = same && same_route(a, one, b, other);
    for (uint32_t i = 0; same && i < one->target_count; i++)
        same = same_target(a, &a->targets[one->target_first + i], b, &b->targets[other->target_first + i]);
    return same;
}

static void count_records(const struct settings *fresh, const struct settings *old, struct difference *ret)
{
    uint32_t former, kept = 0;
    struct names *known = names_new();
    for (uint32_t i = 0; i < old->record_count; i++)
        (void)names_add(known, old->records[i].id, i, &former);
    for (uint32_t i = 0; i < fresh->record_count; i++) {
        uint32_t found = find(known, fresh->records[i].id);
        kept += found != ID_NONE;
        if (found == ID_NONE)
            ret->records_new++;
        else if (!same_record(fresh, &fresh->records[i], old, &old->records[found]))
            ret->records_changed++;
    }
    ret->records_gone = old->record_count - kept;
    names_free(known);
}

struct difference difference_of(const struct settings *fresh, const struct settings *old)
{
    struct difference difference = {.records_new = 0};
    uint32_t kept = 0;
    struct looks *looks = looks_new(fresh, old);
    count_records(fresh, old, &difference);
    for (uint32_t i = 0; i < settings_named_checks(fresh); i++) {
        uint32_t found = check_named(old, fresh->checks[i].name);
        kept += found != ID_NONE;
        if (found == ID_NONE)
            difference.checks_new++;
        else if (!looks_are_same(looks, i, found) || !same_times(&fresh->checks[i], &old->checks[found]))
            difference.checks_changed++;
    }
    looks_free(looks);
    difference.checks_gone = settings_named_checks(old) - kept;
    return difference;
}

static void add_part(struct text *out, const char *sign, uint32_t records, uint32_t checks)
{
    text_add(out, sign);
    if (records > 0)
        text_addf(out, "%" PRIu32 " record%s", records, records == 1 ? "" : "s");
    if (checks > 0)
        text_addf(out, "%s%" PRIu32 " check%s", records > 0 ? " and " : "", checks, checks == 1 ? "" : "s");
    if (records == 0 && checks == 0)
        text_add(out, "0");
}

void difference_format(const struct difference *difference, struct text *out)
{
    add_part(out, "+", difference->records_new, difference->checks_new);
    add_part(out, ", ~", difference->records_changed, difference->checks_changed);
    add_part(out, ", -", difference->records_gone, difference->checks_gone);
}
