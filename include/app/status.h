/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_STATUS_H
#define REPOINTD_APP_STATUS_H

/*
 * Where: app; renewed on change and each minute, for systemctl status.
 * What:  the whole state in one line: "4 records: 2 on their first target, 1 failed over (www.example.com); dns ok;
 *        …".
 */

#include "base/text.h"
#include "base/time.h"
#include "core/engine.h"
#include "model/settings.h"

#define STATUS_MAX 512

void status_format(const struct settings *settings, const struct engine_summary *summary, mono_ms now,
                   struct text *out);

#endif
