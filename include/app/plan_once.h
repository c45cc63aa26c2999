/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_PLAN_ONCE_H
#define REPOINTD_APP_PLAN_ONCE_H

/*
 * Where: app; `repointd --plan`, called by main.
 * What:  one look at each target, one signed read of each record, and what the engine would send then; on stdout as
 *        nsupdate wants it. Nothing is sent, no directory is touched.
 * Why:   what is sent at a first start should be seen before. One failed look brings no target down (unless fall is
 *        1): what is printed is adoption and creation mostly.
 */

#include "model/settings.h"

/* `state_directory` may hold the owner id. Returns an enum exit_code: OK; FAILED: a record could not be read. */
int plan_once(const struct settings *settings, const char *state_directory);

#endif
