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
 * Whether the directory is still where it was opened. Somebody may have removed it or put another one in its place:
 * what is written into the old one then is lost, and no write would say so. False with err.
 */
NODISCARD bool state_is_there(const struct state *state, struct error *err);

/*
 * After that: makes the directory, or takes what is there now, locks it and writes the owner id that was read from the
 * old one. Whoever keeps a file there sees another generation, and writes it anew. A directory with another owner id is
 * none of ours.
 */
NODISCARD bool state_return(struct state *state, struct error *err);
uint32_t state_generation(const struct state *state);

/* Whether there is room for a page, tried by writing one; nothing of it stays. */
NODISCARD bool state_has_room(const struct state *state, struct error *err);

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
