/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_TABLE_OUTPUT_H
#define REPOINTD_CTL_TABLE_OUTPUT_H

/*
 * Where: ctl, under command.
 * What:  the JSON of a status as a table for people: columns, capitals, colour, a closing line.
 * Why:   never colour alone: whatever is coloured is a word, too. In a pipe nothing is cut and nothing is coloured.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json_t;

struct table_style {
    bool color;
    uint32_t width; /* of the terminal: the last column is cut there; 0: no bound */
    int64_t now_s;  /* for how long something has been so */
};

void table_overrides(const struct json_t *answer, const struct table_style *style, FILE *out);

/* The local time of an instant in JSON, with its day where that is not today; "" where it is none. */
void table_local_time(const char *utc, char *ret, size_t room);

void table_status(const struct json_t *status, const struct table_style *style, FILE *out);

#endif
