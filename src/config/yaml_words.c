/* SPDX-License-Identifier: MIT */
/*
 * Where: config, beside the tree.
 * What:  a table from libyaml's words to ours, first row that fits.
 * Why:   "did not find expected key" helps those who know the YAML grammar; others have a line that is indented
 *        wrongly, or an IPv6 address without quotes.
 */
#include "config/yaml_words.h"

#include "base/attributes.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *problem; /* part of libyaml's text */
    char before, at;     /* the characters around the place; NUL: any */
    const char *words;
} rows[] = {
    {"tab character", 0, 0, "a tab indents here; YAML wants spaces"},
    {"cannot start any token", 0, '\t', "a tab indents here; YAML wants spaces"},
    {"cannot start any token", 0, 0, "a value cannot begin with this character; put the value into quotes"},
    {"node content", 0, ':',
     "an IPv6 address in brackets, or one that begins with a colon, needs quotes: \"[::1]:53\", \"::1\""},
    {"expected key", ']', 0, "an IPv6 address in brackets needs quotes: \"[2001:db8::1]:53\""},
    {"mapping values are not allowed", 0, 0,
     "a colon is not expected here; is the line indented like its neighbours, has the one above a space behind its "
     "colon, and does the value need quotes?"},
    {"expected key", 0, 0, "the line fits nothing above it; is it indented like its neighbours?"},
    {"block end", 0, 0, "the line fits nothing above it; is it indented like its neighbours?"},
    {"'-' indicator", 0, 0, "the line fits nothing above it; is it indented like its neighbours?"},
    {"unexpected ':'", 0, 0, "inside braces and brackets a colon needs a space behind it, or the value quotes"},
    {"could not find expected ':'", 0, 0, "a key needs a colon and a space behind it"},
    {"',' or ']'", 0, 0, "a list in brackets is not closed, or a comma is missing"},
    {"',' or '}'", 0, 0, "a mapping in braces is not closed, or a comma is missing"},
    {"unexpected end of stream", 0, 0, "a quote is not closed"},
};

const char *yaml_words(const char *problem, char before, char at)
{
    if (problem == NULL)
        return "this cannot be read as YAML";
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        bool fits = strstr(problem, rows[i].problem) != NULL && (rows[i].before == '\0' || rows[i].before == before) &&
                    (rows[i].at == '\0' || rows[i].at == at);
        if (fits)
            return rows[i].words;
    }
    return problem;
}
