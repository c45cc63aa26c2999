/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_HISTORY_H
#define REPOINTD_IO_HISTORY_H

/*
 * Where: io; between app/switches and the state directory.
 * What:  `history.jsonl`: one line a switch, appended and not synced. When it has HISTORY_LINES it becomes
 *        `history.jsonl.1`, and the one that was called so goes: so there are at most twice as many.
 * Why:   what happened last night outlives the process, and so does how often a record has moved of late. Losing the
 *        last lines in a power cut costs nothing but that.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "io/state.h"

#include <stdbool.h>
#include <stdint.h>

#define HISTORY_FILE  "history.jsonl"
#define HISTORY_LINES 5000

/* One switch, or that an operator has opened the latch of a record's switches (`released`: record and time alone). */
struct history_entry {
    const char *record;
    int64_t time_ms;                    /* wall clock */
    const char *event, *from, *to;      /* roles; "" or NULL: none */
    const char *cause, *reason, *rcode; /* the same */
    uint64_t change;                    /* since that start; 0: none */
    bool has_serial, released;
    uint32_t serial;
    int64_t outage_ms; /* how long the former target had been failing; -1: it had not */
};

/* As it is kept. */
struct history_item {
    int64_t time_ms;
    char *record;
    char *line;     /* a JSON object, without the end of the line */
    bool by_health; /* from one target to another, and no operator's word */
    bool released;
};

struct history;

/*
 * What is damaged in its middle, or of a newer version, is put aside with `.damaged` behind its name and counts for
 * nothing: then, and where it cannot be read, warning->code is set. A last line that was cut is cut off. Never NULL.
 */
struct history *history_open(const struct state *state, struct error *warning);
void history_close(struct history *history); /* NULL is fine */

/* False: it is known until the end of this process, and was not written yet. */
NODISCARD bool history_add(struct history *history, const struct history_entry *entry, struct error *err);

/* What could not be written, or stood in a directory that has gone, at once. */
NODISCARD bool history_try_again(struct history *history, struct error *err);

/* From the oldest, 0; views are good until the next history_add. */
uint32_t history_count(const struct history *history);
const struct history_item *history_at(const struct history *history, uint32_t nth);

#endif
