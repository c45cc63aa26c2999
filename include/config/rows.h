/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_ROWS_H
#define REPOINTD_CONFIG_ROWS_H

/*
 * Where: config; the table of all keys.
 * What:  one table for each kind of mapping, and the tables' place in the file.
 */

#include "config/schema.h"

/* Kinds of checks, in the order in which messages name them. What is not in enum check_kind comes later. */
enum check_form {
    CHECK_FORM_HTTP = 1,
    CHECK_FORM_TCP = 2,
    CHECK_FORM_TLS = 4,
    CHECK_FORM_DNS = 8,
    CHECK_FORM_PING = 16,
    CHECK_FORM_EXEC = 32,
    CHECK_FORM_HEARTBEAT = 64,
    CHECK_FORM_CALCULATED = 128
};

extern const struct table file_table;     /* struct file_draft */
extern const struct table defaults_table; /* struct defaults_draft */
extern const struct table server_table;   /* struct server_draft */
extern const struct table check_table;    /* struct check_draft */
extern const struct table expect_table;   /* struct expect_draft, inside a check */
extern const struct table record_table;   /* struct record_draft */
extern const struct table target_table;   /* struct target_draft */
extern const struct table safety_table;   /* struct safety_draft */
extern const struct table notifier_table; /* struct notifier_draft */
extern const struct table web_table;      /* struct web_draft */
extern const struct table daemon_table;   /* struct daemon_draft */

/* What a notifier may be told of: enum notify_event. */
extern const struct word notify_words[];

#endif
