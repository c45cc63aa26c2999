/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_OVERRIDE_COMMANDS_H
#define REPOINTD_APP_OVERRIDE_COMMANDS_H

/*
 * Where: app, beside commands.
 * What:  failover, failback, drain, hold and release: what they lay over the automatic view or take away, and what of
 *        it has to be seen in the zone before they are answered.
 * Why:   an operator who sends clients to a dead target should mean it: that is refused unless forced, and the refusal
 *        says who would answer.
 */

#include "app/commands.h"

/* `verb` is an enum override_verb. */
void override_commands_request(struct commands *commands, const struct api_request *request, uint32_t verb,
                               const char *user, mono_ms now);

/* GET: those in force. */
void override_commands_list(struct commands *commands, const struct api_request *request, mono_ms now);

/* What was in force before the start, into the engine; told, each. */
void override_commands_restore(struct commands *commands, mono_ms now);

/* Those in force, into the engine of another configuration. */
void override_commands_move(struct commands *commands, mono_ms now, struct error *warning);

/* The time of the override with this id has come, in the engine. */
void override_commands_ended(struct commands *commands, uint32_t id);

/* Now and then: those that end do so by the wall clock. */
void override_commands_follow_clock(struct commands *commands, mono_ms now);

#endif
