/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_STATE_FILE_H
#define REPOINTD_IO_STATE_FILE_H

/*
 * Where: io; under whoever keeps a small file in the state directory.
 * What:  a file read whole, replaced whole, or put aside.
 * Why:   after a power cut there is the old content or the new one, and never a part of it: the new file is on the disk
 *        before it gets its name, and the name before anybody relies on it.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "io/state.h"

#include <stdbool.h>
#include <stddef.h>

enum state_file_outcome {
    STATE_FILE_READ = 1,
    STATE_FILE_ABSENT,
    STATE_FILE_UNREADABLE /* err: it cannot be opened or read, is no file of ours alone, or larger than `most` */
};

/* A regular file of the directory's owner or of root that others may not write: else somebody else may have. */
NODISCARD bool state_file_is_ours(const struct state *state, const char *name, int fd, struct error *err);

/* *ret comes from malloc, ended by a NUL that does not count; *ret_length without it. */
enum state_file_outcome state_file_read(const struct state *state, const char *name, size_t most, char **ret,
                                        size_t *ret_length, struct error *err);

NODISCARD bool state_file_replace(const struct state *state, const char *name, const char *bytes, size_t length,
                                  struct error *err);

/* To NAME.damaged, which one of before gives way to; false: it is left where it is. */
bool state_file_put_aside(const struct state *state, const char *name);

/*
 * Puts it aside and tells in `warning` what was wrong with it (what is there already, else that it is damaged or of a
 * newer version), where it is now, and `cost`: what that means for whoever has to live with it.
 */
void state_file_refuse(const struct state *state, const char *name, const char *cost, struct error *warning);

#endif
