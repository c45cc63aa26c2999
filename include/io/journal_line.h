/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_JOURNAL_LINE_H
#define REPOINTD_IO_JOURNAL_LINE_H

/*
 * Where: io, behind journal.
 * What:  a log record as bytes: journald's native datagram, a logfmt line, or a line with <N>. Pure: the time is an
 *        argument.
 */

#include "base/log.h"
#include "base/text.h"

#include <stdint.h>

/* Bytes of the longest line on stderr with its newline: what a pipe takes in one piece. */
#define JOURNAL_LINE_MAX 4096

/* Bytes of the largest datagram. */
#define JOURNAL_DATAGRAM_MAX 8192

/* A field that does not fit is left out as a whole; the message comes first. */
void journal_line_native(const struct log_record *record, struct text *out);

/* time=… level=… event=… the fields … msg="…" and a newline, which is there even if the line had to be cut. */
void journal_line_logfmt(const struct log_record *record, int64_t wall_ms, struct text *out);

/* <4>the message and a newline. */
void journal_line_stderr(const struct log_record *record, struct text *out);

#endif
