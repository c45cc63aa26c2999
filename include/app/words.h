/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_WORDS_H
#define REPOINTD_APP_WORDS_H

/*
 * Where: app, between wording (which finds them) and report (which makes lines of them).
 * What:  the words that a line is made of: values of journal fields, and phrases that only sentences use.
 * Why:   a row of the catalogue only names the words that it wants; a word is found and spelt in one place for all
 *        rows.
 */

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

/* The first part are journal fields, by the name that word_field gives; the second are for sentences alone. */
enum word {
    WORD_NONE = 0,
    WORD_RECORD,
    WORD_ZONE,
    WORD_SERVER,
    WORD_TARGET,
    WORD_LABEL,
    WORD_ADDRESS,
    WORD_CHECK,
    WORD_FROM,
    WORD_TO,
    WORD_CAUSE,
    WORD_REASON,
    WORD_DETAIL,
    WORD_STREAK,
    WORD_DURATION_USEC,
    WORD_LATENCY_USEC,
    WORD_RCODE,
    WORD_SERIAL,
    WORD_CHANGE,
    WORD_USER,
    WORD_OVERRIDE_REASON,
    WORD_FIELD_COUNT,

    WORD_DURATION = WORD_FIELD_COUNT, /* 3d4h */
    WORD_LASTED,                      /* the same, where a former state is known to have lasted: "was up 3d4h" */
    WORD_SPAN,                        /* what a streak took, a gap's length, a lateness */
    WORD_THRESHOLD,
    WORD_FAILURES, /* "3 failures" */
    WORD_RESULT,   /* "HTTP 200 in 41 ms" */
    WORD_OTHERS,   /* set where a target has other addresses */
    WORD_PLACE,    /* the target that is published, with its values: "primary 192.0.2.10" */
    WORD_TO_VALUES,
    WORD_SETS,   /* what a person would have to put back: "A 192.0.2.10" */
    WORD_STATES, /* of each target: "primary refused, secondary timeout-connect" */
    WORD_ALL_DOWN,
    WORD_WINDOW,
    WORD_COUNT_OF, /* a plain number: switches, lines, probes */
    WORD_UNDONE,   /* "NOT switched", "could not be read" */
    WORD_PROBLEM,  /* what came back from the name server, or did not, and when it is tried again */
    WORD_NEXT,     /* until the next try */
    WORD_ANSWER,   /* "NOERROR in 3 ms, serial 2026112304" */
    WORD_EPOCH,
    WORD_HOW,   /* how a record became ours */
    WORD_STATE, /* what a condition is, and what ends it */
    WORD_SKEW,  /* "412 s ahead of" */
    WORD_TEXT,  /* a sentence made elsewhere */
    WORD_COUNT
};

#define WORDS_ROOM 4096

/* All values of one line. An absent one is NULL. Not to be copied: values point into the storage. */
struct words {
    const char *value[WORD_COUNT];
    size_t used;
    char storage[WORDS_ROOM];
};

const char *word_name(enum word word); /* as in sentences: "record" */
const char *word_field(
    enum word word); /* the journal field without prefix: "RECORD"; NULL for those of sentences alone */

void words_clear(struct words *words);
void words_set(struct words *words, enum word word, const char *format, ...) PRINTF_LIKE(3, 4);

/* Speaks a sentence of the catalogue. An absent word outside of [ ] is said as "?". */
void words_say(const struct words *words, const char *sentence, struct text *out);

#endif
