/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_ASK_H
#define REPOINTD_CTL_ASK_H

/*
 * Where: ctl, under the commands.
 * What:  what they all do: ask the daemon, tell what went wrong, end with the right status.
 */

#include "base/error.h"
#include "base/text.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/record_stream.h"
#include "ctl/table_output.h"

struct json_t;

/* The text of a member of an answer; "" where there is none. */
const char *ask_string(const struct json_t *object, const char *key);

/* Tells it on stderr; EXIT_CODE_USAGE. */
int ask_usage(const char *words);

/* The last step of a command: `code`, unless stdout could not be written. */
int ask_finish(int code);

/*
 * The parsed answer, or NULL with the exit code and the trouble told. An answer that says "error" counts as one. With
 * --json it is printed as it came.
 */
struct json_t *ask_daemon(const struct invocation *invocation, const char *path, const char *body, long *ret_status,
                          int *ret_code);

/*
 * The same without a word and whatever the invocation says: NULL with err. The body of ret_answer is the caller's to
 * free either way.
 */
struct json_t *ask_quietly(const struct invocation *invocation, const char *path, const char *body,
                           struct client_answer *ret_answer, int *ret_code, struct error *err);

/* A value of a query, encoded; with its name, and what stands between it and what was before. */
void ask_add_query(struct text *path, const char *words);
void ask_add_parameter(struct text *path, const char *name, const char *words);

/* What a path says of the records that were named, or of all. */
struct json_t *ask_records(const struct invocation *invocation, const char *path, long *ret_status, int *ret_code);

/*
 * The status of the records that were named, or of all: each record to `give` as it comes, and what stands around them
 * as the result; NULL with the exit code and the trouble told. With --json the answer is printed as it comes, and no
 * record is given.
 */
struct json_t *ask_status(const struct invocation *invocation, record_stream_fn *give, void *ctx, int *ret_code);

/* The same without a word: NULL with err. */
struct json_t *ask_status_quietly(const struct invocation *invocation, record_stream_fn *give, void *ctx, int *ret_code,
                                  struct error *err);

/* What people see of an answer: each member of "results", and then the whole (NULL: nothing more). */
struct result_printers {
    void (*result)(const struct json_t *result, const struct json_t *answer);
    void (*end)(const struct json_t *answer);
};

/* POSTs `request`, which is taken, and prints the answer. The exit code. */
int ask_to_change(const struct invocation *invocation, const char *path, struct json_t *request,
                  const struct result_printers *printers);

/* How tables look on this stdout. */
struct table_style ask_style(const struct invocation *invocation);

#endif
