/* SPDX-License-Identifier: MIT */
/*
 * Where: config, under complaints.
 * What:  finds a line and makes it fit for a terminal and for a caret below it: one column for each code point.
 * Why:   the file may hold anything, also what a terminal obeys; and one that is all on one line must not fill the
 *        screen. A secret that somebody wrote where only its file belongs would reach the journal by way of the line
 *        that is shown.
 */
#include "config/source_line.h"

#include <string.h>
#include <strings.h>

#define HIDDEN_WORDS "<redacted>"

/* The line's first byte, NULL if the file ends before. */
static const char *find_line(struct line_cursor *cursor, const struct source *source, uint32_t line)
{
    if (cursor->source != source || cursor->line > line)
        *cursor = (struct line_cursor){.source = source, .line = 1};
    while (cursor->line < line) {
        const char *from = source->bytes + cursor->offset;
        const char *newline = memchr(from, '\n', source->length - cursor->offset);
        if (newline == NULL)
            return NULL;
        cursor->offset = (size_t)(newline + 1 - source->bytes);
        cursor->line++;
    }
    return source->bytes + cursor->offset;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* The column, from 1, of what follows "secret:", "secret " and the like in a line; 0 if there is none. */
static uint32_t after_secret(const char *line, size_t length)
{
    static const char word[] = "secret";
    uint32_t column = 1;
    for (size_t i = 0; i + sizeof(word) <= length; i++) {
        if (strncasecmp(line + i, word, sizeof(word) - 1) == 0 &&
            strchr(": \t\"'=", line[i + sizeof(word) - 1]) != NULL)
            return column + (uint32_t)sizeof(word);
        column += !is_continuation(line[i]);
    }
    return 0;
}

static char shown_char(char c)
{
    if (c >= ' ' && c <= '~')
        return c;
    return c == '\t' ? ' ' : '?';
}

bool source_line_show(struct line_cursor *cursor, struct place place, uint32_t hidden_from, struct shown_line *ret)
{
    const char *line = find_line(cursor, place.source, place.line);
    if (line == NULL)
        return false;
    size_t left = place.source->length - (size_t)(line - place.source->bytes);
    const char *newline = memchr(line, '\n', left);
    size_t length = newline == NULL ? left : (size_t)(newline - line);
    if (length > 0 && line[length - 1] == '\r')
        length--;

    uint32_t secret = after_secret(line, length);
    if (secret != 0 && (hidden_from == 0 || secret < hidden_from))
        hidden_from = secret;
    uint32_t window = place.column > SHOWN_LINE_MAX - 40 ? place.column - 40 : 1; /* the first column that is shown */
    struct text out = text_over(ret->text, SHOWN_LINE_MAX + 1);
    uint32_t column = 0;
    for (size_t i = 0; i < length && !out.truncated; i++) {
        if (is_continuation(line[i]))
            continue;
        column++;
        if (hidden_from != 0 && column >= hidden_from) {
            text_add(&out, HIDDEN_WORDS);
            break;
        }
        char shown = shown_char(line[i]);
        if (column >= window)
            text_add_bytes(&out, &shown, 1);
    }
    ret->caret = place.column - (place.column < window ? place.column : window);
    if (ret->caret > out.length)
        ret->caret = (uint32_t)out.length;
    ret->width = (uint32_t)out.length > ret->caret ? (uint32_t)out.length - ret->caret : 1;
    return true;
}
