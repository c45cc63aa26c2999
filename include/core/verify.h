/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_VERIFY_H
#define REPOINTD_CORE_VERIFY_H

/*
 * Where: core, in each record; after a message was seen on the server that took it.
 * What:  do the servers of `verify` serve it, too? Rounds of plain questions until all do; who does not is told.
 * Why:   an update that stays on one server is half done, and people should see which half. It is only looked at: what
 *        a name server serves never causes a write. The serial is shown and never judged, as it may go backwards.
 */

#include "base/time.h"
#include "core/message.h"
#include "core/slate.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

enum verify_state {
    VERIFY_NONE = 0, /* nothing to look for: nothing of ours stands there, or nobody is to be asked */
    VERIFY_WAITING,  /* for the next round */
    VERIFY_ASKED,    /* … and for its answers */
    VERIFY_SERVED    /* all serve it; nothing is asked any more */
};

/* One name server, by its last answer. */
struct verify_place {
    struct endpoint endpoint;
    bool answered, aa;
    bool serves; /* with authority, exactly what stands in the zone */
    bool has_serial;
    uint32_t serial;
    uint32_t after_ms; /* where it serves: how long after the change it was first seen to */
    mono_ms since;     /* when `serves` became what it is */
};

struct verify {
    enum verify_state state;
    bool quiet;      /* not a change of the answer: that all serve it is no news */
    bool has_serial; /* of the change, or as the zone was read */
    uint32_t serial;
    uint64_t change; /* number of the switch; 0: none */
    uint32_t room, count;
    struct verify_place *places;
    uint32_t ticket; /* of the round under way; 0: none */
    uint32_t pause_ms;
    mono_ms begun;    /* when the change was seen, or the first round was due */
    mono_ms asked_at; /* when the last round was asked for */
    mono_ms next;     /* the next one */
    struct slate lags;
};

/* The first telling of who lags behind, counted from the change. */
#define VERIFY_TOLD_MS 30000

/* How many places are needed for records of this server; 0: nobody is asked. */
uint32_t verify_room(const struct server_settings *server);

/* `places` is room for so many, and outlives it. */
void verify_init(struct verify *verify, struct verify_place *places, uint32_t room);

/* Something new stands in the zone: what is under way about former things is void. The first round is due `at`. */
void verify_begin(struct verify *verify, bool quiet, mono_ms at);
void verify_end(struct verify *verify);

mono_ms verify_deadline(const struct verify *verify);
void verify_asked(struct verify *verify, uint32_t ticket, mono_ms now);

/* What stands there is about to change: an answer that comes says nothing, and the round is due again. */
void verify_postpone(struct verify *verify, mono_ms now);

enum verify_news {
    VERIFY_STALE = 1, /* nobody waits for it */
    VERIFY_SAME,
    VERIFY_LAGS,  /* the change is 30 s old, and not all serve it: to be told now, or again */
    VERIFY_IS_ALL /* all serve it now */
};

/* The answers of a round; `sets` are what stands in the zone, `types` of them. */
enum verify_news verify_done(struct verify *verify, uint32_t ticket, const struct verify_report *report,
                             const struct rrset *sets, uint32_t types, mono_ms now);

uint32_t verify_serving(const struct verify *verify); /* of `count` */

#endif
