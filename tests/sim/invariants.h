/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_INVARIANTS_H
#define REPOINTD_SIM_INVARIANTS_H

/*
 * Where: the simulator; looks at every event and every effect.
 * What:  the safety checkers S1 … S23 of docs/simulator.md. Each speaks by its name and stops the run.
 * Why:   they see the truth, and what was told to the engine, and never the engine's inside.
 */

#include "contents.h"
#include "core/message.h"
#include "server.h"

#include <stdbool.h>
#include <stdint.h>

struct world;
struct renumbering;

#define TRANSACTIONS_KEPT 64
#define TELL_EACH_MS      2000 /* S9: notices of one record */

/* What is known about a record's dealings with its name server. */
struct ledger {
    /* the newest trustworthy read */
    bool has_read;
    struct contents read;
    bool read_is_occluded; /* something above hides it: that teaches the daemon nothing of what stands there */
    mono_ms begun; /* the first of them since start */
    mono_ms read_asked, read_done, learned_at; /* learned_at: a read showed something new */
    mono_ms doubt_since;                       /* start, UNKNOWN, gap or stop: a read asked before says nothing */
    /* what we sent */
    uint64_t transactions; /* so far */
    uint64_t applied;      /* the newest that the server applied, since others wrote last */
    uint64_t applied_ever; /* … or ever */
    struct sent *kept;     /* the last TRANSACTIONS_KEPT of them */
    bool is_in_flight;
    mono_ms first_sent;          /* of the newest transaction */
    mono_ms turned_at;           /* when one of its watches changed its state last: the wish may have changed, too */
    uint32_t held_up, held_size; /* S24: messages in a row that were refused with others in them; size of the first */
    mono_ms held_last;
    uint32_t lost_size; /* S24: of the message with others in it whose answer was lost, and it is not in the zone yet */
    mono_ms lost_at;
    mono_ms rehearse_from;     /* S9: the next rehearsal is none too early then */
    mono_ms answered_at;       /* when the last message's answer came … */
    enum outcome last_outcome; /* … and what it was */
    /* the truth */
    bool has_ours;         /* something of ours was applied, or taken over at a start */
    struct contents ours;  /* what we wrote last */
    uint16_t ours_life;    /* of the daemon that wrote it, or took it for its own */
    struct contents found; /* what the first read since start showed */
    bool has_known;
    struct contents known;  /* the same as far as this daemon was there: what it found at its start, or wrote */
    struct contents proved; /* … and what of that it has seen in the zone last */
    bool is_foreign;        /* somebody else's change stands there */
    mono_ms foreign_since, changed_at; /* changed_at: by anybody */
    mono_ms restored_left;             /* what replaced such a change last left us then; MONO_NEVER: nothing did */
    mono_ms intact_since;              /* it is exactly what we wrote last; MONO_NEVER: it is not */
    uint32_t all_down_moves;           /* switches applied since something was up */
    /* what was told */
    bool is_ended;    /* without a marker: others changed it, and nobody has adopted that */
    bool is_disowned; /* … and has not started anew: it is not adopted by itself */
    bool is_stopped;  /* a condition was told, and nothing of ours applied since */
    enum condition condition;
    mono_ms stopped_at;  /* told last */
    mono_ms failed_last; /* update-failed was told last */
    mono_ms replied_at;  /* an operator was told how his word ended */
    mono_ms spoken_for;  /* … of another member of a message that got lost */
    /* budgets (leaky): what was asked of the server */
    int64_t reads_paid, sends_paid, tells_paid; /* instants up to which the budget is used, in ms */
    /* states of the zone, for S15 */
    struct contents states[8];
    mono_ms state_ended[8];
    uint32_t state_next;
};

struct safety {
    struct ledger *ledgers; /* by record */
    mono_ms *probe_started; /* by watch: when asked last; MONO_NEVER: not yet */
    mono_ms *taken_last;    /* S24, by zone: when a message was accepted last */
    uint64_t *nonces;       /* all that were ever used, a hash set */
    uint32_t nonce_count, nonce_room;
    uint64_t digest;  /* S21: of all effects */
    uint64_t decided; /* S14: of what is sent, asked and told, without the words for it */
    uint64_t effects;
    mono_ms wake_at; /* S9: wake-ups at one instant */
    uint32_t wakes;
    uint64_t quiet_reads; /* S23: asked while nothing had happened for long */
    mono_ms quiet_since;
    bool gate_opened_again; /* … by this event */
    uint8_t *told;          /* by value: the state that was told last */
    uint32_t looked_at;     /* a look at this watch has just been judged */
    uint32_t changed;       /* as bits: its state has changed by that (1), and those of the calculated ones above it */
};

void safety_init(struct world *world);
void safety_done(struct world *world);
void safety_restart(struct world *world);
void safety_restart_record(struct world *world, uint32_t record);
void safety_reload(struct world *world, const struct renumbering *renumbering); /* by the new numbers */

void safety_on_event(struct world *world, const struct event *event);
void safety_on_silence(struct world *world); /* heartbeats that did not come: failures, with the event that follows */
void safety_on_effect(struct world *world, const struct effect *effect);
void safety_after(struct world *world, const struct event *event); /* all effects of one event are carried out */
void safety_on_send(struct world *world, struct message *message);
void safety_on_notice(struct world *world, const struct notice *notice);
void safety_on_read(struct world *world, uint32_t record, const struct read_pending *read);
void safety_after_read(struct world *world, uint32_t record);
void safety_on_outcome(struct world *world, const struct message *message, enum outcome outcome);

void safety_reload_truth(struct world *world, uint32_t record);

/* What was to be told after this event, was it? */
void safety_judge_told(struct world *world);
void safety_judge_failure_told(struct world *world, const struct event *event);

/* A budget that allows `burst` at once and then one in each `each_ms`; *paid is how far it is used. */
bool budget_allows(int64_t *paid, mono_ms now, int64_t each_ms, int64_t burst);

/* The name server has just applied it; `before` is what stood there. */
void safety_on_applied(struct world *world, const struct sent *sent, const struct contents *before);

/* Somebody else changed the record. */
void safety_on_edit(struct world *world, uint32_t record);
void safety_at_end(struct world *world);

/* It replaces, as the file allows, what somebody else put beside a marker of ours. */
bool safety_is_restore(const struct world *world, const struct sent *sent);

/* S10: does it say what its kind has to say? */
void safety_judge_shape(struct world *world, const struct sent *sent);

/* A heartbeat below this target falls silent at this instant: whether that or a message comes first nobody promises. */
bool safety_just_fell_silent(const struct world *world, uint32_t target);

/* S3-S6, S8: may the addresses of this record be changed so, now? */
void safety_judge_switch(struct world *world, struct sent *sent);

#endif
