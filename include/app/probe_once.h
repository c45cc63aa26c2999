/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_PROBE_ONCE_H
#define REPOINTD_APP_PROBE_ONCE_H

/*
 * Where: app; `repointd --probe CHECK ADDRESS`, called by main.
 * What:  one probe from the file, without a daemon, its phases and its verdict on stdout. It changes nothing.
 */

#include "model/settings.h"

/* Returns an enum exit_code: OK up, FAILED down, USAGE an unknown check or no address, UNREACHED no verdict. */
int probe_once(const struct settings *settings, const char *check_name, const char *address_text);

#endif
