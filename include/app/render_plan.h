/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_RENDER_PLAN_H
#define REPOINTD_APP_RENDER_PLAN_H

/*
 * Where: app, behind plan_once (without a daemon) and plan_text (in the daemon).
 * What:  a batch as the lines that nsupdate wants: given to it with the same key they make the same message (RFC 2136).
 */

#include "core/engine.h"
#include "core/message.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdio.h>

/* Messages that change nothing (an assertion, a rehearsal) are of no interest to people. */
bool render_plan_is_change(const struct plan *plan);

/* Those members of the batch that are changes, as one message; nothing where there are none. */
void render_plan(const struct settings *settings, const struct batch_view *batch, FILE *out);

/* "; www.example.com: nothing to send; answers primary; primary up, secondary up", and why, where nothing is sent. */
void render_plan_note(const struct settings *settings, const struct engine *engine, uint32_t record, bool planned,
                      FILE *out);

#endif
