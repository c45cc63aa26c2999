/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under wording and report.
 * What:  the store of one line's words, and the small language of sentences: %{word}, and [parts] that go where a
 *        word is absent.
 */
#include "app/words.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *const names[WORD_COUNT] = {
    [WORD_NONE] = "",
    [WORD_RECORD] = "record",
    [WORD_ZONE] = "zone",
    [WORD_SERVER] = "server",
    [WORD_TARGET] = "target",
    [WORD_LABEL] = "label",
    [WORD_ADDRESS] = "address",
    [WORD_CHECK] = "check",
    [WORD_FROM] = "from",
    [WORD_TO] = "to",
    [WORD_CAUSE] = "cause",
    [WORD_REASON] = "reason",
    [WORD_DETAIL] = "detail",
    [WORD_STREAK] = "streak",
    [WORD_DURATION_USEC] = "duration-usec",
    [WORD_LATENCY_USEC] = "latency-usec",
    [WORD_RCODE] = "rcode",
    [WORD_SERIAL] = "serial",
    [WORD_CHANGE] = "change",
    [WORD_USER] = "user",
    [WORD_OVERRIDE_REASON] = "override-reason",
    [WORD_DURATION] = "duration",
    [WORD_LASTED] = "lasted",
    [WORD_SPAN] = "span",
    [WORD_THRESHOLD] = "threshold",
    [WORD_FAILURES] = "failures",
    [WORD_RESULT] = "result",
    [WORD_OTHERS] = "others",
    [WORD_PLACE] = "place",
    [WORD_TO_VALUES] = "to-values",
    [WORD_SETS] = "sets",
    [WORD_STATES] = "states",
    [WORD_ALL_DOWN] = "all-down",
    [WORD_WINDOW] = "window",
    [WORD_COUNT_OF] = "count",
    [WORD_UNDONE] = "undone",
    [WORD_PROBLEM] = "problem",
    [WORD_NEXT] = "next",
    [WORD_ANSWER] = "answer",
    [WORD_EPOCH] = "epoch",
    [WORD_HOW] = "how",
    [WORD_STATE] = "state",
    [WORD_SKEW] = "skew",
    [WORD_TEXT] = "text",
};

static const char *const fields[WORD_FIELD_COUNT] = {
    [WORD_RECORD] = "RECORD",
    [WORD_ZONE] = "ZONE",
    [WORD_SERVER] = "SERVER",
    [WORD_TARGET] = "TARGET",
    [WORD_LABEL] = "LABEL",
    [WORD_ADDRESS] = "ADDRESS",
    [WORD_CHECK] = "CHECK",
    [WORD_FROM] = "FROM",
    [WORD_TO] = "TO",
    [WORD_CAUSE] = "CAUSE",
    [WORD_REASON] = "REASON",
    [WORD_DETAIL] = "DETAIL",
    [WORD_STREAK] = "STREAK",
    [WORD_DURATION_USEC] = "DURATION_USEC",
    [WORD_LATENCY_USEC] = "LATENCY_USEC",
    [WORD_RCODE] = "RCODE",
    [WORD_SERIAL] = "SERIAL",
    [WORD_CHANGE] = "CHANGE",
    [WORD_USER] = "USER",
    [WORD_OVERRIDE_REASON] = "OVERRIDE_REASON",
};

const char *word_name(enum word word)
{
    assert(word < WORD_COUNT);
    return names[word];
}

const char *word_field(enum word word)
{
    return word < WORD_FIELD_COUNT ? fields[word] : NULL;
}

void words_clear(struct words *words)
{
    memset(words->value, 0, sizeof words->value);
    words->used = 0;
}

void words_set(struct words *words, enum word word, const char *format, ...)
{
    char *start = words->storage + words->used;
    size_t room = sizeof words->storage - words->used;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(start, room, format, arguments);
    va_end(arguments);
    /* What does not fit is left out as a whole: half a number would be a wrong one. */
    if (length < 0 || (size_t)length >= room)
        return;
    words->used += (size_t)length + 1;
    words->value[word] = start;
}

static enum word word_find(const char *name, size_t length)
{
    for (enum word word = WORD_NONE + 1; word < WORD_COUNT; word++)
        if (strlen(names[word]) == length && memcmp(names[word], name, length) == 0)
            return word;
    return WORD_NONE;
}

/* Speaks up to `stop` or the end, and returns where it stopped. `*whole` becomes false where a word had no value. */
static const char *say_part(const struct words *words, const char *from, char stop, struct text *out, bool *whole)
{
    while (*from != '\0' && *from != stop) {
        if (from[0] == '%' && from[1] == '{') {
            size_t length = strcspn(from + 2, "}");
            enum word word = word_find(from + 2, length);
            assert(word != WORD_NONE && from[2 + length] == '}');
            *whole = *whole && words->value[word];
            text_add(out, words->value[word] ? words->value[word] : "?");
            from += length + 3;
        } else {
            size_t length = strcspn(from + 1, "%[]") + 1;
            text_add_bytes(out, from, length);
            from += length;
        }
    }
    return from;
}

void words_say(const struct words *words, const char *sentence, struct text *out)
{
    while (*sentence != '\0') {
        bool whole = true;
        sentence = say_part(words, sentence, '[', out, &whole);
        if (*sentence != '[')
            break;
        size_t before = out->length;
        whole = true;
        sentence = say_part(words, sentence + 1, ']', out, &whole);
        assert(*sentence == ']');
        sentence++;
        if (!whole) {
            out->length = before;
            out->bytes[before] = '\0';
        }
    }
}
