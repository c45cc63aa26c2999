/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_ERROR_H
#define REPOINTD_BASE_ERROR_H

/*
 * Where: base; everybody's.
 * What:  what went wrong, told by the one who saw it.
 * Why:   errors are values that reach someone. The one who sees a failure names the concrete object ("connect to
 *        192.0.2.53 port 53: Connection refused"), callers may put something in front, and only `app` says it aloud.
 *        Nothing is allocated.
 */

#include "base/attributes.h"

enum error_code {
    ERROR_NONE = 0,
    ERROR_SYSTEM,      /* a system call failed; sys_errno says how */
    ERROR_SYNTAX,      /* the text is not of the form expected */
    ERROR_RANGE,       /* the value is out of its range */
    ERROR_MISSING,     /* something needed is not there */
    ERROR_CONFLICT,    /* two things cannot both be */
    ERROR_UNSUPPORTED, /* understood, but not done here */
    ERROR_PROTOCOL,    /* the other side broke the rules */
    ERROR_LIMIT        /* a bound was reached */
};

#define ERROR_TEXT_MAX 512

struct error {
    enum error_code code;
    int sys_errno;             /* 0 unless code is ERROR_SYSTEM */
    char text[ERROR_TEXT_MAX]; /* one line, no newline; cut where it is too long */
};

/* Each of these takes err == NULL: then nobody wanted to know. */
void error_set(struct error *err, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* As error_set with ERROR_SYSTEM, and ": " and the words for `sys_errno` behind the text. */
void error_set_errno(struct error *err, int sys_errno, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts text in front of what is there. */
void error_prefix(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
