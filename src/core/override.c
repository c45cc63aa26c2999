/* SPDX-License-Identifier: MIT */
/*
 * Where: core, between operators' commands and policy.
 * What:  the list of what they laid over the automatic view.
 * Why:   a list that is walked: operators set a handful of overrides, and while there is none it costs nothing.
 */

#include "core/override.h"

#include <assert.h>
#include <string.h>

const char *override_kind_name(enum override_kind kind)
{
    switch (kind) {
    case OVERRIDE_FAILOVER:
        return "failover";
    case OVERRIDE_DRAIN:
        return "drain";
    case OVERRIDE_HOLD:
        break;
    }
    return "hold";
}

void overrides_init(struct overrides *overrides, struct override *storage)
{
    *overrides = (struct overrides){.items = storage};
}

static bool same_label(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool is_about_the_same(const struct override *a, const struct override *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind != OVERRIDE_DRAIN)
        return a->record == b->record;
    if (a->address.family != ADDRESS_NONE || b->address.family != ADDRESS_NONE)
        return address_equal(&a->address, &b->address);
    if (a->label != NULL || b->label != NULL)
        return same_label(a->label, b->label);
    return a->name == b->name;
}

bool overrides_set(struct overrides *overrides, const struct override *override)
{
    assert(override->id != 0 &&
           (override->kind == OVERRIDE_HOLD || override->record != ID_NONE || override->kind == OVERRIDE_DRAIN));
    for (uint32_t i = 0; i < overrides->count; i++)
        if (is_about_the_same(&overrides->items[i], override)) {
            overrides->items[i] = *override;
            return true;
        }
    if (overrides->count == OVERRIDES_MAX)
        return false;
    overrides->items[overrides->count++] = *override;
    return true;
}

static void take_out(struct overrides *overrides, uint32_t place, struct override *ret)
{
    if (ret != NULL)
        *ret = overrides->items[place];
    overrides->items[place] = overrides->items[--overrides->count];
}

bool overrides_release(struct overrides *overrides, uint32_t id, struct override *ret)
{
    for (uint32_t i = 0; i < overrides->count; i++)
        if (overrides->items[i].id == id) {
            take_out(overrides, i, ret);
            return true;
        }
    return false;
}

bool overrides_expire(struct overrides *overrides, mono_ms now, struct override *ret)
{
    for (uint32_t i = 0; i < overrides->count; i++)
        if (overrides->items[i].until <= now) {
            take_out(overrides, i, ret);
            return true;
        }
    return false;
}

mono_ms overrides_deadline(const struct overrides *overrides)
{
    mono_ms at = MONO_NEVER;
    for (uint32_t i = 0; i < overrides->count; i++)
        at = mono_earlier(at, overrides->items[i].until);
    return at;
}

struct override_view overrides_of(const struct overrides *overrides, uint32_t record)
{
    struct override_view view = {.forced = ID_NONE, .hold_until = MONO_NEVER, .forced_until = MONO_NEVER};
    for (uint32_t i = 0; i < overrides->count; i++) {
        const struct override *item = &overrides->items[i];
        if (item->kind == OVERRIDE_FAILOVER && item->record == record) {
            view.forced = item->target;
            view.forced_until = item->until;
            view.forced_id = item->id;
        } else if (item->kind == OVERRIDE_HOLD && (item->record == record || item->record == ID_NONE) &&
                   (!view.held || item->until > view.hold_until)) {
            view.held = true;
            view.hold_until = item->until;
            view.hold_id = item->id;
        }
    }
    return view;
}

bool override_drains(const struct override *override, const struct value_settings *value, const char *label)
{
    if (override->kind != OVERRIDE_DRAIN)
        return false;
    if (override->address.family != ADDRESS_NONE)
        return address_equal(&override->address, &value->address);
    return override->label != NULL ? same_label(override->label, label)
                                   : value->name != ID_NONE && value->name == override->name;
}

bool overrides_drain(const struct overrides *overrides, const struct value_settings *value, const char *label)
{
    for (uint32_t i = 0; i < overrides->count; i++)
        if (override_drains(&overrides->items[i], value, label))
            return true;
    return false;
}
