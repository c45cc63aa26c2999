/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_JOURNAL_H
#define REPOINTD_IO_JOURNAL_H

/*
 * Where: io; the sink behind base/log.
 * What:  journald's native datagrams, logfmt or <N> lines on stderr; never blocking.
 * Why:   the library's journal call waits while journald stands still, and a daemon that waits for its log fails
 *        nothing over. What cannot be written at once waits in a ring; what does not fit there is counted and told
 *        later.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/log.h"

#include <stdbool.h>
#include <stdint.h>

enum journal_format { JOURNAL_NATIVE = 1, JOURNAL_LOGFMT, JOURNAL_STDERR };

#define JOURNAL_RING_LINES 1024

struct journal;

/* `socket_path` NULL: /run/systemd/journal/socket. Sets itself as the sink of base/log until journal_free. */
struct journal *journal_new(enum journal_format format, const char *socket_path, struct error *err);
void journal_free(struct journal *journal); /* tries once more to write what waits; NULL is fine */

/* True if `journal_stream` ($JOURNAL_STREAM, may be NULL) names the device and inode of descriptor 2. */
bool journal_stream_is_stderr(const char *journal_stream);

/*
 * Writes what waits, as far as it goes. Returns how many lines were lost since the last call and are now known to
 * be, once lines go through again; 0 otherwise.
 */
uint64_t journal_flush(struct journal *journal, int64_t *ret_stalled_ms);

/* Lines go to journald, one record each; else they go to stderr. */
bool journal_is_native(const struct journal *journal);

/* Lines wait, or lost ones are to be told: flush again soon. */
bool journal_has_waiting(const struct journal *journal);

#endif
