/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_OPTIONS_H
#define REPOINTD_APP_OPTIONS_H

/*
 * Where: app, between main and getopt_long.
 * What:  the table of options, and what a command line means by it.
 */

#include "base/attributes.h"
#include "base/log.h"
#include "io/journal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum options_mode {
    MODE_RUN = 1,
    MODE_CHECK,
    MODE_DUMP,
    MODE_SCHEMA,
    MODE_PROBE,
    MODE_PLAN,
    MODE_LIVE,
    MODE_VERSION,
    MODE_HELP
};

struct options {
    enum options_mode mode;
    const char *config_path; /* never NULL */
    bool strict, dry_run;
    enum journal_format format; /* 0: not given */
    enum log_level level;       /* 0: not given */
    const char *probe_check, *probe_address;
};

/* False: what is wrong was said on stderr, in one line; `ret` is then of no use. */
NODISCARD bool options_parse(int argc, char **argv, struct options *ret);

/* The n-th option as the help shows it; false: there are no more. */
bool options_row(size_t n, const char **ret_form, const char **ret_help);

void options_print_help(FILE *out); /* at most 24 lines */

#endif
