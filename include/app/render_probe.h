/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_RENDER_PROBE_H
#define REPOINTD_APP_RENDER_PROBE_H

/*
 * Where: app, behind probe_once and looks.
 * What:  one look, told step by step: how far it came, and what follows from it.
 */

#include "app/spot.h"
#include "core/message.h"
#include "model/settings.h"

#include <stdio.h>

/* "check web: GET https://www.example.com/healthz via 192.0.2.10:443", before the look. */
void render_probe_head(const struct check_settings *check, const struct spot *spot, FILE *out);

/* A line a phase, the certificate, the verdict. `report` is as it was seen, see look.h. */
void render_probe(const struct check_settings *check, const struct spot *spot, const struct probe_report *report,
                  int64_t wall_ms, FILE *out);

/* "up", "down"; NULL: this host could not ask. */
const char *render_probe_state(enum verdict verdict);

#endif
