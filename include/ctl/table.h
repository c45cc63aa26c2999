/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_TABLE_H
#define REPOINTD_CTL_TABLE_H

/*
 * Where: ctl, under table_output.
 * What:  a table for people, cell by cell.
 * Why:   never colour alone: whatever is coloured is a word, too. In a pipe nothing is cut and nothing is coloured.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define COLUMNS_MOST 21

struct table_style {
    bool color;
    uint32_t width; /* of the terminal: the last column is cut there; 0: no bound */
    int64_t now_s;  /* for how long something has been so */
};

enum paint { PAINT_NONE = 0, PAINT_BAD, PAINT_ODD };

struct cell {
    char *words; /* NULL: empty */
    enum paint paint;
};

struct table {
    size_t rows, columns; /* rows with the head */
    size_t room;          /* for so many rows */
    struct cell *cells;
    size_t widths[COLUMNS_MOST];
};

struct table table_new(size_t rows, size_t columns);
/* Its number; it is empty. */
size_t table_add_row(struct table *table);

/* Empty ones, in front of the one at that place. */
void table_insert_columns(struct table *table, size_t at, size_t count);

void table_set(struct table *table, size_t row, size_t column, const char *words, enum paint paint);
void table_print(const struct table *table, const struct table_style *style, FILE *out);
void table_free(struct table *table);

/* At most 63 letters of it, in capitals. */
void table_upper(const char *words, char ret[64]);

/* "2026-11-23T14:02:31Z" */
bool table_parse_utc(const char *words, time_t *ret);

/* The local time of an instant in JSON, with its day where that is not today; "" where it is none. */
void table_local_time(const char *utc, char *ret, size_t room);

#endif
