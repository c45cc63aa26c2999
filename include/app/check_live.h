/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_CHECK_LIVE_H
#define REPOINTD_APP_CHECK_LIVE_H

/*
 * Where: app; `repointd --check-live`, called by main.
 * What:  what only the servers can tell: for each record one signed read and one rehearsed update, as a table on
 *        stdout. Nothing changes, neither in the zone nor here.
 */

#include "model/settings.h"

/*
 * Returns an enum exit_code: OK; FAILED: a record could not be read, may not be written, or stands so that the daemon
 * would leave it alone until somebody says what to do. Where no owner id can be read another's marker is no such case.
 */
int check_live(const struct settings *settings, const char *state_directory);

#endif
