/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_COMMAND_CASE_H
#define REPOINTD_TESTS_COMMAND_CASE_H

/*
 * Where: unit tests of what an operator may say about a record.
 * What:  a door with one record, words to say, and the one reply.
 */

#include "door.h"

#define COMMAND_OWNER    UINT64_C(0x4be1c0de77aa0912) /* ours */
#define COMMAND_STRANGER UINT64_C(0x00000000000000aa)

int command_setup(void **state);
int command_teardown(void **state);

struct marker command_marker(uint64_t owner, uint64_t epoch);

/* The zone holds this at the start; everything is up, it is 50000, and no message has left. */
void command_begin(struct door *door, const char *addresses, const struct marker *marker);

void command_adopt(struct door *door, const char *expect);
void command_take_over(struct door *door, uint64_t owner, uint64_t epoch);
void command_disown(struct door *door);

/* There was one reply so far, and so many messages; its detail speaks of this (NULL: of whatever). */
void command_assert_replied(const struct door *door, enum command_result result, const char *detail, uint32_t messages);

#endif
