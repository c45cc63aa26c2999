/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under scenario.
 * What:  the knobs that scenarios turn, a row each.
 */

#include "tuning.h"

#include "base/parse.h"

#include <string.h>

enum knob_kind { KNOB_DURATION, KNOB_SECONDS, KNOB_COUNT, KNOB_SWITCH, KNOB_WORD };
enum knob_place { IN_CHECKS, IN_SERVERS, IN_RECORDS, IN_SAFETY };

struct word {
    const char *word;
    uint32_t value;
};

static const struct word fail_backs[] = {{"auto", FAIL_BACK_AUTO}, {"manual", FAIL_BACK_MANUAL}, {NULL, 0}};
static const struct word all_downs[] = {
    {"keep", ALL_DOWN_KEEP}, {"primary", ALL_DOWN_PRIMARY}, {"fallback", ALL_DOWN_FALLBACK}, {NULL, 0}};
static const struct word ownerships[] = {{"marker", OWNERSHIP_MARKER}, {"none", OWNERSHIP_NONE}, {NULL, 0}};
static const struct word publishes[] = {{"all", PUBLISH_ALL}, {"healthy", PUBLISH_HEALTHY}, {NULL, 0}};

static const struct word foreign_changes[] = {
    {"hold", FOREIGN_CHANGE_HOLD}, {"restore", FOREIGN_CHANGE_RESTORE}, {NULL, 0}};

static const struct knob {
    const char *key;
    enum knob_place place;
    enum knob_kind kind;
    size_t offset;
    const struct word *words;
} knobs[] = {
    {"interval", IN_CHECKS, KNOB_DURATION, offsetof(struct check_settings, interval_ms), NULL},
    {"interval-changing", IN_CHECKS, KNOB_DURATION, offsetof(struct check_settings, interval_changing_ms), NULL},
    {"timeout", IN_CHECKS, KNOB_DURATION, offsetof(struct check_settings, total_ms), NULL},
    {"rise", IN_CHECKS, KNOB_COUNT, offsetof(struct check_settings, rise), NULL},
    {"fall", IN_CHECKS, KNOB_COUNT, offsetof(struct check_settings, fall), NULL},
    {"server-timeout", IN_SERVERS, KNOB_DURATION, offsetof(struct server_settings, timeout_ms), NULL},
    {"retry-max", IN_SERVERS, KNOB_DURATION, offsetof(struct server_settings, retry_most_ms), NULL},
    {"audit", IN_SERVERS, KNOB_DURATION, offsetof(struct server_settings, audit_ms), NULL},
    {"ttl", IN_RECORDS, KNOB_SECONDS, offsetof(struct record_settings, ttl_s), NULL},
    {"fail-back", IN_RECORDS, KNOB_WORD, offsetof(struct record_settings, fail_back), fail_backs},
    {"fail-back-delay", IN_RECORDS, KNOB_DURATION, offsetof(struct record_settings, fail_back_ms), NULL},
    {"fail-back-delay-max", IN_RECORDS, KNOB_DURATION, offsetof(struct record_settings, fail_back_most_ms), NULL},
    {"flap-window", IN_RECORDS, KNOB_DURATION, offsetof(struct record_settings, flap_window_ms), NULL},
    {"max-switches", IN_RECORDS, KNOB_COUNT, offsetof(struct record_settings, switches_most), NULL},
    {"all-down", IN_RECORDS, KNOB_WORD, offsetof(struct record_settings, all_down), all_downs},
    {"publish", IN_RECORDS, KNOB_WORD, offsetof(struct record_settings, publish), publishes},
    {"ownership", IN_RECORDS, KNOB_WORD, offsetof(struct record_settings, ownership), ownerships},
    {"adopt", IN_RECORDS, KNOB_SWITCH, offsetof(struct record_settings, adopt), NULL},
    {"create", IN_RECORDS, KNOB_SWITCH, offsetof(struct record_settings, create), NULL},
    {"enabled", IN_RECORDS, KNOB_SWITCH, offsetof(struct record_settings, enabled), NULL},
    {"verify-failover", IN_RECORDS, KNOB_SWITCH, offsetof(struct record_settings, verify_failover), NULL},
    {"start-grace", IN_SAFETY, KNOB_DURATION, offsetof(struct safety_settings, start_grace_ms), NULL},
    {"foreign-change", IN_SAFETY, KNOB_WORD, offsetof(struct safety_settings, foreign_change), foreign_changes},
    {"dry-run", IN_SAFETY, KNOB_SWITCH, offsetof(struct safety_settings, dry_run), NULL},
};

static bool turn(const struct knob *knob, void *settings, const char *value)
{
    void *field = (char *)settings + knob->offset;
    uint64_t number = 0;
    bool is_on = false;
    switch (knob->kind) {
    case KNOB_DURATION:
    case KNOB_SECONDS:
        if (!parse_duration_ms(value, &number, NULL))
            return false;
        *(uint32_t *)field = (uint32_t)(knob->kind == KNOB_SECONDS ? number / 1000 : number);
        return true;
    case KNOB_COUNT:
        if (!parse_uint(value, 1, 1000, &number, NULL))
            return false;
        *(uint16_t *)field = (uint16_t)number;
        return true;
    case KNOB_SWITCH:
        if (!parse_switch(value, &is_on, NULL))
            return false;
        *(bool *)field = is_on;
        return true;
    case KNOB_WORD:
        for (const struct word *word = knob->words; word->word; word++)
            if (strcmp(word->word, value) == 0) {
                *(unsigned *)field = word->value;
                return true;
            }
        break;
    }
    return false;
}

bool tune(struct setup *setup, const char *key, const char *value)
{
    bool good = true;
    const struct knob *knob = knobs;
    while (knob < knobs + ARRAY_COUNT(knobs) && strcmp(knob->key, key) != 0)
        knob++;
    if (knob == knobs + ARRAY_COUNT(knobs))
        return false;
    switch (knob->place) {
    case IN_CHECKS:
        for (uint32_t c = 0; c < setup->settings.check_count; c++)
            good &= turn(knob, &setup->checks[c], value);
        break;
    case IN_SERVERS:
        for (uint32_t s = 0; s < setup->settings.server_count; s++)
            good &= turn(knob, &setup->servers[s], value);
        break;
    case IN_RECORDS:
        for (uint32_t r = 0; r < setup->settings.record_count; r++)
            good &= turn(knob, &setup->records[r], value);
        break;
    case IN_SAFETY:
        good = turn(knob, &setup->settings.safety, value);
        break;
    }
    /* as config does: unless it is set, it is the interval */
    for (uint32_t c = 0; c < setup->settings.check_count && strcmp(key, "interval") == 0; c++)
        setup->checks[c].interval_changing_ms = setup->checks[c].interval_ms;
    return good;
}
