/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_EXPLANATION_H
#define REPOINTD_APP_EXPLANATION_H

/*
 * Where: app, behind render_json.
 * What:  why a record is as it is, in one short line; empty where all is well and the first target answers.
 */

#include "base/text.h"
#include "core/engine.h"
#include "model/settings.h"

#define EXPLANATION_MAX 1024

void explanation_of(const struct settings *settings, const struct engine *engine, uint32_t record, struct text *out);

#endif
