/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_STATE_H
#define REPOINTD_IO_STATE_H

/*
 * Where: io; opened by app before anything else that lasts.
 * What:  the state directory: a lock against a second instance, and this daemon's owner id.
 */

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct state;

enum state_outcome {
    STATE_OPENED = 1,
    STATE_UNUSABLE /* exit 71 */,
    STATE_TAKEN /* exit 75: another instance holds it */
};

/*
 * Creates the directory, 0700, where its parent allows it; refuses one that is not ours, a symlink, or writable by
 * others.
 */
enum state_outcome state_open(const char *directory, struct state **ret, struct error *err);
void state_close(struct state *state); /* NULL is fine */

/* For whoever keeps a file there: the directory, open, and its name for messages. */
int state_directory(const struct state *state);
const char *state_path(const struct state *state);

/*
 * The owner id: read from the file `owner`, or made from getrandom and written there (temporary file, fsync,
 * rename, fsync of the directory). `*ret_fresh` says that it was made. A damaged file is an error: a new id would
 * be a stranger to its own records.
 */
NODISCARD bool state_owner(struct state *state, uint64_t *ret, bool *ret_fresh, struct error *err);

/*
 * Without the lock, and without making anything: `*ret_there` says whether there is an id that this user may read.
 * False: it is there and damaged.
 */
NODISCARD bool state_peek_owner(const char *directory, uint64_t *ret, bool *ret_there, struct error *err);

/* The runtime directory is made likewise, 0750; false: exit 69. */
NODISCARD bool state_make_runtime_directory(const char *directory, struct error *err);

#endif
