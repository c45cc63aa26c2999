/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_SWITCHES_H
#define REPOINTD_APP_SWITCHES_H

/*
 * Where: app, beside report: what report says of switches, this keeps.
 * What:  published switches to history.jsonl; from there to whoever asks, and back to the engine at the start.
 * Why:   a restart must not make a record that moves to and fro look like a quiet one.
 */

#include "app/commands.h"
#include "app/report.h"
#include "io/history.h"

#define SWITCHES_SHOWN 1000 /* in one answer, the newest */

struct hands;

/* A notice of any kind; those of published switches are kept. */
void switches_note(struct history *history, struct report *report, const struct notice *notice, mono_ms now);

/* An operator has opened the record's latch: what was before does not count any more. */
void switches_released(struct history *history, struct report *report, uint32_t record);

/* The switches by health inside each record's flap-window, to the engine; before anything else happens. */
void switches_restore(const struct history *history, struct hands *hands, mono_ms now, int64_t wall_ms);

/* GET /v1/history */
void switches_request(struct commands *commands, const struct api_request *request, mono_ms now);

#endif
