/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_CONFIG_H
#define REPOINTD_CONFIG_CONFIG_H

/*
 * Where: config; the face of the floor. main and app call it, tests and the fuzzer too.
 * What:  from a file to settings, or to everything that is wrong with it, in one run.
 */

#include "base/arena.h"
#include "base/attributes.h"
#include "base/text.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum complaint_level { COMPLAINT_ERROR = 1, COMPLAINT_WARNING };

/* One thing that is wrong, with its place. Texts belong to the list. */
struct complaint {
    enum complaint_level level;
    const char *file;      /* as it was opened */
    uint32_t file_order;   /* reading order of the files */
    uint32_t line, column; /* from 1; 0: the file as a whole */
    uint32_t width;        /* columns to underline, at least 1 */
    const char *message;
    const char *source; /* the source line, sanitised; NULL where there is none */
};

struct complaints;

struct complaints *complaints_new(void);
void complaints_free(struct complaints *complaints); /* NULL is fine */
uint32_t complaints_errors(const struct complaints *complaints);
uint32_t complaints_warnings(const struct complaints *complaints);
uint32_t complaints_files(const struct complaints *complaints); /* how many files were read */

/* Sorted: files in reading order, then line, then column. `index` below errors + warnings. */
const struct complaint *complaints_get(const struct complaints *complaints, uint32_t index);

/*
 * Prints at most 50 with source line and caret, then how many more; then, if there are errors, the closing count.
 * `strict` makes warnings errors.
 */
void complaints_print(const struct complaints *complaints, bool strict, FILE *out);

/* What is wanted of a load. */
enum config_purpose {
    CONFIG_FOR_CHECK = 1, /* a secret that cannot be read here is a warning "not checked here" */
    CONFIG_FOR_START      /* … is an error */
};

struct config_environment {
    const char *credentials_directory; /* $CREDENTIALS_DIRECTORY, or NULL */
    enum config_purpose purpose;
    uint32_t open_files_most; /* RLIMIT_NOFILE's soft limit */
};

/* A loaded configuration owns everything reachable from `settings`. */
struct config {
    struct settings settings;
    struct config_origins *origins; /* what --dump-config prints; NULL after CONFIG_FOR_START, which keeps no text */
    struct arena *arena;
    struct secrets *secrets; /* locked, non-dumped memory of key secrets */
    uint64_t fingerprint;    /* of everything that counts, keys included: equal where nothing has changed */
};

/*
 * True: no errors (there may be warnings) and `ret` is to be ended by config_done. False: `ret` is empty, and the
 * complaints say all.
 */
NODISCARD bool config_load(const char *path, const struct config_environment *environment, struct config *ret,
                           struct complaints *complaints);

/* The same from memory, for tests and the fuzzer; `source` is the name shown. `include` is refused there. */
NODISCARD bool config_read(const char *source, const char *bytes, size_t length,
                           const struct config_environment *environment, struct config *ret,
                           struct complaints *complaints);
void config_done(struct config *config); /* NULL and empty are fine */

/*
 * The merged, defaulted YAML with each value's origin. It says where a secret is, and of the secret <redacted> in a
 * comment; so it is itself a valid file. Nothing without origins.
 */
void config_dump(const struct config *config, FILE *out);

/* JSON Schema, draft 7, of the file. */
void config_print_schema(FILE *out);

#endif
