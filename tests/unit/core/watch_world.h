/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_WATCH_WORLD_H
#define REPOINTD_TESTS_WATCH_WORLD_H

/*
 * Where: unit tests of core/watch.
 * What:  settings with any number of watches of one check, and a shell that probes at the due instant.
 * Why:   a check of every 10 s, timeout 4 s, fall 3, rise 3, without jitter, and ticks of 1 ms make instants exact.
 */

#include "core/watch.h"

struct world {
    struct check_settings check;
    struct watch_settings *watches;
    struct settings settings;
};

/* The tests change `check` as they need before they take watches from it. */
struct world world_of(uint32_t watch_count);
void world_free(struct world *world);

/* The watch of this index, all intervals being the same; it borrows the world's check. */
struct watch watch_at(struct world *world, uint32_t index, uint32_t tick_ms, mono_ms now);

/* The first of its world, starting at 0, ticks of 1 ms. */
struct watch watch_alone(struct world *world);

struct probe_report report_of(enum verdict verdict, mono_ms started);

/* Starts at its due instant, answers after `took_ms`. Returns when it started. */
mono_ms probe(struct watch *watch, enum verdict verdict, mono_ms took_ms);

#endif
