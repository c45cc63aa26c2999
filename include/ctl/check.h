/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_CHECK_H
#define REPOINTD_CTL_CHECK_H

/*
 * Where: ctl, under `repointctl check`.
 * What:  the daemon's status as a monitoring plugin tells it: a verdict and one line with performance data.
 * Why:   pure, so that each state can be tried without a daemon that is in it.
 */

#include "base/text.h"

struct json_t;

/* Exit codes of monitoring plugins. */
enum check_verdict { CHECK_OK = 0, CHECK_WARNING = 1, CHECK_CRITICAL = 2, CHECK_UNKNOWN = 3 };

#define CHECK_LINE_MAX 2048

struct check;
struct check *check_new(void);
void check_free(struct check *check);

/* One record of a whole status, or of one of some records: a record_stream_fn, ctx is the check. */
void check_add(const struct json_t *record, void *ctx);

/* The line without its end; `status` is what stands around the records. Text from outside cannot break the line. */
enum check_verdict check_judge(const struct check *check, const struct json_t *status, struct text *ret);

/* "REPOINTD UNKNOWN - …": there is no status. */
enum check_verdict check_unknown(const char *why, struct text *ret);

#endif
