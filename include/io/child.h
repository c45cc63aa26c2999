/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_CHILD_H
#define REPOINTD_IO_CHILD_H

/*
 * Where: io, under whoever runs a program of the user's.
 * What:  an argument list in, an exit status and the beginning of what it said out.
 * Why:   no shell and no search: what is run is what stands in the file. It gets nothing of ours but what is said here:
 *        an environment of PATH and LANG and what its order adds, / as its directory, /dev/null or its order's input to
 *        read from, one pipe for what it writes, no other descriptor, no signal blocked or ignored, and a process group
 *        of its own, which ends with it.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "io/loop.h"

#include <stddef.h>
#include <stdint.h>

/* What is kept of what it writes; the rest is read and thrown away, so that it never waits for us. */
#define CHILD_OUTPUT_MAX 1024

#define CHILD_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define CHILD_LANG "LANG=C.UTF-8"

struct children;
struct child;

struct child_result {
    int sys_errno;      /* 0, or why it could not be started, or its end not be seen */
    int exit_status;    /* 0 … 255, where signal is 0 */
    int signal;         /* that ended it; 0: none */
    const char *output; /* both of its outputs, as they came; dies with the call */
    size_t output_length;
};

/* Comes from a later turn than child_start; then the child is gone, with all that is left of its group. */
typedef void child_done_fn(const struct child_result *result, void *ctx);

/* For `most` at a time. Sets SIGCHLD to its default: no handler of it may reap. NULL with err: memory is out. */
struct children *children_new(struct loop *loop, uint32_t most, struct error *err);

/* Kills what runs, without a callback, and waits up to a second for its end; NULL is fine. */
void children_free(struct children *children);

/* Nothing of it is needed after the call. */
struct child_order {
    char *const *argv;        /* ends with NULL; its first is an absolute path */
    char *const *environment; /* … the whole of it; NULL: CHILD_PATH and CHILD_LANG */
    const char *input;        /* what it reads; NULL: /dev/null */
    size_t input_length;
};

/* NULL: memory is out. */
struct child *child_run(struct children *children, const struct child_order *order, child_done_fn *done, void *ctx);

/* With nothing but its arguments. */
struct child *child_start(struct children *children, char *const *argv, child_done_fn *done, void *ctx);

/* Kills the whole group; no callback comes. */
void child_cancel(struct child *child);

#endif
