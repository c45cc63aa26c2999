/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_GATE_H
#define REPOINTD_CORE_GATE_H

/*
 * Where: core, between the watches of the references (settings: safety.connectivity) and policy.
 * What:  whether this host can see anything at all.
 * Why:   a host that has lost its line sees every target die, and only what lies outside of all targets can tell it so.
 *        Without references the gate is always open, and everything is decided by proof alone.
 */

#include "base/time.h"
#include "model/limits.h"
#include "model/reason.h"

#include <stdbool.h>
#include <stdint.h>

enum gate_state {
    GATE_UNKNOWN = 0, /* no reference is known to answer, but not all have failed: nothing is decided, nothing told */
    GATE_OPEN,        /* at least one answers */
    GATE_CLOSED       /* all have failed, and none has answered since */
};

struct gate {
    enum gate_state state;
    uint32_t count;                 /* references; 0: there is no gate */
    uint8_t last[CONNECTIVITY_MAX]; /* enum verdict of the last look at each; 0: none that says anything now */
    mono_ms passed_start;           /* start of the last look that passed; INT64_MIN: none */
    mono_ms since;                  /* when `state` began */
};

/* What a look has changed. */
enum gate_change {
    GATE_SAME = 0,
    GATE_OPENS,       /* nobody knew whether this host is cut off, and it is not */
    GATE_OPENS_AGAIN, /* it was closed: what was seen before is void */
    GATE_CLOSES,
    GATE_DOUBTS /* it was open, and what it rested on is too old */
};

/* At most CONNECTIVITY_MAX references. */
void gate_init(struct gate *gate, uint32_t count, mono_ms now);

/* The look at one reference has ended. LOCAL is as bad as a failure: such a host sees nothing. */
enum gate_change gate_observe(struct gate *gate, uint32_t reference, enum verdict verdict, mono_ms started,
                              mono_ms now);

/* What was known of this reference says nothing any more: a pass that is too old, or anything from before a gap. */
enum gate_change gate_doubt(struct gate *gate, uint32_t reference, mono_ms now);

/* Decisions may be taken. */
bool gate_is_open(const struct gate *gate);

/* Where the proof of a switch begins to count: the start of the last look at any reference that passed. */
mono_ms gate_passed_start(const struct gate *gate);

/* References whose last look passed. */
uint32_t gate_answering(const struct gate *gate);

#endif
