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

struct targets_table {
    struct table table;
    int64_t now_s; /* for how long a certificate is good yet */
};

/* The table of no records; and one of them, a record_stream_fn whose ctx is that table. */
struct targets_table table_targets_begin(int64_t now_s);
void table_targets_add(const struct json_t *record, void *targets);

void table_overrides(const struct json_t *answer, const struct table_style *style, FILE *out);

#endif
