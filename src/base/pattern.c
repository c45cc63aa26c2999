/* SPDX-License-Identifier: MIT */
/*
 * Where: base, alone with PCRE2.
 * What:  compiles without JIT and searches within limits.
 * Why:   what is searched comes from outside, and some patterns take for ever on some texts. Octets and no UTF-8: a
 *        body need not be valid in any encoding, and checking that first would be another way to fail.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/pattern.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/* Steps from one place of the text, which a line of ten thousand octets may need; and room for what they remember. */
#define STEPS_MAX    10000
#define HEAP_KIB_MAX 1024

struct pattern {
    char *text;
    pcre2_code *code;
    pcre2_match_data *found;
    pcre2_match_context *limits;
};

static pcre2_code *compile(const char *text, struct error *err)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context == NULL || pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF) != 0)
        abort();
    int fault = 0;
    PCRE2_SIZE place = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, strlen(text),
                                     PCRE2_MULTILINE | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C, &fault, &place,
                                     context);
    pcre2_compile_context_free(context);
    if (code != NULL)
        return code;
    PCRE2_UCHAR words[128] = "";
    (void)pcre2_get_error_message(fault, words, sizeof(words));
    error_set(err, ERROR_SYNTAX, "at character %zu: %s", place + 1, (const char *)words);
    return NULL;
}

struct pattern *pattern_new(const char *text, struct error *err)
{
    pcre2_code *code = compile(text, err);
    if (code == NULL)
        return NULL;
    struct pattern *pattern = calloc(1, sizeof(*pattern));
    if (pattern == NULL)
        abort();
    *pattern = (struct pattern){
        .text = strdup(text),
        .code = code,
        .found = pcre2_match_data_create(1, NULL),
        .limits = pcre2_match_context_create(NULL)};
    if (pattern->text == NULL || pattern->found == NULL || pattern->limits == NULL)
        abort();
    (void)pcre2_set_match_limit(pattern->limits, STEPS_MAX);
    (void)pcre2_set_depth_limit(pattern->limits, STEPS_MAX);
    (void)pcre2_set_heap_limit(pattern->limits, HEAP_KIB_MAX);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_match_context_free(pattern->limits);
    pcre2_match_data_free(pattern->found);
    pcre2_code_free(pattern->code);
    free(pattern->text);
    free(pattern);
}

const char *pattern_text(const struct pattern *pattern)
{
    return pattern->text;
}

enum pattern_result pattern_search(const struct pattern *pattern, const void *bytes, size_t length)
{
    int result = pcre2_match(pattern->code, bytes, length, 0, PCRE2_NO_JIT, pattern->found, pattern->limits);
    return result >= 0 ? PATTERN_FOUND : result == PCRE2_ERROR_NOMATCH ? PATTERN_ABSENT : PATTERN_GAVE_UP;
}

bool pattern_matches(const struct pattern *pattern, const void *bytes, size_t length)
{
    return pattern_search(pattern, bytes, length) == PATTERN_FOUND;
}
