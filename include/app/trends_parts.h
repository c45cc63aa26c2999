/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_TRENDS_PARTS_H
#define REPOINTD_APP_TRENDS_PARTS_H

/* Where: app; what trends.c (memory) and trends_file.c (over a restart) share. Nobody else's. */

#include "app/trends.h"

#define TRENDS_SHARES   250 /* parts of an hour */
#define TRENDS_FAILED   255 /* of a minute: no probe passed, and some failed */
#define TRENDS_CODE_MAX 254

struct trend_target {
    mono_ms at;                                   /* of the last look; MONO_NEVER: none since the start */
    uint32_t hour;                                /* the one under way, since 1970; 0: none */
    uint32_t up_ms, down_ms;                      /* of it */
    uint8_t state;                                /* enum health_state, of the last look */
    uint8_t up[TRENDS_HOURS], down[TRENDS_HOURS]; /* in shares, by hour modulo; both 0: nobody knows */
};

struct trend_watch {
    uint32_t minute;                               /* the newest, since 1970; 0: none */
    uint8_t slowest[TREND_PHASES][TRENDS_MINUTES]; /* coded, by minute modulo; 0: none */
};

struct trends {
    const struct settings *settings;
    struct trend_target *targets; /* by their numbers in the settings, and so the watches */
    struct trend_watch *watches;
    uint32_t next; /* target of the round under way; 0: none is */
    mono_ms due;
};

/* Brings it up to that hour or minute: what lies between was not seen. */
void trend_target_advance(struct trend_target *target, uint32_t hour);
void trend_watch_advance(struct trend_watch *watch, uint32_t minute);

#endif
