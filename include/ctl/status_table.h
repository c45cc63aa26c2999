/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_STATUS_TABLE_H
#define REPOINTD_CTL_STATUS_TABLE_H

/*
 * Where: ctl, under command.
 * What:  the status for people, record by record.
 */

#include "ctl/table.h"

#include <stdio.h>

struct json_t;
struct status_table;

struct status_table *status_table_new(const struct table_style *style);

/* A record_stream_fn; ctx is the table. */
void status_table_add(const struct json_t *record, void *ctx);

/* `rest` is what stands around the records. Once. */
void status_table_print(struct status_table *status, const struct json_t *rest, FILE *out);
void status_table_free(struct status_table *status);

#endif
