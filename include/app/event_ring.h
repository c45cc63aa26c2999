/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_EVENT_RING_H
#define REPOINTD_APP_EVENT_RING_H

/*
 * Where: app, beside the log; behind `repointctl events`.
 * What:  the last EVENTS_KEPT lines of info and above, and those who wait for the next one.
 * Why:   who follows asks again and again for what came after the last he has seen, and his question sleeps until there
 *        is something: so he costs a slot and no buffer of his own, and where he is too slow he hears how many he
 *        missed.
 */

#include "app/commands.h"
#include "base/log.h"
#include "base/time.h"
#include "io/api.h"

#include <stdint.h>

#define EVENTS_KEPT    1000
#define EVENTS_WAITERS 8     /* further ones are answered at once */
#define EVENTS_WAIT_MS 25000 /* then a question is answered, with nothing */

struct event_ring;

/* Hears everything that the log is told at info and above, whatever its level, until it is freed. */
struct event_ring *event_ring_new(void);
void event_ring_free(struct event_ring *ring); /* NULL is fine; nobody may wait any more */

/* GET /v1/events */
void event_ring_request(struct commands *commands, const struct api_request *request, mono_ms now);

/* When event_ring_turn has to be called; may lie in the past. It answers those who wait. */
mono_ms event_ring_deadline(const struct event_ring *ring);
void event_ring_turn(struct event_ring *ring, mono_ms now);

#endif
