/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_RENDER_PLAN_H
#define REPOINTD_APP_RENDER_PLAN_H

/*
 * Where: app, behind plan_once.
 * What:  a batch as the lines that nsupdate wants: given to it with the same key they make the same message (RFC 2136).
 */

#include "core/message.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdio.h>

/* Messages that change nothing (an assertion, a rehearsal) are of no interest to people. */
bool render_plan_is_change(const struct plan *plan);

/* Those members of the batch that are changes, as one message; nothing where there are none. */
void render_plan(const struct settings *settings, const struct batch_view *batch, FILE *out);

#endif
