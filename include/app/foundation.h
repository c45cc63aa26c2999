/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_FOUNDATION_H
#define REPOINTD_APP_FOUNDATION_H

/*
 * Where: app, below everything that app builds.
 * What:  what stands before the loop turns: the log, the configuration, who we are.
 */

#include "app/app.h"
#include "app/protocol.h"
#include "base/error.h"
#include "config/config.h"
#include "io/journal.h"
#include "io/state.h"

#include <stdbool.h>
#include <stdint.h>

/* Zeroed before it is laid; ended by foundation_done however far it came. */
struct foundation {
    struct journal *journal;
    struct config *config; /* NULL: not loaded. On the heap, since everybody borrows its settings where they stand */
    struct state *state;
    uint64_t owner;
    bool fresh_owner; /* it was made just now */
    char runtime_directory[4096];
};

/* Returns an enum exit_code; where it is not OK the reason was told. */
int foundation_lay(struct foundation *base, const struct app_options *options);
void foundation_done(struct foundation *base);

/* The configuration alone, as at the start; NULL: `complaints` says why. To be ended by foundation_unload. */
struct config *foundation_load(const struct app_options *options, struct complaints *complaints);
void foundation_unload(struct config *config); /* NULL is fine */

/* Each complaint as a line of the log. */
void foundation_tell_complaints(const struct complaints *complaints);

/* Tells why the daemon does not start, and returns the code for it. */
int foundation_refuse(enum exit_code code, const struct error *err);

/* The state directory: the file's, else systemd's, else the usual one. The path may stand in `storage`. */
const char *foundation_state_directory(const struct daemon_settings *daemon, const struct app_environment *environment,
                                       char *storage, size_t capacity);

/* Raises the limit of open files to what is allowed, and returns it. */
uint32_t foundation_open_files(void);

#endif
