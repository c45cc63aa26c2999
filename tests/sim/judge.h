/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_JUDGE_H
#define REPOINTD_SIM_JUDGE_H

/*
 * Where: the simulator, beside the engine and fed by the same answers.
 * What:  what an engine ought to believe: hysteresis, tallies, flap counts, written again from the tables of
 *        docs/simulator.md.
 * Why:   to judge a decision one has to know what was known. Nothing of src/core is called here.
 */

#include "base/time.h"
#include "model/reason.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct world;
struct renumbering;

#define STREAK_MAX 16 /* no check of the simulator needs more results in a row */

/* One result of the streak under way. */
struct streak_result {
    mono_ms started, ended;
    bool is_resumed; /* something was lost or LOCAL between the former one and this */
};

struct opinion {
    enum health_state state;
    bool is_counted;     /* something counted since start, or since a gap that voided everything */
    bool is_asked;       /* … or was at least answered */
    bool is_interrupted; /* since the last counted result */
    bool is_failing;     /* the streak is one of failures */
    uint32_t count;
    struct streak_result streak[STREAK_MAX];
    mono_ms counted_at, passed_start, failed_start, failing_start;
    mono_ms silent_at;  /* of a heartbeat: when silence is a failure; 0: it was never pushed */
    mono_ms turned_at;  /* its state did, last */
    mono_ms sound_from; /* what was seen before the last long gap decides nothing */
};

/* What is believed of a watch, and as a decision may rest on it. */
struct belief_now {
    enum health_state state, sound;
    bool is_counted, is_asked;
    mono_ms passed_start, failing_start;
};

struct verdict_of_target {
    enum health_state state;
    uint32_t up, down, unknown, left_out, least;
    mono_ms passed_start; /* MONO_NEVER: needs no check */
    mono_ms failing_start;
};

#define SWITCHES_MAX 256

/*
 * A record's switches since the daemon's start: as they were applied, and as they were told, which may be much later.
 */
enum switch_history { SWITCHES_APPLIED, SWITCHES_TOLD };

struct record_opinion {
    struct {
        mono_ms at[SWITCHES_MAX]; /* a ring */
        uint32_t count;
        mono_ms last; /* 0: none; those of operators too, which do not count */
        bool is_latched;
    } switches[2];
};

/* Whether this host can see anything, from the looks at its references. */
struct gate_opinion {
    uint8_t last[CONNECTIVITY_MAX]; /* enum verdict; 0: nothing known */
    mono_ms last_at[CONNECTIVITY_MAX];
    bool is_closed;     /* all have failed, and none has passed since */
    mono_ms open_since; /* MONO_NEVER: it is not open */
    mono_ms void_until; /* what was asked before says nothing: when it opened after it was closed */
    mono_ms passed_start;
};

struct judge {
    struct opinion *watches;
    mono_ms *up_since; /* by target; MONO_NEVER: it is not up */
    struct record_opinion *records;
    mono_ms silent_next; /* no heartbeat is missed before */
    mono_ms started; /* the daemon's start */
    mono_ms gap_end; /* of the last gap, or the start */
    uint32_t gap_ms; /* what it took */
    struct gate_opinion gate;
};

void judge_init(struct world *world);
void judge_done(struct judge *judge);
void judge_restart(struct world *world);
void judge_reload(struct world *world, const struct renumbering *renumbering); /* by the new numbers */
void judge_gap(struct world *world, uint32_t gap_ms);

/* A probe's answer will never come. */
void judge_interrupt(struct world *world, uint32_t watch);

/* What has grown too old by the file that is still in force stays unknown, however long the next one lets it count. */
void judge_note_age(struct world *world);

/* A heartbeat was pushed, or missed; the silence begins anew where the daemon heard nothing, or forgot. */
void judge_note_beat(struct world *world, uint32_t watch);
void judge_forget(struct world *world, uint32_t watch);

/* True if the state changed. */
bool judge_observe(struct world *world, uint32_t watch, enum verdict verdict, mono_ms started);

/* Of a look at a watch, as it counts: turned round where the check is inverted. */
enum verdict judge_counted(const struct world *world, uint32_t watch, enum verdict verdict);

struct belief_now judge_watch(const struct world *world, uint32_t watch);
struct belief_now judge_calculated(const struct world *world, uint32_t watch);
uint32_t judge_child(const struct world *world, uint32_t watch, uint32_t nth);

/* What is believed of a watch now; results that are too old say nothing. */
enum health_state judge_state(const struct world *world, uint32_t watch);
bool judge_is_left_out(const struct world *world, const struct target_settings *target, uint32_t watch);

/* As it is believed; and as a decision may rest on it, where what was only seen before a long gap is unknown. */
struct verdict_of_target judge_target(const struct world *world, uint32_t target);
struct verdict_of_target judge_sound_target(const struct world *world, uint32_t target);

/* Brings up_since of all targets of a record up to date. */
void judge_refresh(struct world *world, uint32_t record);

void judge_note_switch(struct world *world, uint32_t record, enum switch_history history, bool is_manual);

/* When it switched last; the daemon's start if it has not since. */
mono_ms judge_last_switch(const struct world *world, uint32_t record, enum switch_history history);

/* Switches inside the window that ends now, give or take `slack_ms`, and the delay that is due then. */
uint32_t judge_switches(const struct world *world, uint32_t record, enum switch_history history, int64_t slack_ms);
int64_t judge_delay_ms(const struct world *world, uint32_t record, enum switch_history history, int64_t slack_ms);

/* The look at a reference; true if this opened the gate again, so that all that was seen before is void. */
bool judge_is_reference(const struct world *world, uint32_t watch);
bool judge_reference(struct world *world, uint32_t watch, enum verdict verdict, mono_ms started);
bool judge_gate_is_open(struct world *world);

int64_t freshness_ms(const struct check_settings *check);

#endif
