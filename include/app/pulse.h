/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_PULSE_H
#define REPOINTD_APP_PULSE_H

/*
 * Where: app, beside effects; asked before each ping of systemd's watchdog.
 * What:  which probes are out, and since when.
 * Why:   a loop that turns proves little if probes never end: then nothing is failed over, and a restart is better.
 *        A probe is overdue its check's timeout and PULSE_GRACE_MS after it was asked for. Where more are out than
 *        may run at a time, those that wait are no sign of trouble: then it counts whether any came back within the
 *        longest timeout and the grace.
 */

#include "base/time.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

#define PULSE_GRACE_MS 10000

struct pulse {
    const struct settings *settings; /* borrowed */
    uint32_t concurrency;
    uint32_t out;        /* probes asked for and not answered */
    mono_ms *asked;      /* by watch; MONO_NEVER: none is out */
    mono_ms answered_at; /* when the last one came back */
    uint32_t longest_ms; /* the longest timeout of a check that is used */
};

/* Aborts when memory is out, as everything does at start. */
void pulse_init(struct pulse *pulse, const struct settings *settings, uint32_t concurrency, mono_ms now);
void pulse_done(struct pulse *pulse);

void pulse_asked(struct pulse *pulse, uint32_t watch, mono_ms now);
void pulse_answered(struct pulse *pulse, uint32_t watch, mono_ms now); /* or cancelled */

/* The process stood still for so long: nobody is late for that. */
void pulse_stood_still(struct pulse *pulse, uint32_t gap_ms);

bool pulse_is_sound(const struct pulse *pulse, mono_ms now);

#endif
