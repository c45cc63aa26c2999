/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_OVERRIDE_REQUEST_H
#define REPOINTD_APP_OVERRIDE_REQUEST_H

/*
 * Where: app, behind override_commands.
 * What:  the hostile JSON of failover, failback, drain, hold and release, read and held against what there is.
 */

#include "app/override_book.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum override_verb { VERB_FAILOVER = 1, VERB_FAIL_BACK, VERB_DRAIN, VERB_HOLD, VERB_RELEASE };

struct override_request {
    enum override_verb verb;
    char subject[OVERRIDE_NAME_MAX]; /* a record, a label, an address, or OVERRIDE_ALL where `all` */
    bool all, force, no_wait;
    char target[OVERRIDE_NAME_MAX]; /* failover: role or label; empty: the first that does not answer now */
    uint64_t for_ms;                /* 0: until it is released */
    char reason[OVERRIDE_REASON_MAX + 1];
    char words[OVERRIDE_NAME_MAX * 2 + OVERRIDE_REASON_MAX]; /* as it would be typed */
};

const char *override_verb_name(enum override_verb verb); /* "failover" */

/* `words` is filled in as far as it could be read. False with err: 400. */
bool override_request_read(enum override_verb verb, const char *body, size_t length, struct override_request *ret,
                           struct error *err);

#endif
