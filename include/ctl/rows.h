/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_ROWS_H
#define REPOINTD_CTL_ROWS_H

/*
 * Where: ctl, under main (the command line) and help.
 * What:  the tables of commands and of options.
 * Why:   a command is a row: what is not in the table is not there, and what is in it cannot be without help.
 */

#include "ctl/command.h"

#include <stddef.h>
#include <stdint.h>

enum option_bit {
    OPTION_SOCKET = 1,
    OPTION_JSON = 2,
    OPTION_NO_WAIT = 4,
    OPTION_COLOR = 8,
    OPTION_ALL = 16,
    OPTION_EXPECT = 32,
    OPTION_OWNER = 64,
    OPTION_EPOCH = 128,
    OPTION_TO = 256,
    OPTION_FOR = 512,
    OPTION_REASON = 1024,
    OPTION_FORCE = 2048,
    OPTION_HELP = 4096,
    OPTION_VERSION = 8192,
    OPTION_TIMEOUT = 16384,
    OPTION_SINCE = 32768,
    OPTION_FOLLOW = 65536,
    OPTION_WATCH = 131072,
    OPTION_TEST = 262144
};

/* Not a row: nobody types it. */
#define COMPLETE_WORD "--complete"

struct option_row {
    enum option_bit bit;
    const char *name, *value; /* value NULL: takes none; "[=…]": after = alone, or none */
    char letter;
    const char *help; /* a line, or some */
};

struct command_row {
    const char *name, *arguments;
    const char *summary; /* at most 25 letters: two columns of them are shown */
    const char *details; /* lines for --help of the command alone */
    unsigned options;
    uint32_t least, most; /* arguments */
    int (*run)(const struct invocation *invocation);
};

extern const struct option_row option_rows[];
extern const size_t option_count;
extern const struct command_row command_rows[];
extern const size_t command_count;

/* NULL: there is none. */
const struct command_row *rows_find(const char *name);

/* `word` is --name or -letter, with no value behind it. */
const struct option_row *rows_find_option(const char *word, size_t length);

#endif
