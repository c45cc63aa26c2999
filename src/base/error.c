/* SPDX-License-Identifier: MIT */
/*
 * Where: base, under everybody who can fail.
 * What:  fills a struct error.
 * Why:   the text may end in a log line or a terminal, so control bytes that slipped into it become blanks here, once
 *        and for all.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void error_keep_to_one_line(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
}

void error_set(struct error *err, enum error_code code, const char *format, ...)
{
    if (err == NULL)
        return;
    char text[ERROR_TEXT_MAX]; /* an argument may be err->text itself */
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    error_keep_to_one_line(text);
    err->code = code;
    err->sys_errno = 0;
    memcpy(err->text, text, sizeof(text));
}

void error_set_errno(struct error *err, int sys_errno, const char *format, ...)
{
    if (err == NULL)
        return;
    char text[ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    const char *words = strerrordesc_np(sys_errno);
    if (words != NULL)
        error_set(err, ERROR_SYSTEM, "%s: %s", text, words);
    else
        error_set(err, ERROR_SYSTEM, "%s: error number %d", text, sys_errno);
    err->sys_errno = sys_errno;
}

void error_prefix(struct error *err, const char *format, ...)
{
    if (err == NULL)
        return;
    char text[ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    int sys_errno = err->sys_errno;
    error_set(err, err->code, "%s%s", text, err->text);
    err->sys_errno = sys_errno;
}
