/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_VERBOSITY_H
#define REPOINTD_APP_VERBOSITY_H

/*
 * Where: app, behind POST /v1/log-level.
 * What:  another level of the log, for a while.
 * Why:   what somebody turned on at night for one look must not fill the disk for a year: so it returns by itself, and
 *        both is told.
 */

#include "app/commands.h"
#include "base/log.h"
#include "base/time.h"

void verbosity_request(struct commands *commands, const struct api_request *request, uint32_t which, const char *user,
                       mono_ms now);

/*
 * The configuration says another level than before: it holds at once, or, while somebody wants to see another one, from
 * the end of that.
 */
void verbosity_usual(struct commands *commands, enum log_level level);

/* MONO_NEVER: nothing is to return. */
mono_ms verbosity_deadline(const struct commands *commands);
void verbosity_wake(struct commands *commands, mono_ms now);

#endif
