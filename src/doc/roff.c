/* SPDX-License-Identifier: MIT */
/*
 * Where: doc.
 * What:  text to troff.
 */
#include "doc/roff.h"

#include <stdbool.h>
#include <string.h>

/* A hyphen is what is typed and copied, so it stays one. */
static void put(FILE *out, char letter)
{
    if (letter == '\\')
        fputs("\\e", out);
    else if (letter == '-')
        fputs("\\-", out);
    else
        fputc(letter == '\n' ? ' ' : letter, out);
}

void roff_plain(FILE *out, const char *words)
{
    if (*words == '.' || *words == '\'')
        fputs("\\&", out);
    for (; *words; words++)
        put(out, *words);
}

/* troff wants each sentence on a line of its own. */
static bool is_between_sentences(const char *blank)
{
    return (*blank == ' ' || *blank == '\n') && blank[-1] == '.' && blank[1] != '.';
}

void roff_sentence(FILE *out, const char *words)
{
    size_t length = strlen(words);
    bool bold = false;
    while (length > 0 && words[length - 1] == '\n')
        length--;
    for (size_t i = 0; i < length; i++) {
        char letter = words[i];
        bool word = i == 0 && letter >= 'a' && letter <= 'z' && !strchr("/:", words[strcspn(words, " /:")]);
        if (letter == '`') {
            bold = !bold;
            fputs(bold ? "\\fB" : "\\fP", out);
        } else if (i == 0 && (letter == '.' || letter == '\'')) {
            fprintf(out, "\\&%c", letter);
        } else if (i > 0 && is_between_sentences(words + i)) {
            fputc('\n', out);
        } else {
            put(out, word ? (char)(letter - 'a' + 'A') : letter);
        }
    }
    fputs(length > 0 && strchr(".!?", words[length - 1]) ? "\n" : ".\n", out);
}

void roff_usage(FILE *out, const char *words)
{
    while (*words) {
        size_t capitals = strspn(words, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        size_t fixed = strspn(words, "abcdefghijklmnopqrstuvwxyz-");
        size_t length = capitals > 0 ? capitals : fixed;
        if (length > 0)
            fputs(capitals > 0 ? "\\fI" : "\\fB", out);
        for (size_t i = 0; i < length; i++)
            put(out, words[i]);
        if (length > 0)
            fputs("\\fP", out);
        else
            put(out, *words);
        words += length > 0 ? length : 1;
    }
}
