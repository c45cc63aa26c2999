/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_LOOKS_H
#define REPOINTD_APP_LOOKS_H

/*
 * Where: app, behind commands.
 * What:  `repointctl probe`: looks by hand in the running daemon.
 * Why:   they stand beside the engine, which never hears of them: no cadence, no opinion and no decision changes. Only
 *        so many at a time, each over when its check's time is over, and awaited no longer than a client may wait.
 */

#include "app/look.h"
#include "io/api.h"
#include "io/timers.h"

#include <stdint.h>

#define LOOKS_MOST    4
#define LOOKS_WAIT_MS 60000

struct commands;

struct look_slot {
    struct loop *loop;
    struct api *api;
    uint32_t ticket;   /* 0: it has been answered */
    struct look *look; /* NULL: the slot is free */
    const struct check_settings *check;
    struct spot spot;
    struct timer timer; /* ends it: by patience, or after its answer, which comes from within */
};

/* Zeroed by its owner. */
struct looks {
    struct look_slot slots[LOOKS_MOST];
};

/* For the table of paths. */
void looks_request(struct commands *commands, const struct api_request *request, mono_ms now);

/* Whoever waits is told why nothing will come of it. */
void looks_abandon(struct looks *looks, const char *why);

#endif
