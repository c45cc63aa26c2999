/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_ROW_WORDS_H
#define REPOINTD_CONFIG_ROW_WORDS_H

/*
 * Where: config, for rows.c and rows_check.c alone.
 * What:  short words for the rules that many rows share.
 */

#include "config/draft.h"
#include "config/rows.h"

#define ROWS_OF(array) .rows = (array), .count = ARRAY_COUNT(array)
#define SECOND         1000u
#define MINUTE         (60 * SECOND)
#define HOUR           (60 * MINUTE)
#define DAY            (24 * HOUR)

#define SWITCH               \
    {                        \
        .kind = FIELD_SWITCH \
    }
#define COUNT(from, to)                                    \
    {                                                      \
        .kind = FIELD_COUNT, .least = (from), .most = (to) \
    }
#define PORT                                          \
    {                                                 \
        .kind = FIELD_PORT, .least = 1, .most = 65535 \
    }
#define DURATION(from, to)                                    \
    {                                                         \
        .kind = FIELD_DURATION, .least = (from), .most = (to) \
    }
#define TEXT(from, to)                                    \
    {                                                     \
        .kind = FIELD_TEXT, .least = (from), .most = (to) \
    }
#define RAW_TEXT(from, to)                                    \
    {                                                         \
        .kind = FIELD_RAW_TEXT, .least = (from), .most = (to) \
    }
#define HEADER(from, to)                                    \
    {                                                       \
        .kind = FIELD_HEADER, .least = (from), .most = (to) \
    }
#define PATH                                         \
    {                                                \
        .kind = FIELD_PATH, .least = 1, .most = 4095 \
    }
#define DIRECTORY                                         \
    {                                                     \
        .kind = FIELD_DIRECTORY, .least = 1, .most = 1023 \
    }
#define REFERENCE                                        \
    {                                                    \
        .kind = FIELD_REFERENCE, .least = 1, .most = 255 \
    }
#define KIND(word)           \
    {                        \
        .kind = FIELD_##word \
    }
#define WORD(list)                          \
    {                                       \
        .kind = FIELD_WORD, .words = (list) \
    }

/* Tables that stand inside others. */
extern const struct table secret_table;

#endif
