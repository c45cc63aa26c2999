/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_AGENDA_H
#define REPOINTD_SIM_AGENDA_H

/*
 * Where: the simulator's clock: what will happen in its world, and when.
 * What:  a heap of happenings. Of two at one instant the one that was entered first comes first, so that a seed always
 *        replays.
 */

#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

enum happening_kind {
    HAPPENS_PROBE_ANSWER = 1, /* subject: watch, number: ticket */
    HAPPENS_PROBE_ECHO,       /* the same again, after its ticket was used up */
    HAPPENS_READ_ANSWER,      /* subject: record, number: ticket */
    HAPPENS_READ_ECHO,
    HAPPENS_SEND_ANSWER, /* subject: zone, number: ticket */
    HAPPENS_SEND_ECHO,
    HAPPENS_LOOK_ANSWER, /* subject: record, number: ticket */
    HAPPENS_ARRIVAL,     /* subject: message; it reaches the name server */
    HAPPENS_FAULT_BEGIN, /* subject: class */
    HAPPENS_FAULT_END,   /* subject: class */
    HAPPENS_CALM,        /* nothing new goes wrong for a while; subject: 1 begins, 0 ends */
    HAPPENS_GAP_END,     /* number: what the gap took, in ms */
    HAPPENS_START,       /* the daemon starts */
    HAPPENS_STOP_CUT,    /* a stopping daemon gives up what is in flight */
    HAPPENS_STOP_END,
    HAPPENS_BEAT,     /* subject: watch; it pushes a result */
    HAPPENS_MISHAP,   /* subject: the class of fault that waited for a message to be on its way */
    HAPPENS_RIVAL,    /* subject: what the second daemon waits for */
    HAPPENS_RESTORED, /* subject: record; a person puts back what was there */
    HAPPENS_TICK      /* liveness is looked at */
};

struct happening {
    mono_ms at;
    uint64_t order;
    int64_t number;
    uint32_t subject;
    uint16_t life; /* of the daemon it belongs to; answers to a former one reach nobody */
    uint16_t kind;
};

struct agenda {
    struct happening *items;
    uint32_t count, room;
    uint64_t orders;
};

void agenda_done(struct agenda *agenda);
void agenda_add(struct agenda *agenda, struct happening happening);

/* MONO_NEVER if there is none. */
mono_ms agenda_next(const struct agenda *agenda);
struct happening agenda_take(struct agenda *agenda);

/* Takes out all that are wanted, in their order; how many. There is room for `room`. */
uint32_t agenda_pull(struct agenda *agenda, bool (*is_wanted)(const struct happening *happening), struct happening *ret,
                     uint32_t room);

/* Each of them once: it may be changed, but for when it comes; false: it does not come any more. */
void agenda_revise(struct agenda *agenda, bool (*stays)(struct happening *happening, void *ctx), void *ctx);

#endif
