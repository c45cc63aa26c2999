/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_OPERATOR_H
#define REPOINTD_TESTS_OPERATOR_H

/*
 * Where: unit tests of core/record with core/engine_override.
 * What:  what an operator says at a door, and what he is told.
 */

#include "door.h"

/* A door after a minute in which nothing was to be sent. */
struct door *operator_door(struct site *site);

/* `until` 0: until it is released. Of the first record; ids 1, 2 and 3, so each replaces the one of its kind. */
void operator_force(struct door *door, uint32_t target, mono_ms until);
void operator_hold(struct door *door, uint32_t record, mono_ms until);
void operator_drain(struct door *door, const char *address);
void operator_lay(struct door *door, struct override override);
void operator_release(struct door *door, uint32_t id);

/* A command for the first record. Numbers count from 50. */
void operator_ask(struct door *door, enum command_kind kind);

/* The last of so many replies, to a command asked so. */
void operator_check_reply(const struct door *door, uint32_t count, enum command_result result, const char *detail);

#endif
