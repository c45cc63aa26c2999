/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_COMMANDS_H
#define REPOINTD_APP_COMMANDS_H

/*
 * Where: app, between the control socket and the engine's door.
 * What:  requests to EVENT_COMMAND, EFFECT_REPLY to answers; see protocol.h for both ends.
 * Why:   a command is answered when its change was seen in the zone, or with the reason why not. Who asked for what is
 *        logged before anything happens, and what became of it afterwards, whether he still waits or not.
 */

#include "app/effects.h"
#include "base/time.h"
#include "core/engine.h"
#include "io/api.h"
#include "model/settings.h"

#include <stdint.h>

#define COMMANDS_MOST    64    /* requests under way at a time, those that nobody waits for included */
#define COMMANDS_WAIT_MS 60000 /* then who waits hears that it is not known yet */

struct errand;

/* Zeroed and filled in by its owner but for the last two. */
struct commands {
    const struct settings *settings;
    struct hands *hands; /* borrowed; its engine is asked */
    struct api *api;     /* borrowed */
    int64_t loaded_wall_ms;
    uint32_t numbers; /* the last one given to a command */
    struct errand *errands;
};

void commands_request(struct commands *commands, const struct api_request *request, mono_ms now);
void commands_reply(struct commands *commands, const struct reply *reply);

/* Who gave the command of this number; NULL: it is over, or never was. A report's user_of; ctx: the commands. */
const char *commands_user_of(uint32_t number, const void *ctx);

/* When commands_wake has somebody to tell that it takes longer. */
mono_ms commands_deadline(const struct commands *commands);
void commands_wake(struct commands *commands, mono_ms now);

void commands_done(struct commands *commands);

#endif
