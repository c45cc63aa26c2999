/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_APP_H
#define REPOINTD_APP_APP_H

/*
 * Where: app; called by main.
 * What:  the daemon, from a path to an exit code.
 */

#include "base/log.h"
#include "io/journal.h"

#include <stdbool.h>
#include <stdint.h>

/* What systemd says about this process; each may be NULL. */
struct app_environment {
    const char *credentials_directory, *state_directory, *runtime_directory, *journal_stream;
};

struct app_options {
    const char *config_path;
    bool dry_run;
    enum journal_format format; /* 0: by journal_stream */
    enum log_level level;       /* 0: by the configuration */
    struct app_environment environment;
};

/* Runs until a signal ends it. Returns an enum exit_code. */
int app_run(const struct app_options *options);

#endif
