/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_TARGETS_H
#define REPOINTD_CONFIG_TARGETS_H

/*
 * Where: config, part of link.
 * What:  the targets of one record, their values and the watches that judge them.
 */

#include "config/link.h"

/* Most addresses of one record; a set of more is nothing that a name server or a resolver takes. */
#define RECORD_VALUES_MAX 1000

/* Adds to targets, values and watches, and fills in what the record knows of them. */
void link_targets(struct linker *linker, const struct record_draft *draft, uint32_t record);

#endif
