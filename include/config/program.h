/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_PROGRAM_H
#define REPOINTD_CONFIG_PROGRAM_H

/*
 * Where: config, for `exec` of checks and notifiers.
 * What:  looks over an argument list: an absolute path to something that can be run, and no $WORD but the few that are
 *        known.
 */

#include "config/tree.h"

/* `node` NULL, or not a list: nothing to look at. `words`: $ADDRESS and the like are known here. */
void program_check(const struct node *node, bool words, struct complaints *complaints);

#endif
