/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_STORY_H
#define REPOINTD_SIM_STORY_H

/*
 * Where: the simulator; what scenario.c, words.c and expectation.c give each other. Nobody else's.
 * What:  the story that is being told, and what its words mean.
 */

#include "world.h"

#define WORDS_MAX 8

struct story {
    const char *path;
    uint32_t line;
    struct world world;
    bool is_set_up, has_failed;
    enum trace_mode trace;
    struct counters counted; /* where counting began */
    uint32_t serial;
    uint32_t word_count;
    const char *words[WORDS_MAX];
};

/* Each of these ends the story with a complaint where it cannot do what it is asked for. */
void complain(struct story *story, const char *format, ...) PRINTF_LIKE(2, 3);
void refuse(struct story *story, uint32_t place); /* the word at this place is not understood, or missing */

bool is_word(const struct story *story, uint32_t place, const char *word);
bool read_time(struct story *story, uint32_t place, int64_t *ret);
bool read_number(struct story *story, uint32_t place, uint64_t *ret); /* a sign in front is fine */
uint32_t find_record(struct story *story, uint32_t place);            /* by its name */
uint32_t find_watch(struct story *story, uint32_t place);             /* by its address */

/* The place of a target of the first record, by its role; ID_NONE without a complaint. */
uint32_t find_target(const struct story *story, const char *role);

/* "nothing", a role, or addresses with commas between. */
bool read_contents(struct story *story, uint32_t place, struct contents *ret);

/* `expect …`: complains if it is not so. */
void step_expect(struct story *story);

#endif
