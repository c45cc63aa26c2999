/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_REPORT_H
#define REPOINTD_APP_REPORT_H

/*
 * Where: app; the single voice of the daemon.
 * What:  notices to log records by the catalogue, and not more of them than a person and a journal can bear.
 *
 * Of lines about records and targets at most REPORT_LINES are written in one second. What is more is counted by kind
 * and told in one line a kind when the second is over; and while as much goes on happening only a few more are listed,
 * in windows that become longer.
 */

#include "app/catalogue.h"
#include "app/override_book.h"
#include "base/time.h"
#include "core/engine.h"
#include "core/message.h"
#include "model/settings.h"

#include <stdint.h>

#define REPORT_LINES           200
#define REPORT_LINES_STORM     10
#define REPORT_WINDOW_MS       1000
#define REPORT_WINDOW_STORM_MS 8000

/* Files of the state directory that come and go. */
enum state_part {
    STATE_PART_IN_FLIGHT = 0,
    STATE_PART_OVERRIDES,
    STATE_PART_HISTORY,
    STATE_PART_TRENDS,
    STATE_PART_NOTIFICATIONS,
    STATE_PART_COUNT
};

struct letters;

struct report {
    const struct settings *settings; /* borrowed */
    const struct engine *engine;     /* borrowed; NULL before there is one */
    uint32_t concurrency;            /* most probes at a time, for the line of late ones */
    mono_ms window;                  /* when the window under way began */
    uint32_t window_ms;              /* how long it is */
    uint32_t lines_most;             /* that may be listed in it */
    uint32_t written;                /* … and were */
    uint32_t happened[NOTICE_COUNT], unlisted[NOTICE_COUNT];
    bool unwritable[STATE_PART_COUNT];                         /* told, and still so */
    char state_problem[ERROR_TEXT_MAX];                        /* the last that was told of them */
    const char *(*user_of)(uint32_t command, const void *ctx); /* who gave it; NULL: not known */
    const void *user_ctx;
    struct letters *letters; /* borrowed: whoever is told by message; NULL: nobody */
};

void report_init(struct report *report, const struct settings *settings, mono_ms now);

/* Something that the core tells. */
void report_notice(struct report *report, const struct notice *notice, mono_ms now);

/* When report_summarise has something to say; MONO_NEVER mostly. */
mono_ms report_deadline(const struct report *report);
void report_summarise(struct report *report, mono_ms now);

/*
 * What the shell itself tells. `overrides` of a former life are in force, `unsent` messages of it are not told yet;
 * `fresh_owner` 0: the id is an old one.
 */
void report_started(const struct report *report, uint32_t overrides, uint32_t unsent, uint64_t fresh_owner);
void report_stopped(const struct report *report);
/* The configuration of `loaded_wall_ms`, `age_ms` ago, stays in force; `first` is what is wrong with the other. */
void report_reload_failed(int64_t loaded_wall_ms, int64_t age_ms, uint32_t errors, const char *first);
/* `kept`: watches that are the same. */
void report_reloaded(const char *difference, uint32_t kept);

/*
 * A file of the state directory could not be written (`problem`, and what that costs): told once until all can be
 * again; a problem that all have in common is told of one.
 */
void report_state_unwritable(struct report *report, enum state_part part, const char *problem, const char *cost);
void report_state_written(struct report *report);

/* Why one of them cannot be written; NULL: all can, as far as is known. */
const char *report_state_problem(const struct report *report);

/* What a user asked for through the control socket, and at its end what became of it (`end` NULL: it begins). */
void report_command(const struct report *report, uint32_t record, const char *user, const char *words, const char *end);

enum override_turn {
    OVERRIDE_SET = 1,
    OVERRIDE_KEPT, /* from before the start */
    OVERRIDE_EXPIRED,
    OVERRIDE_RELEASED
};

/* `record`: whose it is, ID_NONE where it is not of one. `user`: who released it, else unused. */
void report_override(const struct report *report, const struct override_note *note, uint32_t record,
                     enum override_turn turn, const char *user);
/* Notifiers: messages that wait for the next try, or will not be told; a line of a program of the user's. */
void report_notify_failed(const char *notifier, const char *why, uint32_t waiting, uint32_t next_ms);
void report_notify_dropped(const char *notifier, uint32_t count, const char *why);
void report_hook_said(const char *line);
void report_lines_lost(uint64_t count, int64_t stalled_ms);

/* On SIGUSR1. */
void report_counters(const struct report *report, int64_t loop_late_ms);

#endif
