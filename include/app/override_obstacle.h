/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_OVERRIDE_OBSTACLE_H
#define REPOINTD_APP_OVERRIDE_OBSTACLE_H

/*
 * Where: app, in front of override_commands.
 * What:  whether what an operator asks for may be laid now; if not, about which record, and why in words for him.
 * Why:   what is refused here has left no trace. Two who order different things at the same time would each undo the
 *        other's and both hear that all is done, so while somebody is awaited for a record nobody else lays anything
 *        on it; to hold and to release is always possible.
 */

#include "app/commands.h"
#include "base/text.h"
#include "base/time.h"
#include "core/override.h"

#include <stdbool.h>
#include <stdint.h>

#define OVERRIDE_WHY_MAX (ERRAND_WORDS_MAX + 400)

/* Somebody is awaited for this record: `why` says who, and what he asked for. */
bool override_awaits_another(const struct commands *commands, uint32_t record, mono_ms now, struct text *why);

/* What it says is about this record. */
bool override_is_about(const struct commands *commands, const struct override *override, uint32_t record);

/* The record that it would be bad for, or that is not free; ID_NONE: it may be laid. `force`: for dead targets, too. */
uint32_t override_obstacle(const struct commands *commands, const struct override *override, bool force, mono_ms now,
                           struct text *why);

#endif
