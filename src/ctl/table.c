/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, under table_output.
 * What:  cells, widths, colour; and times as people read them.
 * Why:   all cells are made first, as a column is as wide as its widest one; the last column is never padded.
 */
#include "ctl/table.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void table_set(struct table *table, size_t row, size_t column, const char *words, enum paint paint)
{
    struct cell *cell = &table->cells[row * table->columns + column];
    cell->words = strdup(words ? words : "");
    cell->paint = paint;
    size_t length = cell->words ? strlen(cell->words) : 0;
    if (table->widths[column] < length)
        table->widths[column] = length;
}

void table_upper(const char *words, char ret[64])
{
    size_t i = 0;
    for (; i < 63 && words[i]; i++)
        ret[i] = words[i] >= 'a' && words[i] <= 'z' ? (char)(words[i] - 'a' + 'A') : words[i];
    ret[i] = '\0';
}

bool table_parse_utc(const char *words, time_t *ret)
{
    struct tm parts = {0};
    const char *end = strptime(words, "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (!end || *end)
        return false;
    *ret = timegm(&parts);
    return true;
}

void table_local_time(const char *utc, char *ret, size_t room)
{
    time_t at, now = time(NULL);
    struct tm parts, today;
    ret[0] = '\0';
    if (!table_parse_utc(utc, &at) || !localtime_r(&at, &parts) || !localtime_r(&now, &today))
        return;
    bool same_day = parts.tm_yday == today.tm_yday && parts.tm_year == today.tm_year;
    if (strftime(ret, room, same_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &parts) == 0)
        ret[0] = '\0';
}

/* ---- printing ---- */

static void print_cell(const struct table *table, const struct cell *cell, size_t column, bool last,
                       const struct table_style *style, FILE *out)
{
    static const char *const paints[] = {[PAINT_NONE] = "", [PAINT_BAD] = "\033[31m", [PAINT_ODD] = "\033[33m"};
    const char *words = cell->words ? cell->words : "";
    bool painted = style->color && cell->paint != PAINT_NONE;
    size_t length = strlen(words), shown = length, used = 0;
    for (size_t i = 0; i < column; i++)
        used += table->widths[i] + 2;
    if (last && style->width > 0 && used + length > style->width && style->width > used + 3)
        shown = style->width - used - 3;
    fprintf(out, "%s%.*s%s%s", painted ? paints[cell->paint] : "", (int)shown, words, shown < length ? "..." : "",
            painted ? "\033[0m" : "");
    if (!last)
        fprintf(out, "%*s", (int)(table->widths[column] - length + 2), "");
}

/* Empty cells at the end of a row leave no blanks behind. */
void table_print(const struct table *table, const struct table_style *style, FILE *out)
{
    for (size_t row = 0; row < table->rows; row++) {
        const struct cell *cells = &table->cells[row * table->columns];
        size_t columns = table->columns;
        while (columns > 1 && (!cells[columns - 1].words || !cells[columns - 1].words[0]))
            columns--;
        for (size_t column = 0; column < columns; column++)
            print_cell(table, &cells[column], column, column + 1 == columns, style, out);
        fputc('\n', out);
    }
}

void table_free(struct table *table)
{
    for (size_t i = 0; i < table->rows * table->columns; i++)
        free(table->cells[i].words);
    free(table->cells);
}

struct table table_new(size_t rows, size_t columns)
{
    struct table table = {
        .rows = rows, .columns = columns, .room = rows, .cells = calloc(rows * columns, sizeof *table.cells)};
    if (!table.cells)
        abort();
    return table;
}

static void resize(struct table *table, size_t rows, size_t columns)
{
    struct cell *cells = realloc(table->cells, rows * columns * sizeof *cells);
    if (!cells)
        abort();
    table->cells = cells;
    table->room = rows;
}

size_t table_add_row(struct table *table)
{
    if (table->rows == table->room)
        resize(table, 2 * table->room, table->columns);
    memset(&table->cells[table->rows * table->columns], 0, table->columns * sizeof *table->cells);
    return table->rows++;
}

/* From the last cell to the first: none is overwritten before it has moved. */
void table_insert_columns(struct table *table, size_t at, size_t count)
{
    const size_t former = table->columns, wide = former + count;
    resize(table, table->room, wide);
    for (size_t row = table->rows; row-- > 0;) {
        for (size_t column = former; column-- > 0;)
            table->cells[row * wide + column + (column >= at ? count : 0)] = table->cells[row * former + column];
        memset(&table->cells[row * wide + at], 0, count * sizeof *table->cells);
    }
    memmove(&table->widths[at + count], &table->widths[at], (former - at) * sizeof table->widths[0]);
    memset(&table->widths[at], 0, count * sizeof table->widths[0]);
    table->columns = wide;
}
