/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_OVERRIDE_BOOK_H
#define REPOINTD_APP_OVERRIDE_BOOK_H

/*
 * Where: app, between operators' commands, the engine's overrides and the state directory.
 * What:  the overrides in force, in words and in the engine's numbers; kept over restarts.
 * Why:   the engine needs numbers and instants that never jump, people and files names and the wall clock; here each
 *        finds the other.
 */

#include "base/error.h"
#include "base/text.h"
#include "core/override.h"
#include "io/override_file.h"
#include "io/state.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct override_book {
    const struct settings *settings; /* borrowed */
    const struct state *state;       /* borrowed; NULL: nothing is kept */
    uint32_t ids;                    /* the last one given out */
    uint32_t count;
    struct override_note *notes; /* OVERRIDES_MAX of each, by the same place */
    struct override *overrides;
};

void override_book_init(struct override_book *book, const struct settings *settings, const struct state *state);
void override_book_done(struct override_book *book);

/* What was in force when the former process ended; what this configuration has no name for is left out, and `warning`
 * says so. Times that are over are taken in as well: the engine ends them at once, and tells. */
void override_book_load(struct override_book *book, mono_ms now, int64_t wall_ms, struct error *warning);

/* The same overrides under another configuration; what that has no name for is dropped, and `warning` says so. */
void override_book_move(struct override_book *book, const struct settings *settings, mono_ms now, int64_t wall_ms,
                        struct error *warning);

/* False with err: the file could not be written; the book goes on. */
bool override_book_save(const struct override_book *book, struct error *err);

/*
 * From the words of a note to numbers: the record, the place of its target (by role or label; empty: the first that is
 * not `current`), the address, the label. False with err, which says what there is instead.
 */
bool override_book_resolve(const struct settings *settings, struct override_note *note, uint32_t current,
                           struct override *ret, struct error *err);

/* An address in the form in which it is kept; false: it is none, and stays as it is. */
bool override_subject_normalise(char subject[OVERRIDE_NAME_MAX], struct address *ret);

/* Is it this one of settings->names, however it is written? */
bool override_subject_is_name(const char *subject, const struct settings *settings, uint32_t name);

/*
 * Takes one in, in the place of one of the same kind about the same; `override` as resolved, without id and instant.
 * The place where it stands; OVERRIDES_MAX: there is no room.
 */
uint32_t override_book_set(struct override_book *book, const struct override_note *note, struct override override,
                           mono_ms now, int64_t wall_ms);

/* The place of the override with this id; OVERRIDES_MAX: there is none. */
uint32_t override_book_find(const struct override_book *book, uint32_t id);
void override_book_drop(struct override_book *book, uint32_t place);

/* The wall clock may have jumped: the instants of those that end are reckoned anew. True: some have changed. */
bool override_book_follow_clock(struct override_book *book, mono_ms now, int64_t wall_ms);

/* "db.example.com forced to secondary by root until 15:30:04: kernel update", without the reason's colon if none. */
void override_note_format(const struct override_note *note, struct text *out);

/* "forced by root until 15:30:04: kernel update" */
void override_note_why(const struct override_note *note, struct text *out);

#endif
