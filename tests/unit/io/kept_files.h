/* SPDX-License-Identifier: MIT */
/*
 * Where: units of those who keep a file in the state directory.
 * What:  each such file: how it is written, and how much of it is believed by whoever reads it.
 */
#ifndef REPOINTD_TESTS_UNIT_IO_KEPT_FILES_H
#define REPOINTD_TESTS_UNIT_IO_KEPT_FILES_H

#include "base/error.h"
#include "io/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern struct state *held;   /* the directory */
extern struct error trouble; /* what the last reader said */

struct kept {
    const char *name;
    void (*write)(void);
    uint32_t (*read)(void); /* how much was believed: 1 of what `write` wrote */
    bool stays, by_lines;   /* is not put aside; what is cut at its end is no damage */
};

extern const struct kept kept_files[];
extern const size_t kept_count;

void kept_set_up(void);

#endif
