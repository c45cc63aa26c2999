/* SPDX-License-Identifier: MIT */
/*
 * Where: app, in front of override_commands.
 * What:  who answers afterwards, and whether somebody else is at it.
 */
#include "app/override_obstacle.h"

#include "core/record.h"

#include <string.h>

static const struct record *record_at(const struct commands *commands, uint32_t index)
{
    return engine_record(commands->errands.hands->engine, index);
}

static const char *role_of(const struct commands *commands, const struct record *record, uint32_t place)
{
    return commands->errands.settings->targets[record->settings->target_first + place].role;
}

static bool is_up(const struct record *record, uint32_t place)
{
    return place != record->settings->fallback && record->targets[place].state == HEALTH_UP;
}

bool override_awaits_another(const struct commands *commands, uint32_t record, mono_ms now, struct text *why)
{
    char storage[ERRAND_WORDS_MAX + API_USER_MAX + 8];
    struct text who = text_over(storage, sizeof storage);
    if (!errands_await(&commands->errands, record, now, &who))
        return false;
    text_addf(
        why,
        "another command for %s is under way: %s. This one has changed nothing: look at repointctl overrides, and "
        "try again in a moment",
        commands->errands.settings->records[record].id, who.bytes);
    return true;
}

/*
 *   the record                      a failover of it
 *   is not written, or held         refused: nothing would happen
 *   its target is up, or fallback   goes
 *   else                            refused unless forced: says what is the matter, and who answers now
 */
static bool may_fail_over(const struct commands *commands, const struct override *override, bool force,
                          struct text *why)
{
    const struct record *record = record_at(commands, override->record);
    enum condition condition = record_condition(record);
    const char *id = record->settings->id;
    if (condition != CONDITION_OK)
        text_addf(why, "%s is not written: %s", id, condition_sentence(condition));
    else if (record->override.held)
        text_addf(why, "%s is held: repointctl release %s ends that", id, id);
    else if (commands->errands.settings->safety.dry_run)
        text_add(why, "this is a dry run: nothing is sent");
    else if (!force && override->target != record->settings->fallback && !is_up(record, override->target))
        text_addf(why, "%s of %s is %s: clients would be sent there; %s answers now. --force does it all the same",
                  role_of(commands, record, override->target), id,
                  health_state_name(record->targets[override->target].state),
                  record->current < record->settings->target_count ? role_of(commands, record, record->current)
                                                                   : "nothing of ours");
    return why->length == 0;
}

static bool drains(const struct override *override, const struct settings *settings,
                   const struct target_settings *target)
{
    for (uint32_t i = 0; i < target->value_count; i++)
        if (override_drains(override, &settings->values[target->value_first + i], target->label))
            return true;
    return false;
}

static bool uses(const struct settings *settings, const struct override *override, const struct record *record)
{
    for (uint32_t place = 0; place < record->settings->target_count; place++)
        if (drains(override, settings, &settings->targets[record->settings->target_first + place]))
            return true;
    return false;
}

/* A record that answers with what is to be drained has another target that is up and stays. */
static bool has_another(const struct settings *settings, const struct override *override, const struct record *record)
{
    const struct target_settings *targets = &settings->targets[record->settings->target_first];
    if (record->current >= record->settings->target_count || !drains(override, settings, &targets[record->current]))
        return true;
    for (uint32_t place = 0; place < record->settings->target_count; place++)
        if (place != record->current && is_up(record, place) && !drains(override, settings, &targets[place]))
            return true;
    return false;
}

bool override_is_about(const struct commands *commands, const struct override *override, uint32_t record)
{
    if (override->kind == OVERRIDE_DRAIN)
        return uses(commands->errands.settings, override, record_at(commands, record));
    return override->record == record || override->record == ID_NONE;
}

/* Walks all records, as whoever drains a site moves many of them. */
static uint32_t suffers(const struct commands *commands, const struct override *override, bool force, mono_ms now,
                        struct text *why)
{
    const struct settings *settings = commands->errands.settings;
    for (uint32_t i = 0; i < settings->record_count; i++) {
        const struct record *record = record_at(commands, i);
        if (!uses(settings, override, record))
            continue;
        if (override_awaits_another(commands, i, now, why))
            return i;
        if (force || has_another(settings, override, record))
            continue;
        text_addf(
            why,
            "%s answers with it and has no other target that is up: it would go on answering. --force does it all "
            "the same",
            record->settings->id);
        return i;
    }
    return ID_NONE;
}

uint32_t override_obstacle(const struct commands *commands, const struct override *override, bool force, mono_ms now,
                           struct text *why)
{
    switch (override->kind) {
    case OVERRIDE_FAILOVER:
        if (override_awaits_another(commands, override->record, now, why) ||
            !may_fail_over(commands, override, force, why))
            return override->record;
        break;
    case OVERRIDE_DRAIN:
        return suffers(commands, override, force, now, why);
    case OVERRIDE_HOLD:
        break;
    }
    return ID_NONE;
}
