/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_EFFECTS_H
#define REPOINTD_APP_EFFECTS_H

/*
 * Where: app, between the engine's one door and the hands of the io floor.
 * What:  gives events in and carries out what comes out. It decides nothing.
 */

#include "app/pulse.h"
#include "app/report.h"
#include "base/time.h"
#include "core/engine.h"
#include "core/message.h"
#include "io/dns_client.h"
#include "io/dns_verify.h"
#include "io/in_flight.h"
#include "io/prober.h"

#include <stdbool.h>

struct counters;
struct history;
struct trends;

/* What effects are carried out with; all borrowed. */
struct hands {
    struct engine *engine;
    struct prober *prober;
    struct dns_client *dns;
    struct dns_verify *verify;
    struct in_flight *in_flight; /* NULL: nothing is kept */
    struct history *history;     /* NULL: the same */
    struct trends *trends;       /* NULL: nobody looks */
    struct counters *counters;   /* NULL: nothing is counted */
    struct report *report;
    struct pulse *pulse;
    void (*reply)(const struct reply *reply, void *ctx); /* NULL: nobody gives commands */
    void (*override_ended)(uint32_t id, void *ctx);      /* NULL: there are none */
    void *reply_ctx;                                     /* of both */
    struct effects effects;                              /* storage for EFFECTS_ROOM of them */
    bool saved;                                          /* something for in_flight is not written yet */
    bool told; /* something was told since the owner of this struct last cleared it */
};

/* One event through the engine, and everything that it asks for. */
void effects_handle(struct hands *hands, const struct event *event, mono_ms now);

/*
 * Wakes the engine until its deadline lies in the future, or often enough for one turn: then the loop comes
 * straight back.
 */
void effects_wake(struct hands *hands, mono_ms now);

#endif
