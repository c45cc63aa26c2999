/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_HEARTBEATS_H
#define REPOINTD_APP_HEARTBEATS_H

/*
 * Where: app, behind commands.
 * What:  results that are pushed to checks of the kind `heartbeat`.
 */

#include "app/commands.h"
#include "base/error.h"
#include "model/reason.h"

/* One push, understood: which watch, and what it says. */
struct heartbeat {
    uint32_t watch;
    enum verdict verdict;
    char reason[DETAIL_TEXT_MAX]; /* sanitised; "": none was given */
};

/* The HTTP status that answers it: 200 understood, else `err` says why not. */
uint16_t heartbeat_read(const struct settings *settings, const char *body, size_t length, struct heartbeat *ret,
                        struct error *err);

/* For the table of paths. */
void heartbeats_request(struct commands *commands, const struct api_request *request, uint32_t which, const char *user,
                        mono_ms now);

#endif
