/* SPDX-License-Identifier: MIT */
/*
 * Where: config, under every file of this floor.
 * What:  what is wrong and where; sorted in reading order when somebody looks.
 * Why:   complaints are found in the order of the steps (text, keys, links, rules) and wanted in the order of the
 *        files. Lines of the source are cut out when they are shown and not before, so that a secret found late is
 *        hidden in an early complaint as well.
 */
#include "config/complaints.h"

#include "base/names.h"
#include "config/source_line.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define COMPLAINTS_SHOWN_MAX 50
#define COMPLAINT_TEXT_MAX   2048

struct kept {
    struct complaint complaint;
    struct place place;
    uint32_t caret;    /* place within the shown line, from 0 */
    uint32_t sequence; /* in which it came: the last word in sorting */
};

struct complaints {
    struct arena *arena;
    struct names *seen;
    struct kept *items;
    uint32_t count, capacity, errors;
    uint32_t file_count;
    bool sorted;
    struct place *hidden;
    uint32_t hidden_count, hidden_capacity;
    struct line_cursor cursor;
};

struct complaints *complaints_new(void)
{
    struct complaints *complaints = calloc(1, sizeof(*complaints));
    if (complaints == NULL)
        abort();
    complaints->arena = arena_new();
    complaints->seen = names_new();
    return complaints;
}

void complaints_free(struct complaints *complaints)
{
    if (complaints == NULL)
        return;
    arena_free(complaints->arena);
    names_free(complaints->seen);
    free(complaints->items);
    free(complaints->hidden);
    free(complaints);
}

uint32_t complaints_errors(const struct complaints *complaints)
{
    return complaints->errors;
}

uint32_t complaints_warnings(const struct complaints *complaints)
{
    return complaints->count - complaints->errors;
}

uint32_t complaints_files(const struct complaints *complaints)
{
    return complaints->file_count;
}

struct source *complaints_open(struct complaints *complaints, const char *name, const char *shown)
{
    struct source *source = arena_take(complaints->arena, sizeof(*source));
    source->name = arena_copy_text(complaints->arena, name, strlen(name));
    source->shown = arena_copy_text(complaints->arena, shown, strlen(shown));
    source->order = complaints->file_count++;
    return source;
}

char *complaints_room(struct complaints *complaints, size_t length)
{
    return arena_take(complaints->arena, length + 1);
}

struct foreign foreign(const char *text)
{
    struct foreign shown = {.text = ""};
    struct text out = text_over(shown.text, sizeof(shown.text));
    text_add_foreign(&out, text, strlen(text));
    return shown;
}

void place_format(struct place place, char text[PLACE_TEXT_MAX])
{
    struct text out = text_over(text, PLACE_TEXT_MAX);
    if (place.source == NULL)
        text_add(&out, "nowhere");
    else
        text_add(&out, place.source->name);
    if (place.line != 0)
        text_addf(&out, ":%u:%u", place.line, place.column);
}

/* One more item; what was at *items moves. */
static void *grow(void *items, uint32_t *capacity, uint32_t count, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    items = realloc(items, *capacity * size);
    if (items == NULL)
        abort();
    return items;
}

void complaints_add(struct complaints *complaints, enum complaint_level level, struct place place, const char *format,
                    ...)
{
    if (complaints == NULL)
        return;
    char where[PLACE_TEXT_MAX];
    char storage[COMPLAINT_TEXT_MAX + PLACE_TEXT_MAX];
    place_format(place, where);
    struct text out = text_over(storage, sizeof(storage));
    text_add(&out, where);
    text_add(&out, " ");
    size_t head = out.length;
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(storage + head, sizeof(storage) - head, format, arguments);
    va_end(arguments);
    assert(written >= 0);
    if (!names_add(complaints->seen, storage, complaints->count, NULL))
        return;

    complaints->items = grow(complaints->items, &complaints->capacity, complaints->count, sizeof(*complaints->items));
    complaints->items[complaints->count] = (struct kept){
        .complaint = {.level = level,
                      .file = place.source == NULL ? "" : place.source->name,
                      .file_order = place.source == NULL ? UINT32_MAX : place.source->order,
                      .line = place.line,
                      .column = place.column,
                      .width = place.width == 0 ? 1 : place.width,
                      .message = arena_copy_text(complaints->arena, storage + head, strlen(storage + head))},
        .place = place,
        .sequence = complaints->count,
    };
    complaints->count++;
    complaints->errors += level == COMPLAINT_ERROR;
    complaints->sorted = false;
}

void complaints_hide(struct complaints *complaints, struct place place)
{
    if (complaints == NULL || place.source == NULL)
        return;
    complaints->hidden = grow(complaints->hidden, &complaints->hidden_capacity, complaints->hidden_count,
                              sizeof(*complaints->hidden));
    complaints->hidden[complaints->hidden_count++] = place;
}

/* ---- looking ---------------------------------------------------------------------------------------------------- */

static int order(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_kept(const void *left, const void *right)
{
    const struct kept *a = left, *b = right;
    int by_file = order(a->complaint.file_order, b->complaint.file_order);
    int by_line = order(a->complaint.line, b->complaint.line);
    int by_column = order(a->complaint.column, b->complaint.column);
    return by_file != 0     ? by_file
           : by_line != 0   ? by_line
           : by_column != 0 ? by_column
                            : order(a->sequence, b->sequence);
}

/* The first column of the line that is not to be shown; 0: all may be. */
static uint32_t hidden_from(const struct complaints *complaints, struct place place)
{
    uint32_t from = 0;
    for (uint32_t i = 0; i < complaints->hidden_count; i++) {
        const struct place *hidden = &complaints->hidden[i];
        if (hidden->source == place.source && hidden->line == place.line && (from == 0 || hidden->column < from))
            from = hidden->column;
    }
    return from;
}

static void add_source(struct complaints *complaints, struct kept *kept)
{
    const struct source *source = kept->place.source;
    if (kept->complaint.source != NULL || source == NULL || source->bytes == NULL || kept->place.line == 0)
        return;
    struct shown_line shown;
    if (!source_line_show(&complaints->cursor, kept->place, hidden_from(complaints, kept->place), &shown))
        return;
    kept->complaint.source = arena_copy_text(complaints->arena, shown.text, strlen(shown.text));
    kept->caret = shown.caret;
    if (kept->complaint.width > shown.width)
        kept->complaint.width = shown.width;
}

static struct kept *kept_at(const struct complaints *constant, uint32_t index)
{
    struct complaints *complaints = (struct complaints *)
        constant; /* sorting and cutting lines late is nobody's business */
    assert(index < complaints->count);
    if (!complaints->sorted)
        qsort(complaints->items, complaints->count, sizeof(*complaints->items), compare_kept);
    complaints->sorted = true;
    add_source(complaints, &complaints->items[index]);
    return &complaints->items[index];
}

const struct complaint *complaints_get(const struct complaints *complaints, uint32_t index)
{
    return &kept_at(complaints, index)->complaint;
}

static void print_one(const struct kept *kept, bool strict, FILE *out)
{
    const struct complaint *complaint = &kept->complaint;
    if (complaint->line != 0)
        fprintf(out, "%s:%u:%u: ", complaint->file, complaint->line, complaint->column);
    else if (complaint->file[0] != '\0')
        fprintf(out, "%s: ", complaint->file);
    fprintf(out, "%s: %s\n", strict || complaint->level == COMPLAINT_ERROR ? "error" : "warning", complaint->message);
    if (complaint->source == NULL)
        return;
    int digits = fprintf(out, "%5u", complaint->line);
    fprintf(out, " | %s\n%*s | %*s^", complaint->source, digits, "", (int)kept->caret, "");
    for (uint32_t i = 1; i < complaint->width; i++)
        fputc('~', out);
    fputc('\n', out);
}

static void print_count(uint32_t count, const char *one, const char *many, FILE *out)
{
    fprintf(out, "%u %s", count, count == 1 ? one : many);
}

void complaints_print(const struct complaints *complaints, bool strict, FILE *out)
{
    for (uint32_t i = 0; i < complaints->count && i < COMPLAINTS_SHOWN_MAX; i++)
        print_one(kept_at(complaints, i), strict, out);
    if (complaints->count > COMPLAINTS_SHOWN_MAX)
        fprintf(out, "... and %u more\n", complaints->count - COMPLAINTS_SHOWN_MAX);

    uint32_t errors = strict ? complaints->count : complaints->errors;
    if (errors == 0)
        return;
    print_count(errors, "error", "errors", out);
    if (errors < complaints->count) {
        fputs(", ", out);
        print_count(complaints->count - errors, "warning", "warnings", out);
    }
    fputs(" in ", out);
    print_count(complaints->file_count, "file", "files", out);
    fputs("; this configuration would be refused\n", out);
}
