/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_FLAP_H
#define REPOINTD_CORE_FLAP_H

/*
 * Where: core, in each record; asked by record before policy.
 * What:  the instants of a record's switches by health inside `flap-window`.
 * Why:   fail-back waits longer with each switch and at last not at all; leaving a dead target never waits. Only the
 *        newest max-switches instants are ever needed: at that many the latch falls, and before it there are fewer.
 *        So the room follows from the record's configuration, and as nothing is written to it before the first
 *        switch, memory that is fresh from the system costs a quiet record address space alone: keep the storage of
 *        all records together.
 */

#include "base/time.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct flap {
    mono_ms *times;  /* a ring in the storage given to flap_init */
    uint16_t room;   /* of `times` */
    uint16_t count;  /* how many of them are in use */
    uint16_t newest; /* place of the newest, where count is not 0 */
    bool latched;
};

/* How many instants flap_init wants for this record: max-switches. */
uint16_t flap_room(const struct record_settings *settings);

/*
 * `times` is the caller's, of `room` instants, at least flap_room of the settings given later; it need not be
 * initialised.
 */
void flap_init(struct flap *flap, mono_ms *times, uint16_t room);

/*
 * Another configuration's switches of the same record: the newest ones, as many as there is room for. Latched as it
 * was, or by the budget of now.
 */
void flap_adopt(struct flap *flap, const struct flap *old, const struct record_settings *settings, mono_ms now);

/* A switch by health was published at `now`, which is not before the one noted last. */
void flap_note(struct flap *flap, const struct record_settings *settings, mono_ms now);

/* Switches inside the window that ends now, at most max-switches. One that is exactly flap-window old is outside. */
uint32_t flap_count(const struct flap *flap, const struct record_settings *settings, mono_ms now);

/*
 * fail-back-delay × 2^(s-1), s = switches inside the window, at least 1; at most fail-back-delay-max, or
 * fail-back-delay where that is more.
 */
uint32_t flap_delay_ms(const struct flap *flap, const struct record_settings *settings, mono_ms now);

/* When the next switch leaves the window, so that the delay may be shorter then; MONO_NEVER if there is none inside. */
mono_ms flap_changes_at(const struct flap *flap, const struct record_settings *settings, mono_ms now);

/* max-switches were reached inside one window and nobody released it since. */
bool flap_is_latched(const struct flap *flap);

/*
 * An operator has seen to it: the latch opens, and the count begins anew, or the very next switch would latch it
 * again.
 */
void flap_release(struct flap *flap);

#endif
