/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_CATALOGUE_H
#define REPOINTD_APP_CATALOGUE_H

/*
 * Where: app; read by report (the voice), and by the test that compares it with systemd/repointd.catalog.
 * What:  all that the daemon can say: one row a notice.
 * Why:   event words and ids are a contract with other people's alerts and dashboards. They stand in one table and
 *        nowhere else.
 *
 * A sentence is plain text with words in it, %{record}; a part in [ ] is left out where one of its words has no
 * value.
 */

#include "app/words.h"
#include "base/log.h"
#include "core/message.h"

#include <stdbool.h>
#include <stdint.h>

/* What the shell says itself, numbered behind what the core tells. */
enum app_notice {
    NOTICE_STARTED = NOTICE_CORE_COUNT,
    NOTICE_STOPPED,
    NOTICE_RELOADED,
    NOTICE_RELOAD_FAILED,
    NOTICE_LINES_LOST,
    NOTICE_COUNTERS,
    NOTICE_COMMAND,
    NOTICE_OVERRIDE,
    NOTICE_STATE_UNWRITABLE,
    NOTICE_NOTIFY_FAILED,
    NOTICE_NOTIFY_DROPPED,
    NOTICE_HOOK_SAID,
    NOTICE_COUNT
};

#define CATALOGUE_FIELDS_MAX 20

struct catalogue_row {
    const char *event;      /* "failover" */
    const char *message_id; /* 32 hex digits */
    enum log_level level;
    bool one_of_many; /* told of a record or a target: counts for the limit of lines a second */
    const char *many; /* how a summary speaks of several: "targets went down" */
    const char *sentence;
    uint8_t fields[CATALOGUE_FIELDS_MAX]; /* enum word, in the order of the line, ended by WORD_NONE */
};

/* `notice` is an enum notice_kind or an enum app_notice, below NOTICE_COUNT and not 0. */
const struct catalogue_row *catalogue_row(uint32_t notice);

#endif
