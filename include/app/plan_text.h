/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_PLAN_TEXT_H
#define REPOINTD_APP_PLAN_TEXT_H

/*
 * Where: app, behind commands.
 * What:  `repointctl plan`: the messages that the running daemon has to send now; nothing is sent on account of it.
 *
 *   {"version", "records": [{"record", "plan", "message", "note"}], "dry_run"}
 *
 * `plan` is the kind of the message, as "switch"; null: there is none. `message` is what nsupdate wants, `note` a
 * comment on what the record is and why.
 */

#include "app/commands.h"

/* For the table of paths. */
void plan_text_request(struct commands *commands, const struct api_request *request, mono_ms now);

#endif
