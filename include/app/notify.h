/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_NOTIFY_H
#define REPOINTD_APP_NOTIFY_H

/*
 * Where: app, beside commands.
 * What:  the notifiers and whoever has to do with them: letters in, log lines and answers to `repointctl notify` out.
 * Why:   it lasts as long as the process: another configuration changes who is told, and not what still waits.
 */

#include "app/alerts.h"
#include "app/commands.h"
#include "app/letters.h"
#include "app/report.h"
#include "base/error.h"
#include "io/loop.h"
#include "io/notifier.h"
#include "io/state.h"

#include <stdbool.h>
#include <stdint.h>

struct notify {
    struct loop *loop; /* borrowed, as all of these */
    struct report *report;
    struct commands *commands;
    struct notifiers *notifiers;
    struct letters letters;
    struct alert_list *alerts; /* by notifier */
    uint32_t alert_count;
};

/* Fills in all but alerts; false with err: there is no libcurl. */
NODISCARD bool notify_open(struct notify *notify, struct loop *loop, const struct state *state, uint64_t owner,
                           struct report *report, struct commands *commands, struct error *err);
void notify_close(struct notify *notify); /* zeroed is fine */

/* Another configuration, or the first; the former one is still there. False with err: hosts are not found. */
NODISCARD bool notify_settle(struct notify *notify, const struct settings *settings, const struct engine *engine,
                             struct error *err);

/* POST: a test message. */
void notify_request(struct commands *commands, const struct api_request *request, uint32_t which, const char *user,
                    mono_ms now);

#endif
