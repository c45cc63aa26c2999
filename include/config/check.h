/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_CHECK_H
#define REPOINTD_CONFIG_CHECK_H

/*
 * Where: config, above link.
 * What:  the rules that span fields. Needs no YAML: origins may be NULL, and then the complaints stand nowhere.
 */

#include "config/complaints.h"
#include "config/origins.h"

/*
 * `open_files_most` 0: not known. Zeros in the settings are values that were complained of already; they break no
 * rule.
 */
void config_check(const struct settings *settings, const struct config_origins *origins, uint32_t open_files_most,
                  struct complaints *complaints);

/* Its part about how often each address is asked: a warning where that is rude. */
void check_rates(const struct settings *settings, const struct config_origins *origins, struct complaints *complaints);

#endif
