/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_TABLE_OUTPUT_H
#define REPOINTD_CTL_TABLE_OUTPUT_H

/*
 * Where: ctl, under command.
 * What:  the daemon's JSON as tables for people: columns, capitals, a closing line.
 */

#include "ctl/table.h"

#include <stdio.h>

struct json_t;

void table_targets(const struct json_t *status, const struct table_style *style, FILE *out);
void table_overrides(const struct json_t *answer, const struct table_style *style, FILE *out);

void table_status(const struct json_t *status, const struct table_style *style, FILE *out);

#endif
