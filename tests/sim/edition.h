/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_EDITION_H
#define REPOINTD_SIM_EDITION_H

/*
 * Where: the simulator, between setup and reload.
 * What:  the file as it was saved last: of the whole configuration that a world was given (world->setup) a part, in
 *        some order, with the knobs as they were turned last. And who is who in two editions of it.
 * Why:   everything counts by the numbers of the edition in force. Whatever leaves the file keeps its number in the
 *        whole, so that it is known again when it comes back.
 */

#include "setup.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

/* By the numbers of one edition: those in the whole. Records that are not in it stand behind those that are. */
struct numbers {
    uint32_t *records, *targets, *values;
};

struct editions {
    bool is_on;             /* false: there is but one, and it is the whole */
    struct setup setups[2]; /* the one in force, and the next */
    struct numbers numbers[2];
    uint32_t now;
    uint32_t edits; /* since the one in force */
    /* What the next one will be; by number in the whole. */
    bool *has_record, *has_target, *has_value, *looks_else; /* looks_else: this check, since the one in force */
    uint32_t *order;                                        /* targets as they stand in the file, by record */
};

/* The first edition is the whole, and the one in force. */
void editions_begin(struct world *world);
void editions_done(struct world *world);

/* What somebody changes in the file before he saves it. */
void edition_edit(struct world *world);
void edition_toggle_target(struct world *world, uint32_t target); /* number in the whole */
void edition_toggle_record(struct world *world, uint32_t record);

/* Builds the next edition. After edition_take it is the one in force; edition_drop frees the one that is not. */
const struct settings *edition_build(struct world *world);
void edition_take(struct world *world);
void edition_drop(struct world *world);

/*
 * From the numbers of the edition in force to those of the next, and back; ID_NONE: not there. Of records all that the
 * whole has are there, and `heirs` says whose opinion each of the new edition's goes on with. A watch goes on where
 * look and address are the same.
 */
struct renumbering {
    const struct settings *old, *fresh;
    uint32_t records; /* of the whole */
    uint32_t *old_record, *new_record, *heirs, *old_target, *new_target, *old_value, *old_watch, *new_watch;
    bool same_references; /* each of connectivity is the one that it was */
};

struct renumbering renumber(const struct world *world);
void renumbering_done(struct renumbering *renumbering);

/* The place that a target of a record of the old edition has now, if it is published as the same; ID_NONE: none. */
uint32_t renumbered_place(const struct renumbering *renumbering, uint32_t old_record, uint32_t place);
bool renumbered_same_values(const struct renumbering *renumbering, uint32_t old_target, uint32_t new_target);

#endif
